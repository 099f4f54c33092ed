"""`./onecall catalog versions`, `publish`, `put-back`: what was served is listed, and put back into the files."""

import asyncio
import getpass
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.authorship import who_changed
from app.cli import command_line
from app.database import migrate
from app.doctor import _catalogue
from app.publishing import Publishing
from app.settings import settings
from records.database import Database
from services_catalog.versions import read_files
from tests.support.small_catalogue import BROKEN, DOG, edit, small_catalogue


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The catalogue of an installation that has not served it yet."""
    root = small_catalogue(tmp_path / "catalogue")
    monkeypatch.setattr("services_catalog.loader.CATALOG_DIR", root)
    monkeypatch.setenv("ONECALL_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    asyncio.run(migrate(settings().resolved_database_url()))
    yield root
    settings.cache_clear()


def run(*words: str) -> Result:
    """Run a command of the catalogue."""
    return CliRunner().invoke(command_line(["catalog"]), ["catalog", *words])


def told() -> dict[str, Any]:
    """What `versions --json` says."""
    answer: dict[str, Any] = json.loads(run("versions", "--json").output)
    return answer


def test_what_was_published_is_listed_with_who_when_and_why(root: Path) -> None:
    assert "还没有发布过" in run("versions").output
    assert told()["files"] == {"state": "unpublished", "version": None, "findings": []}
    assert "第 1 版" in run("publish", "--note", "第一次").output
    [line] = told()["published"]
    assert (line["version"], line["note"]) == (1, "第一次")
    assert line["by"]
    assert line["at"].endswith("+00:00")
    assert told()["files"]["state"] == "served"
    listed = run("versions").output
    assert "第一次" in listed
    assert "第 1 版，也是最近发布的" in listed


def test_a_version_is_put_back_into_the_files_and_noted(root: Path) -> None:
    run("publish")
    first = dict(read_files(root))
    edit(root, DOG, "给在家养狗的人", "给家里养狗的人")
    run("publish")
    answer = run("put-back", "1", "--note", "新标准推迟")
    assert answer.exit_code == 0, answer.output
    assert read_files(root) == first
    newest = told()["published"][0]
    assert (newest["version"], newest["note"]) == (1, "新标准推迟")
    assert told()["files"] == {"state": "served", "version": 1, "findings": []}
    run("put-back", "2")
    assert "给家里养狗的人" in read_files(root)[DOG]


def test_a_running_service_takes_up_what_was_put_back(root: Path, tmp_path: Path) -> None:
    async def service() -> None:
        database = Database(settings().resolved_database_url())
        publishing = await Publishing.begun(database.session, root, tmp_path / "index.json")
        edit(root, DOG, "给在家养狗的人", "给家里养狗的人")
        for _ in range(2):
            await publishing.look()
        assert publishing.published.served.version == 2
        assert (await asyncio.to_thread(run, "put-back", "1")).exit_code == 0
        for _ in range(2):
            await publishing.look()
        assert publishing.published.served.version == 1
        await database.close()

    asyncio.run(service())
    assert [line["version"] for line in told()["published"]] == [1, 2, 1]


def test_changes_that_were_never_published_are_not_overwritten_unless_one_says_so(root: Path) -> None:
    run("publish")
    edit(root, DOG, "给在家养狗的人", "给家里养狗的人")
    refused = run("put-back", "1")
    assert refused.exit_code == 1
    assert "还没有发布的改动" in refused.output
    assert "给家里养狗的人" in read_files(root)[DOG]
    edit(root, DOG, *BROKEN)
    assert run("put-back", "1").exit_code == 1
    assert run("put-back", "1", "--force").exit_code == 0
    assert "给在家养狗的人" in read_files(root)[DOG]


def test_there_is_no_version_that_was_not_published(root: Path) -> None:
    answer = run("put-back", "7")
    assert answer.exit_code == 1
    assert "没有第 7 版" in answer.output


def test_broken_files_are_refused_and_every_reason_is_told(root: Path) -> None:
    run("publish")
    edit(root, DOG, *BROKEN)
    answer = run("publish")
    assert answer.exit_code == 1
    assert "yangquan-dengji.yml" in answer.output
    files = told()["files"]
    assert files["state"] == "refused"
    assert files["findings"][0]["path"].endswith(DOG)
    assert "服务继续用最近发布的那一版" in run("versions").output
    [finding] = _catalogue()
    assert finding.state == "advice"
    assert "服务用最近发布的第 1 版" in finding.sentence


def test_broken_files_without_a_version_are_nothing_to_serve(root: Path) -> None:
    edit(root, DOG, *BROKEN)
    [finding] = _catalogue()
    assert finding.state == "broken"


def test_who_changed_is_the_author_of_the_commit_or_whose_file_it_is(root: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)

    assert who_changed(root) == getpass.getuser()
    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=李维护", "-c", "user.email=li@example.org", "commit", "-q", "-m", "第一次")
    assert who_changed(root) == "李维护"
    edit(root, DOG, "给在家养狗的人", "给家里养狗的人")
    assert who_changed(root) == getpass.getuser()
