import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.redaction import redacted

ID = "11010119900307753X"
FULL_WIDTH = str.maketrans("0123456789Xx-", "０１２３４５６７８９Ｘｘ－")


@pytest.mark.parametrize(
    "written",
    [
        ID,
        ID.lower(),
        "110101199003077539",
        "110101 19900307 753X",
        "110101-19900307-753X",
        "1101 0119 9003 0775 3X",
        "110101199003077 53X",
        "110101  19900307  753X",
        "110101—19900307—753X",
        "110101900307753",
        ID.translate(FULL_WIDTH),
        "110101 19900307 7539".translate(FULL_WIDTH),
    ],
)
def test_an_id_number_becomes_its_placeholder_however_it_is_written(written: str) -> None:
    assert redacted(f"我的身份证是{written}，帮我办") == "我的身份证是【身份证号】,帮我办"


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "138  1234  5678",
        "138—1234—5678",
        "+86 13812345678",
        "8613812345678",
        "0571-88888888",
    ],
)
def test_a_phone_becomes_its_placeholder(written: str) -> None:
    assert "【手机号】" in redacted(f"打{written}找我")
    assert not re.search(r"\d{4}", redacted(f"打{written}找我"))


@pytest.mark.parametrize("written", ["6222021234567890123", "6222 0212 3456 7890", "6222-0212-3456-7890-123"])
def test_a_bank_card_becomes_its_placeholder(written: str) -> None:
    assert redacted(f"卡号{written}") == "卡号【银行卡号】"


def test_a_case_number_becomes_its_placeholder() -> None:
    assert redacted("查3301050012026112000001到哪了") == "查【办件编号】到哪了"


@pytest.mark.parametrize(
    "text",
    [
        "1945年3月5日生",
        "1945-03-05",
        "19450305",
        "1945.3.5",
        "2026/12/01",
        "80岁了，有3口人，2000元",
        "文三路100号501室",
        "12345热线",
        "95598",
    ],
)
def test_dates_ages_amounts_and_short_numbers_stay(text: str) -> None:
    assert redacted(text) == unicodedata.normalize("NFKC", text)


def test_several_numbers_in_one_text_are_all_replaced() -> None:
    text = redacted(f"我{ID}，电话13812345678，我妈110101196003077539")
    assert text == "我【身份证号】,电话【手机号】,我妈【身份证号】"


SEPARATORS = st.sampled_from(["", "", "", " ", "-", "·", "，", "年", "a", "　", "－"])
MIXED = st.lists(
    st.tuples(st.text(st.sampled_from("0123456789０１２３４５６７８９xXＸ"), min_size=1, max_size=25), SEPARATORS),
    max_size=6,
).map(lambda parts: "".join(digits + separator for digits, separator in parts))


@settings(max_examples=300)
@given(MIXED | st.text(max_size=60))
def test_no_long_run_of_digits_survives(text: str) -> None:
    assert not re.search(r"[0-9]{15}", redacted(text))


@given(
    st.text(st.sampled_from("我的电话是，找。a x"), max_size=6),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.text(st.sampled_from("就行。，吧年 "), max_size=6),
)
def test_no_mobile_number_survives(before: str, phone: str, after: str) -> None:
    for written in (phone, f"{phone[:3]} {phone[3:7]} {phone[7:]}", phone.translate(FULL_WIDTH)):
        digits = re.sub(r"[^0-9]", "", redacted(before + written + after))
        assert digits == ""


@given(st.text(max_size=80))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)
