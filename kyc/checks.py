"""An identity check's life: from the link to the decision, and how long it counts."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kyc.levels import Level, Way
from kyc.liveness.challenge import VALID_FOR_S, Action, Challenge
from kyc.models import IdentityCheck
from records.base import now
from records.database import rows_changed
from records.encryption import blind_index

LINK_VALID = timedelta(minutes=10)
MOST_TRIES = 5
FAILED_WITHIN = timedelta(hours=24)
"""Failures of so long count together."""


class CheckStatus(StrEnum):
    """How far a check got."""

    OPEN = "open"
    EXAMINING = "examining"
    """Frames have come and are being looked at."""
    PASSED = "passed"
    REVIEW = "review"
    """A clerk decides."""
    LOCKED = "locked"
    """Five failures."""
    DECLINED = "declined"
    """The resident wants another way."""
    ARRANGED = "arranged"
    """Somebody of the office will do it, in the chat, at the counter, the kiosk or at home."""
    REPLACED = "replaced"
    """A newer link was given, or another way chosen."""


_ENDED = (CheckStatus.PASSED, CheckStatus.REVIEW, CheckStatus.LOCKED, CheckStatus.DECLINED)
"""What the conversation is told of."""


class LinkFault(StrEnum):
    """Why a link leads nowhere; each has a sentence `utter_verify_link_<fault>`."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"
    ELSEWHERE = "elsewhere"
    """It belongs to another phone's browser."""
    LOCKED = "locked"


