"""The clock at work: cases whose missing or promised materials did not come in time are returned, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from bot.conversation.wording import phrase
from cases.materials import wanted_of
from cases.models import OPEN_CASES, Case, WantedMaterial
from cases.notices import NoticeKind, Told, notice
from cases.states import Actor, Status
from cases.telling import Voice, tell
from cases.wording import day_told
from cases.working import CaseChanged, claim, end
from records.database import rows_changed
from services_catalog.guide import named
from services_catalog.schema import Item

AT_ONCE = 50


@dataclass(frozen=True)
class Swept:
    """How many cases were returned, and the conversations to be announced after the commit."""

    returned: int
    conversations: list[Conversation]


async def sweep(
    session: AsyncSession, items: Mapping[str, Item], voice: Voice, today: date, limit: int = AT_ONCE
) -> Swept:
    """Return what is overdue, at most `limit` cases, and tell the residents, with the session's commit.

    What a clerk changes at the same moment is left to the clerk, and
    what was returned before is not touched again, so that it may run at any time and as often as one likes.
    """
    returned, conversations = 0, dict[str, Conversation]()
    for case in await _overdue(session, items, today, limit):
        told = await _give_back(session, case, items[case.item_id], today)
        if told is None:
            continue
        returned += 1
        if (conversation := await tell(session, voice, case, told)) is not None:
            conversations[conversation.id] = conversation
    return Swept(returned, list(conversations.values()))


async def _overdue(session: AsyncSession, items: Mapping[str, Item], today: date, limit: int) -> list[Case]:
    late = select(WantedMaterial.case_id).where(text("is_open"), WantedMaterial.due_on < today)
    overdue = (
        select(Case)
        .where(text(OPEN_CASES), Case.id.in_(late), Case.item_id.in_(items))
        .order_by(Case.received_at)
        .limit(limit)
    )
    return list(await session.scalars(overdue))


async def _give_back(session: AsyncSession, case: Case, item: Item, today: date) -> Told | None:
    """Return one case; None where somebody was first, or the materials came at the last moment."""
    late = [each for each in await wanted_of(session, case.id) if each.due_on < today]
    try:
        await claim(session, case, Status(case.status))
    except CaseChanged:
        return None
    late = [each for each in late if await _close(session, each)]
    if not late:
        return None
    reason = "utter_case_lapsed_promised" if late[0].deferred else "utter_case_lapsed_missing"
    names = [each.material for each in late]
    why = phrase(reason, day=day_told(max(each.due_on for each in late)), materials="、".join(names))
    await end(session, case, Status.RETURNED, Actor.SYSTEM, why, None, "lapsed")
    paragraphs = [phrase("utter_notice_returned"), phrase("utter_notice_why", why=why), phrase("utter_notice_again")]
    made = notice(session, case, item, NoticeKind.RETURNED, paragraphs, why=why)
    text_told = phrase("utter_told_returned", item=named(item), number=case.number or "", why=why)
    return Told(text_told, made)


async def _close(session: AsyncSession, wanted: WantedMaterial) -> bool:
    """Wait for a material no longer; False where it came meanwhile."""
    mine = update(WantedMaterial).where(WantedMaterial.id == wanted.id, WantedMaterial.is_open)
    return await rows_changed(session, mine.values(is_open=False)) == 1
