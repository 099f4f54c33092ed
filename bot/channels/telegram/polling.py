"""Fetching updates instead of being called: for development, where Telegram cannot reach the machine."""

import asyncio
import logging

from telegram import Update

from bot.channels.telegram.door import TelegramDoor, take
from bot.channels.telegram.updates import Malformed

logger = logging.getLogger(__name__)

WAITED_S = 25
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]


async def poll(door: TelegramDoor) -> None:
    """Fetch until cancelled. An update counts as fetched once it is stored, so a kill in between loses nothing."""
    next_id, pause = None, FIRST_PAUSE_S
    while True:
        try:
            for update in await door.channel.bot.get_updates(next_id, timeout=WAITED_S, allowed_updates=WANTED):
                await _receive(door, update)
                next_id = update.update_id + 1
            pause = FIRST_PAUSE_S
        except Exception as error:  # of the network, the store or a library: the next message must still be fetched
            logger.warning("updates of Telegram wait: %s", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)


async def _receive(door: TelegramDoor, update: Update) -> None:
    try:
        afterwards = await take(door, update)
    except Malformed:
        logger.warning("an update of Telegram was passed over: malformed")
        return
    for task in afterwards:
        await task()
