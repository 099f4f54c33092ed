"""What a callback means to the conversation: a message, what may be sent because of it, or nothing at all."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.wechat import reading as callback
from bot.channels.wechat.channel import AFTER_ACTION, AFTER_MESSAGE
from bot.channels.wechat.reading import Reading
from bot.conversation.channel import Window
from bot.conversation.incoming import Incoming, Media, Unreadable, cleaned
from services_catalog.loader import Catalog

LONGEST_WORDS = 200
"""Characters of a menu key or a choice that are taken for words."""
_UNREADABLE: dict[str, Unreadable] = {"video": "video", "shortvideo": "video", "link": "link"}


@dataclass(frozen=True)
class Heard:
    """A message for the inbox, and the window that it opens."""

    message: Incoming
    opens: Window | None


def heard(reading: Reading, catalog: Catalog) -> Heard | None:
    """What a callback says to us; None where it is only news about the account.

    A tapped choice comes as its words: what it stands for is looked up by the door (`reading.menu_choice`).
    """
    if reading.msg_type.lower() == "event":
        return _event(reading, catalog)
    return Heard(_message(reading), AFTER_ACTION if callback.menu_choice(reading) else AFTER_MESSAGE)


def client_id(reading: Reading) -> str:
    """The name under which a callback that is delivered again is recognised, at most 64 characters."""
    kind, *rest = reading.dedupe_key
    if kind == "msg":
        return f"msg {rest[0]}"[:64]
    # Two events of the same second differ by what happened.
    digest = hashlib.sha256("\n".join((*rest, reading.event, reading.event_key)).encode()).hexdigest()
    return f"evt {digest[:48]}"


def notice_answer(reading: Reading, template_id: str) -> bool | None:
    """Whether a follower accepted or refused the notification of that template; None where nothing is said of it."""
    if reading.event.lower() not in ("subscribe_msg_popup_event", "subscribe_msg_change_event"):
        return None
    for entry in _entries(reading.fields):
        if entry.get("TemplateId") == template_id:
            return {"accept": True, "reject": False}.get(str(entry.get("SubscribeStatusString")))
    return None


def _message(reading: Reading) -> Incoming:
    kind = reading.msg_type.lower()
    if kind == "text":
        return Incoming(text=cleaned(reading.content))
    if kind == "image" and reading.media_id:
        return Incoming(media=Media(kind="photo", media_id=reading.media_id))
    if kind == "voice" and (media_id := callback.voice_media_id(reading)):
        return Incoming(media=Media(kind="voice", media_id=media_id))
    if kind == "location":
        label = cleaned(callback.location_label(reading))
        return Incoming(text=label) if label else Incoming(unreadable="location")
    return Incoming(unreadable=_UNREADABLE.get(kind, "other"))


def _event(reading: Reading, catalog: Catalog) -> Heard | None:
    kind = reading.event.lower()
    if kind in ("subscribe", "scan"):
        wish = _wish(callback.scene(reading), catalog)
        # Whoever scans without a wish hears the greeting, too: the code led them here.
        return Heard(Incoming(text=wish, event=None if kind == "scan" and wish else "follow"), AFTER_ACTION)
    if kind == "unsubscribe":
        return Heard(Incoming(event="leave"), None)
    if kind == "click" and (words := cleaned(reading.event_key)[:LONGEST_WORDS]):
        return Heard(Incoming(text=words), AFTER_ACTION)
    return None


def _wish(scene: str, catalog: Catalog) -> str:
    """The wish behind a code that names an item, as somebody would say it; nothing for any other code."""
    item = catalog.items.get(scene.removeprefix("item:"))
    return "" if item is None else f"我想办{item.name}"


def _entries(fields: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The templates that an event of the notification names: one or several, in XML or in JSON."""
    for value in (fields, *fields.values()):
        named = value.get("List") if isinstance(value, Mapping) else None
        for entry in named if isinstance(named, list) else [named]:
            if isinstance(entry, Mapping):
                yield entry
