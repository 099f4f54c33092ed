"""What a clerk has the bot do: give the word back, begin a form, ask for a material, have identity proved."""

from actions import application, asking, card, identity, learning, rating
from actions.lent import BACK_TO_CLERK, back_to_clerk
from bot.conversation.bubbles import Bubble
from bot.conversation.incoming import Directive
from bot.conversation.state import APPLICATION_FORM
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from cases.models import Case
from services_catalog.guide import named


async def direct(turn: Turn, directive: Directive) -> None:
    """Do what the clerk wants."""
    await learning.told_by_clerk(turn, directive)
    match directive.kind:
        case "returned":
            await _returned(turn, directive)
        case "settled":
            _settled(turn, directive)
        case "begin":
            await _begin(turn, directive)
        case "collect":
            _collect(turn, directive)
        case "verify":
            await _verify(turn, directive)
        case "approved":
            for body in directive.bubbles:
                turn.show(Bubble.model_validate(body))


async def _returned(turn: Turn, directive: Directive) -> None:
    """The bot speaks again and goes on where it stood; where nothing is under way, it asks how content they are."""
    turn.say("utter_clerk_returned", clerk=directive.clerk_name)
    if directive.text:
        turn.say("utter_clerk_summary", clerk=directive.clerk_name, summary=directive.text)
    case = await _open_draft(turn)
    if case is not None:
        await asking.ask_again(turn, case)
    elif turn.state.loop is None and directive.handoff is not None:
        rating.ask(turn, directive.handoff, directive.clerk_name)


def _settled(turn: Turn, directive: Directive) -> None:
    if directive.handoff is not None:
        rating.ask(turn, directive.handoff, directive.clerk_name)


async def _begin(turn: Turn, directive: Directive) -> None:
    """Start the item's form, or go on with the draft there is."""
    item = turn.catalog.items.get(directive.item_id or "")
    if item is None:
        turn.say("utter_rephrase")
        return
    turn.say("utter_clerk_begins", clerk=directive.clerk_name, item=named(item))
    draft = await drafts.latest_draft(turn.session, turn.resident_id, item.id)
    if draft is not None:
        await application.take_up(turn, draft)
    else:
        await application.propose(turn, item)


def _collect(turn: Turn, directive: Directive) -> None:
    """Ask for one more material; what comes goes to the clerk."""
    turn.state.collecting = directive.text
    text = phrase("utter_clerk_collects", clerk=directive.clerk_name, material=directive.text)
    turn.show(Bubble(text=text, choices=[BACK_TO_CLERK], asks_file=True))


async def _verify(turn: Turn, directive: Directive) -> None:
    """Have identity proved: by every way before a case is filed, by the card afterwards."""
    case = await drafts.find(turn.session, directive.case_id or "")
    item = None if case is None else turn.catalog_of(case).items.get(case.item_id)
    if case is None or item is None:
        await back_to_clerk(turn)
        return
    turn.say("utter_clerk_verifies", clerk=directive.clerk_name)
    if case.number is not None:
        await card.begin(turn, case.id)
        return
    turn.state.loop, turn.state.case_id = APPLICATION_FORM, case.id
    identity.ask(turn, case, item)


async def _open_draft(turn: Turn) -> Case | None:
    if turn.state.loop != APPLICATION_FORM or turn.state.case_id is None:
        return None
    return await drafts.find(turn.session, turn.state.case_id)
