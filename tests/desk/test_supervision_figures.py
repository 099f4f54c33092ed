"""What is made of the numbers: spreads, the forecast, periods, charts, tables and sentences."""

import contextlib
import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.workdays import is_working_day
from desk.supervision import charts, telling
from desk.supervision.export import csv_of
from desk.supervision.forecast import DAYS_COMPARED, FEWEST_DAYS, Forecast, NotYet, forecast
from desk.supervision.numbers import Ended, Handoffs, Talks
from desk.supervision.periods import MOST_DAYS, Choice, Fault, PeriodRefused, read_period
from desk.supervision.spread import in_classes, spread_of
from desk.supervision.talk_figures import alone_figure, forecast_figure, ratings_figure, waits_figure

TODAY = date(2026, 11, 25)
MINUTES = st.lists(st.floats(0, 10_000), min_size=1)
SVG = "{http://www.w3.org/2000/svg}"


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


@given(MINUTES)
def test_nine_of_ten_do_not_exceed_the_p90_and_less_than_that_are_below_it(values: list[float]) -> None:
    spread = spread_of(values)
    assert spread is not None and spread.p90 in values
    assert (
        sum(value <= spread.p90 for value in values) >= 0.9 * len(values) > sum(value < spread.p90 for value in values)
    )


@given(MINUTES)
def test_half_are_on_either_side_of_the_median(values: list[float]) -> None:
    spread = spread_of(values)
    assert spread is not None and spread.count == len(values)
    assert 2 * sum(value <= spread.median for value in values) >= len(values)
    assert 2 * sum(value >= spread.median for value in values) >= len(values)


def test_nothing_has_no_spread() -> None:
    assert spread_of([]) is None


@given(MINUTES, st.lists(st.integers(1, 100), min_size=1, unique=True).map(sorted))
def test_every_value_is_in_exactly_one_class(values: list[float], limits: list[int]) -> None:
    counts = in_classes(values, limits)
    assert len(counts) == len(limits) + 1 == len(telling.classes(limits, "分")) == len(telling.class_ticks(limits))
    assert sum(counts) == len(values)
    assert counts[0] == sum(value <= limits[0] for value in values)


history = st.dictionaries(
    st.tuples(st.integers(1, 60).map(before), st.integers(0, 23)), st.integers(0, 50), min_size=1, max_size=60
)


@given(history)
def test_a_forecast_rests_on_the_last_days_of_its_kind_alone(asked: dict[tuple[date, int], int]) -> None:
    tomorrow = TODAY + timedelta(days=1)
    expected = forecast(asked, tomorrow, TODAY)
    if isinstance(expected, NotYet):
        assert expected.known < FEWEST_DAYS
        return
    began = min(day for day, _hour in asked)
    assert FEWEST_DAYS <= len(expected.compared) <= DAYS_COMPARED
    assert all(is_working_day(day) == is_working_day(tomorrow) and began < day < TODAY for day in expected.compared)
    for hour, told in enumerate(expected.hours):
        counts = [asked.get((day, hour), 0) for day in expected.compared]
        assert min(counts) == told.low <= told.median <= told.high == max(counts)
    others = {key: count for key, count in asked.items() if key[0] in {*expected.compared, began}}
    assert forecast(others, tomorrow, TODAY) == expected


def test_tomorrow_is_told_from_working_days_and_a_saturday_from_days_off() -> None:
    asked = {(before(days), 10): days for days in range(1, 41)}
    thursday, saturday = forecast(asked, TODAY + timedelta(days=1), TODAY), forecast(asked, date(2026, 11, 28), TODAY)
    assert isinstance(thursday, Forecast) and isinstance(saturday, Forecast)
    assert thursday.compared == tuple(before(days) for days in (1, 2, 5, 6, 7, 8))
    assert saturday.compared == tuple(before(days) for days in (3, 4, 10, 11, 17, 18))
    assert (thursday.hours[10].low, thursday.hours[10].median, thursday.hours[10].high) == (1, 5.5, 8)
    assert forecast_figure(thursday).title == "明天上午10点最忙，约有5.5位居民来问，少则1位，多则8位"


def test_a_make_up_day_is_a_working_day() -> None:
    expected = forecast({(date(2026, 1, 1), 9): 1}, date(2026, 2, 14), date(2026, 2, 13))
    assert isinstance(expected, Forecast) and expected.is_working_day


def test_with_fewer_than_three_days_there_is_no_forecast() -> None:
    asked = {(before(days), 10): 5 for days in (1, 2, 5)}  # the first day may have begun in its middle
    told = forecast_figure(forecast(asked, TODAY + timedelta(days=1), TODAY))
    assert told.title.startswith("数据还不够") and told.chart is None and told.table.rows == ()
    assert isinstance(forecast({}, TODAY, TODAY), NotYet)


@pytest.mark.parametrize(
    ("choice", "days"), [("today", 1), ("7d", 7), ("30d", 30), ("whatever", 7), ("", 7)]
)  # fmt: skip
def test_a_period_ends_today(choice: str, days: int) -> None:
    period = read_period(choice, "", "", TODAY)
    assert (period.last, period.days) == (TODAY, days)
    assert period.ends - period.begins == timedelta(days=days)


