"""`./onecall case`: a table that Excel opens, and news that did not arrive, without a word of a resident."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import command_line
from app.database import migrate
from app.settings import Settings, settings
from cases.models import BackOfficeNews
from records.base import now
from records.database import Database
from records.encryption import use_keys
from records.keys import load_keys
from services_catalog.loader import Catalog
from tests.cases.at_work import received


@pytest.fixture
def number(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The number of the one case of an installation, of which news could not be sent."""
    monkeypatch.setenv("ONECALL_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    use_keys(load_keys(None, tmp_path / "key"))
    yield asyncio.run(_installed(settings().resolved_database_url(), catalog))
    settings.cache_clear()


async def _installed(url: str, catalog: Catalog) -> str:
    await migrate(url)
    database = Database(url)
    async with database.session() as session:
        case = await received(session, catalog)
        dead = BackOfficeNews(
            case_id=case.id,
            kind="accepted",
            body={"number": case.number},
            attempts=60,
            failure="HTTP 500",
            dead_at=now(),
        )
        session.add(dead)
        await session.commit()
    await database.close()
    return case.number or ""


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(command_line(["case"]), ["case", *arguments])


def test_the_table_is_written_for_excel(number: str, tmp_path: Path) -> None:
    out = tmp_path / "办件.csv"
    done = _run("export", "--from", "2026-06-01", "--to", "2026-06-01", "--out", str(out))
    assert done.exit_code == 0, done.output
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert number in content.decode()
    assert number not in _run("export", "--from", "2026-06-02", "--to", "2026-06-03").output
    assert "王**" in _run("export", "--from", "2026-06-01", "--to", "2026-06-01", "--with-names").output


def test_days_in_the_wrong_order_are_refused(number: str) -> None:
    assert _run("export", "--from", "2026-06-02", "--to", "2026-06-01").exit_code == 2


def test_news_that_did_not_arrive_are_listed_and_sent_again(number: str) -> None:
    listed = _run("news").output
    assert "HTTP 500" in listed
    assert "再发 1 条" in _run("news", "--retry").output
    assert "没有送不到" in _run("news").output


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"back_office_url": "https://x.cn"}, "ONECALL_BACK_OFFICE_SECRET"),
        ({"back_office_url": "http://x.cn", "back_office_secret": "s" * 16}, "https://"),
        ({"back_office_url": "https://x.cn", "back_office_secret": "short"}, "back_office_secret"),
    ],
)
def test_a_back_office_is_configured_wholly_and_safely(given: dict[str, str], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Settings(**given)  # type: ignore[arg-type]
