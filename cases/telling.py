"""Telling a resident something of a case where they talk to us."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import outbox
from bot.conversation.bubbles import Bubble, Link, Speaker
from bot.conversation.erasure import conversations_of
from bot.conversation.models import Conversation
from bot.conversation.wording import phrase
from cases.links import notice_link
from cases.models import Case
from cases.notices import NoticeKind, Told


@dataclass(frozen=True)
class Voice:
    """How the office reaches residents: the address and key of its links, and the channels that replies are sent to."""

    public_url: str
    link_key: bytes
    pushed: Collection[str] = field(default=frozenset())


def words_of(told: Told, voice: Voice) -> Bubble:
    """What is told as one message, with the link to what is told in writing."""
    if told.notice is None:
        return Bubble(text=told.text)
    title = NoticeKind(told.notice.kind).heading
    label = phrase("utter_notice_link", title=title)
    return Bubble(
        text=told.text, links=[Link(label=label, href=notice_link(voice.public_url, voice.link_key, told.notice))]
    )


async def tell(session: AsyncSession, voice: Voice, case: Case, told: Told) -> Conversation | None:
    """Say it in the conversation the resident of the case spoke in last, with the session's commit.

    Gives the conversation, to be announced after the commit; None where the resident left every channel.
    """
    conversation = await latest_conversation(session, case.resident_id)
    if conversation is None:
        return None
    is_pushed = conversation.channel in voice.pushed
    outbox.post(session, conversation, None, [words_of(told, voice)], is_pushed, Speaker.SYSTEM)
    return conversation


async def latest_conversation(session: AsyncSession, resident_id: str) -> Conversation | None:
    """The conversation a resident spoke in last, of those they have not left."""
    theirs = await conversations_of(session, resident_id)
    latest = func.coalesce(Conversation.last_turn_at, Conversation.created_at)
    wanted = select(Conversation).where(Conversation.id.in_(theirs)).order_by(latest.desc(), Conversation.id).limit(1)
    return (await session.scalars(wanted)).first()
