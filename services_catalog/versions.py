"""Every version of the catalogue that was published: kept, listed, and put back into the files.

What a version holds is the catalogue's own files, word for word, comments and all. Templates are not among them: they
are the program's, and change with it.
"""

import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from services_catalog.models import CataloguePublication, CatalogueVersion
from services_catalog.yaml_source import read_text

PARTS = ("*.yml", "items/*/*.yml", "utterances/*/*.yml")
"""Which files are the catalogue."""

Files = Mapping[str, str]
"""The catalogue's files: their text, by path from its root, with slashes."""


@dataclass(frozen=True)
class Publication:
    """One line of what was served: number, version, when, who, why."""

    number: int
    version: int
    at: datetime
    by: str
    note: str | None


def paths_of(root: Path) -> list[Path]:
    """The catalogue's files below `root`, sorted; what editors leave beside them begins with a dot and is none."""
    found = (path for part in PARTS for path in root.glob(part))
    return sorted(path for path in found if not path.name.startswith("."))


def read_files(root: Path) -> Files:
    """The text of the catalogue's files. Raises CatalogError where one cannot be read, is no UTF-8, or is too big."""
    return {path.relative_to(root).as_posix(): read_text(path) for path in paths_of(root)}


def content_hash(files: Files) -> str:
    """A name for these files: the same text gives the same name on every machine."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name, files[name]):
            content = part.encode()
            digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()


def packed(files: Files) -> bytes:
    """The files as they are kept."""
    return zlib.compress(json.dumps(files, ensure_ascii=False, sort_keys=True).encode(), 6)


def unpacked(content: bytes) -> Files:
    """The files that `packed` was given."""
    files: Files = json.loads(zlib.decompress(content))
    return files


async def publish(session: AsyncSession, files: Files, by: str, note: str | None = None) -> int:
    """Note that these files are served from now on, keeping them if they are new; gives back their version.

    What is served already is noted once only; a note that comes later is added to it. The caller commits.
    """
    named = content_hash(files)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    kept = await session.scalar(select(CatalogueVersion.id).where(CatalogueVersion.content_hash == named))
    if kept is None:  # or, since, by somebody else
        row = {"content_hash": named, "content": packed(files)}
        await session.execute(insert(CatalogueVersion).values(row).on_conflict_do_nothing())
        kept = (await session.scalars(select(CatalogueVersion.id).where(CatalogueVersion.content_hash == named))).one()
    last = await session.scalar(select(CataloguePublication).order_by(CataloguePublication.id.desc()).limit(1))
    shortened = note[:200] if note else None
    if last is None or last.version_id != kept:
        session.add(CataloguePublication(version_id=kept, by=by[:64], note=shortened))
    elif last.note is None:
        last.note = shortened
    await session.flush()
    return kept


async def newest(session: AsyncSession) -> int | None:
    """The version that was published last; None before the first."""
    served = select(CataloguePublication.version_id).order_by(CataloguePublication.id.desc()).limit(1)
    return await session.scalar(served)


async def version_named(session: AsyncSession, named: str) -> int | None:
    """The version with that content hash, if these very files were ever published."""
    return await session.scalar(select(CatalogueVersion.id).where(CatalogueVersion.content_hash == named))


async def files_of(session: AsyncSession, version: int) -> Files | None:
    """The files of a version, or None where there is no such version."""
    content = await session.scalar(select(CatalogueVersion.content).where(CatalogueVersion.id == version))
    return None if content is None else unpacked(content)


async def listed(session: AsyncSession, limit: int) -> list[Publication]:
    """What was served, the newest first."""
    rows = select(CataloguePublication).order_by(CataloguePublication.id.desc()).limit(limit)
    return [
        Publication(row.id, row.version_id, row.at, row.by, row.note) for row in (await session.scalars(rows)).all()
    ]


def write_files(root: Path, files: Files) -> None:
    """Make the catalogue below `root` consist of exactly these files; what is right already is not touched.

    Each file is replaced in one step. Killed in between, the folder is a mixture, which the same call mends.
    """
    for name, text in files.items():
        path = root / name
        if not path.exists() or path.read_bytes() != text.encode():
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, text.encode())
    for path in paths_of(root):
        if path.relative_to(root).as_posix() not in files:
            path.unlink()


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that whoever reads it meanwhile sees the old or the new one, and never half."""
    staged(path, content).replace(path)


def staged(path: Path, content: bytes) -> Path:
    """The content under another name beside `path`, on the disk, so that one rename puts it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
