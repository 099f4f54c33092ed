"""`./onecall nlu review` and `nlu drift`, as a maintainer uses them from a pipe."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from sqlalchemy import select
from typer.testing import CliRunner, Result

from app.commands import nlu_review
from app.database import migrate
from app.settings import settings
from bot.conversation import drift
from bot.conversation.drift import Understanding
from bot.conversation.lessons import How, keep
from bot.conversation.models import Lesson
from bot.conversation.state import Guess
from records.database import Database
from records.encryption import use_keys
from records.keys import load_keys
from services_catalog.index import read_utterances
from services_catalog.loader import load_catalog
from tests.support.small_catalogue import small_catalogue

DOG, SCHOOL = "yangquan-dengji", "laonian-xuexiao"
SENTENCES: tuple[tuple[str, dict[str, float], How, str | None], ...] = (
    ("我家旺财要登个什么", {SCHOOL: 0.4, DOG: 0.3}, How.CHOSEN, DOG),
    ("老人想学写字", {SCHOOL: 0.3}, How.MISSED, None),
    ("路灯坏了谁来修", {DOG: 0.2}, How.CORRECTED, None),
    ("请问路灯坏了谁来修？", {DOG: 0.2}, How.CORRECTED, None),
)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation of two items, with four lessons of three sentences; the folder of its catalogue."""
    monkeypatch.setenv("ONECALL_DATA_DIR", str(tmp_path / "data"))
    root = small_catalogue(tmp_path / "catalogue")
    (tmp_path / "training").mkdir()
    shutil.copy(nlu_review.TRAINING / "out_of_scope.yml", tmp_path / "training")
    monkeypatch.setattr("services_catalog.loader.CATALOG_DIR", root)
    monkeypatch.setattr(nlu_review, "TRAINING", tmp_path / "training")
    settings.cache_clear()
    (tmp_path / "data").mkdir()
    use_keys(load_keys(None, tmp_path / "data" / "key"))
    asyncio.run(_installed(settings().resolved_database_url()))
    yield root
    settings.cache_clear()


async def _installed(url: str) -> None:
    await migrate(url)
    database = Database(url)
    async with database.session() as session:
        for text, items, how, meant in SENTENCES:
            guess = Guess(text=text, intent="apply", confidence=0.5, items=items, how=Understanding.MISSED.value)
            keep(session, guess, how, meant, "apply" if meant else None)
        await drift.count(session, "c", [Understanding.UNDERSTOOD] * 9 + [Understanding.MISSED])
        await session.commit()
    await database.close()


def _run(command: Callable[..., None], *words: str, keys: str = "") -> Result:
    line = typer.Typer()
    line.command()(command)
    return CliRunner().invoke(line, list(words), input=keys)


def _left() -> dict[str, int]:
    async def read() -> dict[str, int]:
        database = Database(settings().resolved_database_url())
        async with database.session() as session:
            found = list(await session.scalars(select(Lesson.status)))
        await database.close()
        return {status: found.count(status) for status in found}

    return asyncio.run(read())


def _said(root: Path, item: str, intent: str = "apply") -> list[str]:
    return list(read_utterances(load_catalog(root).items[item], root).get(intent, []))


def _out_of_scope(root: Path) -> str:
    return (root.parent / "training" / "out_of_scope.yml").read_text(encoding="utf-8")


def test_one_key_a_sentence_writes_it_where_it_belongs(office: Path) -> None:
    done = _run(nlu_review.review, keys="n\ny\n1\n")
    assert done.exit_code == 0, done.output
    assert "（1／3）　说过 2 次" in done.output and "记下 3 句，丢掉 0 句，跳过 0 句。" in done.output
    assert "- 请问路灯坏了谁来修？\n" in _out_of_scope(office)
    assert "老人想学写字" in _said(office, SCHOOL)
    assert "我家旺财要登个什么" in _said(office, SCHOOL), "another candidate than the one meant was picked"
    assert _left() == {"taken": 4}
    assert "没有要看的句子" in _run(nlu_review.review).output


