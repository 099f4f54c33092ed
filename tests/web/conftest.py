"""The web application in this process, on a real database, with a scripted engine."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app.engine_process import EngineProcess
from app.identity import announcing
from app.runtime import Runtime
from app.settings import Settings
from app.setup.paths import project_paths
from app.web import web_application
from desk.hub import Hub, carrying
from kyc.capture.examining import Examination
from records.database import Database
from records.keys import Keys
from services_catalog.loader import Catalog
from tests.support.hall import OFFICE, opened
from tests.support.scripted_engine import Means

SCRIPT = {
    "谢谢": Means("thanks"),
    "人工": Means("human"),
    "我要投诉": Means("complain"),
    "残疾证要什么材料": Means("ask_materials", items={"canji-zheng-shenling": 0.98}),
    "我要办残疾证": Means("apply", items={"canji-zheng-shenling": 0.98}),
}
Visit = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def room(sqlite_database: Database, catalog: Catalog, keys: Keys, tmp_path: Path) -> AsyncIterator[Runtime]:
    """The parts of a running 1call."""
    files = tmp_path / "files"
    async with opened(sqlite_database, catalog, SCRIPT, files_dir=files) as hall:
        # Plain http, or the cookie would be kept for https.
        office = replace(OFFICE, files_dir=files, public_url="")
        process = EngineProcess(Path("none"), "http://127.0.0.1:1", "token", project_paths())
        live = hall.pipeline._live
        examination = Examination(sqlite_database.session, hall.verifier, announcing(hall.pipeline))
        hub = Hub(sqlite_database.session, live)
        async with carrying(hub):
            yield Runtime(
                Settings(),
                keys,
                hall.published,
                sqlite_database,
                live,
                hall.pipeline,
                office,
                process,
                examination,
                hub,
            )


@pytest.fixture
async def visit(room: Runtime) -> AsyncIterator[Visit]:
    """Comes to the page with a browser of one's own, from an address. An error that gets out of it fails the test."""
    app = web_application(room)
    browsers: list[httpx.AsyncClient] = []

    def come(address: str = "192.0.2.1") -> httpx.AsyncClient:
        door = httpx.ASGITransport(app, client=(address, 40000))
        browsers.append(httpx.AsyncClient(transport=door, base_url="http://test"))
        return browsers[-1]

    yield come
    for browser in browsers:
        await browser.aclose()


@pytest.fixture
async def browser(visit: Visit) -> httpx.AsyncClient:
    """A browser with a conversation."""
    came = visit()
    (await came.get("/chat/history")).raise_for_status()
    return came
