"""Looking at faces and cards in worker processes, by the policy of the site."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from kyc.cards.materials import MaterialReading, check_material
from kyc.cards.reading import CardReading, read_card
from kyc.faces.encoder import Vector
from kyc.faces.portrait import Portrait, encoder_name, portrait_of
from kyc.faces.quality import FaceFault
from kyc.faces.scoring import Cohort, Thresholds
from kyc.liveness.attempt import Attempt, Comparison, Frame, examined
from kyc.liveness.challenge import Challenge
from kyc.references import ReferenceSource
from kyc.workers import Workers


@dataclass(frozen=True)
class Policy:
    """What a site decided: limits of likeness, how long a check counts, how long a face is kept (zero: not at all)."""

    limits: Thresholds = field(default_factory=lambda: Thresholds(0.40, 0.50))
    cohort_limits: Thresholds | None = None
    model: Path | None = None
    counts_for: timedelta = timedelta(days=30)
    faces_kept: timedelta = timedelta(days=400)


@dataclass
class Verifier:
    """Does the heavy work elsewhere. Raises ImageRefused, ModelRefused, Crowded and BrokenProcessPool."""

    policy: Policy = field(default_factory=Policy)
    workers: Workers = field(default_factory=Workers)
    cohort: Cohort | None = None
    source: ReferenceSource | None = None
    """Where a portrait is asked for once a resident agrees; without one, their card gives it."""

    @property
    def encoder(self) -> str:
        """The name of the encoder in use: faces of another one are not compared."""
        return encoder_name(self.policy.model)

    async def card(self, content: bytes, today: date) -> CardReading:
        """What a photograph of an ID card says."""
        return await self.workers.run(read_card, content, today)

    async def card_with_face(self, content: bytes, today: date) -> tuple[CardReading, Portrait | FaceFault]:
        """The same, and the face on it."""
        return await self.workers.run(_card_with_face, content, today, self.policy.model)

    async def material(self, content: bytes, kind: str, name: str | None) -> MaterialReading:
        """Advice on a photograph of what is called `kind` and belongs to `name`."""
        return await self.workers.run(check_material, content, [kind], name)

    async def portrait(self, content: bytes) -> Portrait | FaceFault:
        """The face in a picture, whatever its quality, as long as it is one."""
        return await self.workers.run(_portrait, content, self.policy.model)

    async def enrolled(self, content: bytes) -> Portrait | FaceFault:
        """The face in a picture that is good enough for others to be compared with, or what is wrong with it."""
        return await self.workers.run(portrait_of, content, self.policy.model)

    async def attempt(
        self, challenge: Challenge, frames: Sequence[Frame], references: tuple[Vector, ...], took_s: float
    ) -> Attempt:
        """What came of an attempt before the camera."""
        with_cohort = self.cohort is not None and self.policy.cohort_limits is not None
        limits = self.policy.cohort_limits if with_cohort and self.policy.cohort_limits else self.policy.limits
        comparison = Comparison(references, limits, self.policy.limits, self.cohort if with_cohort else None)
        return await self.workers.run(examined, challenge, frames, comparison, self.policy.model, took_s)

    async def close(self) -> None:
        """End the workers."""
        await self.workers.close()


def _portrait(content: bytes, model: Path | None) -> Portrait | FaceFault:
    return portrait_of(content, model, strict=False)


def _card_with_face(content: bytes, today: date, model: Path | None) -> tuple[CardReading, Portrait | FaceFault]:
    reading = read_card(content, today)
    if reading.front is None or reading.fault is not None:
        return reading, FaceFault.NONE
    return reading, portrait_of(content, model, strict=False)
