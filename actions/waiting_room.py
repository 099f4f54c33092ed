"""While a resident waits for a clerk: their words are kept, and a call, a visit or the kiosk offered instead."""

from datetime import datetime

from bot.conversation import duty, handoffs, queue
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.distress import urgent
from bot.conversation.handoffs import Outcome, Reason, Stage, Urgency
from bot.conversation.hours import spoken_moment
from bot.conversation.incoming import Incoming
from bot.conversation.models import Handoff
from bot.conversation.selection import taken
from bot.conversation.turn import Turn
from bot.conversation.waiting import RETURN_TO_BOT
from bot.conversation.wording import phrase
from cases.answers import AnswerRefused, read_answer
from cases.files import attach_to
from kyc import profile
from records.base import CHINA, now
from services_catalog.schema import FieldType, FormField

CALL = Choice(label="请给我打电话", value="call")
VISIT = Choice(label="约个时间到窗口", value="visit")
KIOSK = Choice(label="去自助机办", value="kiosk")
OTHER_PHONE = Choice(label="打另一个号码", value="call:other")
KEEP_WAITING = Choice(label="接着等", value="wait_on")
VISITS_OFFERED = 4
PHONE = FormField(key="contact", type=FieldType.PHONE, label="联系电话", question="打哪个电话找您？")


def ways_out(turn: Turn, item_id: str | None, *, long: bool) -> list[Choice]:
    """What can be chosen instead of waiting: going on with the bot always, the others where the wait is long."""
    if not long:
        return [RETURN_TO_BOT]
    item = turn.catalog.items.get(item_id or "")
    kiosk = [KIOSK] if item is not None and item.kiosk else []
    return [CALL, VISIT, *kiosk, RETURN_TO_BOT]


async def wait(turn: Turn, message: Incoming) -> None:
    """Keep what was said for the clerk; take another way where one was chosen."""
    handoff = await _mine(turn)
    if handoff is None:
        return
    if message.file_id is not None:
        await _keep_file(turn, handoff, message.file_id)
    choice = taken(turn.state, message)
    verb, _, rest = ("", "", "") if choice is None else choice.value.partition(":")
    match verb:
        case "call":
            await _ask_phone(turn, handoff, known=rest != "other")
        case "call_known":
            await _owe_call(turn, handoff, await _known_phone(turn))
        case "visit":
            _ask_day(turn)
        case "visit_at":
            await _owe_visit(turn, handoff, rest)
        case "kiosk":
            turn.ask(phrase("utter_wait_kiosk"), [RETURN_TO_BOT, KEEP_WAITING])
        case _ if turn.state.waiting_for == "phone" and message.text:
            await _take_phone(turn, handoff, message.text)
        case _:
            await _still_waiting(turn, handoff)


async def bot_again(turn: Turn) -> None:
    """The resident would rather go on with the bot."""
    turn.state.waiting_for = None
    handoff = await _mine(turn)
    if handoff is not None:
        await handoffs.close(turn.session, handoff, None, Outcome.BOT_AGAIN)


async def danger(turn: Turn) -> None:
    """A life may be in danger while a clerk is waited for: that handoff comes before all others."""
    handoff = await handoffs.open_of(turn.session, turn.conversation.id)
    if handoff is not None:
        _raise_alarm(handoff)


async def hear(turn: Turn, message: Incoming) -> None:
    """Something was said to a clerk. Where that clerk is not there any more, the resident waits for another one."""
    handoff = await _mine(turn)
    if handoff is None:
        return
    if message.file_id is not None:
        await _keep_file(turn, handoff, message.file_id)
    help_now = urgent(message.text)
    if help_now is not None:
        _raise_alarm(handoff)
    if handoff.clerk_id is not None and await duty.is_there(turn.session, handoff.clerk_id):
        if handoff.unanswered_since is None:
            handoff.unanswered_since = now()
        return
    await turn.session.flush()
    await handoffs.abandon(turn.session, handoff)
    await queue.offer(turn.session, handoff, turn.catalog.restricted)
    if help_now is not None:
        turn.show(Bubble(text=help_now))
    turn.ask(phrase("utter_clerk_gone"), ways_out(turn, handoff.item_id, long=True))


