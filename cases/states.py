"""The life of a case: one table of transitions, with who may make each."""

from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from cases.back_office import report
from cases.models import Case, CaseEvent
from records.base import now


class Status(StrEnum):
    """Where a case stands; names as usual in Chinese service halls."""

    DRAFT = "draft"
    RECEIVED = "received"
    SUPPLEMENT = "supplement"
    ACCEPTED = "accepted"
    REVIEW = "review"
    DONE = "done"
    REFUSED = "refused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def told(self) -> str:
        """The status as residents read it."""
        return _TITLES[self]

    @property
    def is_end(self) -> bool:
        """Whether nothing can follow."""
        return self not in TRANSITIONS or not TRANSITIONS[self]


class Actor(StrEnum):
    """Who moves a case."""

    RESIDENT = "resident"
    CLERK = "clerk"
    SYSTEM = "system"


_TITLES = {
    Status.DRAFT: "草稿",
    Status.RECEIVED: "已收件",
    Status.SUPPLEMENT: "补正",
    Status.ACCEPTED: "受理",
    Status.REVIEW: "审核",
    Status.DONE: "办结",
    Status.REFUSED: "不予受理",
    Status.RETURNED: "退件",
    Status.WITHDRAWN: "撤回",
}

_BY_RESIDENT = frozenset({Actor.RESIDENT})
_BY_CLERK = frozenset({Actor.CLERK})
_BY_CLOCK = frozenset({Actor.SYSTEM})
_BY_CLERK_OR_CLOCK = _BY_CLERK | _BY_CLOCK
_BY_RESIDENT_OR_FOR_THEM = _BY_RESIDENT | _BY_CLERK
"""A clerk withdraws a case on the resident's wish."""

TRANSITIONS: dict[Status, dict[Status, frozenset[Actor]]] = {
    Status.DRAFT: {Status.RECEIVED: _BY_RESIDENT, Status.WITHDRAWN: _BY_RESIDENT},
    Status.RECEIVED: {
        Status.ACCEPTED: _BY_CLERK,
        Status.SUPPLEMENT: _BY_CLERK,
        Status.REFUSED: _BY_CLERK,
        Status.WITHDRAWN: _BY_RESIDENT_OR_FOR_THEM,
    },
    Status.SUPPLEMENT: {
        Status.ACCEPTED: _BY_CLERK,
        Status.RETURNED: _BY_CLERK_OR_CLOCK,
        Status.WITHDRAWN: _BY_RESIDENT_OR_FOR_THEM,
    },
    Status.ACCEPTED: {
        Status.REVIEW: _BY_CLERK,
        Status.RETURNED: _BY_CLOCK,
        Status.WITHDRAWN: _BY_RESIDENT_OR_FOR_THEM,
    },
    Status.REVIEW: {
        Status.DONE: _BY_CLERK,
        Status.SUPPLEMENT: _BY_CLERK,
        Status.RETURNED: _BY_CLOCK,
        Status.WITHDRAWN: _BY_RESIDENT_OR_FOR_THEM,
    },
    Status.DONE: {},
    Status.REFUSED: {},
    Status.RETURNED: {},
    Status.WITHDRAWN: {},
}


class TransitionRefused(Exception):
    """The case cannot go there from where it is, or not by this actor."""


def move(
    session: AsyncSession,
    case: Case,
    to: Status,
    actor: Actor,
    note: str | None = None,
    *,
    clerk_id: str | None = None,
    action: str = "status",
) -> None:
    """Change a case's status and add the change to its history. Raises TransitionRefused."""
    before = Status(case.status)
    if not may_move(before, to, actor):
        raise TransitionRefused(f"{before} -> {to} by {actor}")
    case.status = to.value
    if to.is_end:
        case.ended_at = now()
    log(session, case, action, actor, note, before, to, clerk_id)


def may_move(before: Status, to: Status, actor: Actor) -> bool:
    """Whether the table lets `actor` do it."""
    return actor in TRANSITIONS[before].get(to, frozenset())


def log(
    session: AsyncSession,
    case: Case,
    action: str,
    actor: Actor,
    note: str | None = None,
    before: Status | None = None,
    after: Status | None = None,
    clerk_id: str | None = None,
) -> None:
    """Add a line to a case's history, and to the news for the back office. `note` is stored encrypted."""
    line = CaseEvent(
        case_id=case.id,
        at=now(),
        action=action,
        actor=actor,
        clerk_id=clerk_id,
        note=note,
        from_status=before,
        to_status=after,
    )
    session.add(line)
    report(session, case, line)
