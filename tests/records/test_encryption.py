from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, select, text

from app.database import ALL_TABLES
from bot.channels.wechat.models import WeChatToken
from bot.conversation.models import (
    Conversation,
    Delivery,
    Handoff,
    HandoffNote,
    HeldReply,
    InboxMessage,
    Lesson,
    OutboxMessage,
)
from cases.models import BackOfficeNews, CaseAnswer, CaseEvent, CaseNotice, StoredFile, WantedMaterial
from desk.models import Clerk
from desk.video.models import VideoCall, VideoConfirmation
from kyc.models import CohortTemplate, FaceTemplate, IdentityCheck, ProfileEntry
from kyc.profile import create_resident
from records.base import now
from records.database import Database
from records.encryption import (
    EncryptedBytes,
    EncryptedJSON,
    EncryptedText,
    Undecryptable,
    blind_index,
    seal,
    unseal,
    use_keys,
)
from records.keys import Keys
from records.models import Installation
from tests.support.people import ID_NUMBER, NAME, PHONE, draft_of


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_is_sealed_opens_with_the_same_purpose(plain: bytes, purpose: str) -> None:
    assert unseal(seal(plain, purpose), purpose) == plain


@given(st.text(max_size=100), st.text(max_size=10), st.text(max_size=10))
def test_another_purpose_does_not_open_it(value: str, purpose: str, other: str) -> None:
    if purpose != other:
        with pytest.raises(Undecryptable):
            unseal(seal(value.encode(), purpose), other)


def test_another_key_does_not_open_it(keys: Keys) -> None:
    sealed = seal(NAME.encode(), "name")
    use_keys(Keys(b"another master key of 32 bytes!!"))
    with pytest.raises(Undecryptable):
        unseal(sealed, "name")
    use_keys(keys)
    assert unseal(sealed, "name") == NAME.encode()


@given(st.binary(max_size=64), st.data())
def test_a_changed_byte_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(plain, "x"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Undecryptable):
        unseal(bytes(sealed), "x")


@pytest.mark.parametrize("stored", [b"", b"short", b"x" * 12, b"x" * 27])
def test_bytes_that_were_never_sealed_are_refused_by_their_one_name(stored: bytes) -> None:
    with pytest.raises(Undecryptable):
        unseal(stored, "x")


def test_the_same_text_is_never_stored_the_same_way_twice() -> None:
    assert len({seal(ID_NUMBER.encode(), "id") for _ in range(50)}) == 50


def test_faces_are_sealed_by_a_key_of_their_own() -> None:
    sealed = seal(b"a face", "x", "faces")
    assert unseal(sealed, "x", "faces") == b"a face"
    with pytest.raises(Undecryptable):
        unseal(sealed, "x")


def test_a_blind_index_depends_on_value_purpose_and_key(keys: Keys) -> None:
    index = blind_index("5678", "phone")
    assert index == blind_index("5678", "phone")
    assert index not in (blind_index("5679", "phone"), blind_index("5678", "card"))
    use_keys(Keys(b"another master key of 32 bytes!!"))
    assert index != blind_index("5678", "phone")


async def test_every_encrypted_column_gives_back_what_was_put_in(database: Database) -> None:
    body = {"value": "13812345678", "shown": "１３８", "list": [1, None, {"深": True}]}
    async with database.session() as session:
        case = await draft_of(session, "gaoling-jintie", {})
        session.add(CaseAnswer(case_id=case.id, field_key="name", answer=body, provenance="typed"))
        session.add(CaseEvent(case_id=case.id, actor="clerk", action="note", note="缺一张照片"))
        session.add(CaseEvent(case_id=case.id, actor="clerk", action="note", note=None))
        await session.commit()
    async with database.session() as session:
        assert [a.answer for a in await session.scalars(select(CaseAnswer))] == [body]
        notes = await session.scalars(select(CaseEvent.note).order_by(CaseEvent.id))
        assert list(notes) == [None, "缺一张照片", None]


async def test_a_value_moved_to_another_column_does_not_open(database: Database) -> None:
    async with database.session() as session:
        resident = await create_resident(session)
        session.add(
            ProfileEntry(resident_id=resident.id, person="self", key="name", value=NAME, masked="王**", source="x")
        )
        await session.commit()
        await session.execute(text("UPDATE profile_entries SET masked = value"))
        await session.commit()
    async with database.session() as session:
        with pytest.raises(Undecryptable):
            await session.scalars(select(ProfileEntry))