class LinkRefused(Exception):
    """A link that cannot be used."""

    def __init__(self, fault: LinkFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Subject:
    """Whose identity is to be proved, for what. `whose` is how the page calls them, `identity` what hash they have."""

    resident_id: str
    conversation_id: str
    person: str
    identity: str
    whose: str
    item_id: str
    case_id: str | None


async def begin_before_camera(session: AsyncSession, subject: Subject) -> str:
    """A new check by face; gives the token of its link. Older links for the same person go nowhere from now on."""
    await withdraw_open(session, subject)
    token = secrets.token_urlsafe(24)
    session.add(_check(subject, Way.FACE, CheckStatus.OPEN, token_index=_index(token), expires_at=now() + LINK_VALID))
    await session.flush()
    return token


async def arrange(session: AsyncSession, subject: Subject, way: Way) -> None:
    """Note that a person will check, by a way that needs one."""
    await withdraw_open(session, subject)
    session.add(_check(subject, way, CheckStatus.ARRANGED))
    await session.flush()


async def passed_by_card(session: AsyncSession, subject: Subject, valid_for: timedelta) -> None:
    """Note that an ID card was read and is that of whom it was declared to be."""
    await _passed(session, subject, Way.CARD, valid_for)


async def passed_before_a_person(session: AsyncSession, subject: Subject, way: Way, valid_for: timedelta) -> None:
    """Note that somebody of the office looked at the person and the card, and that it is them."""
    await withdraw_open(session, subject)
    await _passed(session, subject, way, valid_for)


async def withdraw_open(session: AsyncSession, subject: Subject) -> None:
    """Links and arrangements for the person and case that are not needed any more."""
    waiting = update(IdentityCheck).where(
        IdentityCheck.resident_id == subject.resident_id,
        IdentityCheck.identity_index == subject.identity,
        IdentityCheck.case_id == subject.case_id,
        IdentityCheck.status.in_([CheckStatus.OPEN.value, CheckStatus.ARRANGED.value]),
    )
    await session.execute(waiting.values(status=CheckStatus.REPLACED.value, token_index=None))


async def counting(session: AsyncSession, resident_id: str, identity: str, level: Level) -> Way | None:
    """The way of a check that was passed before and still counts for `level`; None where there is none."""
    good = select(IdentityCheck.way).where(
        IdentityCheck.resident_id == resident_id,
        IdentityCheck.identity_index == identity,
        IdentityCheck.status == CheckStatus.PASSED.value,
        IdentityCheck.valid_until > now(),
    )
    ways = [Way(way) for way in await session.scalars(good.order_by(IdentityCheck.decided_at.desc()))]
    return next((way for way in ways if way.level >= level), None)


async def failures(session: AsyncSession, identity: str) -> int:
    """How often a face did not do lately for an identity, whoever tried and by however many links."""
    lately = select(IdentityCheck.tries).where(
        IdentityCheck.identity_index == identity,
        IdentityCheck.way == Way.FACE.value,
        IdentityCheck.status != CheckStatus.PASSED.value,
        IdentityCheck.created_at > now() - FAILED_WITHIN,
    )
    return sum(await session.scalars(lately))


async def latest(session: AsyncSession, case_id: str) -> IdentityCheck | None:
    """The last check made for a case."""
    mine = select(IdentityCheck).where(IdentityCheck.case_id == case_id).order_by(IdentityCheck.created_at.desc())
    return (await session.scalars(mine.limit(1))).first()


async def of_link(session: AsyncSession, token: str, browser: str | None) -> IdentityCheck:
    """The open check of a link, for the browser it belongs to. Raises LinkRefused."""
    found = (await session.scalars(select(IdentityCheck).where(IdentityCheck.token_index == _index(token)))).first()
    if found is None:
        raise LinkRefused(LinkFault.UNKNOWN)
    if found.status == CheckStatus.LOCKED:
        raise LinkRefused(LinkFault.LOCKED)
    if found.status not in (CheckStatus.OPEN, CheckStatus.EXAMINING):
        raise LinkRefused(LinkFault.USED)
    if found.expires_at is not None and found.expires_at < now():
        raise LinkRefused(LinkFault.EXPIRED)
    if found.browser_index is not None and (browser is None or found.browser_index != _index(browser)):
        raise LinkRefused(LinkFault.ELSEWHERE)
    return found


async def claim_browser(session: AsyncSession, check: IdentityCheck) -> str:
    """Make the link belong to the browser that asks; gives what the browser has to show. Raises LinkRefused."""
    browser = secrets.token_urlsafe(24)
    free = update(IdentityCheck).where(IdentityCheck.id == check.id, IdentityCheck.browser_index.is_(None))
    if await rows_changed(session, free.values(browser_index=_index(browser))) != 1:
        raise LinkRefused(LinkFault.ELSEWHERE)
    return browser


def put_challenge(check: IdentityCheck, challenge: Challenge) -> None:
    """Set what the next frames must show, in place of any challenge before."""
    check.status = CheckStatus.OPEN.value
    check.challenge = {"id": challenge.id, "actions": [action.value for action in challenge.actions]}
    check.challenged_at = now()


async def take_challenge(session: AsyncSession, check: IdentityCheck, challenge_id: str) -> tuple[Challenge, float]:
    """Use the challenge up; gives it and the seconds since it was set. Raises LinkRefused where it was used before,
    is too old or was never set."""
    set_before, since = check.challenge, check.challenged_at
    if set_before is None or since is None or not secrets.compare_digest(set_before["id"], challenge_id):
        raise LinkRefused(LinkFault.USED)
    took_s = (now() - since).total_seconds()
    mine = update(IdentityCheck).where(
        IdentityCheck.id == check.id,
        IdentityCheck.status == CheckStatus.OPEN.value,
        IdentityCheck.challenged_at == since,
    )
    taken = mine.values(status=CheckStatus.EXAMINING.value, challenge=None)
    if await rows_changed(session, taken) != 1:
        raise LinkRefused(LinkFault.USED)
    if took_s > VALID_FOR_S:
        raise LinkRefused(LinkFault.EXPIRED)
    return Challenge(set_before["id"], tuple(Action(action) for action in set_before["actions"])), took_s


def decide(check: IdentityCheck, status: CheckStatus, valid_for: timedelta, faults: Sequence[str] = ()) -> None:
    """End a check, with the session's commit."""
    check.status, check.decided_at = status.value, now()
    check.challenge = None
    check.faults = ",".join(faults)[:200]
    if status is CheckStatus.PASSED:
        check.valid_until = now() + valid_for


async def unannounced(session: AsyncSession) -> Sequence[IdentityCheck]:
    """Decided checks of which the conversation was not told yet, as after a kill."""
    ended = select(IdentityCheck).where(
        IdentityCheck.status.in_([status.value for status in _ENDED]), IdentityCheck.announced_at.is_(None)
    )
    return (await session.scalars(ended.order_by(IdentityCheck.decided_at))).all()


async def reopen_after_kill(session: AsyncSession) -> None:
    """Frames that a killed process was looking at are gone: have them taken again, with the session's commit."""
    broken = update(IdentityCheck).where(IdentityCheck.status == CheckStatus.EXAMINING.value)
    await session.execute(broken.values(status=CheckStatus.OPEN.value))


async def forget(session: AsyncSession, resident_id: str) -> None:
    """Nothing that was checked counts any more, and no link leads anywhere."""
    mine = update(IdentityCheck).where(
        IdentityCheck.resident_id == resident_id,
        or_(IdentityCheck.valid_until > now(), IdentityCheck.token_index.is_not(None)),
    )
    await session.execute(mine.values(valid_until=None, token_index=None))


async def _passed(session: AsyncSession, subject: Subject, way: Way, valid_for: timedelta) -> None:
    check = _check(subject, way, CheckStatus.OPEN, announced_at=now())
    decide(check, CheckStatus.PASSED, valid_for)
    session.add(check)
    await session.flush()


def _check(subject: Subject, way: Way, status: CheckStatus, **values: object) -> IdentityCheck:
    return IdentityCheck(
        resident_id=subject.resident_id,
        conversation_id=subject.conversation_id,
        person=subject.person,
        identity_index=subject.identity,
        whose=subject.whose,
        item_id=subject.item_id,
        case_id=subject.case_id,
        way=way.value,
        status=status.value,
        **values,
    )


def _index(secret: str) -> str:
    return blind_index(secret, "identity link")
