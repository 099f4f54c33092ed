import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from cases.links import VALID_S, application_link, case_of_link
from cases.models import Case

KEY = b"k" * 32
CASE = Case(id="0123456789abcdef0123456789abcdef")


def _token(key: bytes = KEY) -> str:
    return application_link("https://x.cn", key, CASE).removesuffix(".pdf").rsplit("/", 1)[1]


def test_a_link_leads_to_its_case_and_does_not_show_the_number() -> None:
    link = application_link("https://x.cn", KEY, CASE)
    assert link.startswith("https://x.cn/cases/application/")
    assert link.endswith(".pdf")
    assert case_of_link(KEY, _token()) == CASE.id


@given(st.text(max_size=80))
def test_an_invented_token_leads_nowhere(token: str) -> None:
    assert case_of_link(KEY, token) is None


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_token_leads_nowhere_else(position: int, character: str) -> None:
    token = _token()
    position %= len(token)
    changed = token[:position] + character + token[position + 1 :]
    assert case_of_link(KEY, changed) in (None, CASE.id)
    if changed[: token.index(".")] != token[: token.index(".")]:
        assert case_of_link(KEY, changed) is None


def test_a_token_of_another_installation_or_for_another_purpose_leads_nowhere() -> None:
    assert case_of_link(b"other" * 8, _token()) is None
    other = URLSafeTimedSerializer(KEY, salt="something else").dumps(CASE.id)
    assert case_of_link(KEY, str(other)) is None


def test_a_link_is_good_for_thirty_days_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    token, made = _token(), time.time()
    monkeypatch.setattr(time, "time", lambda: made + VALID_S - 60)
    assert case_of_link(KEY, token) == CASE.id
    monkeypatch.setattr(time, "time", lambda: made + VALID_S + 60)
    assert case_of_link(KEY, token) is None
