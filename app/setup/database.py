"""Brings the database to the tables of this version."""

import asyncio

from app.settings import settings
from app.setup.errors import SetupError
from app.setup.progress import Progress


def migrate_database(progress: Progress) -> None:
    """Run the outstanding migrations. Raises SetupError when the database cannot be reached or migrated."""
    from sqlalchemy.exc import SQLAlchemyError

    from app.database import migrate

    url = settings().resolved_database_url()
    with progress.step("准备数据库"):
        try:
            asyncio.run(migrate(url))
        except (SQLAlchemyError, OSError) as error:
            raise SetupError(
                f"数据库准备不了：{_reason(error)}",
                "请检查数据文件夹的权限、磁盘空间，或 ONECALL_DATABASE_URL。",
            ) from error


def _reason(error: Exception) -> str:
    """The database's own words, without SQLAlchemy's link and without the URL, which may hold a password."""
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0]
