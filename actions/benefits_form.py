"""Asking what decides which benefits may fit: one fact at a time, at most three, and always a way out."""

import re
from typing import ClassVar

from rasa_sdk.events import SlotSet

from actions import benefits, handoff
from actions.base import Events, Heard, TurnAction
from actions.benefits_hearing import answer_in, chosen_value
from actions.other_wishes import SERVED, STAYING
from actions.tracking import ActionTrackCase
from bot.conversation.bubbles import HUMAN, Choice
from bot.conversation.state import BENEFITS_FORM, BenefitsTalk
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase

LIKELY = 0.6
"""From this confidence on another wish is served instead."""
SURELY_NOT_OURS = 0.8
"""The same for what is out of scope."""
MISSES_UNTIL_PASSED = 2
"""What could not be read so often is taken for 不清楚, so that the questions end."""

_SERVED: dict[str, type[TurnAction]] = {
    **SERVED,
    "track_case": ActionTrackCase,
    "ask_benefits": benefits.ActionBenefits,
}
_LEAVING = frozenset({"cancel", "go_back", "later"})
_SHOW = re.compile(r"(?:先|直接)看|看结果|不想(?:说|答|回答)|别问了|不要问了")


class ValidateBenefitsForm(TurnAction):
    """Handles every message while it is asked what somebody may get."""

    events: ClassVar[Events] = [SlotSet("answer", None)]

    def name(self) -> str:
        """The action's name in the domain."""
        return f"validate_{BENEFITS_FORM}"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Take the answer and go on; a command or another wish is served, and leaves the questions."""
        talk = turn.state.benefits
        if talk is None or not talk.asked:
            benefits.leave(turn)
            turn.say("utter_rephrase")
        elif turn.choice is not None:
            await _take_choice(turn, talk, turn.choice)
        elif _SHOW.search(turn.text):
            benefits.answer(turn, talk)
        elif turn.file_id is None and _take_answer(turn, talk, heard):
            return
        elif not await self._serve(turn, talk, heard):
            _not_read(turn, talk)

    async def _serve(self, turn: Turn, talk: BenefitsTalk, heard: Heard) -> bool:
        """Serve what is no answer. False if it wishes for nothing."""
        if heard.intent == "human":
            benefits.leave(turn)
            await handoff.hand_off(turn)
        elif heard.intent in _LEAVING:
            benefits.leave(turn)
            turn.say("utter_later")
        elif heard.intent == "dont_know":
            _pass_over(turn, talk)
        elif heard.confidence < (SURELY_NOT_OURS if heard.intent == "out_of_scope" else LIKELY):
            return False
        elif heard.intent == "repeat":
            benefits.ask(turn, talk)
        elif heard.intent in STAYING:
            turn.say(STAYING[heard.intent])
            benefits.ask(turn, talk)
        elif heard.intent in _SERVED and heard.intent != "ambiguous":
            benefits.leave(turn)
            await _SERVED[heard.intent](self._turns).act(turn, heard)
        else:
            return False
        return True


def _take_answer(turn: Turn, talk: BenefitsTalk, heard: Heard) -> bool:
    """Keep what the text tells, unless it rather asks for something else. False if it tells nothing."""
    told = answer_in(talk.asked[-1], turn.text, talk.person, turn.today)
    if told is None or (heard.intent in ("human", "ask_benefits") and heard.confidence >= LIKELY):
        return False
    talk.known.update(told)
    _pass_over(turn, talk)
    return True


async def _take_choice(turn: Turn, talk: BenefitsTalk, choice: Choice) -> None:
    verb, _, rest = choice.value.partition(":")
    key, _, written = rest.partition(":")
    if verb == HUMAN.value:
        benefits.leave(turn)
        await handoff.hand_off(turn, rest)
    elif choice == benefits.SHOW:
        benefits.answer(turn, talk)
    elif key == talk.asked[-1] and (value := chosen_value(key, written)) is not None:
        talk.known[key] = value
        _pass_over(turn, talk)
    elif choice == benefits.NOT_KNOWN:
        _pass_over(turn, talk)
    else:
        benefits.ask(turn, talk)


def _not_read(turn: Turn, talk: BenefitsTalk) -> None:
    turn.state.misses += 1
    if turn.state.misses < MISSES_UNTIL_PASSED:
        benefits.ask(turn, talk, phrase("utter_benefits_again"))
    else:
        _pass_over(turn, talk)


def _pass_over(turn: Turn, talk: BenefitsTalk) -> None:
    """Go on to the next question, with what is known now."""
    turn.state.misses = 0
    benefits.go_on(turn, talk)
