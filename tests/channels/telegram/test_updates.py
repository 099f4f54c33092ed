"""What is read in updates of every kind, and that nothing else than Malformed comes of wrong ones."""

import copy
import itertools
import json
from typing import Any

import pytest
import telegram
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.updates import Heard, Malformed, heard, read
from bot.conversation.incoming import Incoming, Media

BOT = telegram.Bot("1:offline")
CHAT = {"id": 42, "first_name": "居民", "type": "private"}
USER = {"id": 42, "is_bot": False, "first_name": "居民"}
FILE = {"file_id": "f-1", "file_unique_id": "u-1"}
PICTURE = {**FILE, "width": 90, "height": 60}
MOVING = {**PICTURE, "duration": 3}
PLACE = {"latitude": 30.27, "longitude": 120.15}


def message(**content: Any) -> dict[str, Any]:
    """A message in the private chat."""
    return {"message_id": 1, "from": USER, "chat": CHAT, "date": 1764000000, **content}


def told(**update: Any) -> Heard | None:
    """What an update of that content says."""
    return heard(read(json.dumps({"update_id": 7, **update}).encode(), BOT))


def said(**content: Any) -> list[Incoming]:
    """The messages in an update with a message of that content."""
    found = told(message=message(**content))
    return [] if found is None else list(found.messages)


def pressed(**query: Any) -> dict[str, Any]:
    """A press on the first of two buttons."""
    rows = [[{"text": "同意，开始办", "callback_data": "43.1"}], [{"text": "不办了", "callback_data": "43.2"}]]
    shown = message(text="开始吗?", reply_markup={"inline_keyboard": rows})
    return {"id": "q-1", "from": USER, "chat_instance": "1", "message": shown, "data": "43.1", **query}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": " 我想办\x00残疾证\u200b "}, Incoming(text="我想办残疾证")),
        ({"text": "/start"}, Incoming(event="follow")),
        ({"text": "/start item-1"}, Incoming(event="follow")),
        ({"text": "/start@onecall_bot\n"}, Incoming(event="follow")),
        ({"text": "/started"}, Incoming(text="/started")),
        ({"text": "\u200b"}, Incoming(text="")),
        (
            {"photo": [PICTURE, {**PICTURE, "file_id": "f-2", "width": 1280, "height": 960}]},
            Incoming(media=Media(kind="photo", media_id="f-2")),
        ),
        ({"document": {**FILE, "mime_type": "image/png"}}, Incoming(media=Media(kind="photo", media_id="f-1"))),
        ({"document": {**FILE, "mime_type": "application/pdf"}}, Incoming(media=Media(kind="photo", media_id="f-1"))),
        ({"document": {**FILE, "mime_type": "application/zip"}}, Incoming(unreadable="other")),
        ({"document": FILE}, Incoming(unreadable="other")),
        ({"voice": {**FILE, "duration": 2}}, Incoming(media=Media(kind="voice", media_id="f-1"))),
        ({"audio": {**FILE, "duration": 2}}, Incoming(media=Media(kind="voice", media_id="f-1"))),
        ({"video": MOVING}, Incoming(unreadable="video")),
        ({"video_note": {**FILE, "length": 9, "duration": 3}}, Incoming(unreadable="video")),
        ({"animation": MOVING, "document": {**FILE, "mime_type": "image/gif"}}, Incoming(unreadable="video")),
        ({"location": PLACE}, Incoming(unreadable="location")),
        (
            {"location": PLACE, "venue": {"location": PLACE, "title": "家", "address": "文三路100号"}},
            Incoming(text="文三路100号"),
        ),
        (
            {"location": PLACE, "venue": {"location": PLACE, "title": "家", "address": ""}},
            Incoming(unreadable="location"),
        ),
        (
            {"sticker": {**PICTURE, "is_animated": False, "is_video": False, "type": "regular"}},
            Incoming(unreadable="other"),
        ),
        ({"contact": {"phone_number": "13800000000", "first_name": "甲"}}, Incoming(unreadable="other")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Incoming(unreadable="other")),
    ],
)
def test_a_message_of_every_kind_is_read(content: dict[str, Any], expected: Incoming) -> None:
    assert said(**content) == [expected]


