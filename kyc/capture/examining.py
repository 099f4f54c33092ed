"""What becomes of frames and photographs that the capture page sends."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from kyc import checks, vault
from kyc.checks import MOST_TRIES, CheckStatus, LinkRefused
from kyc.faces.scoring import Verdict
from kyc.images import ImageRefused
from kyc.liveness.attempt import Attempt, Frame
from kyc.liveness.challenge import Challenge, drawn
from kyc.models import IdentityCheck
from kyc.verifier import Verifier
from kyc.workers import Crowded
from records.base import now
from records.database import Sessions

logger = logging.getLogger(__name__)


REMEMBERED = 200
"""Attempts whose outcome is told again to a page that lost it."""


class Result(StrEnum):
    """What the page is told."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    RETRY = "retry"
    LOCKED = "locked"


@dataclass(frozen=True)
class Outcome:
    """A result, and the names of the sentences that go with it."""

    result: Result
    hints: tuple[str, ...] = ()
    tries_left: int = 0
    challenge: Challenge | None = None


Announce = Callable[[IdentityCheck], Awaitable[None]]
"""Tells the check's conversation what came of it; doing it twice does no harm."""


@dataclass
class Examination:
    """Judges what comes from the capture page, and has the conversation told."""

    sessions: Sessions
    verifier: Verifier
    announce: Announce
    _actor: str = field(default="capture page", init=False)
    _attempts: OrderedDict[Hashable, asyncio.Task[Outcome]] = field(default_factory=OrderedDict, init=False)

    def attempt_of(self, sender: Hashable) -> asyncio.Task[Outcome] | None:
        """What was sent before by the same browser for the same challenge, judged or being judged: whoever lost the
        answer on the way gets it again."""
        return self._attempts.get(sender)

    async def frames_once(
        self, sender: Hashable, check: IdentityCheck, challenge_id: str, frames: Sequence[Frame]
    ) -> Outcome:
        """Judge the frames of one attempt, which `sender` names, even if its page goes away meanwhile.

        Raises LinkRefused, ImageRefused.
        """
        attempt = asyncio.create_task(self.frames(check, challenge_id, frames))
        self._attempts[sender] = attempt
        if len(self._attempts) > REMEMBERED:
            self._attempts.popitem(last=False)
        try:
            return await asyncio.shield(attempt)
        except LinkRefused:
            self._attempts.pop(sender, None)
            raise

    async def frames(self, check: IdentityCheck, challenge_id: str, frames: Sequence[Frame]) -> Outcome:
        """Judge the frames of one attempt. Raises LinkRefused, ImageRefused."""
        async with self.sessions() as session:
            check = await session.get_one(IdentityCheck, check.id)
            challenge, took_s = await checks.take_challenge(session, check, challenge_id)
            references = await vault.references(
                session,
                check.resident_id,
                check.identity_index,
                self.verifier.encoder,
                actor=self._actor,
                reason=f"check {check.id}",
            )
            await session.commit()
        try:
            attempt = await self.verifier.attempt(challenge, frames, references, took_s)
        except (ImageRefused, Crowded, BrokenProcessPool) as fault:
            logger.warning("check %s: frames could not be judged: %s", check.id, type(fault).__name__)
            return await self._asked_again(check, ("utter_verify_not_judged",))
        return await self._decided(check, attempt)

    async def photo(self, check: IdentityCheck) -> Outcome:
        """A photograph was kept for a clerk, who decides."""
        await self._end(check, CheckStatus.REVIEW, ("photo",))
        return Outcome(Result.REVIEW)

    async def decline(self, check: IdentityCheck) -> None:
        """The resident wants another way."""
        await self._end(check, CheckStatus.DECLINED)

    async def announce_what_was_not(self) -> None:
        """After a kill: tell conversations of what was decided before it."""
        async with self.sessions() as session:
            await checks.reopen_after_kill(session)
            waiting = await checks.unannounced(session)
            await session.commit()
        for check in waiting:
            await self._announced(check)

    async def _decided(self, check: IdentityCheck, attempt: Attempt) -> Outcome:
        if attempt.verdict is Verdict.ACCEPTED:
            await self._end(check, CheckStatus.PASSED, attempt=attempt)
            return Outcome(Result.ACCEPTED)
        if attempt.verdict is Verdict.REVIEW:
            await self._end(check, CheckStatus.REVIEW, ("likeness",))
            return Outcome(Result.REVIEW)
        if attempt.is_alive and attempt.quality is None and attempt.verdict is None:
            await self._end(check, CheckStatus.REVIEW, ("no reference",))
            return Outcome(Result.REVIEW)
        return await self._failed(check, attempt)

    async def _failed(self, check: IdentityCheck, attempt: Attempt) -> Outcome:
        """Count a failure; after the last, a person is offered instead."""
        faults = [*attempt.liveness, *([attempt.quality] if attempt.quality else [])]
        if attempt.verdict is Verdict.REJECTED:
            faults.append(Verdict.REJECTED)
        async with self.sessions() as session:
            check = await session.get_one(IdentityCheck, check.id)
            check.tries += 1
            await session.flush()
            failed = await checks.failures(session, check.identity_index)
            if failed >= MOST_TRIES:
                checks.decide(check, CheckStatus.LOCKED, timedelta(), faults)
            await session.commit()
        if failed >= MOST_TRIES:
            await self._announced(check)
            return Outcome(Result.LOCKED)
        return await self._asked_again(check, _hints(attempt), MOST_TRIES - failed)

    async def _asked_again(self, check: IdentityCheck, hints: tuple[str, ...], tries_left: int = MOST_TRIES) -> Outcome:
        challenge = drawn()
        async with self.sessions() as session:
            checks.put_challenge(await session.get_one(IdentityCheck, check.id), challenge)
            await session.commit()
        return Outcome(Result.RETRY, hints, tries_left, challenge)

    async def _end(
        self, check: IdentityCheck, status: CheckStatus, faults: Sequence[str] = (), attempt: Attempt | None = None
    ) -> None:
        async with self.sessions() as session:
            check = await session.get_one(IdentityCheck, check.id)
            checks.decide(check, status, self.verifier.policy.counts_for, faults)
            if attempt is not None:
                await self._keep(session, check, attempt)
            await session.commit()
        await self._announced(check)

    async def _keep(self, session: AsyncSession, check: IdentityCheck, attempt: Attempt) -> None:
        """Keep the face of an accepted check for the next time, where the site's policy keeps faces."""
        kept_for = self.verifier.policy.faces_kept
        if attempt.template is not None and kept_for > timedelta():
            await vault.keep(
                session,
                check.resident_id,
                check.person,
                check.identity_index,
                encoder=attempt.encoder,
                vector=attempt.template,
                source="check",
                until=now() + kept_for,
                actor=self._actor,
            )

    async def _announced(self, check: IdentityCheck) -> None:
        """Have the conversation told; a kill before the note has it told again, which it takes once."""
        await self.announce(check)
        async with self.sessions() as session:
            (await session.get_one(IdentityCheck, check.id)).announced_at = now()
            await session.commit()


def _hints(attempt: Attempt) -> tuple[str, ...]:
    """What to do better, at most two things: what was wrong with the picture before what was wrong with the action."""
    quality = () if attempt.quality is None else (f"utter_face_{attempt.quality}",)
    rejected = ("utter_verify_not_alike",) if attempt.verdict is Verdict.REJECTED else ()
    return (*rejected, *quality, *(f"utter_liveness_{fault}" for fault in attempt.liveness))[:2]
