from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from tests.cases.answers.fields import TODAY, read, refusal


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    place = draw(st.integers(110000, 659999))
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    stem = f"{place}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return stem + ric.calc_check_digit(stem + "0")


@settings(max_examples=200, deadline=None)
@given(id_numbers(), st.data())
def test_a_right_number_is_certain_and_one_wrong_digit_is_refused(number: str, data: st.DataObject) -> None:
    answer = read("id_number", number.lower())
    assert answer.value == number and answer.certain
    assert answer.masked == f"{number[:6]}********{number[-4:]}"
    place = data.draw(st.integers(0, 17))
    wrong = data.draw(
        st.sampled_from("0123456789" if place < 17 else "0123456789X").filter(lambda d: d != number[place])
    )
    changed = number[:place] + wrong + number[place + 1 :]
    assert refusal("id_number", changed).code in ("id_number_check_digit", "id_number_birth_date")


@pytest.mark.parametrize(
    "text",
    [
        "我的身份证是110101199003077539。",
        "110101 19900307 7539",
        "１１０１０１１９９００３０７７５３９",
        "一一零一零一一九九零零三零七七五三九",
    ],
)
def test_a_number_is_found_in_what_was_said(text: str) -> None:
    answer = read("id_number", text)
    assert (answer.value, answer.certain) == ("110101199003077539", True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("110101900307753", "id_number_old"),
        ("110101199013077539", "id_number_birth_date"),
        ("110101209003077539", "id_number_birth_date"),
        ("110101199003077530", "id_number_check_digit"),
        ("没带身份证", "id_number_missing"),
        ("110101199003077539 110101199003077547", "id_number_several"),
    ],
)
def test_each_mistake_has_its_own_reason(text: str, code: str) -> None:
    assert refusal("id_number", text).code == code


def test_a_wrong_length_is_counted() -> None:
    assert refusal("id_number", "1101011990030775").values["count"] == "16"