def test_words_under_a_photo_come_after_it() -> None:
    photo, words = said(photo=[PICTURE], caption=" 这是户口本 ")
    assert photo.media == Media(kind="photo", media_id="f-1")
    assert words == Incoming(text="这是户口本")


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": message(text="谢谢")},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
        {"write_access_allowed": {}},
    ],
)
def test_a_change_of_the_chat_itself_needs_no_answer(content: dict[str, Any]) -> None:
    assert said(**content) == []


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_only_private_chats_are_listened_to(kind: str) -> None:
    elsewhere = message(text="谢谢", chat={"id": -100, "type": kind, "title": "楼组"})
    assert told(message=elsewhere) is None
    assert told(edited_message=elsewhere) is None
    assert told(channel_post=elsewhere) is None
    assert told(callback_query=pressed(message=elsewhere)) is None


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"inline_query": {"id": "1", "from": USER, "query": "办证", "offset": ""}},
        {"poll_answer": {"poll_id": "1", "user": USER, "option_ids": [0], "option_persistent_ids": ["0"]}},
        {"something_new": {"chat": CHAT}},
    ],
)
def test_updates_of_other_kinds_are_left_alone(update: dict[str, Any]) -> None:
    assert told(**update) is None


def test_an_edited_text_is_told_of_and_an_edited_place_is_not() -> None:
    assert told(edited_message=message(text="改了", edit_date=1764000001)) == Heard(
        "42", (Incoming(unreadable="edited"),)
    )
    assert told(edited_message=message(location={**PLACE, "live_period": 60}, edit_date=1764000001)) is None


@pytest.mark.parametrize(("status", "leaves"), [("kicked", True), ("left", True), ("member", False)])
def test_whoever_blocks_the_bot_leaves(status: str, leaves: bool) -> None:
    new = {"status": status, "user": USER, "until_date": 0}
    old = {"status": "member", "user": USER}
    change = {"chat": CHAT, "from": USER, "date": 1764000000, "old_chat_member": old, "new_chat_member": new}
    found = told(my_chat_member=change)
    assert (found is not None and found.is_leaving) is leaves


def test_a_press_names_its_button_and_keeps_its_words() -> None:
    assert told(callback_query=pressed()) == Heard(
        "42", (Incoming(text="同意，开始办"),), pressed="43.1", query_id="q-1"
    )


def test_a_press_on_a_message_that_is_gone_is_never_an_empty_text() -> None:
    gone = {"chat": CHAT, "message_id": 5, "date": 0}
    found = told(callback_query=pressed(message=gone))
    assert found is not None
    assert found.messages == (Incoming(unreadable="other"),)
    assert found.pressed == "43.1"


@pytest.mark.parametrize("number", [True, -1, 2**53 + 1, 10**70, 1.5, "7", None])
def test_numbers_that_telegram_never_gives_are_refused(number: Any) -> None:
    with pytest.raises(Malformed):
        told(update_id=number, message=message(text="谢谢"))
    with pytest.raises(Malformed):
        told(message=message(text="谢谢", chat={**CHAT, "id": number}))


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=4)
    | st.sampled_from([10**400, 2**63, "\ud800", "private", "43.1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "type", "text"]), inner),
    max_leaves=4,
)
_UPDATES: list[dict[str, Any]] = [
    {"message": message(text="谢谢")},
    {"message": message(photo=[PICTURE, MOVING], caption="户口本")},
    {"message": message(document={**FILE, "mime_type": "image/png"})},
    {"message": message(voice={**FILE, "duration": 2})},
    {"message": message(location=PLACE, venue={"location": PLACE, "title": "家", "address": "文三路"})},
    {"edited_message": message(text="改了", edit_date=1764000001)},
    {"callback_query": pressed()},
]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a JSON value."""
    if not isinstance(value, (dict, list)):
        return [path]
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    return list(itertools.chain([path], *(_paths(each, (*path, key)) for key, each in entries)))


@st.composite
def _spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """An update of which one value is another than it should be."""
    update = {"update_id": 7, **copy.deepcopy(draw(st.sampled_from(_UPDATES)))}
    *way, last = draw(st.sampled_from([path for path in _paths(update) if path]))
    place: Any = update
    for key in way:
        place = place[key]
    place[last] = draw(_VALUES)
    return update


@settings(max_examples=400)
@given(update=_spoilt())
@example(update={"update_id": 7, "message": message(photo=[{**PICTURE, "file_id": "\ud800"}])})
def test_a_spoilt_update_is_read_or_refused_and_what_is_read_can_be_stored(update: dict[str, Any]) -> None:
    try:
        found = heard(read(json.dumps(update).encode(), BOT))
    except Malformed:
        return
    if found is not None:
        assert found.chat.isdecimal()
        for each in found.messages:
            json.dumps(each.stored(), ensure_ascii=False).encode()


@given(body=st.binary(max_size=40) | st.sampled_from([b"[" * 60_000, b'{"update_id":' + b"9" * 5000 + b"}"]))
def test_whatever_bytes_come_they_are_refused_by_one_exception(body: bytes) -> None:
    with pytest.raises(Malformed):
        heard(read(body, BOT))
