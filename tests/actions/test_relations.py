import pytest

from actions.relations import for_self, proxy_relation, relation_in


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
        ("我舅舅瘫了", "舅舅"),
        ("我姨没工作", "姨妈"),
        ("替姑姑问", "姑妈"),
        ("我叔是残疾人", "叔叔"),
        ("我孙女上学", "孙女"),
        ("给外孙办医保", "外孙"),
        ("我儿媳怀孕了", "儿媳"),
        ("我女婿当过兵", "女婿"),
        ("帮一个朋友问", "朋友"),
        ("我朋友说有补贴", None),
        ("帮同事问低保", "同事"),
        ("我嫂子走了", "嫂子"),
        ("我姐夫失业了", "姐夫"),
        ("俺爹腿瘸了弄个残疾本本", "父亲"),
        ("阿拉姆妈八十岁", "母亲"),
        ("我阿婆九十了", "奶奶"),
        ("老头子中风了，想办残疾证", "老伴"),
        ("你好，老伴要办老年证", "老伴"),
        ("老婆婆要办证", None),
        ("我家楼上漏水", None),
        ("给我妈办，也给我爸办", "母亲"),
        ("我妈不办了，我自己办", None),
        ("因为孩子生病我没钱了", None),
        ("公公瘫了，想办残疾证", "公公"),
        ("隔壁大爷想领高龄津贴", "邻居"),
        ("隔壁大爷天天吵，想找人调解", None),
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
        ("婆婆", "儿媳或女婿"),
        ("奶奶", "孙辈"),
        ("妹妹", "兄弟姐妹"),
        ("邻居", "邻居或朋友"),
        ("舅舅", "其他亲属"),
        ("孙子", "其他亲属"),
        ("self", None),
    ],
)
def test_what_the_resident_is_to_them_follows_from_the_word_or_is_asked(person: str, relation: str | None) -> None:
    assert proxy_relation(person) == relation


def test_every_relation_that_follows_is_a_choice_of_the_form(catalog) -> None:  # type: ignore[no-untyped-def]
    field = next(field for field in catalog.proxy_fields if field.key == "proxy_relation")
    assert len(field.choices or []) <= 12
    for person in ("父亲", "岳母", "外公", "老伴", "女儿", "哥哥", "同事", "侄子"):
        assert proxy_relation(person) in (field.choices or [])


@pytest.mark.parametrize("text", ["我自己", "给我办", "给我自己办低保", "是本人办", "本人肢体残疾", "帮自己问"])
def test_one_s_own_matter_is_heard(text: str) -> None:
    assert for_self(text)


@pytest.mark.parametrize("text", ["给我妈办", "不是本人", "要本人去吗", "我自己不会弄，给我妈办", "帮我办一下"])
def test_others_matters_are_not_one_s_own(text: str) -> None:
    assert not for_self(text)
