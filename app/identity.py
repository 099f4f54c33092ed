"""Identity checks composed: the policy from the settings, the capture page's words, and the way back to the chat."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from actions.identity import needs_guardian, notice, way_how, way_label, ways_of
from app.settings import Settings
from bot.conversation.incoming import Incoming
from bot.conversation.models import Conversation
from bot.conversation.pipeline import Pipeline
from bot.conversation.wording import phrase
from cases import drafts
from cases.files import store_file
from kyc import vault
from kyc.capture.examining import Announce
from kyc.capture.routes import Capture, Told
from kyc.checks import LINK_VALID
from kyc.faces.portrait import Portrait
from kyc.faces.scoring import Thresholds
from kyc.images import pixels_of
from kyc.levels import Way
from kyc.models import IdentityCheck
from kyc.verifier import Policy
from records.base import CHINA, now
from services_catalog.schema import Item

if TYPE_CHECKING:
    from app.runtime import Runtime


def policy_of(chosen: Settings) -> Policy:
    """What the site decided about identity checks."""
    cohort = None
    if chosen.face_cohort_accept is not None and chosen.face_cohort_review is not None:
        cohort = Thresholds(chosen.face_cohort_accept, chosen.face_cohort_review)
    return Policy(
        limits=Thresholds(chosen.face_accept, chosen.face_review),
        cohort_limits=cohort,
        model=chosen.face_model,
        counts_for=timedelta(days=chosen.identity_counts_days),
        faces_kept=timedelta(days=chosen.face_kept_days),
    )


def announcing(pipeline: Pipeline) -> Announce:
    """The conversation of a check is told as if somebody had written to it: stored first, answered once."""

    async def announce(check: IdentityCheck) -> None:
        await pipeline.receive(check.conversation_id, f"check-{check.id}", Incoming(event="checked"))

    return announce


def capture_page(room: "Runtime") -> Capture:
    """The capture page on a running 1call."""

    async def told(check: IdentityCheck) -> Told:
        item = room.catalog.items.get(check.item_id)
        async with room.database.session() as session:
            case = await drafts.find(session, check.case_id or "")
            conversation = await session.get_one(Conversation, check.conversation_id)
        today = datetime.now(CHINA).date()
        return Told(
            purpose=check.item_id if item is None else item.name,
            helper=check.person != "self",
            needs_guardian=case is not None and needs_guardian(case, today),
            notice=notice(room.settings.face_kept_days, asks_city=bool(room.settings.identity_source_url)),
            ways=[] if item is None else _other_ways(room, item),
            back="/" if conversation.channel == "web" else None,
        )

    async def keep_photo(check: IdentityCheck, content: bytes) -> None:
        await asyncio.to_thread(pixels_of, content)  # a large one takes a second, and the chat would wait
        async with room.database.session() as session:
            stored = await store_file(session, room.office.files_dir, check.resident_id, "核验照片.jpg", content)
            stored.case_id = check.case_id
            await session.commit()

    async def fetch_reference(check: IdentityCheck) -> None:
        verifier = room.examination.verifier
        async with room.database.session() as session:
            case = await drafts.find(session, check.case_id or "")
            there = await vault.has_reference(session, check.resident_id, check.identity_index, verifier.encoder)
        if verifier.source is None or there or case is None:
            return
        name, number = (drafts.answer_of(case, key) for key in ("name", "id_number"))
        if name is None or number is None:
            return
        content = await verifier.source.portrait(name.value, number.value)
        found = None if content is None else await verifier.portrait(content)
        if not isinstance(found, Portrait):
            return
        async with room.database.session() as session:
            await vault.keep(
                session,
                check.resident_id,
                check.person,
                check.identity_index,
                encoder=found.encoder,
                vector=found.vector,
                source="city",
                until=now() + LINK_VALID,
                actor="capture page",
            )
            await session.commit()

    return Capture(
        sessions=room.database.session,
        examination=room.examination,
        street_name=room.office.street_name,
        secure_cookie=room.office.public_url.startswith("https://"),
        told=told,
        phrase=phrase,
        keep_photo=keep_photo,
        fetch_reference=fetch_reference,
    )


def _other_ways(room: "Runtime", item: Item) -> list[dict[str, str]]:
    window = room.catalog.windows[item.window].name
    return [
        {"label": way_label(way), "how": way_how(way, window=window, hours=room.office.hours)}
        for way in ways_of(item)
        if way is not Way.FACE
    ]
