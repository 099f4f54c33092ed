"""Tracking a case: by number and the last four digits of the phone, or one's own."""

import re
import unicodedata
from typing import ClassVar

from rasa_sdk.events import SlotSet

from actions import handoff, submitting
from actions.base import Events, Heard, TurnAction
from actions.benefits import ActionBenefits
from actions.finding import MAYBE, find
from actions.other_wishes import LEAVING, SERVED, STAYING
from bot.conversation.bubbles import HUMAN, Choice
from bot.conversation.redaction import CASE_NUMBER_DIGITS
from bot.conversation.several import offer_next_wish
from bot.conversation.state import TRACKING_FORM
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import tracking
from cases.models import Case
from cases.wording import day_in_china, day_told
from kyc.linking import link_code_in
from services_catalog.guide import named

MOST_OWN = 30
"""Of the resident's own cases, the latest that are looked at."""
SHOWN = 3
MAX_FAILURES = 5
"""Wrong pairs of number and digits in one conversation, after which only a person helps."""
LIKELY = 0.6
"""From this confidence on another wish is served instead."""
SURELY_NOT_OURS = 0.8
"""The same for what is out of scope: 编号找不到了 is easily taken for it."""

_NUMBER = re.compile(rf"(?<!\d)\d(?:[\s-]*\d){{{CASE_NUMBER_DIGITS - 1}}}(?!\d)")
_LAST_FOUR = re.compile(r"(?<!\d)(?:\d{7})?(\d{4})(?!\s*[\d年元块])")

_ASKED_AGAIN = frozenset({"repeat", "track_case"})
_SERVED: dict[str, type[TurnAction]] = {**SERVED, "ask_benefits": ActionBenefits}
_LATER = Choice(label="先不查", value="later")


class ActionTrackCase(TurnAction):
    """A resident asks where a case stands."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_track_case"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Show the resident's own cases, or ask for number and digits."""
        number, last_four = _read(turn.text)
        if number is not None:
            turn.state.tracking_number = number
            if last_four is not None:
                await _look_up(turn, last_four)
            else:
                begin_tracking(turn)
            return
        own = await tracking.own_cases(turn.session, turn.resident_id, MOST_OWN)
        own = [case for case in own if case.item_id in turn.catalog.items]
        meant = _items_meant(turn, heard)
        of_item = [case for case in own if case.item_id in meant]
        if not own:
            begin_tracking(turn)
            return
        if len(of_item) > 1:
            _ask_which(turn, of_item[:SHOWN])
            return
        if meant and not of_item:
            turn.say("utter_track_none_of", item=named(turn.catalog.items[meant[0]]))
        for case in (of_item or own)[:SHOWN]:
            await submitting.show_case(turn, case, turn.item_of(case))
        turn.ask(phrase("utter_track_others"), [Choice(label="查别的办件", value="track")])


class ValidateTrackingForm(TurnAction):
    """Handles every message while the tracking form is open."""

    events: ClassVar[Events] = [SlotSet("answer", None)]

    def name(self) -> str:
        """The action's name in the domain."""
        return f"validate_{TRACKING_FORM}"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Take the number, then the digits; any command or other wish leaves the form and is served."""
        number, last_four = (None, None) if link_code_in(turn.text) else _read(turn.text)
        if turn.choice is not None and turn.choice.value.startswith(HUMAN.value):
            _leave(turn)
            await handoff.hand_off(turn)
        elif turn.choice is not None:
            _leave(turn)
            turn.say("utter_later")
        elif number is not None or (turn.state.tracking_number is not None and last_four is not None):
            await self._take(turn, number, last_four)
        elif not await self._serve(turn, heard):
            if last_four is None:
                turn.ask(phrase("utter_track_explain"), [HUMAN, _LATER])
            else:
                _ask(turn)  # digits without a number

    async def _take(self, turn: Turn, number: str | None, last_four: str | None) -> None:
        turn.state.tracking_number = number or turn.state.tracking_number
        if last_four is None:
            _ask(turn)
        else:
            await _look_up(turn, last_four)

    async def _serve(self, turn: Turn, heard: Heard) -> bool:
        """Serve a message without a number, in the form or instead of it. False if it wishes for nothing."""
        if heard.intent == "human":
            _leave(turn)
            await handoff.hand_off(turn)
        elif heard.intent in LEAVING:
            _leave(turn)
            turn.say("utter_later")
        elif not _is_likely(turn, heard):
            return False
        elif heard.intent in _ASKED_AGAIN:
            _ask(turn)
        elif heard.intent in STAYING:
            turn.say(STAYING[heard.intent])
            _ask(turn)
        elif heard.intent in _SERVED:
            _leave(turn)
            await _SERVED[heard.intent](self._turns).act(turn, heard)
        else:
            return False
        return True


async def show_own(turn: Turn, case_id: str) -> None:
    """Show one of the resident's own cases, which they chose by its number."""
    own = await tracking.own_cases(turn.session, turn.resident_id, MOST_OWN)
    case = next((each for each in own if each.id == case_id and each.item_id in turn.catalog.items), None)
    if case is None:
        begin_tracking(turn)
        return
    await submitting.show_case(turn, case, turn.item_of(case))
    offer_next_wish(turn)


