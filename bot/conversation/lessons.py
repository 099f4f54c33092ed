"""Lessons: sentences that were not understood, or not rightly, kept for a maintainer to learn from.

A lesson belongs to no conversation and no resident. Who said it is not stored with it, and what is left of a person in
the text is taken out or keeps the whole sentence out.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.incoming import ENGINE_CHARS
from bot.conversation.models import Lesson
from bot.conversation.nameless import nameless
from bot.conversation.state import Guess
from records.base import CHINA, new_id, now
from records.database import rows_changed


class How(StrEnum):
    """How it came out that there is something to learn; a later one knows more than an earlier one."""

    MISSED = "missed"
    """Nothing was understood."""
    REWORDED = "reworded"
    """The resident said it again in other words, which were understood."""
    CHOSEN = "chosen"
    """The bot asked back, and the resident chose."""
    CORRECTED = "corrected"
    """The bot went ahead, and the resident said that it was something else."""
    CLERK = "clerk"
    """A clerk named the item."""


class Status(StrEnum):
    """What became of a lesson."""

    OPEN = "open"
    TAKEN = "taken"
    """It is among the utterances now."""
    DROPPED = "dropped"


FEWEST_WORDS = 2
"""Chinese characters below which there is nothing to learn."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LONG_NUMBER = re.compile(r"[0-9]{6}")
_SAYS_NOTHING = re.compile(r"^(?:喂|你好|您好|请问|麻烦问一?下|问一?下|咨询一?下|那个)+|[啊呀吧呢哦嘛哈]+$")


def anonymous(text: str) -> str | None:
    """What may be kept of a message, without what identifies people; None where a long number is left in it, or
    where hardly a word was said.

    A name that merely stands in a sentence is not seen (`nameless`): that is one reason why lessons are encrypted, do
    not last, and are read by a person before anything learns from them. Square brackets mean something to Rasa.
    """
    plain = " ".join(nameless(text)[:ENGINE_CHARS].translate({ord("["): "【", ord("]"): "】"}).split())
    if _LONG_NUMBER.search(plain) or len(_HAN.findall(plain)) < FEWEST_WORDS:
        return None
    return plain


def key_of(text: str) -> str:
    """What two sentences share that differ in punctuation, width, and polite words around them only."""
    plain = "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())
    return _SAYS_NOTHING.sub("", plain) or plain


def week_of(moment: datetime) -> date:
    """The Monday of the week of a moment, in China."""
    day = moment.astimezone(CHINA).date()
    return day - timedelta(days=day.weekday())


def keep(session: AsyncSession, guess: Guess, how: How, item_id: str | None = None, intent: str | None = None) -> str:
    """Keep a lesson with the session's commit, of what was guessed and what it turned out to be; gives its id."""
    moment = now()
    lesson = Lesson(
        id=new_id(),
        text=guess.text,
        guessed=guess.model_dump(mode="json", include={"intent", "confidence", "items"}),
        how=how.value,
        item_id=item_id,
        intent=intent,
        week=week_of(moment),
        created_at=moment,
    )
    session.add(lesson)
    return lesson.id


async def explain(session: AsyncSession, lesson_id: str, how: How, item_id: str | None, intent: str | None) -> None:
    """Say what a lesson that is kept already turned out to mean. Where it was decided or purged, nothing changes."""
    lesson = await session.get(Lesson, lesson_id)
    if lesson is not None and lesson.status == Status.OPEN.value:
        lesson.how, lesson.item_id, lesson.intent = how.value, item_id, intent


@dataclass(frozen=True)
class Sentence:
    """One sentence to review: as said last, by how many rows, what was guessed, and what it turned out to be.

    `guesses` are items with their probabilities, best first.
    """

    text: str
    ids: tuple[str, ...]
    intent: str
    guesses: tuple[tuple[str, float], ...]
    how: How
    item_id: str | None
    meant: str | None

    @property
    def times(self) -> int:
        """How often it was said."""
        return len(self.ids)

    def concerns(self, item_id: str) -> bool:
        """Whether the item was guessed or meant."""
        return item_id == self.item_id or any(item_id == each for each, _ in self.guesses)


async def to_review(session: AsyncSession) -> list[Sentence]:
    """The sentences not decided yet: those said most often first, and of these the newest. The same one stands once."""
    by_key: dict[str, list[Lesson]] = {}
    rows = select(Lesson).where(Lesson.status == Status.OPEN.value).order_by(Lesson.created_at, Lesson.id)
    for row in await session.scalars(rows):
        by_key.setdefault(key_of(row.text or ""), []).append(row)
    newest = sorted(by_key.values(), key=lambda same: same[-1].created_at, reverse=True)
    return [_together(same) for same in sorted(newest, key=len, reverse=True)]


async def decide(session: AsyncSession, ids: Sequence[str], status: Status) -> int:
    """Let lessons be taken or dropped; their text goes. How many were still open."""
    done = update(Lesson).where(Lesson.id.in_(ids), Lesson.status == Status.OPEN.value)
    return await rows_changed(session, done.values(status=status.value, text=None))


async def purge(session: AsyncSession, kept: timedelta) -> int:
    """Delete lessons older than `kept`; how many there were."""
    return await rows_changed(session, delete(Lesson).where(Lesson.created_at < now() - kept))


def _together(same: Sequence[Lesson]) -> Sentence:
    """What several rows of one sentence say: the newest text, and what the one that knows most says of it."""
    order = list(How)
    best = max(same, key=lambda row: (row.item_id is not None, order.index(How(row.how)), row.created_at))
    items: Mapping[str, float] = best.guessed["items"]
    return Sentence(
        text=same[-1].text or "",
        ids=tuple(row.id for row in same),
        intent=best.guessed["intent"],
        guesses=tuple(sorted(items.items(), key=lambda each: -each[1])),
        how=How(best.how),
        item_id=best.item_id,
        meant=best.intent,
    )
