"""What residents say in the middle of a form that is no answer: it is served, and the form goes on where it stood."""

import re

from actions import asking, guide, handoff, talk
from actions.base import Heard
from actions.finding import SURE, find
from actions.relations import relation_in
from bot.conversation.bubbles import Choice
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases.models import Case
from services_catalog.guide import named

QUESTION = 0.45
"""From this confidence on a question intent interrupts, if the text also looks like a question."""
SURE_INTENT = 0.8

_PLAIN_QUESTION = re.compile(
    r"(?:[?？]|吗|呢)[。！~\s]*$|在哪|哪里看|哪里找|怎么(?:看|办|填|写|弄|查)|是什么意思|什么时候|为什么|几点"
)
_NUMBER = re.compile(r"[0-9０-９]{4}")
_ENDS_ASKING = re.compile(r"(?:[?？]|吗|呢|么|呀)[。！~\s]*$")
_ASKING = re.compile(r"[?？]|吗|呢|什么|多少|多久|怎么|咋|哪|几天|为啥|干嘛|谁|能不能|要不要|可以不")


async def switch(turn: Turn, case: Case, heard: Heard) -> bool:
    """Offer to do another item first, if the message surely names one."""
    return heard.intent in ("apply", "book") and _offer_switch(turn, case, heard)


async def interrupt(turn: Turn, case: Case, heard: Heard, *, readable: bool = False) -> bool:
    """Serve an interruption, then ask again. False if the message is none.

    A text that is `readable` as the answer is taken for a question only if it looks like one.
    """
    asks = _ASKING.search(turn.text) is not None
    if not asks and (readable or _NUMBER.search(turn.text)):
        return False  # a number mistyped is an answer to correct, not a change of subject
    if heard.confidence < (QUESTION if asks else SURE_INTENT):
        return await _unanswerable(turn, case, readable)
    if heard.intent == "out_of_scope" and not _ENDS_ASKING.search(turn.text):
        return await _unanswerable(turn, case, readable)  # 杭州银行 is no business of the street, and an answer
    if heard.intent == "human":
        await handoff.hand_off(turn)
        return True
    if heard.intent == "apply":
        return _offer_switch(turn, case, heard)
    if heard.intent in guide.TOPICS:
        guide.answer(turn, heard)
    elif heard.intent == "track_case":
        turn.say("utter_track_after_form")
    elif heard.intent == "ask_benefits":
        turn.say("utter_benefits_after_form")
    elif not talk.small_talk(turn, heard.intent):
        return await _unanswerable(turn, case, readable)
    await asking.ask_again(turn, case)
    return True


async def _unanswerable(turn: Turn, case: Case, readable: bool) -> bool:
    """A plain question that nothing here answers: say so and ask again, rather than keep it as the answer."""
    if not readable or not _PLAIN_QUESTION.search(turn.text):
        return False
    turn.say("utter_not_an_answer")
    await asking.ask_again(turn, case)
    return True


def _offer_switch(turn: Turn, case: Case, heard: Heard) -> bool:
    """Another item is wished for while one is being filled in: ask which goes first."""
    item = find(turn, heard, spoken_of=False).sure
    best = heard.candidates[0].p if heard.candidates else 0.0
    if item is None or item.id == case.item_id or (best < SURE and not heard.named):
        return False
    turn.ask(
        phrase("utter_switch_ask", now=named(turn.item_of(case)), other=named(item)),
        [
            Choice(label=f"先办{item.call_it}", value=f"switch:{item.id}:{relation_in(turn.text) or ''}"),
            Choice(label="接着办现在的", value="continue"),
        ],
    )
    return True
