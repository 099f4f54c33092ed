"""The web application: routes of all rooms, and refusals that speak to people."""

import hashlib
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

import bot.channels.telegram.door as telegram
import bot.channels.web.catalogue_pages as catalogue_pages
import bot.channels.web.routes as web_chat
import bot.channels.wechat.door as wechat
import cases.routes
import desk.signing_in
import desk.video.routes
import kyc.capture.routes as capture
from app.back_office import office_told
from app.desk import desk_door, desk_room, desk_routes
from app.identity import capture_page
from app.middleware import BodyLimit, Shield
from app.runtime import Runtime
from app.video import video_room
from bot.conversation.wording import phrase


def web_application(room: Runtime) -> FastAPI:
    """Everything a browser can reach."""
    app = FastAPI(title="1call", openapi_url=None, docs_url=None, redoc_url=None)
    chat = web_chat.WebChat(
        sessions=room.database.session,
        pipeline=room.pipeline,
        live=room.live,
        office=room.office,
        catalog=lambda: room.catalog,
        asset_version=_version(web_chat.HERE / "static"),
        secure_cookie=room.office.public_url.startswith("https://"),
    )
    app.include_router(web_chat.routes(chat))
    app.include_router(catalogue_pages.routes(lambda: room.catalog, room.office, chat.asset_version))
    gone = phrase("utter_web_link_gone")
    app.include_router(
        cases.routes.routes(
            room.database.session,
            room.published,
            room.office.link_key,
            room.office.street_name,
            office_told(room.office),
            gone,
        )
    )
    app.include_router(capture.routes(capture_page(room)))
    app.mount("/verify-static", StaticFiles(directory=capture.HERE / "static"))
    door = desk_door(room, _version(desk.signing_in.HERE / "static"))
    app.include_router(desk.signing_in.routes(door))
    app.include_router(desk_routes(desk_room(room, door)))
    app.include_router(desk.video.routes.routes(video_room(room, door)))
    app.mount("/static/desk", StaticFiles(directory=desk.signing_in.HERE / "static"))
    if room.wechat is not None:
        app.include_router(wechat.routes(room.wechat))
    if room.telegram is not None:
        app.include_router(telegram.routes(room.telegram))
    app.mount("/static/web", StaticFiles(directory=web_chat.HERE / "static"))
    _speak_plainly(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Shield)  # the last added is the outermost

    @app.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"alive": True}

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        return JSONResponse({"ready": room.engine.ready}, status_code=200 if room.engine.ready else 503)

    return app


def _speak_plainly(app: FastAPI) -> None:
    """Refusals as Chinese sentences without any detail of the request."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        known = {404: "utter_web_not_found"}.get(error.status_code, "utter_web_bad_request")
        chinese = isinstance(error.detail, str) and not error.detail.isascii()
        return JSONResponse({"detail": error.detail if chinese else phrase(known)}, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": phrase("utter_web_bad_request")}, 400)


def _version(folder: Path) -> str:
    """A short hash of the static files, so that browsers fetch them anew exactly when they change."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
