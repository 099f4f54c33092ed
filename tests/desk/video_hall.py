"""Handoffs of a 视频办 item that a clerk has taken, and calls in them."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import handoffs
from bot.conversation.handoffs import Matter, Reason
from bot.conversation.models import Conversation, Handoff
from desk.models import Role
from desk.rights import DeskClerk
from kyc.profile import create_resident
from records.base import new_id

VIDEO_ITEM = "yanglao-zige-renzheng"
OTHER_ITEM = "canji-zheng-shenling"
WANG = DeskClerk(id="w" * 32, name="王敏", role=Role.CLERK, windows=frozenset({"*"}))
LI = DeskClerk(id="l" * 32, name="李强", role=Role.CLERK, windows=frozenset({"*"}))


async def taken_by(
    session: AsyncSession, clerk_id: str, item_id: str | None = VIDEO_ITEM, case_id: str | None = None
) -> Handoff:
    """A new resident's conversation about an item, which a clerk has taken."""
    resident = await create_resident(session)
    conversation = Conversation(channel="web", channel_user=new_id(), resident_id=resident.id)
    session.add(conversation)
    await session.flush()
    return await taken_in(session, conversation, clerk_id, item_id, case_id)


async def taken_in(
    session: AsyncSession,
    conversation: Conversation,
    clerk_id: str,
    item_id: str | None = VIDEO_ITEM,
    case_id: str | None = None,
) -> Handoff:
    """The same, for a conversation that is there already."""
    handoff = await handoffs.opened(session, conversation, Matter(Reason.ASKED, item_id=item_id, case_id=case_id))
    await handoffs.claim(session, handoff, clerk_id)
    return handoff
