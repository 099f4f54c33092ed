"""The capture page's routes: `/verify/<token>`, and what the page sends."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, File, Form, HTTPException, Response, UploadFile
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic import BaseModel, TypeAdapter, ValidationError

from kyc import checks, face_consent
from kyc.capture.examining import Examination, Outcome
from kyc.checks import LinkFault, LinkRefused
from kyc.images import ImageRefused
from kyc.liveness.attempt import Frame
from kyc.liveness.challenge import ACTION_SECONDS, FRAMES_PER_SECOND, LOOK_SECONDS, Action, Challenge, drawn
from kyc.liveness.judging import MOST_FRAMES
from kyc.models import IdentityCheck
from kyc.references import SourceAway
from records.base import now
from records.database import Sessions

logger = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
COOKIE = "onecall_verify"
LARGEST_FRAME = 600 * 1024
"""Bytes; a frame of 480 pixels has 40 to 80 thousand."""
_STATUS = {LinkFault.UNKNOWN: 404, LinkFault.ELSEWHERE: 403, LinkFault.LOCKED: 423}


class _Step(BaseModel):
    action: Action
    at_ms: float


_STEPS = TypeAdapter(list[_Step])


class _Consent(BaseModel):
    agreed: bool
    guardian: bool = False


@dataclass(frozen=True)
class Told:
    """What the page says about a check: for what it is, and the other ways. `back` leads to the chat, where the page
    stands in its place."""

    purpose: str
    helper: bool
    needs_guardian: bool
    notice: list[str]
    ways: list[dict[str, str]]
    back: str | None


@dataclass
class Capture:
    """What the page works with. `told` describes a check, `phrase` gives a sentence by its name, `keep_photo` keeps an
    uploaded photograph for a clerk and raises ImageRefused where it is none, `fetch_reference` gets the face to compare
    with where the resident did not bring one, and raises SourceAway."""

    sessions: Sessions
    examination: Examination
    street_name: str
    secure_cookie: bool
    told: Callable[[IdentityCheck], Any]
    phrase: Callable[..., str]
    keep_photo: Callable[[IdentityCheck, bytes], Any]
    fetch_reference: Callable[[IdentityCheck], Any]


def routes(capture: Capture) -> APIRouter:
    """The page and its requests. No answer to them is an error of ours, whatever is sent."""
    router = APIRouter(prefix="/verify")
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined
    )

    @router.get("/{token}", response_class=HTMLResponse)
    async def page(token: str, onecall_verify: Annotated[str | None, Cookie()] = None) -> HTMLResponse:
        try:
            async with capture.sessions() as session:
                check = await checks.of_link(session, token, onecall_verify)
                told: Told = await capture.told(check)
        except LinkRefused as refused:
            sentence = capture.phrase(f"utter_verify_link_{refused.fault}")
            ended = pages.get_template("ended.html").render(street=capture.street_name, sentence=sentence)
            return HTMLResponse(ended, _status(refused.fault))
        left_s = 0.0 if check.expires_at is None else (check.expires_at - now()).total_seconds()
        return HTMLResponse(
            pages.get_template("page.html").render(
                token=token,
                street=capture.street_name,
                whose=check.whose,
                helper=told.helper,
                purpose=told.purpose,
                notice=told.notice,
                minutes_left=max(1, round(left_s / 60)),
                guardian=told.needs_guardian,
                ways=told.ways,
                back=told.back,
            )
        )

    @router.post("/{token}/consent")
    async def consent(
        token: str, body: _Consent, response: Response, onecall_verify: Annotated[str | None, Cookie()] = None
    ) -> dict[str, Any]:
        challenge = drawn()
        async with capture.sessions() as session:
            check = await _open(session, token, onecall_verify)
            told: Told = await capture.told(check)
            if not body.agreed or (told.needs_guardian and not body.guardian):
                raise HTTPException(400, capture.phrase("utter_verify_consent_needed"))
            if check.browser_index is None:
                try:
                    browser = await checks.claim_browser(session, check)
                except LinkRefused as refused:
                    raise _refusal(refused) from None
                response.set_cookie(
                    COOKIE, browser, max_age=3600, path=f"/verify/{token}", httponly=True, samesite="lax",
                    secure=capture.secure_cookie,
                )  # fmt: skip
            if not await face_consent.stands(session, check.resident_id, check.person):
                face_consent.agree(session, check.resident_id, check.person, by_guardian=body.guardian)
            await session.commit()
        try:
            await capture.fetch_reference(check)
        except SourceAway as away:
            logger.warning("check %s: no reference: %s", check.id, away)
            raise HTTPException(503, capture.phrase("utter_verify_source_away"), response.headers) from None
        async with capture.sessions() as session:
            checks.put_challenge(await session.get_one(IdentityCheck, check.id), challenge)
            await session.commit()
        return {"challenge": _shown(challenge)}

    @router.post("/{token}/frames")
    async def frames(
        token: str,
        challenge: Annotated[str, Form(max_length=64)],
        steps: Annotated[str, Form(max_length=16_000)],
        frame: Annotated[list[UploadFile], File(max_length=MOST_FRAMES)],
        onecall_verify: Annotated[str | None, Cookie()] = None,
    ) -> dict[str, Any]:
        sender = (token, onecall_verify, challenge)
        if (before := capture.examination.attempt_of(sender)) is not None:
            return _answer(await asyncio.shield(before))
        async with capture.sessions() as session:
            check = await _mine(session, token, onecall_verify)
        try:
            taken = _STEPS.validate_json(steps)
        except ValidationError:
            raise HTTPException(400, capture.phrase("utter_web_bad_request")) from None
        if len(taken) != len(frame):
            raise HTTPException(400, capture.phrase("utter_web_bad_request"))
        contents = [await each.read(LARGEST_FRAME + 1) for each in frame]
        if any(len(content) > LARGEST_FRAME for content in contents):
            raise HTTPException(413, capture.phrase("utter_image_large"))
        seen = [Frame(step.action, step.at_ms, content) for step, content in zip(taken, contents, strict=True)]
        try:
            return _answer(await capture.examination.frames_once(sender, check, challenge, seen))
        except LinkRefused as refused:
            raise _refusal(refused) from None

    @router.post("/{token}/photo")
    async def photo(
        token: str,
        photo: Annotated[UploadFile, File()],
        onecall_verify: Annotated[str | None, Cookie()] = None,
    ) -> dict[str, Any]:
        async with capture.sessions() as session:
            check = await _mine(session, token, onecall_verify)
        try:
            await capture.keep_photo(check, await photo.read())
        except ImageRefused as refused:
            raise HTTPException(400, capture.phrase(f"utter_image_{refused.fault}")) from None
        return _answer(await capture.examination.photo(check))

    @router.post("/{token}/decline")
    async def decline(token: str, onecall_verify: Annotated[str | None, Cookie()] = None) -> dict[str, str]:
        async with capture.sessions() as session:
            check = await _open(session, token, onecall_verify)
        await capture.examination.decline(check)
        return {"sentence": capture.phrase("utter_verify_declined_page")}

    @router.get("/{token}/progress")
    async def progress(token: str) -> dict[str, int]:
        return {"waiting": max(0, capture.examination.verifier.workers.waiting - 1)}

    async def _open(session: Any, token: str, browser: str | None) -> IdentityCheck:
        try:
            return await checks.of_link(session, token, browser)
        except LinkRefused as refused:
            raise _refusal(refused) from None

    async def _mine(session: Any, token: str, browser: str | None) -> IdentityCheck:
        """The check of a link whose browser has agreed."""
        check = await _open(session, token, browser)
        if check.browser_index is None:
            raise HTTPException(400, capture.phrase("utter_verify_consent_needed"))
        return check

    def _refusal(refused: LinkRefused) -> HTTPException:
        return HTTPException(_status(refused.fault), capture.phrase(f"utter_verify_link_{refused.fault}"))

    def _answer(outcome: Outcome) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "result": outcome.result.value,
            "sentence": capture.phrase(f"utter_verify_{outcome.result}"),
            "hints": [capture.phrase(name) for name in outcome.hints],
            "tries_left": outcome.tries_left,
        }
        if outcome.challenge is not None:
            answer["challenge"] = _shown(outcome.challenge)
        return answer

    return router


def _status(fault: LinkFault) -> int:
    return _STATUS.get(fault, 410)


def _shown(challenge: Challenge) -> dict[str, Any]:
    return {
        "id": challenge.id,
        "actions": [action.value for action in challenge.actions],
        "frames_per_second": FRAMES_PER_SECOND,
        "look_seconds": LOOK_SECONDS,
        "seconds_per_action": ACTION_SECONDS,
    }
