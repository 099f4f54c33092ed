"""A face taken at the counter is what later checks by phone are compared with."""

import base64
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageOps
from sqlalchemy import select

from app.runtime import Runtime
from cases.models import StoredFile
from desk.models import DeskLog
from kyc.models import FaceConsent, FaceLog, FaceTemplate
from tests.cases.at_work import received
from tests.desk.at_desk import AtDesk
from tests.support.people import ID_NUMBER
from tests.support.photographs import photograph

ITEM = "gaoling-renzheng"


def _in_base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture
async def case_id(room: Runtime) -> str:
    """A case of an item that is proved by face."""
    async with room.database.session() as session:
        return (await received(session, room.catalog, ITEM)).id


async def test_the_face_is_kept_as_numbers_with_consent_and_a_trace_and_the_picture_is_not(
    come: Any, room: Runtime, case_id: str
) -> None:
    desk: AtDesk = await come()
    assert "enrol" in [act["key"] for act in (await desk.get(f"/cases/{case_id}"))["acts"]]
    view = await desk.done(f"/cases/{case_id}/enrol", photo=_in_base64(photograph("obama")), agreed=True)
    assert view["history"][-1]["what"] == "在窗口采集了人脸，照片没有留"
    async with room.database.session() as session:
        (template,) = await session.scalars(select(FaceTemplate))
        assert (template.source, template.person) == ("counter", "self")
        (consent,) = await session.scalars(select(FaceConsent))
        assert not consent.by_guardian
        assert list(await session.scalars(select(FaceLog.actor))) == [desk.id]
        assert "face_enrolled" in list(await session.scalars(select(DeskLog.act)))
        assert list(await session.scalars(select(StoredFile))) == []
        assert ID_NUMBER not in str(template.__dict__)


def _two_people() -> bytes:
    """Two portraits side by side."""
    one, other = (ImageOps.contain(Image.open(BytesIO(photograph(each))), (400, 600)) for each in ("obama", "biden"))
    both, kept = Image.new("RGB", (800, 600)), BytesIO()
    both.paste(one, (0, 0))
    both.paste(other, (400, 0))
    both.save(kept, "JPEG")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("photo", "agreed", "words"),
    [
        (lambda: b"", True, "空的"),
        (lambda: b"GIF89a", True, "照片"),
        (_two_people, True, "不止一个人"),
        (lambda: photograph("obama"), False, "同意"),
    ],
)
async def test_what_cannot_be_compared_with_or_was_not_agreed_to_is_refused_with_what_to_do(
    come: Any, room: Runtime, case_id: str, photo: Callable[[], bytes], agreed: bool, words: str
) -> None:
    desk: AtDesk = await come()
    refused = await desk.send(f"/cases/{case_id}/enrol", photo=_in_base64(photo()), agreed=agreed)
    assert (refused.status_code, words in refused.json()["detail"]) == (422, True), refused.text
    async with room.database.session() as session:
        assert list(await session.scalars(select(FaceTemplate))) == []
        assert list(await session.scalars(select(FaceConsent))) == []


async def test_what_is_no_picture_at_all_is_no_error_of_ours(come: Any, case_id: str) -> None:
    desk: AtDesk = await come()
    for photo in ("不是", "====", "a" * 100):
        refused = await desk.send(f"/cases/{case_id}/enrol", photo=photo, agreed=True)
        assert refused.status_code == 422 and not refused.json()["detail"].isascii()
