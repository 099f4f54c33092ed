"""Sending through Telegram's Bot API, on python-telegram-bot: texts with buttons, photos and voices fetched."""

import contextlib
import logging
from collections.abc import Sequence
from datetime import timedelta

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.wording import packed, spoken
from bot.conversation.channel import AddressGone, Button, Channel, MediaGone, NeverSent, Numbered, Part, TryLater
from bot.conversation.incoming import Media
from cases.files import MAX_BYTES, FileRefused

# What they log holds addresses, and these the bot's token; the library's errors, whole updates and answers.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)
logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)

MOST_UNITS = 4096
"""UTF-16 code units of one message: what Telegram counts."""
MOST_LABEL = 64
CONNECTIONS, ANSWER_S = 64, 10.0
_CHAT_GONE = ("chat not found", "user is deactivated", "peer_id_invalid")
_NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class TelegramChannel(Channel):
    """The bot as the courier sees it. Nothing is called over the network before the first message."""

    name = "telegram"
    windowed = False
    late_after_s = 4.0

    def __init__(self, token: str, api_url: str) -> None:
        def requests() -> HTTPXRequest:
            return HTTPXRequest(
                connection_pool_size=CONNECTIONS,
                read_timeout=ANSWER_S,
                pool_timeout=ANSWER_S,
                httpx_kwargs={"trust_env": False},
            )

        base = api_url.rstrip("/")
        self._requests = (requests(), requests())
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()

    def pack(self, said: Sequence[Numbered]) -> list[Part]:
        """Merge bubbles into messages of at most 4096 units; the newest choices become buttons of the last one."""
        texts = packed([f"\n{spoken(entry.bubble)}" for entry in said], MOST_UNITS, size)
        parts = [Part(text=text) for text in texts]
        chosen = next((entry for entry in reversed(said) if entry.bubble.choices), None)
        if parts and chosen is not None:
            parts[-1].buttons = [
                Button(label=choice.label[:MOST_LABEL], token=f"{chosen.number}.{place}")
                for place, choice in enumerate(chosen.bubble.choices, 1)
            ]
        return parts

    async def send(self, address: str, part: Part) -> None:
        """Send one message as plain text. Raises TryLater, NeverSent, AddressGone."""
        rows = [[InlineKeyboardButton(button.label, callback_data=button.token)] for button in part.buttons]
        try:
            await self.bot.send_message(
                chat_id=address,
                text=part.text,
                reply_markup=InlineKeyboardMarkup(rows) if rows else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            raise _meaning(error) from None

    async def fetch(self, media: Media) -> bytes:
        """A photo, document or voice message. Raises TryLater, MediaGone, FileRefused."""
        try:
            file = await self.bot.get_file(media.media_id)
        except BadRequest as error:
            if "too big" in error.message.lower():  # more than bots may download at all
                raise FileRefused("utter_file_large") from None
            raise MediaGone("400") from None
        except TelegramError as error:
            raise _later(error) from None
        if (file.file_size or 0) > MAX_BYTES:
            raise FileRefused("utter_file_large")
        if not file.file_path:
            raise MediaGone("no path")
        try:
            content = bytes(await file.download_as_bytearray())
        except (BadRequest, Forbidden, InvalidToken):  # the token was right a moment ago: it is the file that is gone
            raise MediaGone("no file") from None
        except TelegramError as error:
            raise _later(error) from None
        if len(content) > MAX_BYTES:
            raise FileRefused("utter_file_large")
        return content

    async def show_typing(self, address: str) -> None:
        """Show that an answer is being written; without it nothing is lost."""
        with contextlib.suppress(TelegramError):
            await self.bot.send_chat_action(chat_id=address, action=ChatAction.TYPING)

    async def invite(self, conversation_id: str, address: str) -> bool:
        """Nothing is ever closed here."""
        return False


def size(text: str) -> int:
    """The length Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def _meaning(error: TelegramError) -> Exception:
    """What an error means for the message that was to be sent."""
    if isinstance(error, Forbidden):
        return AddressGone("403")
    if isinstance(error, BadRequest):
        gone = any(words in error.message.lower() for words in _CHAT_GONE)
        return AddressGone("chat not found") if gone else NeverSent("400")
    return _later(error)


def _later(error: TelegramError) -> TryLater:
    """When to try again. A refused token is a wrong setting, and must not lose answers."""
    if isinstance(error, RetryAfter):
        pause = error.retry_after
        return TryLater("429", after_s=pause.total_seconds() if isinstance(pause, timedelta) else float(pause))
    certainly_not = isinstance(error, InvalidToken) or isinstance(error.__cause__, _NOT_CONNECTED)
    return TryLater(type(error).__name__, maybe_sent=not certainly_not)
