"""Telegram's webhook: the secret checked, the update stored, and only then acknowledged."""

import contextlib
import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTasks
from telegram import Update
from telegram.error import TelegramError

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.updates import Heard, Malformed, heard, read
from bot.conversation.channel import NeverSent, Part, TryLater, WindowClosed
from bot.conversation.history import pressed
from bot.conversation.limits import RateLimit
from bot.conversation.people import conversation_of, known_conversation
from bot.conversation.pipeline import Pipeline
from bot.conversation.wording import phrase
from records.database import DATABASE_OUTAGES, Sessions

logger = logging.getLogger(__name__)

PATH = "/channels/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MESSAGES_A_MINUTE, MESSAGES_A_MINUTE_OF_ALL = 20, 6000
Afterwards = Callable[[], Awaitable[None]]


@dataclass
class TelegramDoor:
    """What the webhook and the polling work with, and how much they let in.

    `delivered` knows an update that comes again, so that what Telegram repeats while the store is down is not
    counted against the resident who wrote it once.
    """

    sessions: Sessions
    pipeline: Pipeline
    channel: TelegramChannel
    secret: str = field(repr=False)
    of_one: RateLimit = field(default_factory=lambda: RateLimit(MESSAGES_A_MINUTE, 60.0))
    of_all: RateLimit = field(default_factory=lambda: RateLimit(MESSAGES_A_MINUTE_OF_ALL, 60.0))
    told: RateLimit = field(default_factory=lambda: RateLimit(1, 60.0))
    delivered: RateLimit = field(default_factory=lambda: RateLimit(1, 60.0))


class Crowded(Exception):
    """More updates come than can be answered: this one has to come again."""


def routes(door: TelegramDoor) -> APIRouter:
    """The webhook's route."""
    router = APIRouter()

    @router.post(PATH)
    async def webhook(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not door.secret or not hmac.compare_digest(given.encode(), door.secret.encode()):
            logger.warning("an update of Telegram was refused: bad_secret")
            return PlainTextResponse("refused", status_code=403)
        # Telegram delivers again whatever is answered with 503.
        try:
            afterwards = await take(door, read(await request.body(), door.channel.bot))
        except Malformed:
            logger.warning("an update of Telegram was refused: malformed")
            raise HTTPException(400, phrase("utter_web_bad_request")) from None
        except Crowded:
            logger.warning("an update of Telegram has to come again: crowded")
            raise HTTPException(503, phrase("utter_channel_crowd")) from None
        except DATABASE_OUTAGES as error:
            logger.error("an update of Telegram could not be stored: %s", type(error).__name__)
            raise HTTPException(503, phrase("utter_not_stored")) from None
        tasks = BackgroundTasks()
        for task in afterwards:
            tasks.add_task(task)
        return Response(background=tasks)

    return router


async def take(door: TelegramDoor, update: Update) -> list[Afterwards]:
    """Store what an update says; gives what is left to be done once it is acknowledged.

    Raises Malformed, Crowded, and what the database raises.
    """
    said = heard(update)
    if said is None:
        return []
    afterwards: list[Afterwards] = []
    if said.query_id:
        afterwards.append(partial(_confirm_press, door, said.query_id))
    if not said.is_leaving:
        if door.delivered.admits(str(update.update_id)) and not door.of_one.admits(said.chat):
            if door.told.admits(said.chat):
                afterwards.append(partial(_tell, door, said.chat, "utter_too_fast"))
            return afterwards
        if not door.of_all.admits(""):
            raise Crowded
    await _store(door, update.update_id, said)
    return afterwards


async def _store(door: TelegramDoor, update_id: int, said: Heard) -> None:
    """Have the pipeline receive an update's messages, each under a name of its own, by which it is taken once."""
    if said.is_leaving:
        conversation_id = await known_conversation(door.sessions, door.channel.name, said.chat)
        if conversation_id is None:
            return
    else:
        conversation_id = await conversation_of(door.sessions, door.channel.name, said.chat, address=said.chat)
    for place, message in enumerate(said.messages):
        name = f"update {update_id}" if place == 0 else f"update {update_id} caption"
        await door.pipeline.receive(
            conversation_id, name, await pressed(door.sessions, conversation_id, said.pressed) or message
        )


async def _confirm_press(door: TelegramDoor, query_id: str) -> None:
    """Stop the button's waiting sign."""
    with contextlib.suppress(TelegramError):
        await door.channel.bot.answer_callback_query(query_id)


async def _tell(door: TelegramDoor, chat: str, sentence: str) -> None:
    with contextlib.suppress(TryLater, WindowClosed, NeverSent):
        await door.channel.send(chat, Part(text=phrase(sentence)))
