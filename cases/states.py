"""The life of a case: one table of transitions, with who may make each."""

from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case, CaseEvent


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
_BY_CLERK_OR_CLOCK = frozenset({Actor.CLERK, Actor.SYSTEM})

TRANSITIONS: dict[Status, dict[Status, frozenset[Actor]]] = {
    Status.DRAFT: {Status.RECEIVED: _BY_RESIDENT, Status.WITHDRAWN: _BY_RESIDENT},
    Status.RECEIVED: {
        Status.ACCEPTED: _BY_CLERK,
        Status.SUPPLEMENT: _BY_CLERK,
        Status.REFUSED: _BY_CLERK,
        Status.WITHDRAWN: _BY_RESIDENT,
    },
    Status.SUPPLEMENT: {
        Status.ACCEPTED: _BY_CLERK,
        Status.RETURNED: _BY_CLERK_OR_CLOCK,
        Status.WITHDRAWN: _BY_RESIDENT,
    },
    Status.ACCEPTED: {Status.REVIEW: _BY_CLERK, Status.WITHDRAWN: _BY_RESIDENT},
    Status.REVIEW: {Status.DONE: _BY_CLERK, Status.SUPPLEMENT: _BY_CLERK, Status.WITHDRAWN: _BY_RESIDENT},
    Status.DONE: {},
    Status.REFUSED: {},
    Status.RETURNED: {},
    Status.WITHDRAWN: {},
}


class TransitionRefused(Exception):
    """The case cannot go there from where it is, or not by this actor."""


def move(session: AsyncSession, case: Case, to: Status, actor: Actor, note: str | None = None) -> None:
    """Change a case's status and add the change to its history. Raises TransitionRefused."""
    before = Status(case.status)
    if actor not in TRANSITIONS[before].get(to, frozenset()):
        raise TransitionRefused(f"{before} -> {to} by {actor}")
    case.status = to.value
    log(session, case, "status", actor, note, before, to)


def log(
    session: AsyncSession,
    case: Case,
    action: str,
    actor: Actor,
    note: str | None = None,
    before: Status | None = None,
    after: Status | None = None,
) -> None:
    """Add a line to a case's history. `note` is stored encrypted."""
    session.add(CaseEvent(case_id=case.id, action=action, actor=actor, note=note, from_status=before, to_status=after))
