"""A clerk's hand on a case: as they saw it, so that of two at once one wins, and only what the table allows."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.incoming import cleaned
from bot.conversation.wording import phrase
from cases.models import Case, WantedMaterial
from cases.states import Actor, Status, log, may_move, move
from records.database import rows_changed
from services_catalog.schema import Item

LONGEST_REASON = 1000
"""Characters of what a clerk writes to a resident at once."""


@dataclass(frozen=True)
class By:
    """The clerk who acts."""

    id: str
    name: str


@dataclass(frozen=True)
class Act:
    """One act of a clerk on a case of an item, which they saw in the status `seen`."""

    session: AsyncSession
    case: Case
    item: Item
    by: By
    seen: Status
    today: date

    @property
    def clerk(self) -> tuple[str, str]:
        """Id and name of who acts."""
        return self.by.id, self.by.name


class NotWorked(Exception):
    """The act was not done, and nothing was changed; `told` is the sentence for the clerk."""

    told: str


class CaseChanged(NotWorked):
    """Somebody else did something to the case first; `status` is where it stands now."""

    def __init__(self, status: Status) -> None:
        super().__init__(status)
        self.status = status
        self.told = phrase("utter_case_changed", status=status.told)


class NotAllowed(NotWorked):
    """The act is against the rules; `reason` names the sentence."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.told = phrase(reason, **values)


def check(act: Act, to: Status | None = None, *, among: frozenset[Status] | None = None) -> None:
    """See that the case stands as the clerk saw it, is open, and can go to `to`, or is `among` those statuses.

    Raises CaseChanged and NotAllowed.
    """
    if act.case.status != act.seen:
        raise CaseChanged(Status(act.case.status))
    closed = act.seen.is_end or act.seen is Status.DRAFT
    misplaced = among is not None and act.seen not in among
    barred = to is not None and not may_move(act.seen, to, Actor.CLERK)
    if closed or misplaced or barred:
        raise NotAllowed("utter_case_not_now", status=act.seen.told)


async def claim(session: AsyncSession, case: Case, seen: Status) -> None:
    """Be the one who changes the case from here on, until the commit. Raises CaseChanged; comes after all checks."""
    await session.flush()  # what an act before this one changed in the same session
    mine = update(Case).where(Case.id == case.id, Case.version == case.version, Case.status == seen.value)
    if await rows_changed(session, mine.values(version=case.version + 1)) != 1:
        present = await session.scalar(select(Case.status).where(Case.id == case.id))
        raise CaseChanged(Status(present or seen))


def reason(text: str) -> str:
    """What a clerk wrote as the reason, without control characters. Raises NotAllowed where there is none."""
    plain = cleaned(text)[:LONGEST_REASON]
    if not plain:
        raise NotAllowed("utter_case_why_needed")
    return plain


async def take(act: Act, *, over: bool = False) -> None:
    """Work on the case from now on; `over` from a colleague who works on it. Raises CaseChanged and NotAllowed."""
    check(act)
    if act.case.handler_id not in (None, act.by.id) and not over:
        raise NotAllowed("utter_case_taken")
    await claim(act.session, act.case, act.seen)
    act.case.handler_id = act.by.id
    log(act.session, act.case, "taken", Actor.CLERK, clerk_id=act.by.id)


async def give_up(act: Act) -> None:
    """Leave the case to whoever takes it next. Raises CaseChanged and NotAllowed."""
    check(act)
    if act.case.handler_id != act.by.id:
        raise NotAllowed("utter_case_not_yours")
    await claim(act.session, act.case, act.seen)
    act.case.handler_id = None
    log(act.session, act.case, "given_up", Actor.CLERK, clerk_id=act.by.id)


async def end(
    session: AsyncSession, case: Case, to: Status, actor: Actor, why: str | None, clerk_id: str | None, action: str
) -> None:
    """Bring a claimed case to an end: nobody works on it, and nothing is waited for, any more."""
    move(session, case, to, actor, why, clerk_id=clerk_id, action=action)
    case.handler_id = case.act_by = case.proposed_outcome = case.proposed_by = None
    waiting = update(WantedMaterial).where(WantedMaterial.case_id == case.id, WantedMaterial.is_open)
    await rows_changed(session, waiting.values(is_open=False))
