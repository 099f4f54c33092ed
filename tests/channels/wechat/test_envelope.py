"""The envelope: what is sealed opens to the same, and nothing else opens at all."""

import base64
import contextlib
import json
import struct
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.crypto.base import WeChatCipher

from bot.channels.wechat.envelope import Envelope, text_reply
from bot.channels.wechat.reading import read
from bot.channels.wechat.refusals import CallbackRefused
from tests.channels.wechat.callbacks import FOLLOWER, KINDS, message

TOKEN, APPID, KEY = "sesame", "wx0123456789abcdef", "Abc0123456789" * 3 + "+/xY"
MOMENT, NONCE = "1764000000", "nonce<&>]]>"
ENVELOPE = Envelope(TOKEN, APPID, KEY)
TEXT = KINDS["text"].xml


def _query(sealed: str, envelope: Envelope = ENVELOPE) -> dict[str, str]:
    return {
        "timestamp": MOMENT,
        "nonce": NONCE,
        "signature": envelope.signature(MOMENT, NONCE),
        "msg_signature": envelope.signature(MOMENT, NONCE, sealed),
    }


def _sealed(xml: str, envelope: Envelope = ENVELOPE) -> str:
    return fromstring(envelope.seal(xml, MOMENT, NONCE)).findtext("Encrypt") or ""


def _enciphered(plain: bytes) -> str:
    """Any bytes as a cipher text of our key: what a sender with the key and bad manners could send."""
    return base64.b64encode(WeChatCipher(base64.b64decode(KEY + "=")).encrypt(plain)).decode()


def _packed(message: bytes, account: bytes = APPID.encode(), length: int | None = None) -> bytes:
    return b"r" * 16 + struct.pack(">I", len(message) if length is None else length) + message + account


def _padded(content: bytes) -> bytes:
    count = 32 - len(content) % 32
    return content + bytes([count]) * count


def _body(sealed: str) -> bytes:
    return f"<xml><ToUserName>gh</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()


def _refusal(body: bytes, query: dict[str, str], *, envelope: Envelope = ENVELOPE, plain_allowed: bool = False) -> str:
    with pytest.raises(CallbackRefused) as refused:
        envelope.open(body, query, plain_allowed=plain_allowed)
    return refused.value.code


@pytest.mark.parametrize("kind", ["text", "SCAN", "MASSSENDJOBFINISH"])
def test_what_is_sealed_opens_to_the_same_reading(kind: str) -> None:
    sealed = _sealed(KINDS[kind].xml)
    for body in (_body(sealed), json.dumps({"ToUserName": "gh", "Encrypt": sealed}).encode()):
        assert ENVELOPE.open(body, _query(sealed), plain_allowed=False) == read(KINDS[kind].xml.encode())


def test_json_inside_the_envelope_is_read_too() -> None:
    plain = json.dumps(read(TEXT.encode()).fields)
    sealed = _sealed(plain)
    assert ENVELOPE.open(_body(sealed), _query(sealed), plain_allowed=False) == read(TEXT.encode())


@given(st.text())
def test_any_text_arrives_whole_through_a_sealed_reply(text: str) -> None:
    reply = ENVELOPE.seal(text_reply(FOLLOWER, "gh", MOMENT, text), MOMENT, NONCE)
    outer = fromstring(reply)
    assert outer.findtext("Nonce") == NONCE
    opened = WeChatCrypto(TOKEN, KEY, APPID).decrypt_message(reply, outer.findtext("MsgSignature"), MOMENT, NONCE)
    inner = fromstring(opened)
    assert [child.tag for child in inner] == ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"]
    assert inner.findtext("Content") == _as_xml_gives_it(text)


def _as_xml_gives_it(text: str) -> str:
    """A text without what XML forbids, its lines ending as every parser ends them."""
    allowed = "".join(char for char in text if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff"))
    return allowed.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    "text", ["]]>", "]]]>]]>", "]]>]]><MsgType>image</MsgType>", "]]", ">", "]\x01]>", "\x1d", "", "&lt;"]
)
def test_no_text_breaks_out_of_a_reply(text: str) -> None:
    reply = fromstring(text_reply("o]]>", "gh<&", MOMENT, text))
    assert len(reply) == 5
    assert reply.findtext("Content") == _as_xml_gives_it(text)
    assert (reply.findtext("ToUserName"), reply.findtext("FromUserName")) == ("o]]>", "gh<&")


