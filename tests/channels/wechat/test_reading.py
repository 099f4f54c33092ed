"""Whatever WeChat, or a stranger, posts: either a reading comes out or one of our refusals."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat import reading as reading_module
from bot.channels.wechat.reading import Reading, location_label, menu_choice, read, scene, voice_media_id
from bot.channels.wechat.refusals import SENTENCES, CallbackRefused
from tests.channels.wechat.callbacks import FOLLOWER, KINDS, MOMENT, Kind, event, message

WHO = f"<ToUserName>gh</ToUserName><FromUserName>{FOLLOWER}</FromUserName><CreateTime>{MOMENT}</CreateTime>"
TEXT = f"{WHO}<MsgType>text</MsgType><MsgId>1</MsgId>"
AS_JSON: dict[str, Any] = {"ToUserName": "gh", "FromUserName": FOLLOWER, "CreateTime": 1764000000, "MsgType": "text"}


def _refusal(body: str | bytes) -> str:
    with pytest.raises(CallbackRefused) as refused:
        read(body.encode() if isinstance(body, str) else body)
    assert refused.value.sentence == SENTENCES[refused.value.code]
    return refused.value.code


def _content(text: str) -> str:
    return read(f"<xml>{TEXT}<Content>{text}</Content></xml>".encode()).content


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_read_in_xml(kind: Kind) -> None:
    read_as = read(kind.xml.encode()).as_json("callback.xml")
    assert list(read_as.items()) == list(kind.expected("callback.xml").items())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_read_in_json(kind: Kind) -> None:
    reading = read(kind.xml.encode())
    numbers = {name: int(reading.fields[name]) for name in ("CreateTime", "MsgId", "MsgID") if name in reading.fields}
    assert read(json.dumps({**reading.fields, **numbers}).encode()) == reading


def test_white_space_and_a_byte_order_mark_before_the_body_do_no_harm() -> None:
    for body in (KINDS["text"].xml, json.dumps({**AS_JSON, "MsgId": 1})):
        for before in ("\ufeff", "\r\n \t", "\ufeff\n"):
            assert read((before + body).encode()) == read(body.encode())


def test_the_declaration_of_another_encoding_is_not_believed() -> None:
    assert (
        read(f'<?xml version="1.0" encoding="gbk"?><xml>{TEXT}<Content>你好</Content></xml>'.encode()).content == "你好"
    )


def test_attributes_comments_and_instructions_are_ignored() -> None:
    assert _content("<!-- a -->你<?php b ?>好") == "你好"
    assert read(f'<xml a="1">{TEXT}<Content b="2">你好</Content></xml>'.encode()).content == "你好"


def test_a_text_is_kept_as_it_was_sent_with_its_lines_and_blanks() -> None:
    assert _content("<![CDATA[  第一行\n\n 第二行 ]]>") == "  第一行\n\n 第二行 "
    assert _content("<![CDATA[ ]]>") == " "
    assert _content("") == ""
    assert _content("\n        test\n    ") == "test"
    assert _content("<![CDATA[a]]]]><![CDATA[>b]]>") == "a]]>b"
    assert read(json.dumps({**AS_JSON, "Content": " a\n"}).encode()).content == " a\n"


def test_control_characters_that_wechat_lets_through_are_dropped() -> None:
    everything = "".join(map(chr, range(0x20)))
    assert _content(f"<![CDATA[前{everything}后]]>") == "前\t\n\n后"
    raw = '{"FromUserName":"o","CreateTime":1,"MsgType":"text","Content":"前\x1d\n\\u0001后\\ud800"}'
    assert read(raw.encode()).content == "前\n后"


def test_broken_utf_8_is_replaced() -> None:
    assert read(f"<xml>{TEXT}<Content>好".encode() + b"\xff\xe4\xbd</Content></xml>").content == "好\ufffd\ufffd"


def test_the_id_is_the_one_at_the_top_and_numbers_keep_all_their_digits() -> None:
    assert read(KINDS["subscribe_msg_sent_event"].xml.encode()).msg_id == ""
    assert read(json.dumps({**AS_JSON, "MsgId": 9007199254740993}).encode()).msg_id == "9007199254740993"


def test_kinds_are_kept_as_written() -> None:
    reading = read(f"<xml>{WHO}<MsgType>Event</MsgType><Event>sCaN</Event><EventKey>7</EventKey></xml>".encode())
    assert (reading.msg_type, reading.event, scene(reading)) == ("Event", "sCaN", "7")
    assert reading.dedupe_key == ("evt", FOLLOWER, MOMENT)


def test_a_message_without_an_id_is_told_from_others_by_who_and_when() -> None:
    assert read(f"<xml>{WHO}<MsgType>text</MsgType></xml>".encode()).dedupe_key == ("evt", FOLLOWER, MOMENT)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (KINDS["SCAN"], "4711"),
        (KINDS["subscribe_by_code"], "item:1"),
        (event("SCAN", event_key="qrscene_1"), "qrscene_1"),
        (KINDS["subscribe"], ""),
        (KINDS["subscribe_after_payment"], ""),
        (KINDS["subscribe_by_product"], ""),
        (KINDS["CLICK"], ""),
        (KINDS["text"], ""),
    ],
)
def test_the_scene_is_that_of_the_scanned_code(kind: Kind, expected: str) -> None:
    assert scene(read(kind.xml.encode())) == expected


def test_a_voice_is_fetched_in_the_better_quality_where_there_is_one() -> None:
    assert voice_media_id(read(KINDS["voice"].xml.encode())) == "voice-1"
    for better in ("better", " better\n"):
        tags = f"<MediaId>voice-1</MediaId><MediaId16K>{better}</MediaId16K>"
        assert voice_media_id(read(message("voice", tags).xml.encode())) == "better"
    assert voice_media_id(read(message("voice", "<MediaId>a</MediaId><MediaId16K> </MediaId16K>").xml.encode())) == "a"


def test_a_tap_is_known_by_its_token_in_a_text() -> None:
    assert menu_choice(read(KINDS["tap"].xml.encode())) == "3.1"
    assert menu_choice(read(KINDS["text"].xml.encode())) == ""
    assert menu_choice(read(message("image", "<bizmsgmenuid>3.1</bizmsgmenuid>").xml.encode())) == ""


def test_a_location_has_the_address_wechat_names() -> None:
    assert location_label(read(KINDS["location"].xml.encode())) == "文三路100号"
    assert location_label(read(message("location").xml.encode())) == ""


@pytest.mark.parametrize("tag", sorted(reading_module._READ))
def test_a_tag_that_is_read_may_not_stand_twice(tag: str) -> None:
    once = re.sub(f"<{tag}>.*?</{tag}>", "", TEXT)
    assert _refusal(f"<xml>{once}<{tag}>1</{tag}><{tag}>1</{tag}></xml>") == "duplicate_tag"
    whole = json.dumps({name: value for name, value in AS_JSON.items() if name != tag})
    assert _refusal(f'{whole[:-1]}, "{tag}": "1", "{tag}": "1"}}') == "duplicate_tag"


@pytest.mark.parametrize("tag", sorted(reading_module._READ))
def test_a_tag_that_is_read_may_not_hold_others(tag: str) -> None:
    once = re.sub(f"<{tag}>.*?</{tag}>", "", TEXT)
    assert _refusal(f"<xml>{once}<{tag}>1<b>2</b></{tag}></xml>") == "not_plain"
    for value in ({"b": "2"}, ["1"]):
        assert _refusal(json.dumps({**AS_JSON, tag: value})) == "not_plain"


@pytest.mark.parametrize("tag", ["FromUserName", "MsgType"])
def test_who_and_what_must_be_named(tag: str) -> None:
    without = re.sub(f"<{tag}>.*?</{tag}>", "", TEXT)
    for body in (without, f"{without}<{tag}/>", f"{without}<{tag}> \n</{tag}>"):
        assert _refusal(f"<xml>{body}</xml>") == "missing_tag"
    assert _refusal(json.dumps({**AS_JSON, tag: None})) == "missing_tag"


def test_what_nothing_tells_from_others_is_refused() -> None:
    who = f"<FromUserName>{FOLLOWER}</FromUserName>"
    assert _refusal(f"<xml>{who}<MsgType>text</MsgType></xml>") == "missing_tag"
    assert _refusal(f"<xml>{who}<MsgType>event</MsgType><Event>VIEW</Event><MsgID>1</MsgID></xml>") == "missing_tag"


@pytest.mark.parametrize("moment", ["-1", "1e9", "12:30", "１２", "1 2", "9" * 21, "0x1f"])
def test_a_moment_is_a_decimal_number(moment: str) -> None:
    assert _refusal(f"<xml>{TEXT.replace(MOMENT, moment)}</xml>") == "bad_tag"
    assert _refusal(json.dumps({**AS_JSON, "CreateTime": moment})) == "bad_tag"


@pytest.mark.parametrize(
    "media_id", ["../../token", "a/b", "a\\b", "a?b", "a&amp;b", "a b", "..", "a%2f", "m" * 513, "媒"]
)
def test_a_media_id_that_could_lead_elsewhere_is_refused(media_id: str) -> None:
    for tag in ("MediaId", "MediaId16K"):
        assert _refusal(f"<xml>{TEXT}<{tag}>{media_id}</{tag}></xml>") == "bad_media_id"


def test_names_and_ids_beyond_measure_are_refused() -> None:
    assert _refusal(f"<xml>{TEXT.replace(FOLLOWER, 'o' * 129)}</xml>") == "bad_tag"
    assert _refusal(f"<xml>{TEXT.replace(FOLLOWER, 'a b')}</xml>") == "bad_tag"
    assert _refusal(f"<xml>{TEXT.replace('<MsgId>1', '<MsgId>' + '1' * 61)}</xml>") == "bad_tag"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty"),
        ("\ufeff \n", "empty"),
        ("\x00", "empty"),
        ("<xml>", "bad_xml"),
        ("<xml></xml><xml></xml>", "bad_xml"),
        ("hello", "bad_xml"),
        ("[]", "bad_xml"),
        ("<xml>&nbsp;</xml>", "bad_xml"),
        ("<xml>&#0;</xml>", "bad_xml"),
        (f"<xml>{TEXT}<Content>a & b</Content></xml>", "bad_xml"),
        ("<html></html>", "wrong_root"),
        ("<XML></XML>", "wrong_root"),
        ('<xml xmlns="a"></xml>', "wrong_root"),
        ("<xml/>", "missing_tag"),
        ("{}", "missing_tag"),
        ("{", "bad_json"),
        ("{} {}", "bad_json"),
        ("{'a': 1}", "bad_json"),
        ("<!DOCTYPE xml><xml></xml>", "doctype"),
        ('<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>', "doctype"),
        ('<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/a.dtd"><xml></xml>', "doctype"),
    ],
)
def test_what_is_no_callback_is_refused_by_its_name(body: str, code: str) -> None:
    assert _refusal(body) == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<xml>" + "<a>" * 200_000, "too_large"),
        ("<xml>" + "a" * 10_000_000, "too_large"),
        ("<xml>" + "<a>" * 9_000 + "</a>" * 9_000 + "</xml>", "too_deep"),
        ("<xml>" + "<a>" * 16 + "</a>" * 16 + "</xml>", "too_deep"),
        ("<xml>" + "<a/>" * 16_000 + "</xml>", "too_many"),
        ("<xml>" + "<a>" * 14 + "<b/>" * 2_000 + "</a>" * 14 + "</xml>", "too_many"),
        ('{"a":' * 9_000, "too_deep"),
        ('{"a":' + "[" * 16 + "]" * 16 + "}", "too_deep"),
        ('{"a":' + "9" * 60_000 + "}", "missing_tag"),
        (
            '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
            + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
            + "]><xml>&a9;</xml>",
            "doctype",
        ),
    ],
    ids=range(10),
)
def test_bombs_are_refused_before_they_cost_anything(body: str, code: str) -> None:
    assert _refusal(body) == code


def test_fifteen_levels_and_a_thousand_entries_are_taken() -> None:
    read(f"<xml>{TEXT}{'<a>' * 15}{'</a>' * 15}</xml>".encode())
    read(f"<xml>{TEXT}{'<a/>' * 1_900}</xml>".encode())


def _taken(body: bytes) -> Reading | None:
    """The reading, used in every way; None where it is refused."""
    try:
        reading = read(body)
    except CallbackRefused:
        return None
    for use in (scene, voice_media_id, menu_choice, location_label):
        assert isinstance(use(reading), str)
    json.dumps(reading.as_json("a"), ensure_ascii=False).encode()
    return reading


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _taken(body)
    _taken(b"<xml>" + body + b"</xml>")


@settings(max_examples=300)
@given(data=st.data(), kind=st.sampled_from(sorted(KINDS)))
def test_a_callback_with_something_broken_is_read_or_refused(data: st.DataObject, kind: str) -> None:
    body = KINDS[kind].xml.encode()
    if data.draw(st.booleans()):
        body = json.dumps(read(body).fields, ensure_ascii=False).encode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(start + 20, len(body))))
        body = body[:start] + data.draw(st.binary(max_size=8) | st.just(body[end : end + 30])) + body[end:]
    _taken(body)


_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(reading_module._READ)) | st.text(max_size=5), _VALUES, max_size=8))
def test_any_object_of_json_is_read_or_refused(changed: dict[str, Any]) -> None:
    for fields in ({**AS_JSON, **changed}, changed):
        _taken(json.dumps(fields).encode())
        _taken(json.dumps({**fields, "MsgType": "location"}).encode())
