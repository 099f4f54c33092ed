"""Fetching updates instead of being called: for development, where Telegram cannot reach the machine."""

import asyncio
import logging

from telegram.error import TelegramError

from bot.channels.telegram.door import STORE_OUTAGES, Malformed, TelegramDoor, take

logger = logging.getLogger(__name__)

WAITED_S = 25
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]


async def poll(door: TelegramDoor) -> None:
    """Fetch for ever. An update counts as fetched once it is stored, so a kill in between loses nothing."""
    next_id, pause = 0, FIRST_PAUSE_S
    while True:
        try:
            updates = await door.channel.bot.get_updates(
                offset=next_id or None, timeout=WAITED_S, allowed_updates=WANTED, read_timeout=WAITED_S + 5
            )
            for update in updates:
                try:
                    afterwards = await take(door, update)
                except Malformed:
                    logger.warning("an update of Telegram was passed over: malformed")
                    afterwards = []
                next_id = update.update_id + 1
                for task in afterwards:
                    await task()
            pause = FIRST_PAUSE_S
        except (TelegramError, *STORE_OUTAGES) as error:
            logger.warning("Telegram cannot be asked: %s", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
