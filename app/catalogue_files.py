"""The catalogue's files beside the versions that were published: what they are, keeping them, putting one back."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from app.publishing import refuse_errors
from app.setup.errors import SetupError
from services_catalog import versions
from services_catalog.loader import CatalogErrors
from services_catalog.published import Good, StillChanging, good_of, read_good
from services_catalog.versions import content_hash, read_files
from services_catalog.yaml_source import CatalogError

STATES = ("served", "earlier", "unpublished", "refused")


@dataclass(frozen=True)
class FileState:
    """What the files are: the version served last, an earlier one, none yet, or nothing that can be served.

    `state` is one of STATES.
    """

    state: str
    version: int | None = None
    findings: tuple[CatalogError, ...] = ()


async def state_of(session: AsyncSession, root: Path) -> FileState:
    """What the files below `root` are."""
    try:
        good = await asyncio.to_thread(_good, root)
        version = await versions.version_named(session, good.named)
        if version is None:
            await asyncio.to_thread(refuse_errors, root)
    except CatalogErrors as refused:
        return FileState("refused", findings=tuple(refused.findings))
    if version is None:
        return FileState("unpublished")
    return FileState("served" if version == await versions.newest(session) else "earlier", version)


async def keep(session: AsyncSession, root: Path, by: str, note: str | None) -> int:
    """Publish the files below `root`; a service that runs serves them within seconds. Gives back their version.

    Raises CatalogErrors where they are not good, SetupError while they change.
    """
    good = await asyncio.to_thread(_good, root)
    if await versions.version_named(session, good.named) is None:
        await asyncio.to_thread(refuse_errors, root)
    version = await versions.publish(session, good.files, by, note)
    await session.commit()
    return version


async def put_back(session: AsyncSession, root: Path, version: int, by: str, note: str | None, *, force: bool) -> None:
    """Make the files below `root` what they were in a version, and publish it.

    It is noted as published first: a service that sees the files finds it done. Raises SetupError where there is no
    such version, where this program reads it no more, and, unless `force`, where the files were never published as
    they are and would be lost.
    """
    files = await versions.files_of(session, version)
    if files is None:
        raise SetupError(f"没有第 {version} 版。", "有哪些版本，看 ./onecall catalog versions")
    try:
        await asyncio.to_thread(good_of, files)
    except CatalogErrors as error:
        raise SetupError(f"第 {version} 版用现在的程序读不了：{error.findings[0]}") from error
    if not force and not await _is_kept(session, root):
        raise SetupError(
            "现在的文件里有还没有发布的改动，放回会盖掉它们。",
            "要留着就先改好并运行 ./onecall catalog publish；不要了就加 --force。",
        )
    await versions.publish(session, files, by, note or f"放回第 {version} 版")
    await session.commit()
    try:
        await asyncio.to_thread(versions.write_files, root, files)
    except OSError as error:
        raise SetupError(f"文件写不进去：{error.strerror}。", "请检查权限和磁盘空间，再运行一次。") from error


async def _is_kept(session: AsyncSession, root: Path) -> bool:
    try:
        files = await asyncio.to_thread(read_files, root)
    except CatalogError:
        return False
    return not files or await versions.version_named(session, content_hash(files)) is not None


def _good(root: Path) -> Good:
    try:
        return read_good(root)
    except StillChanging as error:
        raise SetupError("事项目录的文件正在变。", "请等保存完再运行一次。") from error
