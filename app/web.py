"""The web application: routes of all rooms, security headers, errors that speak to people."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

import bot.channels.web.routes as web_chat
import cases.routes
from app.runtime import Runtime
from bot.conversation.wording import phrase

logger = logging.getLogger(__name__)

MAX_BODY = 12 * 1024 * 1024
"""Bytes; the largest thing a resident sends is a photo."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), microphone=()",
}


def web_application(room: Runtime) -> FastAPI:
    """Everything a browser can reach."""
    app = FastAPI(title="1call", openapi_url=None, docs_url=None, redoc_url=None)
    chat = web_chat.WebChat(
        sessions=room.database.session,
        pipeline=room.pipeline,
        live=room.live,
        office=room.office,
        asset_version=_version(web_chat.HERE / "static"),
        secure_cookie=room.office.public_url.startswith("https://"),
    )
    app.include_router(web_chat.routes(chat))
    gone = phrase("utter_web_link_gone")
    app.include_router(
        cases.routes.routes(
            room.database.session, lambda: room.catalog, room.office.link_key, room.office.street_name, gone
        )
    )
    app.mount("/static/web", StaticFiles(directory=web_chat.HERE / "static"))
    _speak_plainly(app)

    @app.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"alive": True}

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        return JSONResponse({"ready": room.engine.ready}, status_code=200 if room.engine.ready else 503)

    return app


def _speak_plainly(app: FastAPI) -> None:
    """Errors as Chinese sentences without any detail of the request; bounded bodies; headers on everything."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        known = {404: "utter_web_not_found"}.get(error.status_code, "utter_web_bad_request")
        chinese = isinstance(error.detail, str) and not error.detail.isascii()
        return JSONResponse({"detail": error.detail if chinese else phrase(known)}, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": phrase("utter_web_bad_request")}, 400)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> JSONResponse:
        logger.error("%s %s failed: %s", request.method, request.scope.get("route"), type(error).__name__)
        return JSONResponse({"detail": phrase("utter_web_error")}, 503)

    @app.middleware("http")
    async def guard(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY:
            response: Response = JSONResponse({"detail": phrase("utter_file_large")}, 413)
        else:
            response = await go_on(request)
        response.headers.update(HEADERS)
        return response


def _version(folder: Path) -> str:
    """A short hash of the static files, so that browsers fetch them anew exactly when they change."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
