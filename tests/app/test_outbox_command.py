"""`./onecall outbox`: what could not be sent is listed without a word of it, sent again, or dropped."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from app.cli import command_line
from app.database import migrate
from app.settings import settings
from bot.conversation.deliveries import Status
from bot.conversation.models import Conversation, Delivery
from kyc.profile import create_resident
from records.base import now
from records.database import Database
from records.encryption import use_keys
from records.keys import load_keys

SECRET = "王秀英的办件"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An installation with two deliveries that could not be sent and one that waits."""
    monkeypatch.setenv("ONECALL_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    use_keys(load_keys(None, tmp_path / "key"))
    url = settings().resolved_database_url()
    asyncio.run(_installed(url))
    yield url
    settings.cache_clear()


async def _installed(url: str) -> None:
    await migrate(url)
    database = Database(url)
    async with database.session() as session:
        resident = await create_resident(session)
        conversation = Conversation(channel="wechat", channel_user="u", address="o-1", resident_id=resident.id)
        session.add(conversation)
        await session.flush()
        for status in (Status.DEAD, Status.DEAD, Status.DUE):
            dead = status is Status.DEAD
            session.add(
                Delivery(
                    conversation_id=conversation.id,
                    body={"text": SECRET},
                    status=status.value,
                    failure="45002" if dead else None,
                    closed_at=now() if dead else None,
                )
            )
        await session.commit()
    await database.close()


def _run(*words: str) -> Result:
    return CliRunner().invoke(command_line(["outbox"]), ["outbox", *words])


def _statuses(url: str) -> list[str]:
    async def read() -> list[str]:
        database = Database(url)
        async with database.session() as session:
            found = list(await session.scalars(select(Delivery.status).order_by(Delivery.id)))
        await database.close()
        return found

    return asyncio.run(read())


def test_what_could_not_be_sent_is_listed_by_its_code_and_never_by_its_words(url: str) -> None:
    listed = _run("list")
    assert listed.exit_code == 0
    assert "45002" in listed.output
    assert SECRET not in listed.output
    assert "o-1" not in listed.output
    rows = json.loads(_run("list", "--all", "--json").output)
    assert [row["status"] for row in rows] == ["dead", "dead", "due"]


def test_one_or_all_are_sent_again(url: str) -> None:
    assert _run("retry", "1").exit_code == 0
    assert _statuses(url) == ["due", "dead", "due"]
    assert _run("retry", "--all").exit_code == 0
    assert _statuses(url) == ["due", "due", "due"]
    assert _run("list").output.strip() == "没有发不出去的回复。"


def test_one_is_dropped_and_what_is_under_way_is_not(url: str) -> None:
    assert _run("drop", "2").exit_code == 0
    assert _run("drop", "3").exit_code == 1
    assert _statuses(url) == ["dead", "due"]


def test_retry_wants_numbers_or_all(url: str) -> None:
    assert _run("retry").exit_code == 2
    assert _run("retry", "1", "--all").exit_code == 2
