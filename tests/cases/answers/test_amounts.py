import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.answers import AnswerRefused, read_answer
from tests.cases.answers.fields import TODAY, field, read, refusal


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 99_999_999))
def test_amounts_read_back_in_digits_and_in_chinese(amount: int) -> None:
    for text in (str(amount), f"{amount:,}元", f"{cn2an.an2cn(str(amount))}块", f"大概{amount}元左右"):
        answer = read("amount", text)
        assert (answer.value, answer.certain) == (str(amount), True), text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("两千三", "2300"),
        ("一千二百块", "1200"),
        ("2千", "2000"),
        ("1.5万", "15000"),
        ("1万5", "15000"),
        ("三点五万", "35000"),
        ("3000元左右", "3000"),
        ("2千多块", "2000"),
        ("二十多万", "200000"),
        ("三块五", "3.5"),
        ("3元5角2分", "3.52"),
        ("5毛", "0.5"),
        ("3k", "3000"),
        ("我一个月两千三", "2300"),
        ("没有", "0"),
        ("零", "0"),
        ("没收入", "0"),
        ("２０００", "2000"),
    ],
)
def test_ways_of_saying_an_amount(text: str, value: str) -> None:
    answer = read("amount", text)
    assert (answer.value, answer.certain) == (value, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-500", "amount_negative"),
        ("负五百", "amount_negative"),
        ("2000到3000", "amount_range"),
        ("2000-3000元", "amount_range"),
        ("两三千", "amount_range"),
        ("几千块", "amount_range"),
        ("老伴3000，我2000", "amount_several"),
        ("99999999999999", "amount_too_large"),
        ("3号楼", "amount_unclear"),
        ("你好", "amount_unclear"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    assert refusal("amount", text).code == code


def test_a_yearly_sum_is_refused_where_a_month_is_asked() -> None:
    monthly = field("amount").model_copy(update={"label": "月收入"})
    with pytest.raises(AnswerRefused, match="amount_period"):
        read_answer(monthly, "一年三万", today=TODAY)


@pytest.mark.parametrize(
    ("text", "unit", "value", "shown"),
    [
        ("三口人", "人", "3", "3人"),
        ("一家三口", "人", "3", "3人"),
        ("没有", "人", "0", "0人"),
        ("80㎡", "平方米", "80", "80平方米"),
        ("六十平", "平方米", "60", "60平方米"),
        ("12个月", "个月", "12", "12个月"),
        ("89.5", None, "89.5", "89.5"),
    ],
)
def test_numbers_with_their_unit(text: str, unit: str | None, value: str, shown: str) -> None:
    answer = read("number", text, unit=unit)
    assert (answer.value, answer.shown, answer.certain) == (value, shown, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-1", "number_negative"),
        ("三四个", "number_range"),
        ("2人3人", "number_several"),
        ("好", "number_unclear"),
    ],
)
def test_numbers_refused(text: str, code: str) -> None:
    assert refusal("number", text).code == code


def test_a_number_counted_in_another_unit_of_time_is_refused() -> None:
    assert refusal("number", "一年", unit="个月").code == "number_unit"
