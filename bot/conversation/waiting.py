"""What a resident hears while waiting for a person."""

import re

from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.incoming import Incoming
from bot.conversation.ownership import Owner, change_owner
from bot.conversation.selection import chosen
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase

RETURN_TO_BOT = Choice(label="不等了，接着跟我办", value="return_to_bot")

_WANTS_BOT = re.compile(r"^(不等了|继续|接着办|继续办|返回|回来|算了|机器人|先不等了|不用人工了?)[。！!吧，]*")


async def answer_while_waiting(turn: Turn, message: Incoming) -> bool:
    """Keep the message for the clerk, or bring the bot back if the resident wants it. True if it is back."""
    taken = message.choice == RETURN_TO_BOT.value or chosen(message.text, [RETURN_TO_BOT]) is not None
    if taken or _WANTS_BOT.match(message.text):
        await change_owner(turn.session, turn.conversation.id, Owner.WAITING, Owner.RETURNED)
        turn.say("utter_returned_to_bot")
        return True
    turn.show(Bubble(text=phrase("utter_still_waiting", hours=turn.office.hours), choices=[RETURN_TO_BOT]))
    return False
