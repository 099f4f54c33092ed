"""The store of photos and documents residents send: encrypted, in a folder."""

import asyncio
import os
from pathlib import Path

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, StoredFile
from records.base import new_id
from records.encryption import seal, unseal

MAX_BYTES = 10 * 1024 * 1024

_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}


class FileRefused(Exception):
    """The file is not one we take; `phrase` names the sentence that says why."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


def media_type_of(content: bytes) -> str:
    """What the bytes are, by their own signature and not by their name. Raises FileRefused."""
    if not content:
        raise FileRefused("utter_file_empty")
    if len(content) > MAX_BYTES:
        raise FileRefused("utter_file_large")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    for signature, media_type in _SIGNATURES.items():
        if content.startswith(signature):
            return media_type
    raise FileRefused("utter_file_kind")


async def store_file(session: AsyncSession, folder: Path, resident_id: str, name: str, content: bytes) -> StoredFile:
    """Keep a file, encrypted; its row is added to the session. Raises FileRefused."""
    media_type = media_type_of(content)
    stored = StoredFile(id=new_id(), resident_id=resident_id, name=name[:120], media_type=media_type, size=len(content))
    await asyncio.to_thread(_write, folder, stored.id, content)
    session.add(stored)
    await session.flush()
    return stored


async def read_file(session: AsyncSession, folder: Path, resident_id: str, file_id: str) -> bytes | None:
    """The bytes of a file that a resident sent; None where there is none of theirs by that id."""
    stored = await session.get(StoredFile, file_id)
    if stored is None or stored.resident_id != resident_id:
        return None
    try:
        sealed = await asyncio.to_thread((folder / file_id).read_bytes)
    except FileNotFoundError:
        return None
    return unseal(sealed, purpose_of(file_id))


async def attach_to(session: AsyncSession, case_id: str, resident_id: str, file_id: str) -> None:
    """Put a file that a resident sent with one of their cases."""
    theirs = update(StoredFile).where(StoredFile.id == file_id, StoredFile.resident_id == resident_id)
    await session.execute(theirs.values(case_id=case_id))


async def erase_file(session: AsyncSession, folder: Path, resident_id: str, file_id: str) -> None:
    """Delete one file that a resident sent, with its row."""
    await _erase(session, folder, and_(StoredFile.id == file_id, StoredFile.resident_id == resident_id))


def purpose_of(file_id: str) -> str:
    """What a file's bytes are sealed for: one file alone, so that another's bytes in its place do not open."""
    return f"stored file {file_id}"


def _write(folder: Path, file_id: str, content: bytes) -> None:
    """Write the file and see it safe on the disk, before its row can be committed."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _sync(folder.parent)
    fresh = folder / f".{file_id}"
    with fresh.open("wb") as file:
        file.write(seal(content, purpose_of(file_id)))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(folder / file_id)
    _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def erase_files_of(session: AsyncSession, folder: Path, case_id: str) -> None:
    """Delete the files sent for a case, with their rows."""
    await _erase(session, folder, StoredFile.case_id == case_id)


async def erase_loose_files(session: AsyncSession, folder: Path, resident_id: str) -> None:
    """Delete the files a resident sent that belong to no filed case."""
    filed = select(Case.id).where(Case.number.is_not(None))
    loose = or_(StoredFile.case_id.is_(None), StoredFile.case_id.not_in(filed))
    await _erase(session, folder, and_(StoredFile.resident_id == resident_id, loose))


async def _erase(session: AsyncSession, folder: Path, which: ColumnElement[bool]) -> None:
    for stored in (await session.scalars(select(StoredFile).where(which))).all():
        await asyncio.to_thread((folder / stored.id).unlink, missing_ok=True)
        await session.delete(stored)
