"""A person, please: the conversation waits for a clerk, and the resident hears honestly what that means."""

from actions.base import Heard, TurnAction
from actions.finding import MISSES_UNTIL_PERSON
from actions.waiting_room import ways_out
from bot.conversation import handoffs, queue
from bot.conversation.bubbles import Bubble
from bot.conversation.handoffs import Matter, Reason, Urgency
from bot.conversation.hours import spoken_moment
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, form
from cases.age import age_on
from cases.models import Case
from kyc import profile
from records.base import now
from services_catalog.schema import ApplicantKind

ELDER_FROM = 70
"""Years from which a resident is helped before others who have waited as long."""
_URGENCY = {Reason.MISSES: Urgency.RAISED, Reason.FAILED: Urgency.RAISED, Reason.COMPLAINT: Urgency.HIGH}


class ActionHandoff(TurnAction):
    """Hand the conversation over to the clerks."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_handoff"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Put the conversation in WAITING."""
        await hand_off(turn)


async def hand_off(turn: Turn, reason: str = "") -> None:
    """Make the conversation wait for a clerk; a draft under way stays where it is.

    `reason` is one of `Reason` where the choice that was taken names it.
    """
    matter = await _matter(turn, _reason(turn, reason))
    handoff = await handoffs.opened(turn.session, turn.conversation, matter)
    await queue.offer(turn.session, handoff, turn.catalog.restricted)
    place = await queue.place_of(turn.session, handoff, turn.catalog.restricted)
    moment = now()
    if not place.clerks:
        words = await _nobody(turn, is_open=turn.office.opening.open_at(moment))
    elif place.minutes is None:
        words = phrase("utter_handoff_place", ahead=place.ahead) if place.ahead else phrase("utter_handoff_next")
    else:
        words = phrase("utter_handoff_guess", ahead=place.ahead, minutes=place.minutes)
    if turn.state.case_id is not None:
        words += phrase("utter_handoff_draft_kept")
    turn.state.waiting_for = turn.state.collecting = None
    turn.show(Bubble(text=words, choices=ways_out(turn, matter.item_id, long=place.is_long or not place.clerks)))


async def _nobody(turn: Turn, *, is_open: bool) -> str:
    phone = phrase("utter_office_phone", phone=turn.office.phone) if turn.office.phone else ""
    if is_open:
        return phrase("utter_handoff_nobody", phone=phone)
    following = turn.office.opening.openings(now(), 1)
    if not following:
        return phrase("utter_handoff_closed_long", hours=turn.office.hours, phone=phone)
    return phrase("utter_handoff_closed", moment=spoken_moment(following[0], turn.today), phone=phone)


def _reason(turn: Turn, named: str) -> Reason:
    if named in set(Reason):
        return Reason(named)
    return Reason.MISSES if turn.state.misses >= MISSES_UNTIL_PERSON else Reason.ASKED


async def _matter(turn: Turn, reason: Reason) -> Matter:
    """What the clerk has to know, as far as the conversation knows it."""
    case = await drafts.find(turn.session, turn.state.case_id or turn.state.filed or "")
    item_id = case.item_id if case is not None else turn.state.item_id
    item = turn.catalog.items.get(item_id or "")
    age = await _age(turn, case)
    urgency = Urgency.DANGER if reason is Reason.DANGER else _URGENCY.get(reason, Urgency.USUAL)
    urgent_for = [reason.value] if urgency else []
    if age is not None and age >= ELDER_FROM:
        urgent_for.append("elder")
        urgency = max(urgency, Urgency.RAISED)
    return Matter(
        reason=reason,
        item_id=None if item is None else item.id,
        window=None if item is None else item.window,
        department=None if item is None else item.department,
        case_id=None if case is None else case.id,
        urgent_for=tuple(urgent_for),
        urgency=urgency,
        tried=_tried(turn, case),
    )


def _tried(turn: Turn, case: Case | None) -> dict[str, object]:
    """What the bot did before it gave up: how often it understood nothing, what it was asking, what it offered."""
    tried: dict[str, object] = {
        "misses": turn.state.misses,
        "offered": [choice.label for choice in turn.state.offered[:6]],
        "wish": "" if turn.state.wish is None else turn.state.wish.intent,
    }
    if case is not None and case.number is None and case.item_id in turn.catalog.items:
        item = turn.item_of(case)
        kind = ApplicantKind(case.applicant_kind or ApplicantKind.SELF)
        fields = form.questions(turn.catalog_of(case), item, kind, drafts.values_of(case))
        following = form.next_question(fields, drafts.values_of(case))
        tried |= {"step": len(case.answers) + 1, "total": len(fields), "asking": following.label if following else ""}
    return tried


async def _age(turn: Turn, case: Case | None) -> int | None:
    """How old the person concerned is, by the ID number given now or kept from an earlier form."""
    answer = None if case is None else drafts.answer_of(case, "id_number")
    if answer is not None:
        return age_on(answer.value, turn.today)
    known = await profile.known(turn.session, turn.resident_id, "self", "id_number")
    return None if known is None else age_on(known.value, turn.today)
