"""The bot's server and Telegram around it: real pipeline, real HTTP both ways."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.engine_process import free_port
from app.fakes.telegram import FakeTelegram
from app.listener import Listener
from app.middleware import BodyLimit, Shield
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.door import PATH, SECRET_HEADER, TelegramDoor, routes
from bot.conversation.wording import phrase
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.hall import Hall, opened
from tests.support.scripted_engine import Means

SCRIPT = {
    "谢谢": Means("thanks"),
    "我想办残疾证": Means("apply", items={"canji-zheng-shenling": 0.97}),
}
THANKS = phrase("utter_thanks")


@dataclass
class Bot:
    """The bot's parts, and where its server listens."""

    hall: Hall
    telegram: FakeTelegram
    channel: TelegramChannel
    door: TelegramDoor
    url: str

    async def post(self, body: Any, secret: str | None = None) -> httpx.Response:
        """Post to the webhook, with the right secret where none is given."""
        given = (self.telegram.secret if secret is None else secret).encode()
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        async with httpx.AsyncClient(trust_env=False) as http:
            return await http.post(f"{self.url}{PATH}", content=content, headers={SECRET_HEADER.encode(): given})

    async def rows(self, table: type) -> list[Any]:
        """All rows of a table."""
        async with self.hall.database.session() as session:
            return list(await session.scalars(select(table)))


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """Telegram, where no webhook is set."""
    async with FakeTelegram().serving() as fake:
        yield fake


@pytest.fixture
async def channel(telegram: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    """The channel to `telegram`."""
    channel = TelegramChannel(telegram.token, telegram.url)
    yield channel
    await channel.close()


@pytest.fixture
async def bot(
    telegram: FakeTelegram, channel: TelegramChannel, sqlite_database: Database, catalog: Catalog, tmp_path: Path
) -> AsyncIterator[Bot]:
    """A running bot whose webhook is set."""
    async with opened(
        sqlite_database, catalog, SCRIPT, channels={"telegram": channel}, files_dir=tmp_path / "files"
    ) as hall:
        door = TelegramDoor(sqlite_database.session, hall.pipeline, channel, telegram.secret)
        app = FastAPI()
        app.include_router(routes(door))
        app.add_middleware(BodyLimit)
        app.add_middleware(Shield)
        async with Listener(app, "127.0.0.1", free_port()) as listener:
            await channel.bot.set_webhook(f"{listener.url}{PATH}", secret_token=door.secret)
            yield Bot(hall, telegram, channel, door, listener.url)


@pytest.fixture
async def down() -> AsyncIterator[Database]:
    """A database whose server is down."""
    database = Database("postgresql+psycopg://127.0.0.1:1/nobody")
    yield database
    await database.close()
