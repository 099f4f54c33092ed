"""Telegram's webhook: the secret checked, the update stored, and only then acknowledged."""

import contextlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.background import BackgroundTasks
from telegram import Update
from telegram.error import TelegramError

from bot.channels.limits import RateLimit
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.updates import Heard, heard
from bot.conversation.channel import NeverSent, Part, TryLater, WindowClosed
from bot.conversation.history import choice_of
from bot.conversation.incoming import Incoming
from bot.conversation.people import conversation_of, known_conversation
from bot.conversation.pipeline import Pipeline
from bot.conversation.wording import phrase
from records.database import Sessions

logger = logging.getLogger(__name__)

PATH = "/channels/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MESSAGES_A_MINUTE, MESSAGES_A_MINUTE_OF_ALL = 20, 6000
STORE_OUTAGES = (OperationalError, InterfaceError, PoolTimeout, OSError)
Afterwards = Callable[[], Awaitable[None]]


@dataclass
class TelegramDoor:
    """What the webhook and the polling work with."""

    sessions: Sessions
    pipeline: Pipeline
    channel: TelegramChannel
    secret: str
    of_one: RateLimit = field(default_factory=lambda: RateLimit(MESSAGES_A_MINUTE, 60.0))
    of_all: RateLimit = field(default_factory=lambda: RateLimit(MESSAGES_A_MINUTE_OF_ALL, 60.0))
    told: RateLimit = field(default_factory=lambda: RateLimit(1, 60.0))


class Malformed(Exception):
    """An update that is none."""


def routes(door: TelegramDoor) -> APIRouter:
    """The webhook's route."""
    router = APIRouter()

    @router.post(PATH)
    async def webhook(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not door.secret or not hmac.compare_digest(given.encode(), door.secret.encode()):
            logger.warning("an update of Telegram was refused: bad_secret")
            return PlainTextResponse("refused", status_code=403)
        try:
            update = read(door, await request.body())
            afterwards = await take(door, update)
        except Malformed:
            logger.warning("an update of Telegram was refused: malformed")
            raise HTTPException(400, phrase("utter_web_bad_request")) from None
        except STORE_OUTAGES as error:
            # Telegram delivers again whatever is not acknowledged.
            logger.error("an update could not be stored: %s", type(error).__name__)
            raise HTTPException(503, phrase("utter_not_stored")) from None
        tasks = BackgroundTasks()
        for task in afterwards:
            tasks.add_task(task)
        return Response(background=tasks)

    return router


def read(door: TelegramDoor, body: bytes) -> Update:
    """The update in a body. Raises Malformed, and nothing else."""
    try:
        found = json.loads(body)
        update = Update.de_json(found, door.channel.bot) if isinstance(found, dict) else None
        if update is None or not isinstance(update.update_id, int):
            raise Malformed
        update.effective_chat  # noqa: B018 - reads the parts that the rest relies on
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, OSError):
        raise Malformed from None
    return update


async def take(door: TelegramDoor, update: Update) -> list[Afterwards]:
    """Store what an update says; gives what is left to be done once it is acknowledged.

    Raises Malformed, and what the database raises.
    """
    try:
        said = heard(update)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Malformed from None
    if said is None:
        return []
    afterwards: list[Afterwards] = []
    if said.query_id:
        afterwards.append(partial(_confirm_press, door, said.query_id))
    if not (door.of_one.admits(said.chat) and door.of_all.admits("")):
        if door.told.admits(said.chat):
            afterwards.append(partial(_tell, door, said.chat, "utter_too_fast"))
        return afterwards
    await _store(door, update.update_id, said)
    return afterwards


async def _store(door: TelegramDoor, update_id: int, said: Heard) -> None:
    for place, message in enumerate(said.messages):
        if message.event == "leave":
            conversation_id = await known_conversation(door.sessions, door.channel.name, said.chat)
            if conversation_id is None:
                continue
        else:
            conversation_id = await conversation_of(door.sessions, door.channel.name, said.chat, address=said.chat)
        name = f"update {update_id}" if place == 0 else f"update {update_id} {place}"
        await door.pipeline.receive(conversation_id, name, await _pressed(door, conversation_id, said) or message)


async def _pressed(door: TelegramDoor, conversation_id: str, said: Heard) -> Incoming | None:
    """The choice behind a button, while its reply is there."""
    if not said.pressed:
        return None
    async with door.sessions() as session:
        choice = await choice_of(session, conversation_id, said.pressed)
    return None if choice is None else Incoming(text=choice.label, choice=choice.value)


async def _confirm_press(door: TelegramDoor, query_id: str) -> None:
    """Stop the button's waiting sign."""
    with contextlib.suppress(TelegramError):
        await door.channel.bot.answer_callback_query(query_id)


async def _tell(door: TelegramDoor, chat: str, sentence: str) -> None:
    with contextlib.suppress(TryLater, WindowClosed, NeverSent):
        await door.channel.send(chat, Part(text=phrase(sentence)))
