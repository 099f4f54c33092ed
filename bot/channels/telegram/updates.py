"""What an update of Telegram means to the conversation."""

from dataclasses import dataclass

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.conversation.incoming import Incoming, Media, cleaned

_PHOTO_TYPES = ("image/", "application/pdf")


@dataclass(frozen=True)
class Heard:
    """What one update brings: who it is from, its messages in order, and the button pressed, if it was one."""

    chat: str
    messages: tuple[Incoming, ...] = ()
    pressed: str = ""
    query_id: str = ""


def heard(update: Update) -> Heard | None:
    """What an update says to us; None where it is not from a private chat, or nothing that needs an answer."""
    chat = update.effective_chat
    if chat is None or chat.type != ChatType.PRIVATE:
        return None
    name = str(chat.id)
    if update.callback_query is not None:
        return _pressed(name, update.callback_query)
    if update.edited_message is not None:
        # Live locations are edited all the time; only words that changed are worth a word.
        edited = update.edited_message.text is not None
        return Heard(name, (Incoming(unreadable="edited"),)) if edited else None
    if update.my_chat_member is not None:
        return Heard(name, (Incoming(event="leave"),)) if _left(update.my_chat_member) else None
    return None if update.message is None else Heard(name, _messages(update.message))


def _pressed(chat: str, query: CallbackQuery) -> Heard:
    """A button: what it stands for is looked up by the door; its words are what is left where that is gone."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    buttons = [button for row in markup.inline_keyboard for button in row] if markup is not None else []
    label = next((str(button.text) for button in buttons if button.callback_data == query.data), "")
    return Heard(chat, (Incoming(text=cleaned(label)),), pressed=str(query.data or ""), query_id=query.id)


def _left(change: ChatMemberUpdated) -> bool:
    return change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def _messages(message: Message) -> tuple[Incoming, ...]:
    """A photo with words under it is a photo and then the words."""
    words = cleaned(message.text or "")
    if words.split(" ")[0].split("@")[0] == "/start":
        return (Incoming(event="follow"),)
    if message.text is not None:
        return (Incoming(text=words),)
    caption = cleaned(message.caption or "")
    more = (Incoming(text=caption),) if caption else ()
    return (_file(message), *more)


def _file(message: Message) -> Incoming:
    if message.photo:
        largest = max(message.photo, key=lambda photo: photo.width * photo.height)
        return Incoming(media=Media(kind="photo", media_id=largest.file_id))
    document = message.document
    if document is not None and (document.mime_type or "").startswith(_PHOTO_TYPES):
        return Incoming(media=Media(kind="photo", media_id=document.file_id))
    sound = message.voice or message.audio
    if sound is not None:
        return Incoming(media=Media(kind="voice", media_id=sound.file_id))
    if message.video or message.video_note or message.animation:
        return Incoming(unreadable="video")
    if message.venue is not None:
        return Incoming(text=cleaned(message.venue.address))
    return Incoming(unreadable="location" if message.location is not None else "other")