def test_days_may_be_chosen_and_those_to_come_are_left_out() -> None:
    period = read_period("custom", "2026-11-20", " 2026-12-31 ", TODAY)
    assert (period.first, period.last, period.choice) == (date(2026, 11, 20), TODAY, Choice.CUSTOM)
    assert read_period("custom", before(MOST_DAYS - 1).isoformat(), "2026-11-25", TODAY).days == MOST_DAYS


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("", "2026-11-01", Fault.UNREADABLE),
        ("2026-11-31", "2026-11-01", Fault.UNREADABLE),
        ("0001-01-01", "0001-01-01", Fault.UNREADABLE),
        ("9999-12-31", "9999-12-31", Fault.UNREADABLE),
        ("2026-11-02", "2026-11-01", Fault.REVERSED),
        ("2026-11-26", "2026-11-27", Fault.TO_COME),
        (before(MOST_DAYS).isoformat(), "2026-11-25", Fault.TOO_LONG),
    ],
)
def test_days_that_cannot_be_looked_at_are_refused(first: str, last: str, fault: Fault) -> None:
    with pytest.raises(PeriodRefused) as refused:
        read_period("custom", first, last, TODAY)
    assert refused.value.fault is fault


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_whatever_a_stranger_sends_is_a_period_or_refused(choice: str, first: str, last: str) -> None:
    for asked in (choice, "custom"):
        with contextlib.suppress(PeriodRefused):
            assert 1 <= read_period(asked, first, last, TODAY).days <= MOST_DAYS


@given(st.floats(0, 1_000_000))
def test_an_axis_reaches_its_highest_value_in_a_few_round_steps(highest: float) -> None:
    top, step = charts.round_top(highest)
    assert top >= highest and 2 <= round(top / step) <= 5
    assert step >= 1 and f"{step:.0f}".strip("0") in ("1", "2", "5")


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=24), st.text(max_size=30))
def test_a_chart_is_an_image_with_a_name_whatever_stands_in_it(values: Sequence[float], name: str) -> None:
    printable = "".join(letter for letter in name if letter.isprintable())
    drawn = [
        charts.columns("k", printable, "d", [charts.Column(printable, v, printable) for v in values], "x", "y"),
        charts.spans("k", printable, "d", [charts.Span(printable, 0, v / 2, v) for v in values], "x", "y"),
        charts.rows("k", printable, "d", [charts.Row(printable, v, printable) for v in values]),
        charts.share("k", printable, "d", charts.Row(printable, values[0], "1"), charts.Row("r", 0, "0")),
    ]
    for each in drawn:
        svg = ElementTree.fromstring(each)
        assert svg.get("role") == "img" and svg.get("aria-labelledby") == "k-title k-desc"
        assert (svg.findtext("title") or "") == printable and svg.findtext("desc") == "d"
        assert "style=" not in each and "<script" not in each
        assert all(float(bar.get("height", "0")) >= 0 for bar in svg.iter("rect"))


def test_few_ratings_are_neither_averaged_nor_shown() -> None:
    few, enough = ratings_figure(Ended((), (1, 5, 5, 5))), ratings_figure(Ended((), (1, 5, 5, 5, 5)))
    assert few.title == "只有4位居民评价，满5位才算平均分" and few.chart is None and few.table.rows == ()
    assert enough.title == "平均4.2分，5位居民评价"
    assert enough.table.rows == (
        ("5分", 4, "80%"),
        ("4分", 0, "0%"),
        ("3分", 0, "0%"),
        ("2分", 0, "0%"),
        ("1分", 1, "20%"),
    )
    assert ratings_figure(Ended((), ())).title == "这段时间没有居民评价"


def test_the_titles_are_answers() -> None:
    assert alone_figure(Talks(200, 166)).title == "83%的对话没有转人工，机器人自己就答完了"
    waits = waits_figure(Handoffs({"asked": 12}, (1, 1.5, 8), 2, 10, 2), 5)
    assert waits.title == "一半的居民1分30秒内等到办事员，十位里有九位在8分钟内"
    assert waits.notes == ("上班时间转来的10次里，有2次等满5分钟还没人说话。", "另有2次是下班时间转来的，不算在内。")
    assert waits.table.rows[-2:] == (("中位数（分钟）", 1.5), ("九成不超过（分钟）", 8))


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "0秒"), (0.75, "45秒"), (1, "1分钟"), (1.34, "1分20秒"), (11.6, "12分钟"), (59.9, "1小时"), (60, "1小时"), (125, "2小时5分")],
)  # fmt: skip
def test_durations_are_told_as_one_says_them(minutes: float, told: str) -> None:
    assert telling.duration(minutes) == told


@pytest.mark.parametrize(
    ("of_day", "told"), [(0, "凌晨0点"), (9, "上午9点"), (12, "中午12点"), (15, "下午3点"), (20, "晚上8点")]
)
def test_hours_are_told_as_one_says_them(of_day: int, told: str) -> None:
    assert telling.hour(of_day) == told


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n")), min_size=2, max_size=2)))
def test_a_table_opens_in_a_spreadsheet_and_runs_nothing(rows: list[list[str]]) -> None:
    written = csv_of(["事项", "=1+1"], rows)
    assert written.startswith("\ufeff".encode())
    read = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert read[0] == ["事项", "'=1+1"]
    for cells, given_cells in zip(read[1:], rows, strict=True):
        for cell, given_cell in zip(cells, given_cells, strict=True):
            assert not cell.startswith(("=", "+", "-", "@", "\t"))
            assert cell in (given_cell, f"'{given_cell}")
