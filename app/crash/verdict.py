"""Whether everything that was promised was kept: read from the database and from the residents' phones."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from app.fakes.wechat import Follower
from bot.channels.wechat.rendering import parts_of
from bot.conversation.bubbles import Bubble
from bot.conversation.channel import Numbered
from bot.conversation.models import Conversation, InboxMessage, OutboxMessage
from bot.conversation.people import known_conversation
from bot.conversation.wording import phrase
from cases.models import Case, CaseEvent
from records.database import Sessions

_NUMBER = re.compile(r"\d{22}")


@dataclass
class Verdict:
    """What was found. Everything but the first four counts has to be zero.

    `explained_repeats` are messages that came twice and said so, because the first may not have arrived.
    """

    residents: int = 0
    messages: int = 0
    replies: int = 0
    cases: int = 0
    explained_repeats: int = 0
    unanswered: int = 0
    unstored: int = 0
    stored_twice: int = 0
    lost_or_doubled_or_disordered: int = 0
    cases_filed_twice: int = 0
    cases_never_told: int = 0
    undelivered: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, doubled or disordered."""
        faults = (
            self.unanswered, self.unstored, self.stored_twice, self.lost_or_doubled_or_disordered,
            self.cases_filed_twice, self.cases_never_told, self.undelivered,
        )  # fmt: skip
        return not any(faults) and not self.problems


async def judge(sessions: Sessions, followers: Sequence[Follower]) -> Verdict:
    """Hold what the phones show against what the database says."""
    verdict = Verdict(residents=len(followers))
    for follower in followers:
        await _judge_one(sessions, follower, verdict)
    async with sessions() as session:
        received = (
            select(CaseEvent.case_id)
            .where(CaseEvent.to_status == "received")
            .group_by(CaseEvent.case_id)
            .having(func.count() > 1)
        )
        verdict.cases_filed_twice = len((await session.scalars(received)).all())
        undelivered = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.undelivered.is_not(None))
        verdict.undelivered = await session.scalar(undelivered) or 0
    return verdict


async def _judge_one(sessions: Sessions, follower: Follower, verdict: Verdict) -> None:
    conversation_id = await known_conversation(sessions, "wechat", follower.openid)
    if conversation_id is None:
        verdict.unstored += len(follower.delivered)
        return
    async with sessions() as session:
        mine = InboxMessage.conversation_id == conversation_id
        inbox = (await session.scalars(select(InboxMessage).where(mine))).all()
        said = (
            await session.scalars(
                select(OutboxMessage).where(OutboxMessage.conversation_id == conversation_id).order_by(OutboxMessage.id)
            )
        ).all()
        resident_id = (await session.get_one(Conversation, conversation_id)).resident_id
        filed = (
            await session.scalars(select(Case.number).where(Case.resident_id == resident_id, Case.number.is_not(None)))
        ).all()
    verdict.messages += len(inbox)
    verdict.replies += len(said)
    verdict.cases += len(filed)
    verdict.unanswered += sum(row.done_at is None for row in inbox)
    stored = [row.client_id for row in inbox]
    verdict.stored_twice += len(stored) - len(set(stored))
    acknowledged = {f"msg {name}" for name in follower.delivered if name.isdigit()}
    verdict.unstored += len(acknowledged - set(stored))
    phone, repeats = _heard([message.text for message in follower.received if message.how in ("passive", "push")])
    verdict.explained_repeats += repeats
    told = set(_NUMBER.findall(phone))
    verdict.cases_never_told += sum(number not in told for number in filed)
    promised = "".join(
        _visible(part.text) for row in said for part in parts_of([Numbered(row.id, Bubble.model_validate(row.body))])
    )
    if phone != promised:
        verdict.lost_or_doubled_or_disordered += 1
        verdict.problems.append(_difference(promised, phone))


def _heard(texts: Sequence[str]) -> tuple[str, int]:
    """All that a phone shows as one text, without what came twice and said so; and how often that was."""
    again = _visible(phrase("utter_said_again"))
    shown, repeats = "", 0
    for text in texts:
        visible = _visible(text)
        if visible.startswith(again):
            visible = visible.removeprefix(again)
            if shown.endswith(visible):
                repeats += 1
                continue
        shown += visible
    return shown, repeats


def _difference(promised: str, phone: str) -> str:
    at = next(
        (n for n, (a, b) in enumerate(zip(promised, phone, strict=False)) if a != b), min(len(promised), len(phone))
    )
    return f"约定的 …{promised[max(at - 30, 0) : at + 50]}… 手机上 …{phone[max(at - 30, 0) : at + 50]}…"


def _visible(text: str) -> str:
    return re.sub(r"\s", "", text)
