"""How content a resident was with a clerk: five grades, asked once, free to be left out (GB/T 39734-2020)."""

from bot.conversation import handoffs
from bot.conversation.bubbles import Choice
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase

GRADES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
LEAST_CONTENT = 3


def ask(turn: Turn, handoff_id: int, clerk_name: str) -> None:
    """Ask, once."""
    choices = [Choice(label=label, value=f"rate:{handoff_id}:{grade}") for grade, label in GRADES.items()]
    turn.ask(phrase("utter_rate_ask", clerk=clerk_name), choices)


async def take(turn: Turn, rest: str) -> None:
    """Keep the grade, if the handoff was this conversation's."""
    number, _, grade = rest.partition(":")
    handoff = await handoffs.find(turn.session, int(number)) if number.isdecimal() and len(number) < 16 else None
    theirs = handoff is not None and handoff.conversation_id == turn.conversation.id
    if handoff is None or not theirs or grade not in {str(each) for each in GRADES}:
        turn.say("utter_rephrase")
        return
    handoffs.rate(handoff, int(grade))
    turn.say("utter_rated" if int(grade) >= LEAST_CONTENT else "utter_rated_bad")
