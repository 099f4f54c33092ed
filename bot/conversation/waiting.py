"""Whether a resident who waits for a person would rather go on with the bot."""

import re
from collections.abc import Sequence

from bot.conversation.bubbles import Choice
from bot.conversation.incoming import Incoming
from bot.conversation.selection import chosen

RETURN_TO_BOT = Choice(label="不等了，接着跟我办", value="return_to_bot")

_WANTS_BOT = re.compile(
    r"(先?不等了|继续|接着办|继续办|返回|回来|算了|机器人|你来办|跟你办|不用人工了?|我?自己(来?办|弄)(算了)?|取消)[。！!吧，了]*"
)


def wants_the_bot(message: Incoming, offered: Sequence[Choice]) -> bool:
    """Whether a waiting resident, to whom `offered` was offered last, would rather go on with the bot."""
    if message.choice is not None:
        return message.choice == RETURN_TO_BOT.value
    picked = chosen(message.text, offered)
    return picked == RETURN_TO_BOT or (picked is None and _WANTS_BOT.fullmatch(message.text) is not None)
