"""Fetching updates instead of being called."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bot.channels.telegram.polling import poll
from bot.conversation.models import InboxMessage
from records.database import Database
from tests.channels.telegram.conftest import THANKS, Bot


@asynccontextmanager
async def fetching(bot: Bot, **changed: Any) -> AsyncIterator[None]:
    """While the context is open, updates are fetched."""
    task = asyncio.create_task(poll(replace(bot.door, **changed)))
    try:
        yield
    finally:
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError)


async def test_updates_can_be_fetched_instead(bot: Bot) -> None:
    await bot.channel.bot.delete_webhook()
    chatter = bot.telegram.chatter()
    await chatter.say("谢谢")
    async with fetching(bot):
        await chatter.hears(THANKS)
        await chatter.say("我想办残疾证")
        await chatter.hears("残疾人证申领")
    assert len(bot.telegram.waiting) <= 1, "what was stored is not asked for again"
    assert len(await bot.rows(InboxMessage)) == 2


async def test_fetching_goes_on_after_an_outage(bot: Bot) -> None:
    await bot.channel.bot.delete_webhook()
    bot.telegram.faults.drop = 1
    chatter = bot.telegram.chatter()
    async with fetching(bot):
        await chatter.say("谢谢")
        await chatter.hears(THANKS)


async def test_what_could_not_be_stored_is_fetched_again(bot: Bot, down: Database) -> None:
    await bot.channel.bot.delete_webhook()
    chatter = bot.telegram.chatter()
    await chatter.say("谢谢")
    async with fetching(bot, sessions=down.session), asyncio.timeout(10):
        while bot.telegram.calls["getUpdates"] < 2:  # noqa: ASYNC110 - another task counts
            await asyncio.sleep(0.01)
    async with fetching(bot):
        await chatter.hears(THANKS)
