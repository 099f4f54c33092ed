"""The tables of all rooms together: bringing a database to this version, and checking that it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import make_url

import bot.channels.wechat.models as wechat_tables
import bot.conversation.models as conversation_tables
import cases.models as case_tables
import desk.models as desk_tables
import desk.video.models as video_tables
import kyc.models as resident_tables
import records.migrations
import records.models as installation_tables
import services_catalog.models as catalogue_tables
from records.base import Base
from records.database import Database

ALL_TABLES: MetaData = Base.metadata
ROOMS = (
    conversation_tables,
    wechat_tables,
    case_tables,
    resident_tables,
    desk_tables,
    video_tables,
    catalogue_tables,
    installation_tables,
)
"""Imported for the tables they add to the metadata."""


async def migrate(url: str) -> None:
    """Bring the database at `url` to this version; SQLite's folder is made. Raises what the database raises."""
    _make_folder(url)
    database = Database(url)
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await database.close()


async def is_current(url: str) -> bool:
    """Whether the database at `url` has exactly the tables of this version."""
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(_at_head)
    finally:
        await database.close()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for one connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(records.migrations.__file__).parent).replace("%", "%%"))
    config.attributes.update(connection=connection, metadata=ALL_TABLES)
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")


def _at_head(connection: Connection) -> bool:
    head = ScriptDirectory.from_config(configuration(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _make_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
