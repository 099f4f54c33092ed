"""Long words are cut where a sentence ends, and nothing of them is lost."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wording import cut, packed, spoken
from bot.conversation.bubbles import Bubble, Choice, Link, Progress


def _bytes(text: str) -> int:
    return len(text.encode())


def _visible(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_bubble_is_told_with_its_step_its_choices_and_its_links() -> None:
    bubble = Bubble(
        text="要办吗？",
        choices=[Choice(label="办", value="a"), Choice(label="不办", value="b")],
        progress=Progress(step=3, total=8),
        links=[Link(label="申请表", href="https://x.cn/a.pdf"), Link(label="旧", href="/a.pdf")],
    )
    assert spoken(bubble) == "第 3 步 / 共 8 步\n要办吗？\n1. 办\n2. 不办\n申请表：https://x.cn/a.pdf"
    assert spoken(bubble, with_choices=False, only_absolute=False).endswith("旧：/a.pdf")


def test_it_is_cut_after_a_sentence_and_where_there_is_none_after_a_part_of_one() -> None:
    assert cut("一二三四五。六七八九十", 27, _bytes) == ["一二三四五。", "六七八九十"]
    assert cut("一二三四，五六七八九十", 27, _bytes) == ["一二三四，", "五六七八九十"]
    assert cut("一二三四五六七八九十", 27, _bytes) == ["一二三四五六七八九", "十"]


def test_an_early_end_is_not_worth_a_cut() -> None:
    assert cut("一。" + "二" * 20, 45, _bytes)[0] == "一。" + "二" * 13


def test_blocks_are_merged_while_they_fit() -> None:
    assert packed(["一", "二", "三三三三三三"], 20, _bytes) == ["一\n二", "三三三三三三"]
    assert packed(["一", "\n二"], 100, _bytes) == ["一\n\n二"]


@given(st.text(max_size=300), st.integers(4, 60))
def test_every_piece_fits_and_every_visible_character_arrives_in_order(text: str, most: int) -> None:
    text = text.encode("utf-8", "ignore").decode()
    pieces = cut(text, most, _bytes)
    assert all(_bytes(piece) <= most for piece in pieces)
    assert _visible("".join(pieces)) == _visible(text)


@given(st.lists(st.text(max_size=80), max_size=8), st.integers(8, 120))
def test_packing_keeps_order_and_loses_nothing(blocks: list[str], most: int) -> None:
    blocks = [block.encode("utf-8", "ignore").decode() for block in blocks]
    texts = packed(blocks, most, _bytes)
    assert all(_bytes(text) <= most for text in texts)
    assert _visible("".join(texts)) == _visible("".join(blocks))
