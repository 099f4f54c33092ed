"""Taking one of the choices offered outside a form."""

from actions import application, card, guide, handoff, linking, rating, submitting, supplying
from actions.base import Heard, TurnAction
from actions.erasing import erase
from actions.lent import back_to_clerk
from actions.tracking import begin_tracking, show_own
from bot.conversation.bubbles import HUMAN, Bubble
from bot.conversation.several import offer_next_wish
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from cases.states import Status
from services_catalog.guide import Topic, tell
from services_catalog.schema import Item


class ActionChoose(TurnAction):
    """A resident took one of the choices last offered."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_choose"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Do what the choice says."""
        await take(turn, turn.choice.value if turn.choice else "")


class ActionAnswerOffer(TurnAction):
    """好的 or 不要, said to what was just offered outside a form."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer_offer"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Take the first choice that goes ahead, or leave it."""
        ahead = [c.value for c in turn.state.offered if c.value.partition(":")[0] in GO_AHEAD]
        if heard.intent == "affirm" and "提交" in turn.text and turn.state.filed is not None:
            await _submitted_before(turn, turn.state.filed)
        elif heard.intent == "affirm" and len(ahead) == 1:
            await take(turn, ahead[0])
        elif heard.intent == "affirm" and any(c.value.partition(":")[0] in CHOSEN for c in turn.state.offered):
            turn.ask(phrase("utter_choose_please"), turn.state.offered)
        elif heard.intent == "none_of_these" or any(c.value == "none" for c in turn.state.offered):
            await take(turn, "none")
        elif heard.intent != "affirm" and turn.state.offered:
            await take(turn, "later")
        elif heard.intent == "affirm":
            turn.say("utter_go_on")
        else:
            turn.say("utter_later")


GO_AHEAD = frozenset({"begin", "apply", "resume", "item"})
"""What a mere 好的 may start, if only one such choice was offered; nothing that cannot be undone is among it."""
CHOSEN = frozenset({"erase", "link"})
"""What cannot be undone: asked again until it is chosen by itself."""


async def take(turn: Turn, value: str) -> None:
    """Do what the choice of that value says."""
    verb, _, rest = value.partition(":")
    item = turn.catalog.items.get(rest)
    match verb:
        case "item" if item is not None:
            await _complete_wish(turn, item)
        case "apply" if item is not None:
            await application.propose(turn, item)
        case "begin" if item is not None:
            await application.begin(turn, item)
        case "guide":
            _tell(turn, rest)
        case "resume" | "restart":
            await _draft(turn, verb, rest)
        case "submit":
            await _submitted_before(turn, rest)
        case "erase":
            await erase(turn)
        case "link":
            await linking.join(turn, rest)
        case "human":
            await handoff.hand_off(turn, rest)
        case "card":
            await card.begin(turn, rest)
        case "supply":
            await supplying.take(turn, rest)
        case "rate":
            await rating.take(turn, rest)
        case "track":
            begin_tracking(turn)
        case "case":
            await show_own(turn, rest)
        case "none":
            turn.state.misses += 1
            turn.ask(phrase("utter_none_of_these"), [HUMAN])
        case "later":
            turn.state.card_for = turn.state.card_side = None
            turn.say("utter_later")
            offer_next_wish(turn)
            await back_to_clerk(turn)
        case _:
            turn.say("utter_rephrase")


async def _complete_wish(turn: Turn, item: Item) -> None:
    """The item asked back for is known now: do what was wished."""
    wish = turn.state.wish
    turn.state.item_id = item.id
    if wish is None or wish.intent == "apply":
        await application.propose(turn, item)
    else:
        guide.tell_of(turn, item, wish.intent)
        if all(wish.item_id is not None for wish in turn.state.next_wishes):
            offer_next_wish(turn)


def _tell(turn: Turn, rest: str) -> None:
    topic, _, item_id = rest.partition(":")
    item = turn.catalog.items.get(item_id)
    if item is None or topic not in {t.value for t in Topic}:
        turn.say("utter_rephrase")
        return
    text = tell(turn.catalog, item, Topic(topic), office_hours=turn.office.hours)
    turn.show(Bubble(text=text, choices=guide.follow_ups(item, Topic(topic))))


async def _draft(turn: Turn, verb: str, case_id: str) -> None:
    draft = await drafts.find(turn.session, case_id)
    gone = draft is None or draft.resident_id != turn.resident_id or draft.status != Status.DRAFT.value
    if draft is None or gone or draft.item_id not in turn.catalog.items:
        turn.say("utter_draft_gone")
    elif verb == "resume":
        await application.take_up(turn, draft)
    else:
        await application.restart(turn, draft)


async def _submitted_before(turn: Turn, case_id: str) -> None:
    """确认提交 tapped twice: show the case that the first tap filed."""
    case = await drafts.find(turn.session, case_id)
    not_filed = case is None or case.resident_id != turn.resident_id or case.number is None
    if case is None or not_filed or case.item_id not in turn.catalog.items:
        turn.say("utter_draft_gone")
        return
    turn.say("utter_case_filed_before")
    await submitting.show_case(turn, case, turn.item_of(case))
