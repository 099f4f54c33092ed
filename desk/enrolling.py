"""Enrolment at the counter 窗口采集: a clerk who looks at a person and their card takes one picture, whose face later
checks by phone are compared with. The picture itself is kept nowhere."""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, Field

from bot.conversation.wording import phrase
from cases import drafts
from cases.age import age_on
from cases.states import Actor, log
from desk import trail
from desk.case_api import visible_case
from desk.case_view import CaseView, view_of
from desk.models import Role
from desk.room import DeskRoom
from desk.sessions import SignedIn
from desk.wording import said
from kyc import face_consent, vault
from kyc.face_consent import CHILD_UNDER
from kyc.faces.portrait import Portrait
from kyc.images import ImageRefused
from kyc.levels import identity_index
from records.base import now

LONGEST = 12 * 1024 * 1024


class Taken(BaseModel):
    """One picture, in base64, of somebody who agreed to it, or whose guardian did for a child under 14."""

    photo: str = Field(max_length=LONGEST)
    agreed: bool = False


def routes(room: DeskRoom) -> APIRouter:
    """The request that enrols a face."""
    working = room.door.requires(Role.CLERK, Role.SUPERVISOR)
    router = room.door.router(room.door.api)

    @router.post("/api/cases/{case_id}/enrol")
    async def enrol(case_id: str, taken: Taken, who: Annotated[SignedIn, Depends(working)]) -> CaseView:
        async with room.sessions() as session:
            case, item = await visible_case(session, room, who.clerk, case_id)
        number = drafts.answer_of(case, "id_number")
        if number is None or not number.value:
            raise HTTPException(409, said("enrol_without_number"))
        age = age_on(number.value, room.today)
        is_child = age is not None and age < CHILD_UNDER
        if not taken.agreed:
            raise HTTPException(422, said("enrol_without_guardian" if is_child else "enrol_without_consent"))
        portrait = await _portrait(room, taken.photo)
        async with room.sessions() as session:
            if not await face_consent.stands(session, case.resident_id, case.person):
                face_consent.agree(session, case.resident_id, case.person, by_guardian=is_child)
            await vault.keep(
                session,
                case.resident_id,
                case.person,
                identity_index(number.value),
                encoder=portrait.encoder,
                vector=portrait.vector,
                source="counter",
                until=now() + room.verifier.policy.faces_kept,
                actor=who.clerk.id,
            )
            log(session, case, "enrolled", Actor.CLERK, clerk_id=who.clerk.id)
            trail.note(session, who.clerk.id, "face_enrolled", "case", case.id)
            await session.commit()
            return await view_of(session, room, who.clerk, case, item)

    return router


async def _portrait(room: DeskRoom, photo: str) -> Portrait:
    """The face in the picture, good enough to compare with. Raises 422 with what is wrong with it."""
    try:
        content = base64.b64decode(photo, validate=True)
    except ValueError:  # also of characters that are none of the alphabet
        raise HTTPException(422, phrase("utter_image_broken")) from None
    try:
        found = await room.verifier.enrolled(content)
    except ImageRefused as refused:
        raise HTTPException(422, phrase(f"utter_image_{refused.fault}")) from None
    if not isinstance(found, Portrait):
        raise HTTPException(422, phrase(f"utter_face_{found}"))
    return found
