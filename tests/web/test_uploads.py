import asyncio

import httpx
from sqlalchemy import func, select

from app.runtime import Runtime
from bot.conversation.models import InboxMessage
from cases.models import StoredFile

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 20


def _upload(client_id: str) -> dict[str, object]:
    return {"data": {"client_id": client_id}, "files": {"file": ("照片.png", PNG)}}


async def _kept(room: Runtime) -> tuple[int, int, int]:
    async with room.database.session() as session:
        rows = await session.scalar(select(func.count()).select_from(StoredFile))
        messages = await session.scalar(select(func.count()).select_from(InboxMessage))
    return len(list(room.office.files_dir.iterdir())), rows or 0, messages or 0


async def test_a_file_sent_again_is_kept_once(browser: httpx.AsyncClient, room: Runtime) -> None:
    first = await browser.post("/chat/files", **_upload("photo-0001"))  # type: ignore[arg-type]
    again = await browser.post("/chat/files", **_upload("photo-0001"))  # type: ignore[arg-type]
    assert (again.status_code, again.json()) == (202, first.json())
    assert await _kept(room) == (1, 1, 1)
    await browser.post("/chat/files", **_upload("photo-0002"))  # type: ignore[arg-type]
    assert await _kept(room) == (2, 2, 2)


async def test_a_file_sent_again_while_it_is_still_being_kept_is_kept_once(
    browser: httpx.AsyncClient, room: Runtime
) -> None:
    sent = (browser.post("/chat/files", **_upload("photo-0001")) for _ in range(4))  # type: ignore[arg-type]
    answers = await asyncio.gather(*sent)
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await _kept(room) == (1, 1, 1)
