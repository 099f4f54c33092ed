"""A saved change is served within seconds, a broken one never, and a kill at any step leaves a good catalogue."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.publishing import Publishing
from records.database import Database
from services_catalog import versions
from services_catalog.loader import CatalogErrors
from services_catalog.published import Published
from tests.support.form_filling import begin
from tests.support.hall import Hall, opened
from tests.support.scripted_engine import Means
from tests.support.small_catalogue import BROKEN, DOG, SCHOOL, edit, small_catalogue

ITEM = "yangquan-dengji"
WITHIN_S = 5.0
SCRIPT = {
    "办狗证": Means("apply", items={ITEM: 0.97}),
    "狗证要什么材料": Means("ask_materials", items={ITEM: 0.97}),
    "再说一遍": Means("repeat"),
    "取消": Means("cancel"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue to be changed."""
    return small_catalogue(tmp_path / "catalogue")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the item finder's index is."""
    return tmp_path / "index.json"


@asynccontextmanager
async def serving(database: Database, root: Path, index: Path) -> AsyncIterator[tuple[Publishing, Hall]]:
    """A hall whose catalogue is watched."""
    publishing = await Publishing.begun(database.session, root, index)
    watching = asyncio.create_task(publishing.watch())
    published = publishing.published
    try:
        async with opened(database, published.current(), SCRIPT, published=published) as hall:
            yield publishing, hall
    finally:
        watching.cancel()
        await asyncio.wait({watching})


async def soon(true: Callable[[], bool]) -> None:
    """Wait until it is so; fails after the seconds that are promised."""
    async with asyncio.timeout(WITHIN_S):
        while not true():  # noqa: ASYNC110 - the files are watched by looking, too
            await asyncio.sleep(0.02)


async def settled(publishing: Publishing) -> None:
    """Look until what was saved has been taken or refused."""
    await publishing.look()
    await publishing.look()


def found(index: Path) -> str:
    """What the item finder reads."""
    return index.read_text(encoding="utf-8")


def edit_index(index: Path) -> None:
    """Have another process leave something else there."""
    index.write_text("{}", encoding="utf-8")


async def started_again(database: Database, root: Path, index: Path) -> Publishing:
    """Another start, and what holds after every start: finder, catalogue and what was published last are one."""
    publishing = await Publishing.begun(database.session, root, index)
    async with database.session() as session:
        newest = await versions.newest(session)
        files = await versions.files_of(session, newest or 0)
    assert publishing.published.served.version == newest
    assert files is not None
    named = {entry["id"]: entry["summary"] for entry in json.loads(found(index))["items"]}
    assert named == {item.id: item.summary for item in publishing.published.current().items.values()}
    assert f"summary: {named[ITEM]}" in files[DOG]
    return publishing


async def test_a_saved_change_reaches_a_running_conversation_in_guide_form_and_finder_together(
    sqlite_database: Database, root: Path, index: Path
) -> None:
    async with serving(sqlite_database, root, index) as (publishing, hall):
        resident = await hall.resident()
        assert "犬只照片和免疫证明" in await resident.say("狗证要什么材料")
        before = publishing.published.served.version
        edit(root, DOG, "犬只照片和免疫证明", "狗的照片和打针证明")
        edit(root, DOG, "狗养在哪里？", "狗住在哪里？")
        edit(root, DOG, "办狗证]", "办狗证, 小狗户口]")
        await soon(lambda: publishing.published.served.version != before)
        assert "狗的照片和打针证明" in await resident.say("狗证要什么材料")
        assert "小狗户口" in found(index)
        await begin(resident, "办狗证")
        assert "狗的照片" in "".join(material.name for material in hall.published.current().items[ITEM].materials)
        [case] = await resident.cases()
        assert case.catalogue_version == publishing.published.served.version


async def test_a_draft_keeps_its_questions_and_a_new_one_is_asked_the_new_ones(
    sqlite_database: Database, root: Path, index: Path
) -> None:
    async with serving(sqlite_database, root, index) as (publishing, hall):
        early, late = await hall.resident("early"), await hall.resident("late")
        await begin(early, "办狗证")
        before = publishing.published.served.version
        edit(root, "fields.yml", "{who}叫什么名字？", "{who}怎么称呼？")
        await soon(lambda: publishing.published.served.version != before)
        assert "您叫什么名字？" in await early.say("再说一遍")
        await begin(late, "办狗证")
        assert "您怎么称呼？" in "".join(bubble.text for bubble in late.heard)
    async with serving(sqlite_database, root, index) as (_, hall):
        again = await hall.resident("early")
        assert "您叫什么名字？" in await again.say("再说一遍"), "also after a restart"


