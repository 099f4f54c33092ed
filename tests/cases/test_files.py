from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.files import MAX_BYTES, FileRefused, media_type_of, read_file, store_file
from cases.models import StoredFile
from kyc.profile import create_resident
from records.database import Database
from records.encryption import Undecryptable

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels of a face" * 20

KINDS = {
    "image/jpeg": b"\xff\xd8\xff\xe0rest",
    "image/png": PNG,
    "application/pdf": b"%PDF-1.7\nrest",
    "image/webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
}


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
    assert read_file(folder, stored.id) == PNG


async def test_a_damaged_or_truncated_file_is_not_given_out(sqlite_database: Database, tmp_path: Path) -> None:
    async with sqlite_database.session() as session:
        resident = await create_resident(session)
        stored = await store_file(session, tmp_path / "files", resident.id, "x", PNG)
    path = tmp_path / "files" / stored.id
    for damaged in (path.read_bytes()[:-1], path.read_bytes()[:5], b""):
        path.write_bytes(damaged)
        with pytest.raises(Undecryptable):
            read_file(tmp_path / "files", stored.id)


async def test_a_refused_file_leaves_nothing_behind(sqlite_database: Database, tmp_path: Path) -> None:
    async with sqlite_database.session() as session:
        resident = await create_resident(session)
        with pytest.raises(FileRefused):
            await store_file(session, tmp_path / "files", resident.id, "x", b"GIF89a")
    assert not (tmp_path / "files").exists()