def _items_meant(turn: Turn, heard: Heard) -> list[str]:
    """The items whose case may be asked for, likeliest first; none where no item is spoken of."""
    likely = [c.item_id for c in heard.candidates if c.p >= MAYBE]
    return [item_id for item_id in dict.fromkeys([*likely, *heard.named]) if item_id in turn.catalog.items]


def _ask_which(turn: Turn, cases: list[Case]) -> None:
    """Several cases of what was named: ask which one, by its number and the day it was handed in."""
    choices = []
    for case in cases:
        day = "" if case.received_at is None else day_told(day_in_china(case.received_at))
        told = phrase("utter_track_number", item=turn.item_of(case).call_it, day=day, number=case.number or "")
        choices.append(Choice(label=told, value=f"case:{case.id}"))
    turn.ask(phrase("utter_track_which", count=len(cases)), choices)


def begin_tracking(turn: Turn) -> None:
    """Open the tracking form and ask for what is missing."""
    if turn.state.tracking_failures >= MAX_FAILURES:
        _refuse(turn)
        return
    turn.state.loop = TRACKING_FORM
    _ask(turn)


def _ask(turn: Turn) -> None:
    asked = "utter_track_ask_number" if turn.state.tracking_number is None else "utter_track_ask_digits"
    turn.ask(phrase(asked), [_LATER])


async def _look_up(turn: Turn, last_four: str) -> None:
    """Show the case, unless too much was tried: in this conversation, or with this number anywhere."""
    number, turn.state.tracking_number = turn.state.tracking_number or "", None
    if turn.state.tracking_failures >= MAX_FAILURES:
        _refuse(turn)
        return
    try:
        case = await tracking.look_up(turn.session, number, last_four, turn.resident_id)
    except tracking.NumberLocked:
        _refuse(turn)
        return
    if case is not None and case.item_id in turn.catalog.items:
        _leave(turn)
        turn.state.tracking_failures = 0
        await submitting.show_case(turn, case, turn.item_of(case))
        offer_next_wish(turn)
        return
    turn.state.tracking_failures += 1
    if turn.state.tracking_failures >= MAX_FAILURES:
        _refuse(turn)
    else:
        turn.state.loop = TRACKING_FORM
        turn.ask(phrase("utter_track_not_found"), [HUMAN, _LATER])


def _refuse(turn: Turn) -> None:
    _leave(turn)
    turn.ask(phrase("utter_track_locked"), [HUMAN])


def _is_likely(turn: Turn, heard: Heard) -> bool:
    """Whether the intent is to be believed. What means nothing by itself must at least bring items to mind."""
    if heard.intent == "out_of_scope":
        return heard.confidence >= SURELY_NOT_OURS
    if heard.intent == "ambiguous" and not find(turn, heard, spoken_of=False).items:
        return False
    return heard.confidence >= LIKELY


def _leave(turn: Turn) -> None:
    turn.state.loop = None
    turn.state.tracking_number = None


def _read(text: str) -> tuple[str | None, str | None]:
    """The case number, perhaps written in groups, and the phone's last four digits in a text."""
    plain = unicodedata.normalize("NFKC", text)
    number = _NUMBER.search(plain)
    digits = _LAST_FOUR.search(_NUMBER.sub(" ", plain))
    return (re.sub(r"\D", "", number.group()) if number else None), (digits[1] if digits else None)