def test_enter_takes_what_it_turned_out_to_be(office: Path) -> None:
    done = _run(nlu_review.review, "--item", DOG, keys="s\n\n")
    assert "问了是哪一件，居民选了“" in done.output
    assert "我家旺财要登个什么" in _said(office, DOG)
    assert _left() == {"open": 3, "taken": 1}


def test_what_is_dropped_or_passed_over_or_left_changes_no_file(office: Path) -> None:
    before = (_out_of_scope(office), _said(office, DOG), _said(office, SCHOOL))
    done = _run(nlu_review.review, keys="d\ns\nq\n")
    assert "记下 0 句，丢掉 1 句，跳过 1 句" in done.output
    assert (_out_of_scope(office), _said(office, DOG), _said(office, SCHOOL)) == before
    assert _left() == {"dropped": 2, "open": 2}


def test_each_key_counts_at_once_even_if_the_pipe_ends(office: Path) -> None:
    assert _run(nlu_review.review, keys="n\n").exit_code == 0
    assert _left() == {"taken": 2, "open": 2}


def test_nobody_knows_what_it_was_so_enter_takes_nothing(office: Path) -> None:
    done = _run(nlu_review.review, keys="y\n7\nq\n")
    assert done.output.count("✗ 这里不能按这个键。") == 2
    assert _left() == {"open": 4}


def test_another_item_is_found_by_its_code_or_a_part_of_its_name(office: Path) -> None:
    done = _run(nlu_review.review, keys=f"i\n没有的东西\ni\n{SCHOOL}\ni\n老年\nq\n")
    assert "✗ 没有找到" in done.output
    assert "请问路灯坏了谁来修？" in _said(office, SCHOOL)
    assert "老人想学写字" in _said(office, SCHOOL)


def test_what_is_asked_can_be_set_right_before_it_is_taken(office: Path) -> None:
    _run(nlu_review.review, "--limit", "2", keys="s\nt\n7\ny\n")
    assert "老人想学写字" in _said(office, SCHOOL, "ask_fee")
    assert "老人想学写字" not in _said(office, SCHOOL, "apply")


def test_a_sentence_that_stands_somewhere_already_is_not_written_again(office: Path) -> None:
    path = office / "utterances" / "jiaoyu" / f"{SCHOOL}.yml"
    text = path.read_text(encoding="utf-8").replace(
        "utterances:\n  apply:\n", "utterances:\n  apply:\n    - 老人想学写字。\n"
    )
    path.write_text(text, encoding="utf-8")
    done = _run(nlu_review.review, keys="s\ny\nq\n")
    assert "这句话已经在" in done.output and "记下 0 句" in done.output
    assert path.read_text(encoding="utf-8") == text
    assert _left() == {"open": 3, "taken": 1}


def test_the_list_for_programs_asks_nothing(office: Path) -> None:
    listed = json.loads(_run(nlu_review.review, "--json", "--item", SCHOOL).output)
    assert {each["text"] for each in listed} == {"老人想学写字", "我家旺财要登个什么"}
    assert listed[0]["guesses"] == [{"id": SCHOOL, "p": 0.3}]
    assert _left() == {"open": 4}


def test_an_item_that_is_none_is_refused(office: Path) -> None:
    refused = _run(nlu_review.review, "--item", "nothing")
    assert refused.exit_code != 0
    assert "nothing" in str(refused.exception)


def test_drift_tells_of_the_weeks_and_the_confusions(office: Path) -> None:
    (week,) = json.loads(_run(nlu_review.drift, "--json").output)
    assert (week["messages"], week["numbers"]["missed"], week["shares"]["missed"]) == (10, 1, 0.1)
    assert week["stands_out"] is False
    assert {"guessed": SCHOOL, "meant": DOG, "number": 1} in week["confusions"]
    told = _run(nlu_review.drift, "--weeks", "4").output
    assert "90.0%" in told and "其实是“" in told and "都不是：2 次" in told
