"""What an update of Telegram means to the conversation."""

import json
from dataclasses import dataclass

from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.conversation.incoming import Incoming, Media, cleaned

_PHOTO_TYPES = ("image/", "application/pdf")
_LARGEST_ID = 2**53
"""Telegram's numbers have at most 52 bits; larger ones would not fit where they are stored."""
_FAULTS = (ValueError, TypeError, KeyError, AttributeError, IndexError, ArithmeticError, RecursionError, OSError)
"""What reading values of undocumented kinds raises, in the library and here."""


class Malformed(Exception):
    """An update that is none."""


@dataclass(frozen=True)
class Heard:
    """What one update brings: who it is from, its messages in order, and the button pressed, if it was one."""

    chat: str
    messages: tuple[Incoming, ...] = ()
    pressed: str = ""
    query_id: str = ""

    @property
    def is_leaving(self) -> bool:
        """Whether the resident blocked the bot."""
        return any(message.event == "leave" for message in self.messages)


def read(body: bytes, bot: Bot) -> Update:
    """The update in a webhook's body. Raises Malformed, and nothing else."""
    try:
        found = json.loads(body)
        if not isinstance(found, dict):
            raise Malformed
        update = Update.de_json(found, bot)
    except _FAULTS:
        raise Malformed from None
    return update


def heard(update: Update) -> Heard | None:
    """What an update says to us; None where it is not from a private chat, or nothing that needs an answer.

    Raises Malformed, and nothing else.
    """
    try:
        return _heard(update)
    except _FAULTS:
        raise Malformed from None


def _heard(update: Update) -> Heard | None:
    if not _is_id(update.update_id):
        raise Malformed
    chat = update.effective_chat
    if chat is None or chat.type != ChatType.PRIVATE:
        return None
    if not _is_id(chat.id):
        raise Malformed
    name = str(chat.id)
    if update.callback_query is not None:
        return _pressed(name, update.callback_query)
    if update.my_chat_member is not None:
        return Heard(name, (Incoming(event="leave"),)) if _left(update.my_chat_member) else None
    if update.edited_message is not None:
        # Live locations are edited all the time; only words that changed are worth a word.
        edited = update.edited_message.text is not None
        return Heard(name, (Incoming(unreadable="edited"),)) if edited else None
    messages = () if update.message is None else _messages(update.message)
    return Heard(name, messages) if messages else None


def _is_id(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST_ID


def _pressed(chat: str, query: CallbackQuery) -> Heard:
    """A button: what it stands for is looked up by the door; its words are what is left where that is gone."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    buttons = [button for row in markup.inline_keyboard for button in row] if markup is not None else []
    label = cleaned(next((button.text for button in buttons if button.callback_data == query.data), ""))
    message = Incoming(text=label) if label else Incoming(unreadable="other")
    return Heard(chat, (message,), pressed=cleaned(query.data or ""), query_id=cleaned(query.id))


def _left(change: ChatMemberUpdated) -> bool:
    return change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def _messages(message: Message) -> tuple[Incoming, ...]:
    """A message's parts: a photo with words under it is a photo and then the words. None of a service message."""
    if message.text is not None:
        words = cleaned(message.text)
        command = words.split()[0].split("@")[0] if words else ""
        return (Incoming(event="follow") if command == "/start" else Incoming(text=words),)
    content = _content(message)
    if content is None:
        return ()
    caption = cleaned(message.caption or "")
    return (content, Incoming(text=caption)) if caption else (content,)


def _content(message: Message) -> Incoming | None:
    """What was sent instead of a text; None where nothing was, as when a chat's settings change."""
    if message.photo:
        largest = max(message.photo, key=lambda photo: photo.width * photo.height)
        return Incoming(media=Media(kind="photo", media_id=cleaned(largest.file_id)))
    if message.video or message.video_note or message.animation:  # an animation comes as a document, too
        return Incoming(unreadable="video")
    document = message.document
    if document is not None and (document.mime_type or "").startswith(_PHOTO_TYPES):
        return Incoming(media=Media(kind="photo", media_id=cleaned(document.file_id)))
    if (sound := message.voice or message.audio) is not None:
        return Incoming(media=Media(kind="voice", media_id=cleaned(sound.file_id)))
    if message.venue is not None and (address := cleaned(message.venue.address)):
        return Incoming(text=address)
    if message.location is not None:
        return Incoming(unreadable="location")
    return Incoming(unreadable="other") if message.effective_attachment is not None else None
