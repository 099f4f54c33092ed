"""`/desk/supervision`: the hall's figures for supervisors, and each table of them as a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.conversation.hours import Hours
from cases.wording import day_in_china
from desk.door import Door
from desk.models import Role
from desk.sessions import SignedIn
from desk.supervision.export import csv_of
from desk.supervision.figures import Hall, figures_of
from desk.supervision.numbers import right_now
from desk.supervision.periods import MOST_DAYS, Choice, Period, PeriodRefused, read_period
from desk.supervision.telling import duration
from desk.wording import said
from records.base import CHINA, now
from services_catalog.loader import Catalog

HERE = Path(__file__).resolve().parent
TEMPLATES = (HERE / "templates", HERE.parent / "templates")
_Text = Annotated[str, Query(max_length=40)]
_Day = Annotated[str, Query(max_length=40, alias="from")]
_LastDay = Annotated[str, Query(max_length=40, alias="to")]


@dataclass(frozen=True)
class Supervision:
    """What the figures need: the door, the catalogue of the moment, the office's hours, how long one may wait."""

    door: Door
    catalog: Callable[[], Catalog]
    opening: Hours
    wait_limit: timedelta

    @property
    def hall(self) -> Hall:
        """What is measured against, now."""
        return Hall(self.catalog().items, self.opening, self.wait_limit)


def routes(supervision: Supervision) -> APIRouter:
    """The page and its tables, for supervisors alone."""
    door = supervision.door
    router = door.router(door.page)
    supervisor = Depends(door.requires(Role.SUPERVISOR, kind=door.page))
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True
    )

    @router.get("/supervision", response_class=HTMLResponse)
    async def page(
        signed_in: Annotated[SignedIn, supervisor], period: _Text = Choice.WEEK, first: _Day = "", last: _LastDay = ""
    ) -> HTMLResponse:
        at, fault = now(), None
        try:
            chosen = read_period(period, first, last, day_in_china(at))
        except PeriodRefused as refused:
            fault, chosen = said(f"figure_period_{refused.fault}"), read_period(Choice.WEEK, "", "", day_in_china(at))
        async with door.sessions() as session:
            present = await right_now(session, at, supervision.wait_limit)
            figures = await figures_of(session, chosen, at, supervision.hall)
        shown = pages.get_template("supervision.html").render(
            clerk=signed_in.clerk,
            csrf=signed_in.csrf,
            street=door.street_name,
            version=door.asset_version,
            at=at.astimezone(CHINA),
            now=present,
            longest=None if present.longest is None else duration(present.longest.total_seconds() / 60),
            wait_limit=duration(supervision.wait_limit.total_seconds() / 60),
            period=chosen,
            most_days=MOST_DAYS,
            asked_first=first or chosen.first.isoformat(),
            asked_last=last or chosen.last.isoformat(),
            query=_query(chosen),
            fault=fault,
            figures=figures,
        )
        return HTMLResponse(shown, 400 if fault else 200)

    @router.get("/supervision/{key}.csv")
    async def table(
        signed_in: Annotated[SignedIn, supervisor],
        key: str,
        period: _Text = Choice.WEEK,
        first: _Day = "",
        last: _LastDay = "",
    ) -> Response:
        at = now()
        try:
            chosen = read_period(period, first, last, day_in_china(at))
        except PeriodRefused as refused:
            raise HTTPException(400, said(f"figure_period_{refused.fault}")) from None
        async with door.sessions() as session:
            figures = await figures_of(session, chosen, at, supervision.hall)
        found = next((figure for figure in figures if figure.key == key), None)
        if found is None:
            raise HTTPException(404)
        name = f"{found.name} {chosen.first} {chosen.last}.csv"
        return Response(
            csv_of(found.table.heads, found.table.rows),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f"attachment; filename=\"{key}.csv\"; filename*=UTF-8''{quote(name)}"},
        )

    return router


def _query(period: Period) -> str:
    """The period as an address names it."""
    if period.choice is not Choice.CUSTOM:
        return urlencode({"period": period.choice.value})
    return urlencode({"period": "custom", "from": period.first.isoformat(), "to": period.last.isoformat()})
