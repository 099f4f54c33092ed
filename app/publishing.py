"""Publishing: a saved change of the catalogue that is good is served within seconds, and a broken one never.

The order of the steps is what makes a kill harmless: the version is kept, then the item finder's index is replaced and
the catalogue swapped in one moment. Whatever was done of it, the next start does all of it again.
"""

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from app.authorship import who_changed
from records.database import DATABASE_OUTAGES, Sessions
from services_catalog import versions
from services_catalog.lint.run import errors, lint
from services_catalog.loader import CatalogErrors
from services_catalog.published import Good, Published, StillChanging, good_of, read_good
from services_catalog.versions import paths_of
from services_catalog.yaml_source import CatalogError

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
SETTLED_S = 0.5
"""Who saves several files, or checks out a branch, is waited for this long after the last change."""
IDLE_SHARE = 10
"""A look may take a tenth of the time: a catalogue of ten thousands of files is looked at less often."""

Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Beginning:
    """What is served at a start, and why the files as they are now are not, if they are not.

    `is_earlier` tells that it is the last good version instead.
    """

    good: Good
    refused: CatalogErrors | None = None
    is_earlier: bool = False


async def beginning(sessions: Sessions, root: Path) -> Beginning:
    """The files below `root` if they are good, else what was published last, else the files if they can be read at all.

    Raises CatalogErrors where there is nothing to serve.
    """
    good = None
    try:
        good = await _still(root)
        await require_lint_clean(sessions, good, root)
    except CatalogErrors as refused:
        earlier = await _last_good(sessions)
        if earlier is not None:
            return Beginning(earlier, refused, is_earlier=True)
        if good is None:
            raise
        return Beginning(good, refused)
    return Beginning(good)


async def require_lint_clean(sessions: Sessions, good: Good, root: Path) -> None:
    """Raise CatalogErrors with what lint calls an error, unless these very files were served before."""
    async with sessions() as session:
        kept = await versions.version_named(session, good.named)
    if kept is None:
        await asyncio.to_thread(refuse_errors, root)


def refuse_errors(root: Path) -> None:
    """Raise CatalogErrors with what lint calls an error in the files below `root`."""
    if found := errors(lint(root)):
        raise CatalogErrors(CatalogError(each.path, each.line, f"{each.what}（{each.code}）") for each in found)


class Publishing:
    """Looks at the catalogue's files and serves what is good of them.

    `refused` is why the files as they are now are not served, None while they are. `index` is the file that the
    engine's item finder reads.
    """

    def __init__(self, sessions: Sessions, root: Path, index: Path, published: Published) -> None:
        self.published = published
        self.refused: CatalogErrors | None = None
        self._sessions, self._root, self._index = sessions, root, index
        self._named = ""
        self._seen: Stamp | None = None
        self._pending: Stamp | None = None

    @classmethod
    async def begun(cls, sessions: Sessions, root: Path, index: Path) -> "Publishing":
        """Publish what a start serves. Raises CatalogErrors where there is nothing to serve."""
        seen = await asyncio.to_thread(_stamp, root)
        first = await beginning(sessions, root)
        publishing = cls(sessions, root, index, Published(first.good.catalog, sessions=sessions))
        publishing._seen = seen
        if first.refused is not None:
            publishing._refuse(first.refused)
        await publishing.publish(first.good, await asyncio.to_thread(who_changed, root))
        return publishing

    async def watch(self) -> None:
        """For ever: publish what is saved."""
        while True:
            pause = LOOK_EVERY_S
            try:
                pause = await self.look()
            except (*DATABASE_OUTAGES, StillChanging) as error:
                logger.warning("the catalogue waits: %s", type(error).__name__)
            except Exception as error:
                logger.error("the catalogue cannot be looked at: %s", type(error).__name__)
            await asyncio.sleep(pause)

    async def look(self) -> float:
        """Look once, and publish what has been saved and is still; gives the seconds until the next look."""
        began = time.monotonic()
        stamp = await asyncio.to_thread(_stamp, self._root)
        took = time.monotonic() - began
        if stamp == self._seen:
            self._pending = None
            return max(LOOK_EVERY_S, took * IDLE_SHARE)
        if stamp != self._pending:
            self._pending = stamp
            return SETTLED_S
        await self._take()
        self._seen, self._pending = stamp, None
        return LOOK_EVERY_S

    async def _take(self) -> None:
        try:
            good = await asyncio.to_thread(read_good, self._root)
            if good.named != self._named:
                await require_lint_clean(self._sessions, good, self._root)
        except CatalogErrors as refused:
            self._refuse(refused)
            return
        if good.named != self._named:
            await self.publish(good, await asyncio.to_thread(who_changed, self._root))
        self.refused = None

    def _refuse(self, refused: CatalogErrors) -> None:
        self.refused = refused
        for finding in refused.findings:
            logger.error("the catalogue is not published, the last good version goes on: %s", finding)

    async def publish(self, good: Good, by: str) -> None:
        """Serve it, and note who changed it. Raises what the database and the disk raise; then nothing is changed."""
        version = await self._keep(good, by)
        waiting = await asyncio.to_thread(self._stage, good)
        self._serve(good, version, waiting)
        logger.info("catalogue version %s is served: %s items", version, len(good.catalog.items))

    async def _keep(self, good: Good, by: str) -> int:
        async with self._sessions() as session:
            version = await versions.publish(session, good.files, by)
            await session.commit()
        return version

    def _stage(self, good: Good) -> Path | None:
        if self._index.exists() and self._index.read_bytes() == good.index:
            return None
        return versions.staged(self._index, good.index)

    def _serve(self, good: Good, version: int, waiting: Path | None) -> None:
        """Finder, guide and forms together: no turn begins in between."""
        if waiting is not None:
            try:
                waiting.replace(self._index)
            except OSError:
                waiting.unlink(missing_ok=True)
                raise
        self.published.serve(good.catalog, version)
        self._named = good.named


def _stamp(root: Path) -> Stamp:
    """What tells that a file changed, without reading it."""
    found = []
    for path in paths_of(root):
        with contextlib.suppress(OSError):  # gone since it was listed: seen at the next look
            state = path.stat()
            found.append((str(path), state.st_mtime_ns, state.st_size, state.st_ino))
    return tuple(found)


async def _still(root: Path) -> Good:
    """The files below `root` as soon as nobody changes them any more."""
    while True:
        try:
            return await asyncio.to_thread(read_good, root)
        except StillChanging:
            await asyncio.sleep(SETTLED_S)


async def _last_good(sessions: Sessions) -> Good | None:
    """What was published last, if this program can still read it."""
    async with sessions() as session:
        version = await versions.newest(session)
        files = None if version is None else await versions.files_of(session, version)
    if files is None:
        return None
    try:
        return await asyncio.to_thread(good_of, files)
    except CatalogErrors as error:
        logger.error("catalogue version %s cannot be read by this program any more: %s", version, error.findings[0])
        return None
