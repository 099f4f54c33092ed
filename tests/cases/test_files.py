import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cases.files import MAX_BYTES, FileRefused, erase_files_of, media_type_of, purpose_of, store_file
from cases.models import Case, StoredFile
from kyc.profile import create_resident
from records.database import Database
from records.encryption import Undecryptable, unseal
from tests.support.people import draft_of

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels of a face" * 20

KINDS = {
    "image/jpeg": b"\xff\xd8\xff\xe0rest",
    "image/png": PNG,
    "application/pdf": b"%PDF-1.7\nrest",
    "image/webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
}


def _opened(path: Path) -> bytes:
    return unseal(path.read_bytes(), purpose_of(path.name))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_known_by_its_own_first_bytes(kind: str) -> None:
    assert media_type_of(KINDS[kind]) == kind


@pytest.mark.parametrize(
    ("content", "phrase"),
    [
        (b"", "utter_file_empty"),
        (b"<svg onload=alert(1)>", "utter_file_kind"),
        (b"<html>", "utter_file_kind"),
        (b"GIF89a", "utter_file_kind"),
        (b"PK\x03\x04", "utter_file_kind"),
        (b"RIFF\x00\x00\x00\x00WAVE", "utter_file_kind"),
        (PNG[:8].ljust(MAX_BYTES + 1, b"x"), "utter_file_large"),
    ],
)
def test_anything_else_is_refused_with_the_name_of_a_sentence(content: bytes, phrase: str) -> None:
    with pytest.raises(FileRefused) as refused:
        media_type_of(content)
    assert refused.value.phrase == phrase


def test_a_file_of_exactly_ten_megabytes_is_taken() -> None:
    assert media_type_of(PNG[:8].ljust(10 * 1024 * 1024, b"x")) == "image/png"


@given(st.binary(max_size=40))
def test_no_bytes_at_all_break_the_check(content: bytes) -> None:
    try:
        assert media_type_of(content) in KINDS
    except FileRefused as refused:
        assert refused.phrase.startswith("utter_file_")


async def test_a_stored_file_is_unreadable_on_disk_and_comes_back_the_same(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    async with database.session() as session:
        resident = await create_resident(session)
        stored = await store_file(session, folder, resident.id, "王秀英的照片.png", PNG)
        await session.commit()
        row = await session.get_one(StoredFile, stored.id)
        assert (row.name, row.media_type, row.size) == ("王秀英的照片.png", "image/png", len(PNG))
    [path] = folder.iterdir()
    assert path.name == stored.id
    assert b"PNG" not in path.read_bytes()
    assert b"face" not in path.read_bytes()
    assert _opened(path) == PNG


async def test_a_damaged_or_truncated_file_is_not_given_out(sqlite_database: Database, tmp_path: Path) -> None:
    async with sqlite_database.session() as session:
        resident = await create_resident(session)
        stored = await store_file(session, tmp_path / "files", resident.id, "x", PNG)
    path = tmp_path / "files" / stored.id
    for damaged in (path.read_bytes()[:-1], path.read_bytes()[:5], b""):
        path.write_bytes(damaged)
        with pytest.raises(Undecryptable):
            _opened(path)


async def test_a_refused_file_leaves_nothing_behind(sqlite_database: Database, tmp_path: Path) -> None:
    async with sqlite_database.session() as session:
        resident = await create_resident(session)
        with pytest.raises(FileRefused):
            await store_file(session, tmp_path / "files", resident.id, "x", b"GIF89a")
    assert not (tmp_path / "files").exists()


async def test_a_files_bytes_do_not_open_in_the_place_of_another(sqlite_database: Database, tmp_path: Path) -> None:
    async with sqlite_database.session() as session:
        resident = await create_resident(session)
        one, two = [await store_file(session, tmp_path / "files", resident.id, "x", PNG) for _ in range(2)]
    (tmp_path / "files" / one.id).replace(tmp_path / "files" / two.id)
    with pytest.raises(Undecryptable):
        _opened(tmp_path / "files" / two.id)


async def test_a_file_and_its_folder_are_safe_on_the_disk_before_the_row_is_written(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, synced = tmp_path / "files", []

    def fsync(descriptor: int) -> None:
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink(), sorted(p.name for p in folder.iterdir())))

    monkeypatch.setattr(os, "fsync", fsync)
    async with sqlite_database.session() as session:
        resident = await create_resident(session)
        stored = await store_file(session, folder, resident.id, "x", PNG)
    assert synced == [
        (tmp_path, []),
        (folder / f".{stored.id}", [f".{stored.id}"]),
        (folder, [stored.id]),
    ]


async def test_the_files_of_a_draft_given_up_go_with_it_and_no_others(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    async with database.session() as session:
        drafts = [await draft_of(session, "gaoling-jintie", {}) for _ in range(2)]
        kept = []
        for case in drafts:
            for case_id in (case.id, case.id, None):
                stored = await store_file(session, folder, case.resident_id, "x", PNG)
                stored.case_id = case_id
                kept.append(stored)
        await session.commit()
        await erase_files_of(session, folder, drafts[0].id)
        await session.commit()
        left = {stored.id for stored in kept if stored.case_id != drafts[0].id}
        assert set(await session.scalars(select(StoredFile.id))) == left
        assert {path.name for path in folder.iterdir()} == left
        assert await session.get(Case, drafts[0].id) is not None
