"""What a clerk may do with a case now, each with what it needs to be told, and the doing of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import BaseModel, Field

from cases import accepting, deciding, identifying, working
from cases.models import Case
from cases.notices import Told
from cases.states import Actor, Status, may_move
from cases.working import Act, NotAllowed
from desk.rights import DeskClerk, may_supervise
from kyc.levels import Way
from services_catalog.schema import Item


class Deferred(BaseModel):
    """A material promised for a day."""

    material: str = Field(max_length=200)
    until: date


class Wish(BaseModel):
    """What a clerk tells along with an act: the status they saw, and what the act needs."""

    seen: Status
    missing: list[str] = Field(default=[], max_length=40)
    words: str = Field(default="", max_length=4000)
    until: date | None = None
    deferred: list[Deferred] = Field(default=[], max_length=40)
    to: str = Field(default="", max_length=200)
    why: str = Field(default="", max_length=4000)
    granted: bool = True
    how: Way = Way.CLERK


@dataclass(frozen=True)
class Kind:
    """One act: what it needs to be told, whether it cannot be undone, and how it is done."""

    label: str
    do: Callable[[Act, Wish, timedelta], Awaitable[Told | None]]
    needs: tuple[str, ...] = ()
    danger: bool = False


async def _missing(act: Act, wish: Wish, counts: timedelta) -> Told:
    if wish.until is None:
        raise NotAllowed("utter_case_day_past")
    return await accepting.notice_of_missing(act, wish.missing, wish.words, wish.until)


async def _deferred(act: Act, wish: Wish, counts: timedelta) -> Told:
    return await accepting.accept_with_deferred(act, [(each.material, each.until) for each in wish.deferred])


KINDS: Mapping[str, Kind] = {
    "take": Kind("我来办", lambda act, wish, counts: working.take(act)),
    "give_up": Kind("交回", lambda act, wish, counts: working.give_up(act)),
    "settle": Kind("即办即结", lambda act, wish, counts: deciding.settle(act, wish.words), ("words",)),
    "accept": Kind("受理", lambda act, wish, counts: accepting.accept(act)),
    "accept_deferred": Kind("容缺受理", _deferred, ("deferred",)),
    "missing": Kind("一次性告知补正", _missing, ("missing", "until", "words")),
    "review": Kind("开始审核", lambda act, wish, counts: deciding.review(act)),
    "refer": Kind("转区里", lambda act, wish, counts: deciding.refer(act, wish.to, wish.why), ("to", "why")),
    "propose": Kind(
        "提出意见", lambda act, wish, counts: deciding.propose(act, wish.granted, wish.why), ("granted", "why")
    ),
    "decide": Kind(
        "办结", lambda act, wish, counts: deciding.decide(act, wish.granted, wish.why), ("granted", "why"), danger=True
    ),
    "confirm_identity": Kind(
        "核对过，是本人",
        lambda act, wish, counts: identifying.confirm_identity(act, wish.how, counts),
        ("how",),
    ),
    "reject_identity": Kind(
        "核对不上", lambda act, wish, counts: identifying.reject_identity(act, wish.why), ("why",), danger=True
    ),
    "refuse": Kind("不予受理", lambda act, wish, counts: deciding.refuse(act, wish.why), ("why",), danger=True),
    "return": Kind("退件", lambda act, wish, counts: deciding.return_case(act, wish.why), ("why",), danger=True),
    "withdraw": Kind("居民要撤回", lambda act, wish, counts: deciding.withdraw(act, wish.why), ("why",), danger=True),
}

_GOES_TO = {
    "settle": Status.ACCEPTED,
    "accept": Status.ACCEPTED,
    "accept_deferred": Status.ACCEPTED,
    "missing": Status.SUPPLEMENT,
    "review": Status.REVIEW,
    "decide": Status.DONE,
    "propose": Status.DONE,
    "refuse": Status.REFUSED,
    "return": Status.RETURNED,
    "withdraw": Status.WITHDRAWN,
}


def possible(clerk: DeskClerk, case: Case, item: Item) -> list[str]:
    """The acts that make sense now for this clerk; each is checked again when it is done."""
    status = Status(case.status)
    if status is Status.DRAFT or status.is_end:
        return []
    return [key for key in KINDS if _makes_sense(key, clerk, case, item, status)]


def _makes_sense(key: str, clerk: DeskClerk, case: Case, item: Item, status: Status) -> bool:
    mine = case.handler_id == clerk.id
    match key:
        case "take":
            return case.handler_id is None or (not mine and may_supervise(clerk))
        case "give_up":
            return mine
        case "confirm_identity" | "reject_identity":
            return case.identity_to_check
        case "refer":
            return status in (Status.ACCEPTED, Status.REVIEW) and not item.settled_by_street
        case "settle" if not _settled_at_once(item) or case.identity_to_check:
            return False
        case "accept_deferred" if not any(material.deferrable for material in item.materials):
            return False
        case "propose" if not item.four_eyes:
            return False
        case "decide" if item.four_eyes and case.proposed_by in (None, clerk.id):
            return False
    return may_move(status, _GOES_TO[key], Actor.CLERK)


def _settled_at_once(item: Item) -> bool:
    """Whether the item is promised to be settled on the spot, by one clerk and at the street."""
    promised = item.time_limit.promised
    return promised is not None and promised.days == 0 and not item.four_eyes and item.settled_by_street