async def _mine(turn: Turn) -> Handoff | None:
    return await handoffs.open_of(turn.session, turn.conversation.id)


def _raise_alarm(handoff: Handoff) -> None:
    handoff.urgency = Urgency.DANGER
    reasons = {*filter(None, handoff.urgent_for.split(",")), Reason.DANGER.value}
    handoff.urgent_for = ",".join(sorted(reasons))


async def _still_waiting(turn: Turn, handoff: Handoff) -> None:
    await queue.offer(turn.session, handoff, turn.catalog.restricted)
    place = await queue.place_of(turn.session, handoff, turn.catalog.restricted)
    if not place.clerks:
        words = phrase("utter_still_waiting", hours=turn.office.hours)
    elif place.minutes is None:
        words = phrase("utter_still_waiting_place", ahead=place.ahead)
    else:
        words = phrase("utter_still_waiting_guess", ahead=place.ahead, minutes=place.minutes)
    turn.ask(words, ways_out(turn, handoff.item_id, long=place.is_long or not place.clerks))


async def _keep_file(turn: Turn, handoff: Handoff, file_id: str) -> None:
    """What is sent meanwhile lies with the case the handoff is about, where the clerk finds it."""
    if handoff.case_id is not None:
        await attach_to(turn.session, handoff.case_id, turn.resident_id, file_id)


async def _known_phone(turn: Turn) -> str | None:
    known = await profile.known(turn.session, turn.resident_id, "self", "phone")
    return None if known is None else known.value


async def _ask_phone(turn: Turn, handoff: Handoff, *, known: bool) -> None:
    entry = await profile.known(turn.session, turn.resident_id, "self", "phone") if known else None
    if entry is None:
        turn.state.waiting_for = "phone"
        turn.ask(phrase("utter_call_ask_phone"), [KEEP_WAITING])
        return
    turn.state.waiting_for = None
    yes = Choice(label=f"对，打{entry.masked}", value="call_known")
    turn.ask(phrase("utter_call_ask_known", masked=entry.masked), [yes, OTHER_PHONE, KEEP_WAITING])


async def _take_phone(turn: Turn, handoff: Handoff, text: str) -> None:
    try:
        answer = read_answer(PHONE, text, today=turn.today)
    except AnswerRefused as refused:
        turn.ask(phrase(f"utter_answer_{refused.code}", **refused.values), [KEEP_WAITING])
        return
    await _owe_call(turn, handoff, answer.value)


async def _owe_call(turn: Turn, handoff: Handoff, number: str | None) -> None:
    if number is None:
        await _ask_phone(turn, handoff, known=False)
        return
    turn.state.waiting_for = None
    await handoffs.promise(turn.session, handoff, Stage.CALL, contact=number)
    opening = turn.office.opening
    if opening.open_at(now()):
        turn.show(Bubble(text=phrase("utter_call_owed_today")))
    else:
        following = opening.openings(now(), 1)
        moment = spoken_moment(following[0], turn.today) if following else turn.office.hours
        turn.show(Bubble(text=phrase("utter_call_owed", moment=moment)))


def _ask_day(turn: Turn) -> None:
    turn.state.waiting_for = None
    openings = turn.office.opening.openings(now(), VISITS_OFFERED)
    times = [Choice(label=spoken_moment(each, turn.today), value=f"visit_at:{each:%Y%m%d%H%M}") for each in openings]
    if times:
        turn.ask(phrase("utter_visit_ask"), [*times, KEEP_WAITING])
    else:
        turn.ask(phrase("utter_still_waiting", hours=turn.office.hours), [KEEP_WAITING])


async def _owe_visit(turn: Turn, handoff: Handoff, written: str) -> None:
    moment = datetime.strptime(written, "%Y%m%d%H%M").replace(tzinfo=CHINA)
    window = turn.catalog.windows.get(handoff.window or "")
    await handoffs.promise(turn.session, handoff, Stage.VISIT, meet_at=moment)
    place = phrase("utter_visit_anywhere") if window is None else window.name
    turn.show(Bubble(text=phrase("utter_visit_owed", moment=spoken_moment(moment, turn.today), window=place)))
