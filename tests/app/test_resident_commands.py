"""What is known of a resident is handed out or deleted on their word; cohort and purge by command."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from app.cli import command_line
from app.database import migrate
from app.settings import settings
from bot.conversation.models import Conversation, InboxMessage, OutboxMessage
from cases.models import Case
from cases.submission import submit
from kyc import vault
from kyc.models import FaceLog, FaceTemplate, ProfileEntry
from kyc.profile import remember
from records.base import now
from records.database import Database
from records.encryption import use_keys
from records.keys import load_keys
from services_catalog.loader import Catalog
from tests.support.people import ID_NUMBER, NAME, PHONE, draft_of
from tests.support.photographs import photograph

FACE = np.linspace(0, 1, 128, dtype=np.float32)


@pytest.fixture
def url(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An installation with one resident: a filed case, talk, profile, and two faces, one of which is over."""
    monkeypatch.setenv("ONECALL_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    use_keys(load_keys(None, tmp_path / "key"))
    url = settings().resolved_database_url()
    asyncio.run(_installed(url, catalog))
    yield url
    settings.cache_clear()


async def _installed(url: str, catalog: Catalog) -> None:
    await migrate(url)
    database, item = Database(url), catalog.items["gaoling-jintie"]
    async with database.session() as session:
        case = await draft_of(session, item.id, {"name": NAME, "id_number": ID_NUMBER, "phone": PHONE})
        await session.flush()
        await submit(session, case, item, item.fields, "330105001", now().date())
        conversation = Conversation(channel="web", channel_user="u", resident_id=case.resident_id)
        session.add(conversation)
        await session.flush()
        session.add(
            InboxMessage(conversation_id=conversation.id, client_id="1", body={"text": "办高龄津贴"}, done_at=now())
        )
        session.add(OutboxMessage(conversation_id=conversation.id, speaker="bot", body={"text": "好的"}))
        await remember(session, case.resident_id, "self", "phone", value=PHONE, masked="*", source="高龄津贴")
        for source, days in (("card", 10), ("check", -1)):
            await vault.keep(
                session, case.resident_id, "self", "id", encoder="e", vector=FACE, source=source,
                until=now() + timedelta(days=days), actor="test",
            )  # fmt: skip
        await session.commit()
    await database.close()


def _run(*words: str) -> Result:
    return CliRunner().invoke(command_line([words[0]]), list(words))


def _read(url: str, what: object) -> list[object]:
    async def read() -> list[object]:
        database = Database(url)
        async with database.session() as session:
            found = list(await session.scalars(what))  # type: ignore[call-overload]
        await database.close()
        return found

    return asyncio.run(read())


def _number(url: str) -> str:
    (number,) = _read(url, select(Case.number))
    return str(number)


def test_everything_known_is_exported_without_a_face_and_that_is_on_record(url: str, tmp_path: Path) -> None:
    result = _run("resident", "export", _number(url))
    assert result.exit_code == 0, result.output
    export = json.loads(result.stdout)
    assert export["cases"][0]["answers"]["id_number"] == ID_NUMBER
    assert export["profile"][0]["value"] == PHONE
    assert [line["text"] for line in export["conversations"][0]["said"]] == ["办高龄津贴", "好的"]
    assert [face["source"] for face in export["faces"]] == ["card", "check"]
    assert "vector" not in result.stdout
    assert "exported" in [line.act for line in _read(url, select(FaceLog))]  # type: ignore[attr-defined]
    _run("resident", "export", export["resident"], "--to", str(tmp_path / "all.json"))
    assert json.loads((tmp_path / "all.json").read_text())["resident"] == export["resident"]
    assert (tmp_path / "all.json").stat().st_mode & 0o077 == 0


def test_everything_that_may_be_deleted_is_and_the_filed_case_stays(url: str) -> None:
    number = _number(url)
    refused = _run("resident", "erase", number)
    assert refused.exit_code == 2
    assert _read(url, select(func.count()).select_from(FaceTemplate)) == [2]
    assert _run("resident", "erase", number, "--yes").exit_code == 0
    for table in (FaceTemplate, ProfileEntry, InboxMessage, OutboxMessage):
        assert _read(url, select(func.count()).select_from(table)) == [0]
    assert _number(url) == number


def test_somebody_unknown_is_told(url: str) -> None:
    for words in (("export", "nobody"), ("erase", "nobody", "--yes")):
        result = _run("resident", *words)
        assert result.exit_code == 2
        assert "没有找到" in result.output


def test_the_purge_deletes_what_is_over(url: str) -> None:
    assert "1 份" in _run("kyc", "purge").output
    assert _read(url, select(FaceTemplate.source)) == ["card"]
    assert "0 份" in _run("kyc", "purge").output


def test_a_cohort_is_joined_by_consent_only_and_left_again(url: str, tmp_path: Path) -> None:
    picture = tmp_path / "someone.jpg"
    picture.write_bytes(photograph("obama"))
    blank = tmp_path / "nobody.jpg"
    blank.write_bytes(b"\xff\xd8\xff")
    assert _run("kyc", "cohort", "add", "甲", str(picture)).exit_code == 2
    assert _run("kyc", "cohort", "add", "甲", str(blank), "--consented").exit_code == 2
    assert _run("kyc", "cohort", "add", "甲", str(picture), "--consented").exit_code == 0
    assert _run("kyc", "cohort", "add", "甲", str(picture), "--consented").exit_code == 0, "again, in its place"
    (person,) = json.loads(_run("kyc", "cohort", "list", "--json").stdout)
    assert (person["name"], person["encoder"]) == ("甲", "dlib-resnet-1")
    assert _run("kyc", "cohort", "drop", "甲").exit_code == 0
    assert _run("kyc", "cohort", "drop", "甲").exit_code == 2
    assert json.loads(_run("kyc", "cohort", "list", "--json").stdout) == []


def test_a_picture_that_is_not_there_is_refused_in_words(url: str) -> None:
    result = _run("kyc", "cohort", "add", "甲", "nowhere.jpg", "--consented")
    assert result.exit_code == 2
    assert "nowhere.jpg" in result.output
