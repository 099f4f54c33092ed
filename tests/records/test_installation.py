import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select

from records.database import Database
from records.encryption import use_keys
from records.installation import check_key
from records.keys import KeyFault, Keys, load_keys
from records.models import Installation

OTHER = Keys(b"another master key of 32 bytes!!")


async def _start(database: Database) -> None:
    async with database.session() as session:
        await check_key(session)


async def test_the_key_of_the_first_start_is_taken_at_every_later_one(database: Database) -> None:
    for _ in range(3):
        await _start(database)
    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(Installation)) == 1


async def test_another_key_is_refused_in_words_and_the_first_still_opens(database: Database, keys: Keys) -> None:
    await _start(database)
    use_keys(OTHER)
    for _ in range(2):
        with pytest.raises(KeyFault, match="密钥打不开这个数据库"):
            await _start(database)
    use_keys(keys)
    await _start(database)


async def test_a_lost_key_file_is_noticed_though_a_new_one_is_made(sqlite_database: Database, tmp_path: Path) -> None:
    use_keys(load_keys(None, tmp_path / "key"))
    await _start(sqlite_database)
    (tmp_path / "key").unlink()
    use_keys(load_keys(None, tmp_path / "key"))
    with pytest.raises(KeyFault):
        await _start(sqlite_database)


async def test_processes_that_start_together_agree_on_one_row(database: Database) -> None:
    await asyncio.gather(*(_start(database) for _ in range(8)))
    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(Installation)) == 1
