"""What the desk's pages and requests work with."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.conversation.live import Live
from bot.conversation.pipeline import Pipeline
from bot.conversation.turn import Office
from cases.telling import Voice
from desk.door import Door
from desk.hub import Hub
from desk.queue_view import Readings
from kyc.verifier import Verifier
from records.base import CHINA
from records.database import Sessions
from services_catalog.loader import Catalog
from services_catalog.published import Published


@dataclass(frozen=True)
class DeskRoom:
    """The parts of a running 1call that the desk needs. `counts_for` is how long a passed identity check counts."""

    sessions: Sessions
    pipeline: Pipeline
    live: Live
    hub: Hub
    door: Door
    office: Office
    published: Published
    voice: Voice
    counts_for: timedelta
    verifier: Verifier
    readings: Readings = field(default_factory=Readings)

    def catalog(self) -> Catalog:
        """The catalogue as it is served now."""
        return self.published.current()

    @property
    def today(self) -> date:
        """The day in China."""
        return datetime.now(CHINA).date()
