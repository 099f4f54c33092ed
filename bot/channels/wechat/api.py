"""A small client of WeChat's API: bounded, without redirects, and with one retry where the token was refused.

Errors are told by WeChat's numbers alone; what was sent, and to whom, is never part of them.
"""

import logging
from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.wechat.token import AccessToken, Fetched
from bot.conversation.channel import AddressGone, MediaGone, NeverSent, TryLater, WindowClosed
from cases.files import MAX_BYTES, FileRefused
from records.database import Sessions

logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines hold addresses, and these the token

CONNECT_S, ANSWER_S = 5.0, 10.0
CONNECTIONS = 64
LARGEST_ANSWER = 64 * 1024

_TOKEN_REFUSED = frozenset({40001, 40014, 42001, 41001})
_WINDOW_CLOSED = frozenset({45015, 45047})
_ADDRESS_GONE = frozenset({43004, 43019})
"""Not a follower (any more); or in the account's blocklist."""
_NEVER = frozenset({40003, 40008, 44002, 44003, 44004, 45002, 45008, 47001, 40037, 43101, 87009})
"""What is wrong with this message itself: no later attempt will be taken either."""


class WeChatError(Exception):
    """WeChat answered with an error number where none was expected."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


class WeChatApi:
    """The calls that the door makes."""

    def __init__(self, sessions: Sessions, appid: str, secret: str, base_url: str) -> None:
        self._appid, self._secret = appid, secret
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/"),
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            follow_redirects=False,
            trust_env=False,
        )
        self.token = AccessToken(sessions, appid, self)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def fetch_token(self, *, force: bool) -> Fetched:
        """A stable token. Raises TryLater, also for a wrong secret: a wrong setting must not lose answers."""
        answer = await self._posted(
            "/cgi-bin/stable_token",
            {
                "grant_type": "client_credential",
                "appid": self._appid,
                "secret": self._secret,
                "force_refresh": force,
            },
        )
        token, expires_in = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(expires_in, int) or not token:
            raise TryLater(f"no token: {_number(answer)}", after_s=30.0)
        return Fetched(token, expires_in)

    async def send(self, body: Mapping[str, Any]) -> None:
        """Send a message outside the callback. Raises TryLater, WindowClosed, AddressGone, NeverSent."""
        _raise_for(await self._called("/cgi-bin/message/custom/send", body))

    async def show_typing(self, openid: str) -> None:
        """Show a follower that an answer is being written, for 15 seconds. Raises TryLater and others."""
        _raise_for(await self._called("/cgi-bin/message/custom/typing", {"touser": openid, "command": "Typing"}))

    async def notify(self, body: Mapping[str, Any]) -> None:
        """Send a subscribe notification. Raises TryLater, NeverSent."""
        _raise_for(await self._called("/cgi-bin/message/subscribe/bizsend", body))

    async def put_menu(self, menu: Mapping[str, Any]) -> None:
        """Replace the account's menu. Raises TryLater, WeChatError."""
        if number := _number(await self._called("/cgi-bin/menu/create", menu)):
            raise WeChatError(number)

    async def media(self, media_id: str) -> bytes:
        """A photo or voice message that WeChat holds. Raises TryLater, MediaGone, FileRefused where it is too large."""
        token = await self.token.get()
        content, number = await self._download(media_id, token)
        if number in _TOKEN_REFUSED:
            content, number = await self._download(media_id, await self.token.replace(token))
        if number in _TOKEN_REFUSED or number == -1:
            raise TryLater(str(number))
        if number:
            raise MediaGone(str(number))
        return content

    async def _called(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """WeChat's answer to a call with the token; where it refuses the token, with another one, once."""
        token = await self.token.get()
        answer = await self._posted(path, body, token)
        if _number(answer) in _TOKEN_REFUSED:
            answer = await self._posted(path, body, await self.token.replace(token))
        return answer

    async def _posted(self, path: str, body: Mapping[str, Any], token: str | None = None) -> dict[str, Any]:
        parameters = {} if token is None else {"access_token": token}
        try:
            response = await self._client.post(path, params=parameters, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLater(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise TryLater(type(error).__name__, maybe_sent=True) from None
        if response.status_code != httpx.codes.OK:
            raise TryLater(f"HTTP {response.status_code}")
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TryLater("answer is no JSON object", maybe_sent=True)
        return answer

    async def _download(self, media_id: str, token: str) -> tuple[bytes, int]:
        """The content, or WeChat's error number."""
        parameters = {"access_token": token, "media_id": media_id}
        try:
            async with self._client.stream("GET", "/cgi-bin/media/get", params=parameters) as response:
                if response.status_code != httpx.codes.OK:
                    raise TryLater(f"HTTP {response.status_code}")
                content = bytearray()
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > MAX_BYTES:
                        raise FileRefused("utter_file_large")
        except httpx.HTTPError as error:
            raise TryLater(type(error).__name__) from None
        kind = response.headers.get("content-type", "")
        if "json" in kind or "text/plain" in kind:
            try:
                answer = httpx.Response(200, content=bytes(content[:LARGEST_ANSWER])).json()
            except ValueError:
                answer = None
            # A video is answered with an address; nothing is ever fetched from an address we were given.
            return b"", (_number(answer) or 40007) if isinstance(answer, dict) else 40007
        return bytes(content), 0


def _number(answer: Mapping[str, Any]) -> int:
    number = answer.get("errcode", 0)
    return number if isinstance(number, int) else -1


def _raise_for(answer: Mapping[str, Any]) -> None:
    """Raise what an error number means for a message."""
    number = _number(answer)
    if number in _WINDOW_CLOSED:
        raise WindowClosed(str(number))
    if number in _ADDRESS_GONE:
        raise AddressGone(str(number))
    if number in _NEVER:
        raise NeverSent(str(number))
    if number:
        raise TryLater(str(number))
