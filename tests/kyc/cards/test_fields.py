"""What rows of text say of a card, however the reader cut them."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.cards.fields import ETHNICITIES, Front, back_in, front_in, unread_fields, words_of_a_card
from tests.kyc.cards.drawing import PEOPLE, Somebody

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
        [ROWS[0], "性別女民族漢", *ROWS[2:]],
        ["性名王秀英", "女民族汉", *ROWS[2:]],
        [*ROWS[:3], "浙江省杭州市文三路100", "住址", *ROWS[4:]],
        [*ROWS[:3], "佳址浙江省杭州市文三路100", *ROWS[4:]],
        [*ROWS[:5], f"公民身份号码{NUMBER.replace('0', 'O').replace('1', 'l')}"],
        ["中华人民共和国", *ROWS],
    ],
)
def test_a_front_is_found_however_its_rows_were_cut(rows: list[str]) -> None:
    front = front_in(["".join(row.split()) for row in rows])
    assert front is not None
    assert (front.name, front.sex, front.ethnicity) == ("王秀英", "女", "汉")
    assert (front.born, front.number, front.address) == (date(1945, 3, 5), NUMBER, "浙江省杭州市文三路100号3幢")
    assert front.has_right_digit and front.agrees_with_itself


@pytest.mark.parametrize("name", ["阿卜杜热合曼·阿卜力孜", "阿卜杜热合曼・阿卜力孜", "阿卜杜热合曼•阿卜力孜"])
@pytest.mark.parametrize("cut", [0, 3, 7])
def test_a_long_name_is_found_in_one_row_or_two(name: str, cut: int) -> None:
    front = front_in([f"姓名{name[:cut]}", name[cut:], *ROWS[1:]])
    assert front is not None
    assert front.name == "阿卜杜热合曼·阿卜力孜"


def test_rows_from_the_wrong_side_are_none() -> None:
    assert front_in(list(reversed(ROWS))) is None
    assert back_in(["2015.03.01-2035.03.01有效期限", "杭州市公安局签发机关", "居民身份证", "中华人民共和国"]) is None


def test_a_district_that_was_merged_does_not_spoil_a_number() -> None:
    assert NUMBER.startswith("330105")
    front = front_in(ROWS)
    assert front is not None and front.has_right_digit


def test_what_was_not_read_stays_empty_and_contradicts_nothing() -> None:
    front = front_in([ROWS[0], "民族", ROWS[2], *ROWS[5:]])
    assert front is not None
    assert (front.sex, front.ethnicity, front.address) == ("", "", "")
    assert unread_fields(front) == 3
    assert front.agrees_with_itself


def test_another_sex_than_the_number_s_contradicts_it() -> None:
    front = front_in([ROWS[0], "性别男民族汉", *ROWS[2:]])
    assert front is not None and not front.agrees_with_itself


@pytest.mark.parametrize(
    "text",
    [
        "2015.03.01-2035.03.01",
        "2015.03.01—2035.03.01",
        "2015年03月01日至2035年03月01日",
        "2015,03.01-2035.03.01",
        "2015.03.012035.03.01",
    ],
)
def test_a_time_of_validity_is_found_however_it_is_written(text: str) -> None:
    back = back_in(["签发机关杭州市公安局", f"有效期限{text}"])
    assert back is not None
    assert (back.authority, back.valid_from, back.valid_until) == ("杭州市公安局", date(2015, 3, 1), date(2035, 3, 1))
    assert not back.has_expired(date(2035, 3, 1)) and back.has_expired(date(2035, 3, 2))


@pytest.mark.parametrize("text", ["2010.01.01-长期", "2010.01.01-長期", "2010.01.01长期"])
def test_a_card_for_ever_never_expires(text: str) -> None:
    back = back_in(["签发机关", "杭州市公安局", "有效期限", text])
    assert back is not None
    assert (back.authority, back.valid_until) == ("杭州市公安局", None)
    assert not back.has_expired(date.max)


@pytest.mark.parametrize("text", ["2015.03.01-2035.02.30", "2015.03.01-2033.03.01", "2015.03.01-2005.03.01"])
def test_times_that_no_card_has_were_misread(text: str) -> None:
    assert back_in([f"有效期限{text}"]) is None


def test_a_birthday_that_no_calendar_has_was_misread() -> None:
    assert front_in([*ROWS[:2], "出生1945年2月30日", *ROWS[3:]]) is None


_PIECES = st.sampled_from([*ROWS, "姓名", "出生", "2015.03.01-长期", "住址", "签发机关", "年", NUMBER])
_IN_NAMES = "王李张欧阳建国秀英梅阿依古丽买提扎西多吉"
_IN_ADDRESSES = "浙江杭州拱墅路街弄幢室" + string.digits


@given(rows=st.lists(_PIECES | st.text(max_size=30), max_size=12))
def test_whatever_rows_come_nothing_is_raised(rows: list[str]) -> None:
    front_in(rows)
    back_in(rows)
    assert words_of_a_card(rows) >= 0


@given(
    name=st.text(_IN_NAMES, min_size=2, max_size=8) | st.just("阿依古丽·买买提"),
    sex=st.sampled_from("男女"),
    ethnicity=st.sampled_from(ETHNICITIES),
    born=st.dates(date(1900, 1, 1), date(2026, 11, 25)),
    address=st.lists(st.text(_IN_ADDRESSES, min_size=2, max_size=11), min_size=1, max_size=3),
)
def test_what_a_card_says_is_what_is_found(name: str, sex: str, ethnicity: str, born: date, address: list[str]) -> None:
    somebody = Somebody(name, sex, ethnicity, born, ("区" + address[0], *address[1:]))
    rows = [
        f"姓名{name}",
        f"性别{sex}民族{ethnicity}",
        f"出生{born.year}年{born.month}月{born.day}日",
        f"住址{somebody.address[0]}",
        *somebody.address[1:],
        f"公民身份号码{somebody.number}",
    ]
    found = front_in(rows)
    assert found == Front(name, sex, ethnicity, born, "".join(somebody.address), somebody.number)
    assert found.has_right_digit and found.agrees_with_itself


@given(
    since=st.dates(date(2004, 3, 1), date(2026, 11, 25)).filter(lambda day: (day.month, day.day) != (2, 29)),
    years=st.sampled_from([5, 10, 20, None]),
)
def test_every_time_of_validity_is_read_back(since: date, years: int | None) -> None:
    until = None if years is None else since.replace(year=since.year + years)
    back = back_in(
        ["签发机关杭州市公安局", f"有效期限{since:%Y.%m.%d}-{'长期' if until is None else f'{until:%Y.%m.%d}'}"]
    )
    assert back is not None
    assert (back.valid_from, back.valid_until) == (since, until)
