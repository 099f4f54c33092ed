"""Several messages that are one wish are answered as one; whatever can be answered by itself is."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.folding import MOST_FOLDED, PATIENCE_S, Pending, burst, is_opening, joined
from bot.conversation.incoming import Incoming, Media
from bot.conversation.wording import phrase
from records.base import now
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.hall import Hall, opened
from tests.support.scripted_engine import Means

SCRIPT = {
    "谢谢": Means("thanks"),
    "我想办残疾证": Means("apply", items={"canji-zheng-shenling": 0.97}),
    "我想办高龄津贴": Means("apply", items={"gaoling-jintie": 0.97}),
}


def _waiting(*texts: str) -> list[Pending]:
    return [Pending(number, Incoming(text=text), now()) for number, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    "text", ["我想", "我想办", "办", "帮我妈", "我要给我爸", "那个", "请问", "申请", "想问一下", "我要办理", "呃……"]
)
def test_an_opening_says_nothing_by_itself(text: str) -> None:
    assert is_opening(text, asked=False)


@pytest.mark.parametrize(
    "text",
    [
        "残疾证",
        "怎么办",
        "人工",
        "你好",
        "在吗",
        "谢谢",
        "1",
        "第二个",
        "取消",
        "我妈八十了",
        "返回",
        "嗯",
        "好的",
        "不要",
        "是",
        "医保",
        "王秀英",
        "",
    ],
)
def test_whatever_can_be_answered_is_no_opening(text: str) -> None:
    assert not is_opening(text, asked=False)


@pytest.mark.parametrize("text", ["要", "想", "办", "办理", "需要", "我要", "这个"])
def test_where_something_was_asked_such_a_word_is_the_answer(text: str) -> None:
    assert is_opening(text, asked=False)
    assert not is_opening(text, asked=True)


def test_three_messages_of_one_wish_are_folded() -> None:
    assert burst(_waiting("我想", "办", "残疾证"), asked=False) == (3, True)
    assert burst(_waiting("我想", "办"), asked=False) == (2, False)
    assert burst(_waiting("我想", "办", "残疾证", "要多少钱"), asked=False) == (3, True)


def test_two_whole_messages_stay_two() -> None:
    assert burst(_waiting("残疾证怎么办", "要多少钱"), asked=False) == (1, True)


def test_a_photo_or_a_long_message_ends_what_was_begun() -> None:
    photo = Pending(2, Incoming(media=Media(kind="photo", media_id="m")), now())
    assert burst([*_waiting("我想"), photo], asked=False) == (1, True)
    assert burst(_waiting("我想", "我妈今年八十五岁了腿脚不好住在五楼下不来要怎么申请护理补贴"), asked=False) == (
        1,
        True,
    )


def test_letters_are_kept_apart_and_chinese_is_not() -> None:
    assert joined("我想", "办", "残疾证") == "我想办残疾证"
    assert joined("hello", "there") == "hello there"


@given(st.lists(st.sampled_from(["我想", "办", "残疾证", "要", "1", "人工", "x" * 40, ""]), min_size=1, max_size=12))
def test_a_burst_is_always_a_beginning_of_the_queue_and_nothing_waits_for_ever(texts: list[str]) -> None:
    count, complete = burst(_waiting(*texts), asked=False)
    assert 1 <= count <= min(len(texts), MOST_FOLDED)
    assert complete or count == len(texts)


@pytest.fixture
async def hall(database: Database, catalog: Catalog) -> AsyncIterator[Hall]:
    async with opened(database, catalog, SCRIPT) as hall:
        yield hall


async def test_a_wish_typed_in_three_messages_is_answered_once(hall: Hall) -> None:
    resident = await hall.resident()
    for number, text in enumerate(("我想", "办", "残疾证")):
        await hall.pipeline.receive(resident.conversation, f"m{number}", Incoming(text=text))
    await hall.pipeline.settled(resident.conversation)
    said = await resident.listen()
    assert [request.text for request in hall.engine.requests] == ["我想办残疾证"]
    assert "残疾人证申领" in said


async def test_an_opening_that_nothing_follows_is_answered_after_a_short_while(hall: Hall) -> None:
    resident = await hall.resident()
    began = now()
    assert await resident.say("我想") == phrase("utter_not_understood")
    assert timedelta(seconds=PATIENCE_S) <= now() - began < timedelta(seconds=PATIENCE_S + 2)


async def test_a_burst_left_by_a_killed_process_is_one_wish_still(database: Database, catalog: Catalog) -> None:
    async with opened(database, catalog, SCRIPT) as killed:
        resident = await killed.resident()
        await killed.pipeline.receive(resident.conversation, "1", Incoming(text="我想"))
        await killed.pipeline.receive(resident.conversation, "2", Incoming(text="办"))
    async with opened(database, catalog, SCRIPT) as restarted:
        await restarted.pipeline.receive(resident.conversation, "3", Incoming(text="高龄津贴"))
        await restarted.pipeline.recover()
        await restarted.pipeline.settled(resident.conversation)
        assert [request.text for request in restarted.engine.requests] == ["我想办高龄津贴"]
