import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from tests.cases.answers.fields import read, refusal


@given(st.from_regex(r"[1-9][0-9]{10,28}", fullmatch=True))
def test_a_number_with_a_right_luhn_digit_is_certain(stem: str) -> None:
    number = stem + luhn.calc_check_digit(stem)
    if len(number) == 18:
        number = "9" + number
    answer = read("bank_account", number)
    assert (answer.value, answer.certain) == (number, True)
    assert answer.masked == f"****{number[-4:]}"
    assert read("bank_account", answer.shown).value == number


def test_a_passbook_number_without_luhn_digit_is_taken_but_not_certain() -> None:
    assert not read("bank_account", "123456789012").certain


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("忘带卡了", "bank_account_missing"),
        ("110101199003077539", "bank_account_is_id_number"),
        ("6222021234567890123 6222021234567890124", "bank_account_several"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    assert refusal("bank_account", text).code == code


def test_a_wrong_length_is_counted() -> None:
    assert refusal("bank_account", "62220212345").values["count"] == "11"
