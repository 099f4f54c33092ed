"""The envelope around callbacks: signatures, AES, and the replies that go back in it.

wechatpy computes signatures and ciphers. Comparing, and checking what comes out of a cipher, is done here: it
compares in variable time and believes padding and lengths.
"""

import base64
import binascii
import hmac
import re
import struct
from collections.abc import Mapping
from xml.sax.saxutils import escape

from wechatpy.crypto import PrpCrypto
from wechatpy.crypto.base import WeChatCipher
from wechatpy.utils import WeChatSigner

from bot.channels.wechat.reading import Reading, fields_of, reading_of
from bot.channels.wechat.refusals import CallbackRefused

FRESH_WITHIN_S = 300
BLOCK = 32
"""Bytes to which a message is padded, after PKCS#7."""
RANDOM, LENGTH = 16, 4
"""Bytes before the message: random ones, then its length, big-endian. The account's id follows the message."""

_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Envelope:
    """The secrets of one account. Without `aes_key` only plain callbacks can be opened; without `appid` no account
    is checked, which only a reader of recorded callbacks may want. Raises CallbackRefused for a malformed key."""

    def __init__(self, token: str, appid: str, aes_key: str = "") -> None:
        if aes_key and not _KEY.fullmatch(aes_key):
            raise CallbackRefused("bad_key")
        self._token, self._appid = token, appid
        # The last character of 43 holds two bits too many, which some accounts' keys set.
        self._key = base64.b64decode(aes_key + "=") if aes_key else None

    def check_address(self, signature: str, timestamp: str, nonce: str) -> None:
        """Refuse a plain signature that is not WeChat's."""
        self._compare(signature, timestamp, nonce)

    def check_fresh(self, timestamp: str, now_s: float) -> None:
        """Refuse a callback signed more than five minutes ago, or in the future: it is recorded, or its clock wrong."""
        if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(int(timestamp) - now_s) > FRESH_WITHIN_S:
            raise CallbackRefused("stale")

    def open(self, body: bytes, query: Mapping[str, str], *, plain_allowed: bool) -> Reading:
        """The reading of a callback whose signature is right. Raises CallbackRefused.

        In compatible mode the plain tags beside the sealed one are ignored: nothing signs them.
        """
        fields = fields_of(body)
        sealed = fields.get("Encrypt")
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if isinstance(sealed, str) and sealed and (self._key is not None or not plain_allowed):
            self._compare(query.get("msg_signature", ""), timestamp, nonce, sealed)
            return reading_of(fields_of(self.decrypt(sealed)))
        if not plain_allowed:
            raise CallbackRefused("not_sealed")
        self._compare(query.get("signature", ""), timestamp, nonce)
        return reading_of(fields)

    def decrypt(self, sealed: str) -> bytes:
        """The message in a sealed text. Raises CallbackRefused where padding, length or account do not fit."""
        if self._key is None:
            raise CallbackRefused("no_key")
        try:
            content = base64.b64decode("".join(sealed.split()), validate=True)
            plain: bytes = WeChatCipher(self._key).decrypt(content)
        except (binascii.Error, ValueError):
            raise CallbackRefused("undecryptable") from None
        padding = plain[-1] if plain else 0
        if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
            raise CallbackRefused("undecryptable")
        content = plain[RANDOM:-padding]
        if len(content) < LENGTH:
            raise CallbackRefused("undecryptable")
        (length,) = struct.unpack(">I", content[:LENGTH])
        message, account = content[LENGTH : LENGTH + length], content[LENGTH + length :]
        if len(message) != length:
            raise CallbackRefused("undecryptable")
        if self._appid and not hmac.compare_digest(account, self._appid.encode()):
            raise CallbackRefused("wrong_appid")
        return message

    def seal(self, xml: str, timestamp: str, nonce: str) -> str:
        """A reply in the envelope that WeChat opens. Raises CallbackRefused without a key."""
        if self._key is None:
            raise CallbackRefused("no_key")
        sealed = PrpCrypto(self._key).encrypt(xml, self._appid).decode()
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{self.signature(timestamp, nonce, sealed)}]]></MsgSignature>"
            f"<TimeStamp>{escape(timestamp)}</TimeStamp><Nonce>{_cdata(nonce)}</Nonce></xml>"
        )

    def signature(self, *signed: str) -> str:
        """WeChat's signature of texts: SHA-1 over token and texts in sorted order."""
        signer = WeChatSigner()
        signer.add_data(self._token, *signed)
        return str(signer.signature)

    def _compare(self, given: str, *signed: str) -> None:
        """Refuse a signature that is not ours, and anything that is no text. Without a token everybody could sign."""
        try:
            is_ours = hmac.compare_digest(given.encode(), self.signature(*signed).encode())
        except UnicodeEncodeError:
            is_ours = False
        if not self._token or not is_ours:
            raise CallbackRefused("bad_signature")


def text_reply(to: str, sender: str, create_time: str, content: str) -> str:
    """The XML of a passive text reply, well-formed whatever the content."""
    return (
        f"<xml><ToUserName>{_cdata(to)}</ToUserName><FromUserName>{_cdata(sender)}</FromUserName>"
        f"<CreateTime>{escape(create_time)}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(content)}</Content></xml>"
    )


def _cdata(text: str) -> str:
    """A section that holds `text` and nothing else: `]]>` is parted over two sections, what XML forbids left out."""
    return f"<![CDATA[{_NOT_XML.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"
