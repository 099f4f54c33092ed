"""What rows of text say of a card, however the reader cut them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.cards.fields import back_in, front_in, words_of_a_card
from tests.kyc.cards.drawing import PEOPLE

NUMBER = PEOPLE[0].number
ROWS = ["姓名王秀英", "性别女民族汉", "出生1945年3月5日", "住址浙江省杭州市文三路100", "号3幢", f"公民身份号码{NUMBER}"]


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ["姓名", "王秀英", "性别女民族漢", *ROWS[2:]],
        ["".join(ROWS)],
        [*ROWS[:5], "公民身份号码", NUMBER],
        [*ROWS[:5], NUMBER],
        ["姓 名 王秀英", *ROWS[1:]],
    ],
)
def test_a_front_is_found_however_its_rows_were_cut(rows: list[str]) -> None:
    front = front_in(["".join(row.split()) for row in rows])
    assert front is not None
    assert (front.name, front.sex, front.ethnicity) == ("王秀英", "女", "汉")
    assert (front.born, front.number, front.address) == (date(1945, 3, 5), NUMBER, "浙江省杭州市文三路100号3幢")
    assert front.has_right_digit and front.agrees_with_itself


def test_rows_from_the_wrong_side_are_none() -> None:
    assert front_in(list(reversed(ROWS))) is None


def test_a_district_that_was_merged_does_not_spoil_a_number() -> None:
    assert NUMBER.startswith("330105")
    front = front_in(ROWS)
    assert front is not None and front.has_right_digit


@pytest.mark.parametrize("text", ["2015.03.01-2035.03.01", "2015.03.01—2035.03.01", "2015年03月01日至2035年03月01日"])
def test_a_time_of_validity_is_found_however_it_is_written(text: str) -> None:
    back = back_in(["签发机关杭州市公安局", f"有效期限{text}"])
    assert back is not None
    assert (back.valid_from, back.valid_until) == (date(2015, 3, 1), date(2035, 3, 1))
    assert not back.has_expired(date(2035, 3, 1)) and back.has_expired(date(2035, 3, 2))


def test_days_that_no_calendar_has_are_not_found() -> None:
    assert back_in(["有效期限2015.03.01-2035.02.30"]) is None
    assert front_in([*ROWS[:2], "出生1945年2月30日", *ROWS[3:]]) is None


_PIECES = st.sampled_from([*ROWS, "姓名", "出生", "2015.03.01-长期", "住址", "签发机关", "年", NUMBER])


@given(rows=st.lists(_PIECES | st.text(max_size=30), max_size=12))
def test_whatever_rows_come_nothing_is_raised(rows: list[str]) -> None:
    front_in(rows)
    back_in(rows)
    assert words_of_a_card(rows) >= 0
