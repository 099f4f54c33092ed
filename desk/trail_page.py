"""`/desk/trail`: searching who saw and changed what. Looking here leaves a line like everything else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.wording import day_in_china
from desk import trail
from desk.attempts import NOBODY
from desk.case_acts import KINDS
from desk.door import Door
from desk.models import Clerk, Role
from desk.sessions import SignedIn
from desk.trail import COMMAND, Line
from desk.wording import all_said, said, said_if_known
from records.base import CHINA, now
from services_catalog.loader import Catalog

HERE = Path(__file__).resolve().parent
READ = "trail_read"
PAGE_LINES = 50
SHOWN_FIRST = timedelta(days=30)
"""What is looked through where no days are named."""
_SUBJECT_CHARS = 64
_Text = Annotated[str, Query(max_length=_SUBJECT_CHARS)]
_Day = Annotated[str, Query(max_length=40, alias="from")]
_LastDay = Annotated[str, Query(max_length=40, alias="to")]


class DaysRefused(Exception):
    """Days that cannot be read, or stand the wrong way round."""


@dataclass(frozen=True)
class Search:
    """What is looked for, as it was asked; "" stands for anything. The days are both included."""

    clerk: str
    act: str
    subject: str
    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), CHINA)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), CHINA)

    @property
    def narrowed_by(self) -> list[str]:
        """What narrows it down besides the days: names of fields, for the trail, which holds nothing personal."""
        return [f"by_{name}" for name in ("clerk", "act", "subject") if getattr(self, name)]

    def address(self, before: int | None = None) -> str:
        """The page's address, of the lines before one of them where it is named."""
        asked = {"clerk": self.clerk, "act": self.act, "subject": self.subject}
        days = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return "/desk/trail?" + urlencode({**asked, **days, **({} if before is None else {"before": before})})


@dataclass(frozen=True)
class Shown:
    """A line as people read it."""

    at: str
    who: str
    did: str
    kind: str
    about: str
    note: str


def routes(door: Door, catalog: Callable[[], Catalog]) -> APIRouter:
    """The page, for auditors and supervisors."""
    router = door.router(door.page)
    reader = Depends(door.requires(Role.AUDITOR, Role.SUPERVISOR, kind=door.page))
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
    )

    @router.get("/trail", response_class=HTMLResponse)
    async def page(
        signed_in: Annotated[SignedIn, reader],
        clerk: _Text = "",
        act: _Text = "",
        subject: _Text = "",
        first: _Day = "",
        last: _LastDay = "",
        before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    ) -> HTMLResponse:
        today, fault = day_in_china(now()), False
        asked = Search(clerk, act, "".join(subject.split()), today - SHOWN_FIRST, today)
        try:
            asked = replace(asked, first=_day(first, asked.first), last=_day(last, asked.last))
            if asked.first > asked.last:
                raise DaysRefused
        except DaysRefused:
            fault = True
        async with door.sessions() as session:
            people = await _people(session)
            found = [] if fault else await _found(session, asked, before)
            shown = await _told(session, found[:PAGE_LINES], people, _codes(catalog()))
            if not fault:
                trail.note(session, signed_in.clerk.id, READ, "trail", "trail", " ".join(asked.narrowed_by) or None)
            await session.commit()
        html = pages.get_template("trail.html").render(
            signed_in=signed_in,
            clerk=signed_in.clerk,
            csrf=signed_in.csrf,
            street=door.street_name,
            version=door.asset_version,
            asked=asked,
            asked_first=first or asked.first.isoformat(),
            asked_last=last or asked.last.isoformat(),
            fault=fault,
            people=people,
            acts=acts_told(),
            lines=shown,
            newest=asked.address() if before is not None else None,
            older=asked.address(found[PAGE_LINES - 1].id) if len(found) > PAGE_LINES else None,
        )
        return HTMLResponse(html, 400 if fault else 200)

    return router


def acts_told() -> dict[str, str]:
    """Everything that is done at the desk, by the name it has in the trail."""
    of_cases = {f"case_{key}": said("trail_case_act", act=kind.label) for key, kind in KINDS.items()}
    return {**all_said("act_"), **of_cases}


async def _found(session: AsyncSession, asked: Search, before: int | None) -> list[Line]:
    """One line more than a page has, so that it is known whether there is another page."""
    return await trail.search(
        session,
        clerk_id=asked.clerk or None,
        act=asked.act or None,
        subject_id=await _subject(session, asked.subject) if asked.subject else None,
        since=asked.since,
        until=asked.until,
        before_id=before,
        limit=PAGE_LINES + 1,
    )


async def _subject(session: AsyncSession, asked: str) -> str:
    """A case number as the id that the trail names the case by; anything else as it is."""
    return await session.scalar(select(Case.id).where(Case.number == asked)) or asked


async def _people(session: AsyncSession) -> dict[str, str]:
    """Whoever has or had an account, by id, the command line, and whoever gave a login that there is not."""
    rows = await session.execute(select(Clerk.id, Clerk.name, Clerk.login).order_by(Clerk.login))
    nobody = {COMMAND: said("trail_command"), NOBODY: said("trail_nobody")}
    return {**nobody, **{id_: f"{name}（{login}）" for id_, name, login in rows}}


async def _told(
    session: AsyncSession, lines: Sequence[Line], people: Mapping[str, str], codes: Mapping[str, str]
) -> list[Shown]:
    case_ids = {line.subject_id for line in lines if line.subject_kind == "case"}
    rows = await session.execute(select(Case.id, Case.number).where(Case.id.in_(case_ids)))
    numbers, acts = {id_: number for id_, number in rows if number is not None}, acts_told()
    return [
        Shown(
            at=line.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            who=people.get(line.clerk_id, line.clerk_id),
            did=acts.get(line.act, line.act),
            kind=said_if_known(f"subject_{line.subject_kind}") or line.subject_kind,
            about=_about(line, people, numbers),
            note=_note(line.note or "", {**people, **codes}),
        )
        for line in lines
    ]


def _about(line: Line, people: Mapping[str, str], numbers: Mapping[str, str]) -> str:
    if line.subject_kind == "clerk":
        return people.get(line.subject_id, line.subject_id)
    if line.subject_kind == "case":
        return numbers.get(line.subject_id, line.subject_id)
    return "" if line.subject_kind in ("trail", "session") else line.subject_id


def _codes(catalog: Catalog) -> dict[str, str]:
    """Windows by their ids, and what is asked in forms by its keys; items share keys for what means the same."""
    asked = {field.key: field.label for item in catalog.items.values() for field in item.fields}
    return {**asked, **{window.id: window.name for window in catalog.windows.values()}}


def _note(note: str, codes: Mapping[str, str]) -> str:
    """Codes as words, where all of them are known."""
    words = [codes.get(code) or said_if_known(f"note_{code}") for code in note.split()]
    return note if None in words else "、".join(word for word in words if word)


def _day(written: str, otherwise: date) -> date:
    if not written.strip():
        return otherwise
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        raise DaysRefused from None
    if not 2000 <= day.year <= 2999:  # moments of the first and the last years cannot be put into another zone
        raise DaysRefused
    return day
