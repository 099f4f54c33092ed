"""What surrounds every answer of the web application: security headers, bounded bodies, and the last catch."""

import logging
import re

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.conversation.wording import phrase

logger = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), microphone=()",
}
ON_CALLS = {"Permissions-Policy": "geolocation=(), camera=(self), microphone=(self)"}
"""On the pages of video calls alone, which need to hear."""
CALL_PATHS = ("/video/", "/desk/video/")
PERSONAL = ("/chat/", "/cases/", "/verify/", "/health/", "/desk", "/video/")
"""Paths whose answers no browser and no proxy keeps; the page and its files are kept and asked about each time."""

WORDS_BODY = 64 * 1024
FILE_BODY = 12 * 1024 * 1024
FILE_PATHS = re.compile(
    r"/chat/files|/verify/[^/]+/(?:frames|photo)|/video/[^/]+/stills/[^/]+|/desk/api/cases/[^/]+/enrol"
)
"""The largest request body in bytes: of words, and where files are sent, of a photo with the form around it."""


class Shield:
    """Headers on every answer, and no error beyond this point: neither a trace in the log nor a silent end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; where everything else failed, with 503 and a sentence."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS | (ON_CALLS if scope["path"].startswith(CALL_PATHS) else {}))
                headers.setdefault("Cache-Control", "no-store" if scope["path"].startswith(PERSONAL) else "no-cache")
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # The message, the trace and the parameters may hold what a resident said.
            route = getattr(scope.get("route"), "path", "(no route)")
            logger.error("%s %s failed: %s", scope["method"], route, type(error).__name__)
            if not begun:
                await JSONResponse({"detail": phrase("utter_web_error")}, 503)(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses bodies that are announced or turn out to be too large, by the bytes that arrive. Raises 413 inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a body that breaks off at its limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        takes_file = FILE_PATHS.fullmatch(scope["path"]) is not None
        limit = FILE_BODY if takes_file else WORDS_BODY
        sentence = phrase("utter_file_large" if takes_file else "utter_web_large")
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # FastAPI lets its own kind of exception pass while it reads a body, and no other.
                raise HTTPException(413, sentence)
            return message

        if _announced(scope) > limit:
            await JSONResponse({"detail": sentence}, 413)(scope, receive, send)
        else:
            await self._app(scope, receive_counted, send)


def _announced(scope: Scope) -> int:
    """The bytes a request says it has; 0 if it does not say, for then they are counted."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length[:20]) if length.isascii() and length.isdecimal() else 0
