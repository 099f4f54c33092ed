"""What may be kept of a sentence, how the same ones stand together, and that they do not last."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.conversation.drift import Understanding
from bot.conversation.lessons import How, Status, anonymous, decide, explain, keep, key_of, purge, to_review, week_of
from bot.conversation.models import Lesson
from bot.conversation.state import Guess
from records.base import now
from records.database import Database


def guess(text: str, **items: float) -> Guess:
    return Guess(text=text, intent="apply", confidence=0.9, items=items, how=Understanding.MISSED.value)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我的电话13812345678，办那个", "我的电话【手机号】,办那个"),
        ("我叫王秀英，想办那个", "我叫【姓名】,想办那个"),
        ("住在文一路12号的老人", "住在文一路【门牌号】的老人"),
        ("一句[话](dibao)里有括号", "一句【话】(dibao)里有括号"),
        ("两行\n的话", "两行 的话"),
        ("生日19450308的老人", None),
        ("钱", None),
        ("hello", None),
    ],
)
def test_what_identifies_somebody_is_taken_out_or_keeps_the_sentence_out(said: str, kept: str | None) -> None:
    assert anonymous(said) == kept


@given(st.text(st.sampled_from("我要办残疾证0123456789０１９- .Xx\n["), max_size=60))
def test_no_long_number_is_ever_kept(said: str) -> None:
    kept = anonymous(said)
    assert kept is None or (re.search(r"\d{6}", kept) is None and "\n" not in kept and "[" not in kept)


def test_polite_words_and_punctuation_make_no_other_sentence() -> None:
    assert key_of("你好，请问怎么办残疾证呀？") == key_of("怎么办残疾证")
    assert key_of("怎么办残疾证") != key_of("怎么补残疾证")
    assert key_of("你好") == "你好"


async def test_the_same_sentence_stands_once_with_what_knows_most_of_it(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        keep(session, guess("怎么办那个", dibao=0.3), How.MISSED)
        keep(session, guess("别的话"), How.MISSED)
        keep(session, guess("请问怎么办那个？", dibao=0.2, other=0.4), How.CHOSEN, "dibao", "apply")
        keep(session, guess("怎么办那个呢"), How.MISSED)
        await session.commit()
        first, second = await to_review(session)
    assert (first.text, first.times, first.how, first.item_id) == ("怎么办那个呢", 3, How.CHOSEN, "dibao")
    assert first.guesses == (("other", 0.4), ("dibao", 0.2))
    assert first.concerns("other") and not second.concerns("dibao")
    assert (second.text, second.times) == ("别的话", 1)


async def test_what_was_decided_is_not_shown_again_and_its_text_is_gone(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        kept = keep(session, guess("怎么办那个"), How.MISSED)
        await session.commit()
        assert await decide(session, [kept], Status.DROPPED) == 1
        assert await decide(session, [kept], Status.TAKEN) == 0
        await explain(session, kept, How.CLERK, "dibao", "apply")
        await session.commit()
        assert await to_review(session) == []
        row = await session.get_one(Lesson, kept)
        assert (row.text, row.status, row.how) == (None, Status.DROPPED, How.MISSED)


async def test_lessons_end(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        old = keep(session, guess("旧的话"), How.MISSED)
        new = keep(session, guess("新的话"), How.MISSED)
        await session.flush()
        await session.execute(update(Lesson).where(Lesson.id == old).values(created_at=now() - timedelta(days=181)))
        assert await purge(session, timedelta(days=180)) == 1
        await session.commit()
        assert list(await session.scalars(select(Lesson.id))) == [new]


def test_a_week_begins_on_monday_in_china() -> None:
    assert all(week_of(now() + timedelta(days=days)).weekday() == 0 for days in range(7))
