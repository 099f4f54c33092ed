"""Versions of the catalogue are kept word for word, once each, and can be put back."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.database import Database
from services_catalog import versions
from services_catalog.versions import content_hash, packed, read_files, unpacked, write_files
from services_catalog.yaml_source import CatalogError
from tests.support.small_catalogue import DOG, SCHOOL, edit, small_catalogue

FILES = st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=5)


@given(FILES)
def test_what_is_kept_comes_back_word_for_word(files: dict[str, str]) -> None:
    assert unpacked(packed(files)) == files


@given(FILES, FILES)
def test_two_catalogues_have_one_name_only_if_they_are_the_same(one: dict[str, str], other: dict[str, str]) -> None:
    assert (content_hash(one) == content_hash(other)) == (one == other)


def test_a_version_put_back_is_the_same_to_the_byte_and_takes_away_what_it_did_not_have(tmp_path: Path) -> None:
    root = small_catalogue(tmp_path)
    (root / DOG).write_bytes("# 为什么这样写，见会议纪要\r\n".encode() + (root / DOG).read_bytes())
    before = {path: path.read_bytes() for path in versions.paths_of(root)}
    files = read_files(root)
    edit(root, DOG, "狗证", "犬证")
    (root / SCHOOL).unlink()
    (root / "items/jiaoyu/xin.yml").write_text("id: xin\n", encoding="utf-8")
    write_files(root, files)
    assert {path: path.read_bytes() for path in versions.paths_of(root)} == before


def test_what_editors_leave_beside_the_files_is_not_the_catalogue(tmp_path: Path) -> None:
    root = small_catalogue(tmp_path)
    files = read_files(root)
    (root / "items/jiaoyu/.#laonian-xuexiao.yml").write_text("half", encoding="utf-8")
    (root / "items/jiaoyu/laonian-xuexiao.yml~").write_text("old", encoding="utf-8")
    assert read_files(root) == files


def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    root = small_catalogue(tmp_path)
    (root / DOG).write_bytes(b"id: x\nname: " + "养犬".encode("gb18030"))
    with pytest.raises(CatalogError, match=r"yangquan-dengji\.yml:2: 不是 UTF-8"):
        read_files(root)


async def test_the_same_files_are_kept_once_and_noted_each_time_they_are_served_anew(database: Database) -> None:
    async with database.session() as session:
        one = await versions.publish(session, {"a.yml": "1"}, "王", "第一次")
        assert await versions.publish(session, {"a.yml": "1"}, "李") == one
        two = await versions.publish(session, {"a.yml": "2"}, "李")
        assert await versions.publish(session, {"a.yml": "1"}, "张", "放回") == one
        await session.commit()
    async with database.session() as session:
        told = [(each.version, each.by, each.note) for each in await versions.listed(session, 10)]
        assert told == [(one, "张", "放回"), (two, "李", None), (one, "王", "第一次")]
        assert await versions.newest(session) == one
        assert await versions.files_of(session, two) == {"a.yml": "2"}
        assert await versions.files_of(session, 99) is None


async def test_why_it_was_changed_can_be_said_after_it_is_served(sqlite_database: Database) -> None:
    async with sqlite_database.session() as session:
        await versions.publish(session, {"a.yml": "1"}, "watch")
        await versions.publish(session, {"a.yml": "1"}, "王", "标准改了")
        await versions.publish(session, {"a.yml": "1"}, "李", "别的话")
        [line] = await versions.listed(session, 10)
        assert (line.by, line.note) == ("watch", "标准改了")


async def test_two_processes_that_publish_the_same_at_once_make_one_version(database: Database) -> None:
    async def publish() -> int:
        async with database.session() as session:
            version = await versions.publish(session, {"a.yml": "x"}, "王")
            await session.commit()
            return version

    assert len(set(await asyncio.gather(*(publish() for _ in range(4))))) == 1
