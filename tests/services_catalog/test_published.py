"""What is served is swapped whole, and earlier cases keep the questions they began with."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from records.database import Database
from services_catalog import published as module
from services_catalog import versions
from services_catalog.loader import Catalog, CatalogErrors
from services_catalog.published import Began, Good, Published, good_of, read_good
from tests.support.small_catalogue import BROKEN, DOG, SCHOOL, edit, small_catalogue

ITEM = "yangquan-dengji"


async def _kept(database: Database, good: Good) -> int:
    async with database.session() as session:
        version = await versions.publish(session, good.files, "王")
        await session.commit()
    return version


async def _begun(published: Published, *began: Began) -> Mapping[Began, Catalog]:
    return await published.as_begun(began, published.served)


def _question(catalog: Catalog, key: str) -> str:
    return next(field.question for field in catalog.items[ITEM].fields if field.key == key)


def test_what_was_kept_reads_as_the_files_did(tmp_path: Path) -> None:
    good = read_good(small_catalogue(tmp_path))
    again = good_of(good.files)
    assert (again.catalog, again.index, again.named) == (good.catalog, good.index, good.named)


def test_every_fault_of_the_files_is_told(tmp_path: Path) -> None:
    root = small_catalogue(tmp_path)
    edit(root, DOG, *BROKEN)
    edit(root, SCHOOL, *BROKEN)
    with pytest.raises(CatalogErrors) as refused:
        read_good(root)
    assert {finding.path.name for finding in refused.value.findings} == {Path(DOG).name, Path(SCHOOL).name}


async def test_a_case_is_read_by_the_version_it_began_with_in_the_hall_as_it_is_now(
    sqlite_database: Database, tmp_path: Path
) -> None:
    root = small_catalogue(tmp_path)
    version = await _kept(sqlite_database, read_good(root))
    edit(root, DOG, "狗养在哪里？", "狗住在哪里？")
    edit(root, DOG, "window: chuangkou-4", "window: chuangkou-3")
    edit(root, "fields.yml", "您自己叫什么名字？", "您贵姓？")
    now = read_good(root)
    published = Published(now.catalog, await _kept(sqlite_database, now), sqlite_database.session)
    began = (version, ITEM)
    then = (await _begun(published, began))[began]
    assert _question(then, "dog_address").startswith("狗养在哪里？")
    assert _question(published.current(), "dog_address").startswith("狗住在哪里？")
    assert then.items[ITEM].window == "chuangkou-3"
    assert "您自己叫什么名字？" in [field.question for field in then.proxy_fields]
    assert then.items["laonian-xuexiao"] is now.catalog.items["laonian-xuexiao"]


async def test_what_cannot_be_told_of_an_earlier_version_is_read_by_the_present_one(
    sqlite_database: Database, tmp_path: Path
) -> None:
    root = small_catalogue(tmp_path)
    broken = dict(read_good(root).files)
    broken[DOG] = broken[DOG].replace(*BROKEN)
    async with sqlite_database.session() as session:
        unreadable = await versions.publish(session, broken, "王")
        await session.commit()
    good = read_good(root)
    published = Published(good.catalog, await _kept(sqlite_database, good), sqlite_database.session)
    unknown = [(unreadable, ITEM), (99, ITEM), (unreadable, "not-there"), (published.served.version or 0, ITEM)]
    assert await _begun(published, *unknown) == {}
    assert await _begun(Published(good.catalog), (1, ITEM)) == {}


async def test_an_item_that_left_the_catalogue_is_not_offered_by_an_earlier_version(
    sqlite_database: Database, tmp_path: Path
) -> None:
    root = small_catalogue(tmp_path)
    version = await _kept(sqlite_database, read_good(root))
    (root / DOG).unlink()
    now = read_good(root)
    published = Published(now.catalog, await _kept(sqlite_database, now), sqlite_database.session)
    assert await _begun(published, (version, ITEM)) == {}


async def test_what_is_remembered_of_earlier_versions_is_bounded(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 1)
    root = small_catalogue(tmp_path)
    version = await _kept(sqlite_database, read_good(root))
    edit(root, DOG, "狗养在哪里？", "狗住在哪里？")
    now = read_good(root)
    published = Published(now.catalog, await _kept(sqlite_database, now), sqlite_database.session)
    both = {(version, ITEM), (version, "laonian-xuexiao")}
    assert (await _begun(published, *both)).keys() == both
    assert len(published._earlier) == 1
