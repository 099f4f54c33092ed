"""Voice messages become words where the office runs a recogniser, and a kind request to type where it does not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI, UploadFile

from app.engine_process import free_port
from app.listener import Listener
from bot.channels.speech import SpeechService
from bot.conversation.fetching import NotHeard
from bot.conversation.incoming import Incoming, Media
from bot.conversation.models import InboxMessage
from bot.conversation.people import conversation_of
from bot.conversation.wording import phrase
from records.database import Database
from services_catalog.loader import Catalog
from tests.support.hall import Resident, opened
from tests.support.post_office import PostOffice
from tests.support.scripted_engine import Means


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A recogniser that hears what the recording says in plain bytes."""
    app = FastAPI()

    @app.post("/v1/audio/transcriptions")
    async def transcriptions(file: UploadFile) -> dict[str, str]:
        return {"text": (await file.read()).decode()}

    async with Listener(app, "127.0.0.1", free_port()) as listener:
        yield f"{listener.url}/v1/audio/transcriptions"


@pytest.fixture
async def speech(url: str) -> AsyncIterator[SpeechService]:
    service = SpeechService(url)
    yield service
    await service.close()


async def test_what_was_said_is_heard(speech: SpeechService) -> None:
    assert await speech.words("谢谢".encode()) == "谢谢"


async def test_a_recogniser_that_fails_has_heard_nothing(speech: SpeechService) -> None:
    with pytest.raises(NotHeard):
        await speech.words(b"\xff\xfe")
    away = SpeechService("http://127.0.0.1:9/")
    with pytest.raises(NotHeard):
        await away.words(b"")
    await away.close()


async def test_a_voice_message_is_answered_like_its_words_and_fetched_once(
    sqlite_database: Database, catalog: Catalog, speech: SpeechService, tmp_path: Path
) -> None:
    office = PostOffice()
    office.media = {"voice-1": "谢谢".encode(), "voice-2": b""}
    script = {"谢谢": Means("thanks")}
    async with opened(
        sqlite_database, catalog, script, channels={"wechat": office}, recogniser=speech, files_dir=tmp_path
    ) as hall:
        resident = Resident(hall, await conversation_of(sqlite_database.session, "wechat", "o-1", address="o-1"))
        voice = Incoming(media=Media(kind="voice", media_id="voice-1"))
        assert await resident.send(voice) == phrase("utter_thanks")
        async with sqlite_database.session() as session:
            assert (await session.get_one(InboxMessage, 1)).body == {"text": "谢谢"}
        silent = Incoming(media=Media(kind="voice", media_id="voice-2"))
        assert await resident.send(silent) == phrase("utter_unreadable_voice")
        gone = Incoming(media=Media(kind="photo", media_id="gone"))
        assert await resident.send(gone) == phrase("utter_unreadable_photo")