@given(st.text())
def test_any_message_sealed_and_opened_is_the_same_reading(text: str) -> None:
    xml = message("text", f"<Content><![CDATA[{text.replace(']]>', '')}]]></Content>").xml
    sealed = _sealed(xml)
    assert ENVELOPE.open(_body(sealed), _query(sealed), plain_allowed=False) == read(xml.encode())


def test_the_signature_of_the_address_does_not_open_a_sealed_callback() -> None:
    sealed = _sealed(TEXT)
    query = _query(sealed)
    for given_ in (
        {"msg_signature": query["signature"]},
        {"msg_signature": ""},
        {"msg_signature": query["msg_signature"].upper()},
    ):
        for plain_allowed in (False, True):
            assert _refusal(_body(sealed), {**query, **given_}, plain_allowed=plain_allowed) == "bad_signature"
    del query["msg_signature"]
    assert _refusal(_body(sealed), query) == "bad_signature"
    assert _refusal(_body(sealed), {}) == "bad_signature"


@pytest.mark.parametrize("changed", ["timestamp", "nonce"])
def test_every_signed_part_is_under_the_signature(changed: str) -> None:
    sealed = _sealed(TEXT)
    assert _refusal(_body(sealed), {**_query(sealed), changed: "1"}) == "bad_signature"
    assert _refusal(_body(_sealed(TEXT)), _query(sealed)) == "bad_signature"


def test_in_compatible_mode_only_the_sealed_part_counts() -> None:
    sealed = _sealed(TEXT)
    forged = TEXT.replace(FOLLOWER, "o-forged").replace("</xml>", f"<Encrypt>{sealed}</Encrypt></xml>")
    for plain_allowed in (False, True):
        opened = ENVELOPE.open(forged.encode(), {**_query(sealed), "openid": "o-forged"}, plain_allowed=plain_allowed)
        assert opened == read(TEXT.encode())


def test_a_plain_callback_needs_leave_and_a_signature() -> None:
    query = _query("sealed")
    assert ENVELOPE.open(TEXT.encode(), query, plain_allowed=True) == read(TEXT.encode())
    assert _refusal(TEXT.encode(), query) == "not_sealed"
    assert (
        _refusal(TEXT.encode(), {**query, "signature": query["msg_signature"]}, plain_allowed=True) == "bad_signature"
    )
    empty = TEXT.replace("</xml>", "<Encrypt></Encrypt></xml>").encode()
    assert _refusal(empty, query) == "not_sealed"


def test_a_sealed_part_that_holds_others_is_refused() -> None:
    body = TEXT.replace("</xml>", "<Encrypt><a>b</a></Encrypt></xml>").encode()
    assert _refusal(body, _query("")) == "not_sealed"
    assert _refusal(body, _query(""), plain_allowed=True) == "not_plain"


def test_without_a_token_nothing_is_rightly_signed() -> None:
    nobody = Envelope("", APPID, KEY)
    assert _refusal(TEXT.encode(), _query("", nobody), envelope=nobody, plain_allowed=True) == "bad_signature"


def test_without_a_key_nothing_sealed_opens() -> None:
    sealed = _sealed(TEXT)
    assert _refusal(_body(sealed), _query(sealed), envelope=Envelope(TOKEN, APPID)) == "no_key"
    with pytest.raises(CallbackRefused, match="no_key"):
        Envelope(TOKEN, APPID).seal(TEXT, MOMENT, NONCE)


@pytest.mark.parametrize("key", ["k", "k" * 42, "k" * 44, "k" * 42 + "=", "k" * 42 + "-", "键" * 43, "k" * 43 + "\n"])
def test_a_key_that_is_none_is_refused_at_once(key: str) -> None:
    with pytest.raises(CallbackRefused, match="bad_key"):
        Envelope(TOKEN, APPID, key)


