"""Tracking a case: by number and the last four digits of the phone, or one's own."""

import re
import unicodedata

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import handoff, submitting
from actions.base import Events, Heard, TurnAction
from bot.conversation.bubbles import Choice
from bot.conversation.redaction import CASE_NUMBER_DIGITS
from bot.conversation.state import TRACKING_FORM
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import tracking

MAX_FAILURES = 5
"""Wrong pairs of number and digits in one conversation, after which only a person helps."""

_NUMBER = re.compile(rf"(?<!\d)\d{{{CASE_NUMBER_DIGITS}}}(?!\d)")
_LAST_FOUR = re.compile(r"(?<!\d)(?:\d{7})?(\d{4})(?!\d)")


class ActionTrackCase(TurnAction):
    """A resident asks where a case stands."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_track_case"

    async def act(self, turn: Turn, heard: Heard) -> Events:
        """Show the resident's own cases, or ask for number and digits."""
        number, last_four = _read(turn.text)
        if number is not None:
            turn.state.tracking_number = number
            if last_four is not None:
                await _look_up(turn, last_four)
            else:
                begin_tracking(turn)
            return []
        own = await tracking.own_cases(turn.session, turn.resident_id)
        own = [case for case in own if case.item_id in turn.catalog.items]
        if not own:
            begin_tracking(turn)
            return []
        for case in own[:3]:
            await submitting.show_case(turn, case, turn.catalog.items[case.item_id])
        turn.ask(phrase("utter_track_others"), [Choice(label="查别的办件", value="track")])
        return []


class ValidateTrackingForm(TurnAction):
    """Handles every message while the tracking form is open."""

    def name(self) -> str:
        """The action's name in the domain."""
        return f"validate_{TRACKING_FORM}"

    async def act(self, turn: Turn, heard: Heard) -> Events:
        """Take the number, then the digits; any command or other wish leaves the form."""
        number, last_four = _read(turn.text)
        if turn.choice is not None and turn.choice.value == "human":
            _leave(turn)
            await handoff.hand_off(turn)
        elif turn.choice is not None:
            _leave(turn)
            turn.say("utter_later")
        elif number is None and last_four is None:
            await _neither(turn, heard)
        else:
            turn.state.tracking_number = number or turn.state.tracking_number
            if turn.state.tracking_number is None:
                turn.ask(phrase("utter_track_ask_number"), [_LATER])
            elif last_four is None:
                turn.ask(phrase("utter_track_ask_digits"), [_LATER])
            else:
                await _look_up(turn, last_four)
        if turn.state.loop == TRACKING_FORM:
            return [SlotSet("answer", None)]
        return [SlotSet("answer", None), SlotSet("requested_slot", None), ActiveLoop(None)]


_LATER = Choice(label="先不查", value="later")


def begin_tracking(turn: Turn) -> None:
    """Open the tracking form and ask for what is missing."""
    if turn.state.tracking_failures >= MAX_FAILURES:
        turn.ask(phrase("utter_track_locked"), [Choice(label="找人工", value="human")])
        return
    turn.state.loop = TRACKING_FORM
    asked = "utter_track_ask_number" if turn.state.tracking_number is None else "utter_track_ask_digits"
    turn.ask(phrase(asked), [_LATER])


async def _look_up(turn: Turn, last_four: str) -> None:
    number = turn.state.tracking_number or ""
    case = await tracking.find_by_number(turn.session, number, last_four)
    if case is not None and case.item_id in turn.catalog.items:
        _leave(turn)
        turn.state.tracking_failures = 0
        await submitting.show_case(turn, case, turn.catalog.items[case.item_id])
        return
    turn.state.tracking_failures += 1
    turn.state.tracking_number = None
    if turn.state.tracking_failures >= MAX_FAILURES:
        _leave(turn)
        turn.ask(phrase("utter_track_locked"), [Choice(label="找人工", value="human")])
    else:
        turn.ask(phrase("utter_track_not_found"), [Choice(label="找人工", value="human"), _LATER])


async def _neither(turn: Turn, heard: Heard) -> None:
    """No number in the message: leave the form if something else is wished, else explain."""
    if heard.intent == "human":
        _leave(turn)
        await handoff.hand_off(turn)
    elif heard.intent in ("cancel", "go_back", "deny", "dont_know", "thanks", "bye"):
        _leave(turn)
        turn.say("utter_later")
    else:
        turn.ask(phrase("utter_track_explain"), [Choice(label="找人工", value="human"), _LATER])


def _leave(turn: Turn) -> None:
    turn.state.loop = None
    turn.state.tracking_number = None


def _read(text: str) -> tuple[str | None, str | None]:
    """The case number and the phone's last four digits in a text."""
    joined = re.sub(r"(?<=\d)[\s-]+(?=\d{5,})", "", unicodedata.normalize("NFKC", text))
    number = _NUMBER.search(joined)
    rest = _NUMBER.sub(" ", joined)
    digits = _LAST_FOUR.search(rest)
    return (number.group() if number else None), (digits[1] if digits else None)
