"""Who may do what at the desk: pure functions of an account's role, windows and departments.

General windows are worked by everybody who is given them, or all of them (无差别受理); a department that the catalogue
marks as restricted only by whom it is given by name.
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.conversation import duty
from desk.models import Clerk, Role


@dataclass(frozen=True)
class DeskClerk:
    """Somebody at the desk, as far as their rights go. `name` is what residents are told."""

    id: str
    name: str
    role: Role
    windows: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()


def desk_clerk(account: Clerk) -> DeskClerk:
    """An account's rights, apart from its row."""
    return DeskClerk(
        id=account.id,
        name=account.name,
        role=Role(account.role),
        windows=frozenset(account.windows),
        departments=frozenset(account.departments),
    )


def may_talk(clerk: DeskClerk) -> bool:
    """Whether they work with residents at all."""
    return clerk.role in (Role.CLERK, Role.SUPERVISOR)


def may_take(clerk: DeskClerk, window: str | None, department: str | None, restricted: Collection[str]) -> bool:
    """Whether they may take a conversation or case of that window and department; None where no item is known yet."""
    if clerk.role is Role.SUPERVISOR:
        return True
    if clerk.role is not Role.CLERK:
        return False
    return duty.takes(clerk.windows, clerk.departments, window, department, restricted)


def may_see(
    clerk: DeskClerk,
    window: str | None,
    department: str | None,
    restricted: Collection[str],
    holder: str | None = None,
) -> bool:
    """Whether they may read a conversation or case: what they may take, and what is theirs; `holder` has it now."""
    return may_take(clerk, window, department, restricted) or (may_talk(clerk) and holder == clerk.id)


def may_supervise(clerk: DeskClerk) -> bool:
    """Whether they may take over from others, plan shifts and read the hall's figures."""
    return clerk.role is Role.SUPERVISOR


def may_read_trail(clerk: DeskClerk) -> bool:
    """Whether they may search who saw and changed what."""
    return clerk.role in (Role.SUPERVISOR, Role.AUDITOR)


def may_keep_catalogue(clerk: DeskClerk) -> bool:
    """Whether they may change what residents are told of items."""
    return clerk.role is Role.MAINTAINER
