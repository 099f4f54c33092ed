"""What a resident hears while waiting for a person."""

import re

from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.incoming import Incoming
from bot.conversation.selection import chosen
from bot.conversation.turn import Office
from bot.conversation.wording import phrase

RETURN_TO_BOT = Choice(label="不等了，接着跟我办", value="return_to_bot")

_WANTS_BOT = re.compile(
    r"(先?不等了|继续|接着办|继续办|返回|回来|算了|机器人|你来办|跟你办|不用人工了?|我?自己(来?办|弄)(算了)?|取消)[。！!吧，了]*"
)


def wants_the_bot(message: Incoming) -> bool:
    """Whether a waiting resident would rather go on with the bot."""
    if message.choice is not None:
        return message.choice == RETURN_TO_BOT.value
    return chosen(message.text, [RETURN_TO_BOT]) is not None or _WANTS_BOT.fullmatch(message.text) is not None


def still_waiting(office: Office) -> Bubble:
    """The message is kept; nobody is there yet."""
    return Bubble(text=phrase("utter_still_waiting", hours=office.hours), choices=[RETURN_TO_BOT])
