"""Which catalogue a start serves: the files as they are, or the last good version where they are broken."""

import asyncio
from pathlib import Path

from app.settings import settings
from app.setup.errors import SetupError
from app.setup.paths import Paths
from app.setup.progress import Progress


def servable(paths: Paths, progress: Progress) -> Path:
    """The folder of the catalogue that will be served, so that the engine learns the same. Says so if it is not the
    present one. Raises SetupError with every finding where there is nothing to serve."""
    from app.publishing import beginning
    from records.database import Database
    from services_catalog.loader import CATALOG_DIR, CatalogErrors
    from services_catalog.versions import write_files

    async def look() -> Path:
        database = Database(settings().resolved_database_url())
        try:
            begins = await beginning(database.session, CATALOG_DIR)
        finally:
            await database.close()
        if begins.refused is not None:
            served = "先用上一个好的版本" if begins.is_earlier else "还没有更早的版本，先照现在的用"
            progress.problem(
                f"事项目录有 {len(begins.refused.findings)} 处错误，{served}：\n{begins.refused}",
                "请改正；改好保存，几秒钟后就生效，不用重新启动。",
            )
        if not begins.is_earlier:
            return CATALOG_DIR
        folder = paths.local / "catalogue"
        await asyncio.to_thread(write_files, folder, begins.good.files)
        return folder

    try:
        return asyncio.run(look())
    except CatalogErrors as error:
        raise SetupError(f"事项目录有 {len(error.findings)} 处错误：\n{error}", "请改正后再启动。") from error
