"""A material that a filed case waits for comes in the chat: what was told as missing, or promised for later."""

from actions.lent import advise
from bot.conversation.bubbles import Choice
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, materials, tracking
from cases.files import attach_to
from cases.models import Case, WantedMaterial

NONE_OF_THESE = Choice(label="不是这些", value="supply:")
CASES_LOOKED_AT = 10


async def offer(turn: Turn) -> bool:
    """Take the file just sent as what a case waits for, asking which it is. False where no case waits for anything."""
    wanted = await _wanted(turn)
    if not wanted or turn.file_id is None:
        return False
    turn.state.supplied = turn.file_id
    choices = [Choice(label=each.material, value=f"supply:{each.id}") for each in wanted]
    turn.ask(phrase("utter_supply_which"), [*choices, NONE_OF_THESE])
    return True


async def take(turn: Turn, rest: str) -> None:
    """The resident says what the file is."""
    file_id, turn.state.supplied = turn.state.supplied, None
    found = next((each for each in await _wanted(turn) if str(each.id) == rest), None)
    if found is None or file_id is None:
        turn.say("utter_file_unexpected")
        return
    case = await drafts.find(turn.session, found.case_id)
    if case is not None:
        await supply(turn, case, found.material, file_id)


async def supply(turn: Turn, case: Case, material: str, file_id: str) -> None:
    """Put the file with its case, with advice where it cannot be read well, and say what is still missing."""
    await attach_to(turn.session, case.id, turn.resident_id, file_id)
    for fault in await advise(turn, material, case, file_id):
        turn.say(f"utter_material_{fault}")
    await materials.material_arrived(turn.session, case, material, file_id, turn.today)
    await turn.session.flush()
    left = [each.material for each in await materials.wanted_of(turn.session, case.id)]
    if left:
        turn.say("utter_supplied_some", material=material, left="、".join(left))
    else:
        turn.say("utter_supplied_all", material=material)


async def _wanted(turn: Turn) -> list[WantedMaterial]:
    """What the resident's filed cases wait for, the newest case first."""
    own = await tracking.own_cases(turn.session, turn.resident_id, CASES_LOOKED_AT)
    return [each for case in own for each in await materials.wanted_of(turn.session, case.id)]
