"""Where what is told comes from: sources, reviews, fees, days and the law."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library
from services_catalog.schema import Item

REVIEWED_WITHIN = timedelta(days=365)
UNCONFIRMED = re.compile(r"一般知识|业务方确认|二手|标题级")
_NO_SOURCE = re.compile(
    r"(无|没有|暂无|不详|未知|待定|待补|待补充|见上|同上|todo|tbd|n/?a|[-—?？.。/\s]*)", re.IGNORECASE
)
_COSTS = re.compile(r"[0-9０-９一二三四五六七八九十百千]+\s*元|标准|规定|办法|公布|公告|为准")
_LAW = re.compile(r"《[^《》]+》(（(?P<number>[^（）]+)）)?")
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]+〔\d{4}〕\d+号"
    r"|[\u4e00-\u9fff]+令第\d+号"
    r"|[A-Z]+(/T)? ?\d+(\.\d+)?-\d{4}"
    r"|[^\[\]()〔〕]*(\d{4}年[^\[\]()〔〕]*|为准)"
)


def check(library: Library) -> Iterator[Spot]:
    """What is told without a source, was not reviewed, or names a law in a way nobody finds it by."""
    for path, item in library.items:
        yield from unsourced(path, item)
        yield from _reviewed(path, item, library.today)
        yield from _unconfirmed(path, item)
        yield from _laws(path, item)


def unsourced(path: Path, item: Item) -> Iterator[Spot]:
    """Facts of an item that say not where they come from: the item itself, its fee, its days."""
    named = _NO_SOURCE.fullmatch(item.source.strip()) is None
    if not named:
        yield Spot("F501", path, ("source",), f"“{item.source}”不是出处")
    if not item.fee.free and (item.fee.note is None or not _COSTS.search(item.fee.note)):
        yield Spot("F504", path, ("fee",), "收费，却没有写多少钱，或者以谁的标准为准")
    if item.time_limit.statutory is not None and not item.legal_basis:
        yield Spot("F505", path, ("time_limit",), "写了法定时限，却没有文件依据")
    if item.time_limit.promised is not None and not named and not item.legal_basis:
        yield Spot("F505", path, ("time_limit",), "写了承诺时限，却没有出处")


def is_reviewed(item: Item, today: date) -> bool:
    """Whether somebody looked the item over within a year."""
    return timedelta(0) <= today - item.last_reviewed <= REVIEWED_WITHIN


def _reviewed(path: Path, item: Item, today: date) -> Iterator[Spot]:
    if item.last_reviewed > today:
        yield Spot("F503", path, ("last_reviewed",), f"{item.last_reviewed} 还没有到")
    elif not is_reviewed(item, today):
        yield Spot("F502", path, ("last_reviewed",), f"{item.last_reviewed} 以后没有人核对过")


def _unconfirmed(path: Path, item: Item) -> Iterator[Spot]:
    if UNCONFIRMED.search(item.source):
        yield Spot("F508", path, ("source",), f"时限、费用等只是“{item.source}”")


def _laws(path: Path, item: Item) -> Iterator[Spot]:
    for number, law in enumerate(item.legal_basis):
        shape = _LAW.fullmatch(law)
        if shape is None or (shape["number"] is not None and not _NUMBER.fullmatch(shape["number"])):
            yield Spot("F506", path, ("legal_basis", number), f"“{law}”不是《文件名》（文号）的写法")
    limit = item.time_limit
    if limit.promised is not None and limit.statutory is not None and limit.promised.days > limit.statutory.days:
        yield Spot("F507", path, ("time_limit",), "承诺的时间比法定的还长")
