import pytest

from tests.cases.answers.fields import read, refusal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("文三路１００号３幢２单元５０１室", "文三路100号3幢2单元501室"),
        ("我住在西湖区文三路100号。", "西湖区文三路100号"),
        ("地址是古荡湾新村3幢", "古荡湾新村3幢"),
    ],
)
def test_addresses_with_a_door_are_certain(text: str, value: str) -> None:
    answer = read("address", text)
    assert (answer.value, answer.certain) == (value, True)


def test_a_road_alone_is_taken_but_not_certain() -> None:
    assert not read("address", "杭州市西湖区文三路").certain


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("西湖区", "address_short"),
        ("今天天气很好", "address_unclear"),
        ("我家小区路灯不亮怎么办", "address_unclear"),
        ("文三路" * 40, "address_too_long"),
    ],
)
def test_refusals(text: str, code: str) -> None:
    assert refusal("address", text).code == code
