"""News of cases for the city's back office: stored with the change itself, then sent, signed, until they arrive."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.models import BackOfficeNews, Case, CaseEvent
from records.base import now
from records.database import Sessions, rows_changed

REPORTS = "back office"
"""In a session's `info`: what happens to cases in it is news for the back office."""
GIVEN_UP_AFTER = timedelta(hours=48)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
AT_ONCE = 20
TIMEOUT_S = 10.0


@dataclass(frozen=True)
class BackOffice:
    """Where news go, and the secret that signs them."""

    url: str
    secret: str


def reporting(sessions: Sessions) -> None:
    """From now on, what happens to cases in sessions of this database is news for the back office."""
    sessions.configure(info={REPORTS: True})


def report(session: AsyncSession, case: Case, line: CaseEvent) -> None:
    """Add a line of a case's history to the news, if there is a back office. Drafts are nobody's news.

    No answer of a resident is among them: what the back office may see of a case it asks for by its number.
    """
    if not session.info.get(REPORTS) or case.number is None:
        return
    body = {
        "number": case.number,
        "item": case.item_id,
        "event": line.action,
        "from": line.from_status,
        "to": line.to_status,
        "by": line.actor,
        "clerk": line.clerk_id,
        "why": line.note,
        "at": line.at.isoformat(),
        "due_on": case.due_on.isoformat() if case.due_on else None,
        "referred_to": case.referred_to,
        "outcome": case.outcome,
    }
    session.add(BackOfficeNews(case_id=case.id, kind=line.action, body=body))


def signature(secret: str, moment: int, content: bytes) -> str:
    """`t=<unix seconds>,v1=<hex>`: the HMAC-SHA256 of the moment, a dot, and the body as sent."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + content, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


async def send_due(sessions: Sessions, client: httpx.AsyncClient, office: BackOffice, moment: datetime) -> int:
    """Send what may be tried at `moment`, the news of each case in their order; gives how many were tried.

    What was sent is committed one by one. A process that is killed in between sends one again, under the same key.
    """
    async with sessions() as session:
        waiting = await _due(session, moment)
    for news in waiting:
        failure = await _post(client, office, news, moment)
        async with sessions() as session:
            await rows_changed(session, _noted(news, failure, moment))
            await session.commit()
    return len(waiting)


async def given_up(session: AsyncSession) -> Sequence[BackOfficeNews]:
    """The news that could not be sent for two days, oldest first."""
    dead = select(BackOfficeNews).where(BackOfficeNews.dead_at.is_not(None), BackOfficeNews.sent_at.is_(None))
    return (await session.scalars(dead.order_by(BackOfficeNews.id))).all()


async def revive(session: AsyncSession) -> int:
    """Have everything that was given up tried for two days more; gives how many."""
    dead = update(BackOfficeNews).where(BackOfficeNews.dead_at.is_not(None), BackOfficeNews.sent_at.is_(None))
    return await rows_changed(session, dead.values(dead_at=None, attempts=0, made_at=now(), due_at=now()))


async def _due(session: AsyncSession, moment: datetime) -> Sequence[BackOfficeNews]:
    earlier = aliased(BackOfficeNews)
    before = exists().where(
        earlier.case_id == BackOfficeNews.case_id,
        earlier.id < BackOfficeNews.id,
        earlier.sent_at.is_(None),
        earlier.dead_at.is_(None),
    )
    wanted = select(BackOfficeNews).where(
        BackOfficeNews.sent_at.is_(None), BackOfficeNews.dead_at.is_(None), BackOfficeNews.due_at <= moment, ~before
    )
    return (await session.scalars(wanted.order_by(BackOfficeNews.id).limit(AT_ONCE))).all()


async def _post(client: httpx.AsyncClient, office: BackOffice, news: BackOfficeNews, moment: datetime) -> str | None:
    """Send one; gives what was wrong, or None where it arrived."""
    content = json.dumps({"id": news.key, **news.body}, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": news.key,
        "X-1call-Signature": signature(office.secret, int(moment.timestamp()), content),
    }
    try:
        answer = await client.post(office.url, content=content, headers=headers, timeout=TIMEOUT_S)
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if answer.is_success else f"HTTP {answer.status_code}"


def _noted(news: BackOfficeNews, failure: str | None, moment: datetime) -> Any:
    mine = update(BackOfficeNews).where(BackOfficeNews.id == news.id, BackOfficeNews.sent_at.is_(None))
    if failure is None:
        return mine.values(sent_at=moment, attempts=news.attempts + 1, failure=None)
    pause = min(FIRST_PAUSE * 2 ** min(news.attempts, 20), LONGEST_PAUSE)
    over = moment - news.made_at >= GIVEN_UP_AFTER
    return mine.values(
        attempts=news.attempts + 1, failure=failure[:64], due_at=moment + pause, dead_at=moment if over else None
    )
