import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.incoming import ENGINE_CHARS, Incoming, cleaned, neutral


@given(st.text(st.characters() | st.sampled_from("/／\\ \t\n　\u200b⁄∕"), max_size=30))
def test_no_text_can_reach_the_engine_as_a_payload(text: str) -> None:
    harmless = neutral(text)
    assert not unicodedata.normalize("NFKC", harmless).strip().startswith("/")


@pytest.mark.parametrize("text", ["/choose", "  /submit{}", "／choose", "\n／/x", "//x", "　/x"])
def test_what_looks_like_a_payload_loses_its_slash(text: str) -> None:
    assert not neutral(text).lstrip().startswith(("/", "／"))


def test_an_ordinary_text_stays_and_a_long_one_is_cut() -> None:
    assert neutral("我想办残疾证") == "我想办残疾证"
    assert len(neutral("长" * 5000)) == ENGINE_CHARS


@given(st.text(max_size=200))
def test_cleaned_text_can_be_stored_anywhere_and_cleaning_twice_changes_nothing(text: str) -> None:
    clean = cleaned(text)
    assert "\x00" not in clean
    assert clean == clean.strip()
    assert cleaned(clean) == clean
    clean.encode("utf-8")


def test_control_and_direction_characters_and_half_characters_are_removed() -> None:
    assert cleaned("  我\x00想\u202e办\u200b残\ufeff疾证\x1b \n") == "我想办残疾证"
    assert cleaned("两行\n也行") == "两行\n也行"
    assert cleaned("半个\ud800字") == "半个?字"


def test_only_what_was_sent_is_stored() -> None:
    assert Incoming(text="好").stored() == {"text": "好"}
    assert Incoming.model_validate(Incoming(text="x", choice="later").stored()).choice == "later"
