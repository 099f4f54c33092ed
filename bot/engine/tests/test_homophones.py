from pypinyin import lazy_pinyin

from bot.engine.homophones import misheard

TEXT = "我妈81岁了，在重庆办的ABC卡，想办老年证怎么弄😀"


def test_a_misheard_text_keeps_its_length_and_whatever_is_no_chinese_character() -> None:
    heard = misheard(TEXT, 1.0, 1)
    assert len(heard) == len(TEXT)
    assert [each for each in heard if each in "81，ABC😀"] == list("81，ABC，😀")
    assert sum(one != other for one, other in zip(heard, TEXT)) > 15


def test_wrong_characters_sound_like_the_right_ones() -> None:
    for right, wrong in zip("低保申请材料", misheard("低保申请材料", 1.0, 3)):
        assert lazy_pinyin(right) == lazy_pinyin(wrong)


def test_the_same_seed_mishears_the_same_and_about_the_share_asked_for() -> None:
    texts = [f"{TEXT}{number}" for number in range(200)]
    heard = [misheard(text, 0.15, 1) for text in texts]
    assert heard == [misheard(text, 0.15, 1) for text in texts]
    assert heard != [misheard(text, 0.15, 2) for text in texts]
    changed = sum(one != other for before, after in zip(texts, heard) for one, other in zip(before, after))
    characters = sum("\u4e00" <= each <= "\u9fff" for text in texts for each in text)
    assert 0.10 < changed / characters < 0.16


def test_nothing_is_misheard_at_a_share_of_nothing() -> None:
    assert misheard(TEXT, 0.0, 1) == TEXT
