import pytest

from actions.relations import proxy_relation, relation_in


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("我妈八十了想领补贴", "母亲"),
        ("帮我爸办残疾证", "父亲"),
        ("我家老头子脚断了", "老伴"),
        ("给我老婆办社保卡", "妻子"),
        ("替奶奶问一下", "奶奶"),
        ("我女儿要上学", "女儿"),
        ("我家里娃娃上户口", "孩子"),
        ("咱家闺女", "女儿"),
        ("我们家外婆", "外婆"),
        ("帮楼下的阿姨问", "邻居"),
        ("我想办残疾证", None),
        ("妈", None),
        ("", None),
        ("老伴协会在哪", None),
    ],
)
def test_the_relative_spoken_for_is_heard(text: str, relation: str | None) -> None:
    assert relation_in(text) == relation


@pytest.mark.parametrize(
    ("person", "relation"),
    [
        ("母亲", "儿子或女儿"),
        ("老伴", "丈夫或妻子"),
        ("孩子", "父亲或母亲"),
        ("邻居", None),
        ("self", None),
        ("奶奶", None),
    ],
)
def test_what_the_resident_is_to_them_follows_from_the_word_or_is_asked(person: str, relation: str | None) -> None:
    assert proxy_relation(person) == relation


def test_every_relation_that_follows_is_a_choice_of_the_form(catalog) -> None:  # type: ignore[no-untyped-def]
    field = next(field for field in catalog.proxy_fields if field.key == "proxy_relation")
    for person in ("父亲", "母亲", "丈夫", "妻子", "爱人", "老伴", "儿子", "女儿", "孩子"):
        assert proxy_relation(person) in (field.choices or [])
