"""What a clerk lent the conversation to the bot for, and the way back."""

from bot.conversation import handoffs, queue
from bot.conversation.bubbles import Choice
from bot.conversation.handoffs import Stage
from bot.conversation.turn import Turn
from cases import drafts
from cases.files import attach_to, read_file
from cases.materials import material_arrived
from cases.models import Case
from kyc.cards.materials import MaterialFault
from kyc.images import ImageRefused

BACK_TO_CLERK = Choice(label="没有这个，跟工作人员说", value="to_clerk")


async def collected(turn: Turn) -> bool:
    """Take what a clerk had the bot ask for, or the resident's word that they have none. False if it is neither."""
    if turn.state.collecting is None:
        return False
    if turn.file_id is not None:
        await _take_material(turn, turn.state.collecting)
    elif turn.choice != BACK_TO_CLERK:
        return False
    await back_to_clerk(turn)
    return True


async def back_to_clerk(turn: Turn) -> None:
    """The bot has done what it was lent for. Where the clerk is gone, the resident waits for another one."""
    turn.state.collecting = None
    handoff = await handoffs.open_of(turn.session, turn.conversation.id)
    if handoff is None or handoff.stage != Stage.LENT:
        return
    if await handoffs.come_back(turn.session, handoff):
        turn.say("utter_back_to_clerk")
    else:
        await queue.offer(turn.session, handoff, turn.catalog.restricted)
        turn.say("utter_clerk_gone")


async def _take_material(turn: Turn, material: str) -> None:
    """Look whether what came can be read, and keep it with the case, which may wait for it."""
    handoff = await handoffs.open_of(turn.session, turn.conversation.id)
    case = None if handoff is None else await drafts.find(turn.session, handoff.case_id or "")
    file_id = turn.file_id or ""
    if case is not None:
        await attach_to(turn.session, case.id, turn.resident_id, file_id)
        if case.number is not None:
            await material_arrived(turn.session, case, material, file_id, turn.today)
    for fault in await advise(turn, material, case, file_id):
        turn.say(f"utter_material_{fault}")
    turn.say("utter_material_received", material=material)


async def advise(turn: Turn, material: str, case: Case | None, file_id: str) -> tuple[MaterialFault, ...]:
    """What could be better about a photograph; nothing where it is no picture that can be looked at."""
    content = await read_file(turn.session, turn.office.files_dir, turn.resident_id, file_id)
    name = None if case is None else drafts.answer_of(case, "name")
    if content is None:
        return ()
    try:
        return (await turn.verifier.material(content, material, None if name is None else name.value)).advice
    except ImageRefused:
        return ()
