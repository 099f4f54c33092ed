"""What is asked on the resident's screen during a call, and answered there: kept as text, word for word."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.incoming import cleaned
from cases.models import Case
from cases.states import Actor, log
from desk import trail
from desk.video.calls import VideoAct
from desk.video.models import VideoCall, VideoConfirmation
from records.base import now
from records.database import rows_changed

MOST_CHARS = 200
MOST_ASKED = 30
"""In one call."""
HISTORY_ACTION = "video_confirmation"


class Kind(StrEnum):
    """What is asked for."""

    STATEMENT = "statement"
    """That something is so."""
    STILL = "still"
    """One picture of the ID card."""


class Answer(StrEnum):
    """What came of it."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    """The clerk asked something else instead."""

    @property
    def told(self) -> str:
        """The answer as it stands on the button and in the history."""
        return {Answer.CONFIRMED: "确认", Answer.DENIED: "不确认", Answer.WITHDRAWN: "收回了"}[self]


class AskRefused(Exception):
    """It cannot be asked; `fault` names the sentence for the desk, `video_ask_<fault>`: empty, long or many."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class AnswerRefused(Exception):
    """Nothing of that number is asked now."""


async def ask(session: AsyncSession, call: VideoCall, kind: Kind, words: str) -> VideoConfirmation:
    """Ask something of the resident, in place of what was asked and not answered. Raises AskRefused."""
    words = " ".join(cleaned(words).split())
    if not words:
        raise AskRefused("empty")
    if len(words) > MOST_CHARS:
        raise AskRefused("long")
    asked = select(func.count()).select_from(VideoConfirmation).where(VideoConfirmation.call_id == call.id)
    if (await session.scalar(asked) or 0) >= MOST_ASKED:
        raise AskRefused("many")
    await withdraw(session, call)
    question = VideoConfirmation(
        call_id=call.id, conversation_id=call.conversation_id, kind=kind.value, asked=words, asked_at=now()
    )
    session.add(question)
    trail.note(session, call.clerk_id, VideoAct.ASKED, "conversation", call.conversation_id, kind.value)
    await session.flush()
    return question


async def withdraw(session: AsyncSession, call: VideoCall) -> None:
    """Take back what is asked and not answered."""
    pending = update(VideoConfirmation).where(VideoConfirmation.call_id == call.id, VideoConfirmation.answer.is_(None))
    await session.execute(pending.values(answer=Answer.WITHDRAWN.value, at=now()))


async def answer(
    session: AsyncSession, call: VideoCall, number: int, given: Answer, file_id: str | None = None
) -> VideoConfirmation:
    """Keep the resident's answer, once; of a filed case it stands in the history, too. Raises AnswerRefused."""
    pending = update(VideoConfirmation).where(
        VideoConfirmation.id == number, VideoConfirmation.call_id == call.id, VideoConfirmation.answer.is_(None)
    )
    if await rows_changed(session, pending.values(answer=given.value, at=now(), file_id=file_id)) != 1:
        raise AnswerRefused
    question = await session.get_one(VideoConfirmation, number, populate_existing=True)
    case = None if call.case_id is None else await session.get(Case, call.case_id)
    if case is not None and case.number is not None:
        note = f"视频里问：{question.asked}　答：{given.told}"
        log(session, case, HISTORY_ACTION, Actor.RESIDENT, note, clerk_id=call.clerk_id)
    if file_id is not None:
        trail.note(session, call.clerk_id, VideoAct.STILL_KEPT, "file", file_id)
    return question


async def pending(session: AsyncSession, call: VideoCall, number: int, kind: Kind) -> bool:
    """Whether something of that number and kind is asked now."""
    rows = select(VideoConfirmation.id).where(
        VideoConfirmation.id == number,
        VideoConfirmation.call_id == call.id,
        VideoConfirmation.kind == kind.value,
        VideoConfirmation.answer.is_(None),
    )
    return await session.scalar(rows) is not None


async def of_call(session: AsyncSession, call_id: str) -> Sequence[VideoConfirmation]:
    """All that was asked in a call, in order."""
    rows = select(VideoConfirmation).where(VideoConfirmation.call_id == call_id).order_by(VideoConfirmation.id)
    return (await session.scalars(rows)).all()
