"""The official account's callback: checked, stored, and answered at once where the turn is quick enough."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTask

from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wechat.envelope import Envelope, text_reply
from bot.channels.wechat.reading import Reading, menu_choice
from bot.channels.wechat.refusals import CallbackRefused
from bot.channels.wechat.translating import Heard, client_id, heard, notice_answer
from bot.conversation.courier import Handed, OpenRequest
from bot.conversation.history import pressed
from bot.conversation.inbox import Receipt
from bot.conversation.limits import RateLimit
from bot.conversation.people import conversation_of, known_conversation
from bot.conversation.pipeline import Pipeline
from bot.conversation.wording import phrase
from records.database import DATABASE_OUTAGES, Sessions
from services_catalog.loader import Catalog

logger = logging.getLogger(__name__)

PATH = "/channels/wechat/callback"
ANSWER_WITHIN_S = 4.0
"""WeChat waits five seconds; a turn that takes longer than this is answered by a push."""
STORE_WITHIN_S = 3.0
STORE_PAUSE_S = 0.2
MESSAGES_A_MINUTE = 20
MESSAGES_A_MINUTE_OF_ALL = 6000
NOTHING_TO_SAY = "success"


@dataclass
class WeChatDoor:
    """What the callback works with. `plain_allowed` only in development: plain signatures do not cover the body."""

    sessions: Sessions
    pipeline: Pipeline
    channel: WeChatChannel
    envelope: Envelope
    catalog: Callable[[], Catalog]
    plain_allowed: bool


@dataclass(frozen=True)
class _Request:
    """One callback under way: what it says, and the moment by which it must be answered.

    One in JSON takes no reply, so everything is pushed.
    """

    reading: Reading
    is_sealed: bool
    is_json: bool
    ends_at: float


def routes(door: WeChatDoor) -> APIRouter:
    """The callback's two routes."""
    router = APIRouter()
    of_all, of_one = RateLimit(MESSAGES_A_MINUTE_OF_ALL, 60.0), RateLimit(MESSAGES_A_MINUTE, 60.0)
    first_time = RateLimit(1, 60.0)

    @router.get(PATH)
    async def address(request: Request) -> Response:
        query = request.query_params
        try:
            door.envelope.check_fresh(query.get("timestamp", ""), time.time())
            door.envelope.check_address(query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", ""))
        except CallbackRefused as refused:
            return _refusal(refused)
        return PlainTextResponse(query.get("echostr", ""))

    @router.post(PATH)
    async def callback(request: Request) -> Response:
        ends_at = time.monotonic() + ANSWER_WITHIN_S
        query = request.query_params
        body = await request.body()
        try:
            door.envelope.check_fresh(query.get("timestamp", ""), time.time())
            reading = door.envelope.open(body, query, plain_allowed=door.plain_allowed)
        except CallbackRefused as refused:
            return _refusal(refused)
        came = _Request(reading, "msg_signature" in query, body.lstrip()[:1] == b"{", ends_at)
        said = heard(reading, door.catalog())
        if said is None:
            await _note(door, reading)
            return PlainTextResponse(NOTHING_TO_SAY)
        # A message that is delivered again was admitted before, and is not counted twice.
        if said.message.event != "leave" and first_time.admits(f"{reading.openid} {client_id(reading)}"):
            if not of_one.admits(reading.openid):
                return _told(door, came, "utter_too_fast")
            if not of_all.admits(""):
                return _told(door, came, "utter_channel_crowd")
        try:
            conversation_id, receipt, name = await _stored(door, reading, said)
        except DATABASE_OUTAGES as error:
            logger.error("a callback could not be stored: %s", type(error).__name__)
            return _told(door, came, "utter_not_stored")
        if receipt is None or came.is_json:
            return _nothing()
        return await _answer(door, request, came, conversation_id, receipt, name)

    return router


async def _answer(
    door: WeChatDoor, http: Request, came: _Request, conversation_id: str, receipt: Receipt, name: str
) -> Response:
    """The turn's reply where it is ready in time, else nothing: then it is pushed.

    WeChat may have given up on a request and repeat it while both wait here: the repeated one gets what the first
    was given, and one that nobody waits for any more is given nothing.
    """
    courier = door.pipeline.courier
    async with courier.answering(conversation_id, name, receipt.number) as request:
        handed = await courier.handed_before(conversation_id, name) if receipt.again else None
        if handed is None:
            try:
                async with asyncio.timeout(max(came.ends_at - time.monotonic(), 0)):
                    await door.pipeline.answered(receipt)
            except TimeoutError:
                await request.decided()
                if request.handed is None:
                    return PlainTextResponse(
                        NOTHING_TO_SAY, background=BackgroundTask(door.channel.show_typing, came.reading.openid)
                    )
            handed = await _taken(door, http, request, receipt)
    if handed is None:
        return _nothing()
    reply = _reply(door, came, handed.part.text)
    reply.background = BackgroundTask(courier.confirm, handed)
    return reply


async def _taken(door: WeChatDoor, http: Request, request: OpenRequest, receipt: Receipt) -> Handed | None:
    """What the answered message gets as its answer; None where nobody waits for it any more or it is pushed."""
    courier = door.pipeline.courier
    with contextlib.suppress(*DATABASE_OUTAGES):
        if await http.is_disconnected():
            if request.handed is not None:
                await courier.take_back(request.handed)
                request.handed = None
        elif request.handed is None:
            await courier.hand_over(request, door.channel)
        if request.handed is None and receipt.again:
            return await courier.handed_before(request.conversation_id, request.client_id)
    return request.handed


async def _stored(door: WeChatDoor, reading: Reading, said: Heard) -> tuple[str, Receipt | None, str]:
    """Commit a message; tries again while the database is busy, for as long as WeChat waits.

    Gives the conversation, the receipt (None where an unknown follower leaves), and the message's name.
    """
    name, ends_at = client_id(reading), time.monotonic() + STORE_WITHIN_S
    while True:
        try:
            if said.message.event == "leave":
                known = await known_conversation(door.sessions, door.channel.name, reading.openid)
                if known is None:
                    return "", None, name
                return known, await door.pipeline.receive(known, name, said.message), name
            conversation_id = await conversation_of(
                door.sessions, door.channel.name, reading.openid, address=reading.openid
            )
            message = await pressed(door.sessions, conversation_id, menu_choice(reading)) or said.message
            return conversation_id, await door.pipeline.receive(conversation_id, name, message, said.opens), name
        except DATABASE_OUTAGES:
            if time.monotonic() > ends_at:
                raise
            await asyncio.sleep(STORE_PAUSE_S)


async def _note(door: WeChatDoor, reading: Reading) -> None:
    """Remember what followers say of the notification; the rest of the news about an account is not kept."""
    template = door.channel.notice_template
    if template is None or (accepted := notice_answer(reading, template)) is None:
        return
    with contextlib.suppress(*DATABASE_OUTAGES):
        conversation_id = await conversation_of(
            door.sessions, door.channel.name, reading.openid, address=reading.openid
        )
        await door.channel.remember_notice(conversation_id, accepted=accepted)


def _nothing() -> Response:
    return PlainTextResponse(NOTHING_TO_SAY)


def _told(door: WeChatDoor, came: _Request, sentence: str) -> Response:
    """A sentence at once, without a turn."""
    return _reply(door, came, phrase(sentence))


def _reply(door: WeChatDoor, came: _Request, text: str) -> Response:
    """A text as the answer to the callback, sealed like the callback itself."""
    if came.is_json:
        return _nothing()
    moment = str(int(time.time()))
    xml = text_reply(came.reading.openid, came.reading.to, moment, text)
    if came.is_sealed:
        xml = door.envelope.seal(xml, moment, moment)
    return Response(xml, media_type="text/xml")


def _refusal(refused: CallbackRefused) -> Response:
    """One line for the log, which holds nothing of the callback, and an answer that tells a stranger nothing."""
    logger.warning("a callback of WeChat was refused: %s", refused.code)
    return PlainTextResponse("refused", status_code=403)