@pytest.mark.parametrize(
    ("sealed", "code"),
    [
        ("=", "undecryptable"),
        ("AAAA", "undecryptable"),
        ("!" * 64, "undecryptable"),
        ("媒" * 44, "undecryptable"),
        ("A" * 43, "undecryptable"),
        (_enciphered(b"\x01" * 16), "undecryptable"),
        (_enciphered(b"\x00" * 64), "undecryptable"),
        (_enciphered(b"a" * 31 + b"\x21" * 33), "undecryptable"),
        (_enciphered(b"\x10" * 32), "undecryptable"),
        (_enciphered(_padded(b"r" * 16 + b"\x00" * 3)), "undecryptable"),
        (
            _enciphered(_padded(_packed(TEXT.encode()))[:-2] + b"\x00" + _padded(_packed(TEXT.encode()))[-1:]),
            "undecryptable",
        ),
        (_enciphered(_padded(_packed(TEXT.encode(), length=2**32 - 1))), "undecryptable"),
        (_enciphered(_padded(_packed(TEXT.encode(), length=10_000))), "undecryptable"),
        (_enciphered(_padded(_packed(TEXT.encode(), length=10))), "wrong_appid"),
        (_enciphered(_padded(_packed(TEXT.encode(), b"wx-another"))), "wrong_appid"),
        (_enciphered(_padded(_packed(TEXT.encode(), b""))), "wrong_appid"),
        (_enciphered(_padded(_packed(b""))), "empty"),
        (_enciphered(_padded(_packed(b"\xff\xfe\x00"))), "bad_xml"),
        (_enciphered(_padded(_packed(b"<!DOCTYPE xml><xml/>"))), "doctype"),
        (_sealed(TEXT, Envelope(TOKEN, APPID, "Z" * 43)), "undecryptable"),
        (_sealed(TEXT, Envelope(TOKEN, "wx-another", KEY)), "wrong_appid"),
    ],
    ids=range(21),
)
def test_what_does_not_fit_the_envelope_is_refused_although_signed(sealed: str, code: str) -> None:
    assert _refusal(_body(sealed), _query(sealed)) == code


def test_an_envelope_in_an_envelope_is_no_message() -> None:
    sealed = _sealed(_body(_sealed(TEXT)).decode())
    assert _refusal(_body(sealed), _query(sealed)) == "missing_tag"


def test_what_others_seal_opens_here_with_a_cipher_text_in_lines() -> None:
    crypto = WeChatCrypto(TOKEN, KEY, APPID)
    sealed = fromstring(crypto.encrypt_message(TEXT, "1", MOMENT)).findtext("Encrypt") or ""
    assert ENVELOPE.decrypt(sealed).decode() == TEXT
    assert ENVELOPE.decrypt("\n".join(sealed[at : at + 76] for at in range(0, len(sealed), 76))).decode() == TEXT


def test_the_address_is_checked_with_the_plain_signature() -> None:
    ENVELOPE.check_address(ENVELOPE.signature(MOMENT, NONCE), MOMENT, NONCE)
    for signature in ("", "0" * 40, "签名", "\udcff", ENVELOPE.signature(MOMENT, NONCE, "")[:-1]):
        with pytest.raises(CallbackRefused, match="bad_signature"):
            ENVELOPE.check_address(signature, MOMENT, NONCE)
    with pytest.raises(CallbackRefused, match="bad_signature"):
        ENVELOPE.check_address("0" * 40, "\udcff", NONCE)


def test_a_callback_is_fresh_for_five_minutes_either_way() -> None:
    for timestamp in ("1000", "1300", "700"):
        ENVELOPE.check_fresh(timestamp, 1000.0)
    for timestamp in ("1301", "699", "", "abc", "-1000", "1000.0", "１０００", "9" * 400, "1000\n"):
        with pytest.raises(CallbackRefused, match="stale"):
            ENVELOPE.check_fresh(timestamp, 1000.0)


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(str.encode),
    st.dictionaries(st.sampled_from(["timestamp", "nonce", "signature", "msg_signature"]), st.text(max_size=45)),
)
def test_any_body_with_any_query_is_refused(body: bytes, query: dict[str, str]) -> None:
    for plain_allowed in (False, True):
        _refusal(body, query, plain_allowed=plain_allowed)


@settings(max_examples=300)
@given(st.data())
def test_a_sealed_part_with_something_broken_is_read_or_refused(data: st.DataObject) -> None:
    sealed = _sealed(TEXT)
    at = data.draw(st.integers(0, len(sealed)))
    broken = sealed[:at] + data.draw(st.text("ABab01+/= ", max_size=4)) + sealed[at + data.draw(st.integers(0, 4)) :]
    with contextlib.suppress(CallbackRefused):
        ENVELOPE.open(_body(broken), _query(broken), plain_allowed=False)


@given(st.binary(max_size=200))
def test_any_bytes_enciphered_are_refused(content: bytes) -> None:
    for sealed in (_enciphered(_padded(content)), _enciphered(content + bytes(-len(content) % 16))):
        _refusal(_body(sealed), _query(sealed))
