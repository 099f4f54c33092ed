"""Doing something with the installation's database from the command line, while the service runs or not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

Result = TypeVar("Result")


def in_session(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Do something with the installation's database, and commit it. Raises SetupError where it is not made yet."""
    from app.database import is_current
    from app.settings import settings
    from app.setup.errors import SetupError
    from records.database import Database
    from records.encryption import use_keys
    from records.keys import load_keys

    chosen = settings()

    async def run() -> Result:
        url = chosen.resolved_database_url()
        if not await is_current(url):
            raise SetupError("数据库还没有建好，或者版本不对。", "请先运行 ./onecall up")
        database = Database(url)
        try:
            async with database.session() as session:
                result = await work(session)
                await session.commit()
                return result
        finally:
            await database.close()

    use_keys(load_keys(chosen.data_key, chosen.data_dir / "key"))
    return asyncio.run(run())
