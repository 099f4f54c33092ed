"""All figures of a period, counted and drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.hours import Hours
from cases.wording import day_in_china
from desk.supervision import numbers
from desk.supervision.case_figures import hours_figure, items_figure, terms_figure
from desk.supervision.figure import Figure
from desk.supervision.forecast import LOOKED_BACK_DAYS, forecast
from desk.supervision.periods import Period
from desk.supervision.talk_figures import (
    alone_figure,
    asked_figure,
    forecast_figure,
    handling_figure,
    ratings_figure,
    reasons_figure,
    waits_figure,
)
from services_catalog.schema import Item


@dataclass(frozen=True)
class Hall:
    """What the figures are measured against: the catalogue's items, when the office is open, how long one may wait."""

    items: Mapping[str, Item]
    opening: Hours
    wait_limit: timedelta


async def figures_of(session: AsyncSession, period: Period, at: datetime, hall: Hall) -> list[Figure]:
    """The figures of a period as of the moment `at`, in the order of the page; the forecast is of the next day."""
    today = day_in_china(at)
    past = Period(today - timedelta(days=LOOKED_BACK_DAYS), today - timedelta(days=1))
    opened = await numbers.handoffs_opened(session, period, at, hall.opening, hall.wait_limit)
    ended = await numbers.handoffs_ended(session, period)
    expected = forecast(await numbers.asked_by_hour(session, past), today + timedelta(days=1), today)
    return [
        asked_figure(await numbers.asked_by_hour(session, period), period),
        forecast_figure(expected),
        alone_figure(await numbers.talks(session, period)),
        ratings_figure(ended),
        waits_figure(opened, round(hall.wait_limit.total_seconds() / 60)),
        handling_figure(ended),
        reasons_figure(opened),
        items_figure(await numbers.cases_by_item(session, period), hall.items),
        hours_figure(await numbers.cases_by_hour(session, period)),
        terms_figure(await numbers.cases_ended(session, period)),
    ]