async def test_a_draft_of_an_item_that_was_taken_away_is_told_to_be_gone(
    sqlite_database: Database, root: Path, index: Path
) -> None:
    async with serving(sqlite_database, root, index) as (publishing, hall):
        resident = await hall.resident()
        await begin(resident, "办狗证")
        (root / DOG).unlink()
        await soon(lambda: ITEM not in publishing.published.current().items)
        assert await resident.say("再说一遍")
        assert (await resident.state()).loop is None


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        (DOG, *BROKEN, r"yangquan-dengji\.yml:\d+: fee\.fre"),
        (DOG, "name: 养犬登记", "name: [", r"yangquan-dengji\.yml:\d+: YAML"),
        (DOG, "window: chuangkou-4", "window: chuangkou-9", r"windows\.yml 里没有"),
        ("utterances/chengguan/yangquan-dengji.yml", "utterances:", "utterance:", r"yangquan-dengji\.yml:1: "),
    ],
)
async def test_a_broken_change_is_refused_with_its_reason_and_the_last_good_version_goes_on(
    sqlite_database: Database,
    root: Path,
    index: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    old: str,
    new: str,
    reason: str,
) -> None:
    publishing = await Publishing.begun(sqlite_database.session, root, index)
    good, finder = publishing.published.current(), found(index)
    edit(root, name, old, new)
    edit(root, SCHOOL, "给住在本街道", "给在本街道")
    with caplog.at_level(logging.ERROR):
        await settled(publishing)
    assert publishing.published.current() is good, "not even what is right in another file"
    assert found(index) == finder
    with pytest.raises(CatalogErrors, match=reason):
        raise publishing.refused or AssertionError
    assert "the last good version goes on" in caplog.text
    edit(root, name, new, old)
    await settled(publishing)
    assert publishing.refused is None
    assert publishing.published.current().items["laonian-xuexiao"].summary.startswith("给在本街道")


async def test_what_lint_calls_an_error_is_not_published(sqlite_database: Database, root: Path, index: Path) -> None:
    publishing = await Publishing.begun(sqlite_database.session, root, index)
    good = publishing.published.current()
    edit(root, SCHOOL, "name: 社区老年学校报名", "name: 养犬登记")
    await settled(publishing)
    assert publishing.published.current() is good
    assert publishing.refused is not None
    assert "N303" in str(publishing.refused)


async def test_a_change_that_is_still_being_saved_is_waited_for(
    sqlite_database: Database, root: Path, index: Path
) -> None:
    publishing = await Publishing.begun(sqlite_database.session, root, index)
    edit(root, DOG, "狗养在哪里？", "狗住在哪里？")
    await publishing.look()
    edit(root, DOG, *BROKEN)
    await publishing.look()
    assert publishing.refused is None
    edit(root, DOG, *reversed(BROKEN))
    await settled(publishing)
    assert publishing.refused is None
    assert publishing.published.served.version == 2


async def test_a_start_with_broken_files_serves_the_last_good_version(
    sqlite_database: Database, root: Path, index: Path
) -> None:
    before = await Publishing.begun(sqlite_database.session, root, index)
    edit(root, DOG, *BROKEN)
    edit_index(index)
    publishing = await started_again(sqlite_database, root, index)
    assert publishing.published.current() == before.published.current()
    assert publishing.refused is not None
    edit(root, DOG, *reversed(BROKEN))
    await settled(publishing)
    assert publishing.refused is None


async def test_a_first_start_with_broken_files_says_why(sqlite_database: Database, root: Path, index: Path) -> None:
    edit(root, DOG, *BROKEN)
    with pytest.raises(CatalogErrors, match=r"yangquan-dengji\.yml"):
        await Publishing.begun(sqlite_database.session, root, index)


async def test_a_restart_is_no_publication(sqlite_database: Database, root: Path, index: Path) -> None:
    for _ in range(3):
        await started_again(sqlite_database, root, index)
    async with sqlite_database.session() as session:
        assert len(await versions.listed(session, 10)) == 1


class KilledError(BaseException):
    """The process was ended here."""


def _kill_before(monkeypatch: pytest.MonkeyPatch, owner: type, step: str) -> None:
    def killed(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr(owner, step, killed)


STEPS: dict[str, tuple[type, str]] = {
    "before anything": (Publishing, "_keep"),
    "before the version is noted": (Database, "session"),
    "before the index is staged": (Publishing, "_stage"),
    "before the index is replaced": (Publishing, "_serve"),
    "before the catalogue is swapped": (Published, "serve"),
}


@pytest.mark.parametrize("files_then", ["as they were saved", "broken since", "as before"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_kill_at_any_step_leaves_a_start_that_serves_one_good_version(
    sqlite_database: Database, root: Path, index: Path, step: str, files_then: str
) -> None:
    publishing = await Publishing.begun(sqlite_database.session, root, index)
    edit(root, DOG, "给在家养狗的人", "给家里养狗的人")
    with pytest.MonkeyPatch.context() as patch:
        if step == "before the version is noted":
            patch.setattr(publishing, "_sessions", None)
            with pytest.raises(TypeError):
                await settled(publishing)
        else:
            _kill_before(patch, *STEPS[step])
            with pytest.raises(KilledError):
                await settled(publishing)
    if files_then == "broken since":
        edit(root, DOG, *BROKEN)
    elif files_then == "as before":
        edit(root, DOG, "给家里养狗的人", "给在家养狗的人")
    after = await started_again(sqlite_database, root, index)
    summary = after.published.current().items[ITEM].summary
    if files_then == "as they were saved":
        assert summary.startswith("给家里养狗的人")
    if files_then == "as before":
        assert summary.startswith("给在家养狗的人")
    assert (after.refused is None) == (files_then != "broken since")


async def test_a_database_that_is_away_delays_a_change_and_loses_nothing(
    sqlite_database: Database, root: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing = await Publishing.begun(sqlite_database.session, root, index)
    edit(root, DOG, "给在家养狗的人", "给家里养狗的人")

    async def away(*_: object) -> int:
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(versions, "publish", away)
        await publishing.look()
        with pytest.raises(OSError, match="away"):
            await publishing.look()
    await publishing.look()
    assert publishing.published.current().items[ITEM].summary.startswith("给家里养狗的人")
