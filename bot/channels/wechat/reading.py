"""What a callback of WeChat says, read from XML or JSON behind one hardened door.

Whatever comes in, either a `Reading` comes out or `CallbackRefused`, at a cost bounded by 64 KB of input.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from wechatpy.events import EVENT_TYPES
from wechatpy.messages import MESSAGE_TYPES, BaseMessage, UnknownMessage

from bot.channels.wechat.refusals import CallbackRefused

MOST_BYTES = 64 * 1024
MOST_DEPTH, MOST_TAGS = 16, 2000
QR_PREFIX = "qrscene_"

_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that XML does not allow; WeChat really sends some of them."""
_NUMBER = re.compile(r"[0-9]{1,20}")
_NAME = re.compile(r"\S{1,128}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_MEDIA_ID = re.compile(r"(?!.*\.\.)[A-Za-z0-9_.=@:+-]{1,512}")
_LAYOUT = re.compile(r"\A[ \t]*\n\s*(.*?)\s*\n[ \t]*\Z", re.DOTALL)
"""Line breaks and indents around a content on lines of its own: of the file's layout, not of what was said."""
_READ = frozenset(
    {
        "ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "Content",
        "MediaId", "MediaId16K", "MsgId", "MsgID", "Encrypt", "bizmsgmenuid", "Label",
    }
)  # fmt: skip
"""The tags that are read: each at most once, and plain text."""


@dataclass(frozen=True)
class Reading:
    """A callback, read. What is absent is empty; `fields` is all of it, as nested texts."""

    to: str
    openid: str
    create_time: str
    msg_type: str
    event: str
    event_key: str
    content: str
    media_id: str
    msg_id: str
    fields: Mapping[str, Any]

    @property
    def dedupe_key(self) -> tuple[str, ...]:
        """What stays the same when WeChat delivers again: a message's id, or who and when for an event."""
        if self.msg_id and self.msg_type.lower() != "event":
            return ("msg", self.msg_id)
        return ("evt", self.openid, self.create_time)

    def as_json(self, file: str) -> dict[str, Any]:
        """The reading as `./onecall wechat decode` prints it."""
        return {
            "file": file,
            "to": self.to,
            "openid": self.openid,
            "create_time": self.create_time,
            "msg_type": self.msg_type,
            "event": self.event,
            "event_key": self.event_key,
            "content": self.content,
            "media_id": self.media_id,
            "msg_id": self.msg_id,
            "dedupe_key": list(self.dedupe_key),
        }


def read(body: bytes) -> Reading:
    """What a plain body says. Raises CallbackRefused, and nothing else."""
    return reading_of(fields_of(body))


def fields_of(body: bytes) -> dict[str, Any]:
    """The tags of a body, nested as they stand. Raises CallbackRefused."""
    if len(body) > MOST_BYTES:
        raise CallbackRefused("too_large")
    text = _INVALID.sub("", body.decode("utf-8-sig", "replace")).strip()
    if not text:
        raise CallbackRefused("empty")
    return _from_json(text) if text.startswith("{") else _from_xml(text)


def reading_of(fields: Mapping[str, Any]) -> Reading:
    """The reading of tags. Raises CallbackRefused where something that is read is missing or malformed.

    A message may lack its time, for its id tells it from others; an event has nothing else.
    """
    plain = {name: _plain(fields, name) for name in _READ}
    reading = Reading(
        to=plain["ToUserName"].strip(),
        openid=plain["FromUserName"].strip(),
        create_time=plain["CreateTime"].strip(),
        msg_type=plain["MsgType"].strip(),
        event=plain["Event"].strip(),
        event_key=plain["EventKey"].strip(),
        content=_LAYOUT.sub(r"\1", plain["Content"]),
        media_id=plain["MediaId"].strip(),
        msg_id=(plain["MsgId"] or plain["MsgID"]).strip(),
        fields=fields,
    )
    if not (reading.openid and reading.msg_type and all(reading.dedupe_key)):
        raise CallbackRefused("missing_tag")
    if not _NAME.fullmatch(reading.openid) or not _NUMBER.fullmatch(reading.create_time or "0"):
        raise CallbackRefused("bad_tag")
    if reading.msg_id and not _MESSAGE_ID.fullmatch(reading.msg_id):
        raise CallbackRefused("bad_tag")
    if any(found and not _MEDIA_ID.fullmatch(found) for found in (reading.media_id, plain["MediaId16K"].strip())):
        raise CallbackRefused("bad_media_id")
    return reading


def message_of(reading: Reading) -> BaseMessage:
    """The callback as wechatpy's message of its kind, for the tags that only this kind has."""
    kinds = EVENT_TYPES if reading.msg_type.lower() == "event" else MESSAGE_TYPES
    name = (reading.event if kinds is EVENT_TYPES else reading.msg_type).lower()
    return kinds.get(name, UnknownMessage)(dict(reading.fields))


def scene(reading: Reading) -> str:
    """The scene of the code that a resident scanned, as a follower or to become one; empty for anything else."""
    kind = reading.event.lower()
    if kind == "scan":
        return reading.event_key
    follows_by_code = kind == "subscribe" and reading.event_key.startswith(QR_PREFIX)
    return reading.event_key.removeprefix(QR_PREFIX) if follows_by_code else ""


def voice_media_id(reading: Reading) -> str:
    """The id of a voice message, in the better of the two qualities that WeChat may offer."""
    return _plain(reading.fields, "MediaId16K").strip() or reading.media_id


def menu_choice(reading: Reading) -> str:
    """The token of the choice that was tapped, where a text came from a tap."""
    return _plain(reading.fields, "bizmsgmenuid").strip() if reading.msg_type.lower() == "text" else ""


def location_label(reading: Reading) -> str:
    """The address that WeChat names for a location sent; empty for anything else."""
    return str(message_of(reading).label or "") if reading.msg_type.lower() == "location" else ""


def _from_xml(text: str) -> dict[str, Any]:
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException:
        raise CallbackRefused("doctype") from None
    except (ParseError, ValueError):
        raise CallbackRefused("bad_xml") from None
    if root.tag != "xml":
        raise CallbackRefused("wrong_root")
    _check_shape(root)
    tags = Counter(child.tag for child in root)
    if any(tags[name] > 1 for name in _READ):
        raise CallbackRefused("duplicate_tag")
    fields = _nested(root)
    return fields if isinstance(fields, dict) else {}


def _check_shape(root: Element) -> None:
    """Refuse what is deep or many before anything walks through it."""
    level, count = [root], 0
    for _ in range(MOST_DEPTH):
        count += len(level)
        if count > MOST_TAGS:
            raise CallbackRefused("too_many")
        level = [child for element in level for child in element]
    if level:
        raise CallbackRefused("too_deep")


def _nested(element: Element) -> dict[str, Any] | str:
    """An element as its text, or as its children by tag; several of one tag are a list."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        value = _nested(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found


def _from_json(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text, strict=False, object_pairs_hook=_once, parse_int=str, parse_float=str)
    except RecursionError:
        raise CallbackRefused("too_deep") from None
    except ValueError:
        raise CallbackRefused("bad_json") from None
    cleaned = _cleaned(fields, MOST_DEPTH)
    return cleaned if isinstance(cleaned, dict) else {}


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, in which no name that is read stands twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found and name in _READ:
            raise CallbackRefused("duplicate_tag")
        found[name] = value
    return found


def _cleaned(value: Any, depth: int) -> Any:
    """A value of JSON as XML would have given it: texts without control characters, nothing for null."""
    if depth == 0:
        raise CallbackRefused("too_deep")
    if isinstance(value, dict):
        return {name: _cleaned(each, depth - 1) for name, each in value.items()}
    if isinstance(value, list):
        return [_cleaned(each, depth - 1) for each in value]
    if isinstance(value, str):
        return _INVALID.sub("", value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _plain(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise CallbackRefused("not_plain")
    return value
