import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.answers.fields import read, refusal


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_is_read_with_or_without_gaps(number: str) -> None:
    for text in (
        number,
        f"+86 {number[:3]} {number[3:7]} {number[7:]}",
        f"我的电话{number[:3]}-{number[3:7]}-{number[7:]}。",
    ):
        answer = read("phone", text)
        assert (answer.value, answer.certain) == (number, True)
        assert answer.masked == f"{number[:3]}****{number[-4:]}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("057188888888", "0571-88888888"),
        ("(0571) 8888 8888", "0571-88888888"),
        ("0571-88888888转801", "0571-88888888"),
        ("010-62345678", "010-62345678"),
        ("+852 9123 4567", "+85291234567"),
        ("一三八一二三四五六七八", "13812345678"),
    ],
)
def test_other_numbers(text: str, value: str) -> None:
    assert read("phone", text).value == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("没有电话", "phone_missing"),
        ("88888888", "phone_no_area_code"),
        ("12812345678", "phone_unknown"),
        ("13812345678 13912345678", "phone_several"),
        ("13812345678，13912345678", "phone_several"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    assert refusal("phone", text).code == code


def test_a_wrong_length_is_counted() -> None:
    refused = refusal("phone", "138123456789")
    assert (refused.code, refused.values["count"]) == ("phone_length", "12")