def _everything_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("onecall.db*"))


async def test_no_personal_word_can_be_read_in_the_database_file(sqlite_database: Database, tmp_path: Path) -> None:
    secret = f"{NAME} {ID_NUMBER} {PHONE}"
    body = {"text": secret, "value": secret}
    async with sqlite_database.session() as session:
        resident = await create_resident(session)
        case = await draft_of(session, "gaoling-jintie", {"name": NAME, "id_number": ID_NUMBER, "phone": PHONE})
        conversation = Conversation(
            channel="web", channel_user="u", address=secret, resident_id=resident.id, state=body
        )
        session.add(conversation)
        await session.flush()
        handoff = Handoff(
            conversation_id=conversation.id, stage="taken", reason="asked", contact=secret, summary=secret, tried=body
        )
        session.add(handoff)
        await session.flush()
        call = VideoCall(
            handoff_id=handoff.id,
            conversation_id=conversation.id,
            item_id="x",
            clerk_id="x",
            clerk_name="x",
            token_index="x",
            expires_at=now(),
        )
        session.add(call)
        await session.flush()
        session.add_all(
            [
                VideoConfirmation(call_id=call.id, conversation_id=conversation.id, kind="statement", asked=secret),
                InboxMessage(conversation_id=conversation.id, client_id="1", body=body),
                HandoffNote(conversation_id=conversation.id, clerk_id="x", body=secret),
                HeldReply(conversation_id=conversation.id, item_id="x", asked=secret, bubbles=[body]),
                OutboxMessage(conversation_id=conversation.id, speaker="bot", body=body),
                CaseEvent(case_id=case.id, actor="clerk", action="note", note=secret),
                Delivery(conversation_id=conversation.id, body=body),
                Clerk(login="x", name="x", role="clerk", windows=[], departments=[], totp_secret=secret),
                WeChatToken(appid="wx", token=secret),
                Installation(id=1, check=secret),
                StoredFile(resident_id=resident.id, name=secret, media_type="image/png", size=1),
                ProfileEntry(
                    resident_id=resident.id, person="self", key="name", value=secret, masked=secret, source="x"
                ),
                IdentityCheck(
                    resident_id=resident.id,
                    conversation_id=conversation.id,
                    item_id="x",
                    person="self",
                    identity_index="x",
                    whose=secret,
                    way="face",
                    status="open",
                    challenge=body,
                ),
                FaceTemplate(
                    resident_id=resident.id,
                    person="self",
                    identity_index="x",
                    encoder="x",
                    source="card",
                    vector=secret.encode(),
                    expires_at=now(),
                ),
                CohortTemplate(name="x", encoder="x", vector=secret.encode()),
                WantedMaterial(case_id=case.id, material=secret, deferred=False, due_on=now().date()),
                CaseNotice(case_id=case.id, kind="receipt", body=body),
                BackOfficeNews(case_id=case.id, kind="status", body=body),
                Lesson(text=secret, guessed={}, how="missed", week=now().date()),
            ]
        )
        await session.commit()
        written = {
            "case_answers.answer", "case_events.note", "conversations.state", "inbox.body", "outbox.body",
            "handoffs.contact", "handoffs.summary", "handoffs.tried", "handoff_notes.body", "held_replies.asked",
            "held_replies.bubbles", "profile_entries.masked", "profile_entries.value", "stored_files.name", "installation.check",
            "conversations.address", "deliveries.body", "wechat_tokens.token", "identity_checks.whose",
            "identity_checks.challenge", "face_templates.vector", "cohort_templates.vector", "clerks.totp_secret",
            "video_confirmations.asked", "wanted_materials.material", "case_notices.body", "back_office_news.body",
            "lessons.text",
        }  # fmt: skip
    encrypted = {
        str(column)
        for table in ALL_TABLES.tables.values()
        for column in table.columns
        if isinstance(column.type, EncryptedText | EncryptedJSON | EncryptedBytes)
    }
    assert written == encrypted, "a new encrypted column belongs into this test"
    plain = {
        str(column)
        for table in ALL_TABLES.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert plain == {"catalogue_versions.content"}, "the catalogue is for everybody to read; what residents tell is not"
    content = _everything_below(tmp_path)
    assert len(content) > 4096
    for word in (NAME, ID_NUMBER, PHONE):
        for spelled in (word.encode(), word.encode("utf-16-le"), word.encode("unicode_escape"), word[:6].encode()):
            assert spelled not in content
