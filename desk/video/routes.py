"""All routes of video calls: the resident's and the clerk's."""

from pathlib import Path

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from desk.video.clerk import clerk_pages, clerk_routes
from desk.video.resident import resident_routes
from desk.video.room import VideoRoom

HERE = Path(__file__).resolve().parent


def routes(video: VideoRoom) -> APIRouter:
    """`/video/<token>` for residents, `/desk/video/<call>` for clerks. Static files are the desk's."""
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined
    )
    router = APIRouter()
    router.include_router(resident_routes(video, pages))
    router.include_router(clerk_pages(video, pages))
    router.include_router(clerk_routes(video))
    return router
