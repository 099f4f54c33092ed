"""What the desk's page receives."""

from datetime import date, datetime

from pydantic import BaseModel


class Person(BaseModel):
    """A clerk, as others see them."""

    id: str
    name: str


class Busy(Person):
    """A colleague on duty, and in how many conversations."""

    talks: int


class Named(BaseModel):
    """Something with an id and a name."""

    id: str
    name: str


class HandoffRow(BaseModel):
    """A handoff in the queue."""

    id: int
    conversation_id: str
    stage: str
    stage_told: str
    channel: str
    item: str | None
    window: str | None
    reason: str
    urgency: int
    urgent_for: list[str]
    waiting_since: datetime
    limit_s: int
    for_me: bool
    clerk: Person | None
    unanswered_since: datetime | None
    meet_at: datetime | None
    viewers: list[str]


class HeldRow(BaseModel):
    """What the bot would say, waiting for approval."""

    id: int
    conversation_id: str
    item: str
    asked: str
    bubbles: list[str]
    made_at: datetime


class CaseRow(BaseModel):
    """A case in a list."""

    id: str
    number: str
    item: str
    status: str
    status_told: str
    received_at: datetime
    due_on: date | None
    warning: str
    handler: Person | None
    identity_to_check: bool
    supplement_complete: bool


class Counts(BaseModel):
    """How many there are, also of those not listed."""

    waiting: int
    mine: int
    others: int
    held: int
    cases: int


class QueueView(BaseModel):
    """All that waits, as one clerk sees it."""

    now: datetime
    me: dict[str, str]
    on_duty: bool
    open: bool
    colleagues: list[Busy]
    waiting: list[HandoffRow]
    mine: list[HandoffRow]
    others: list[HandoffRow]
    held: list[HeldRow]
    cases: list[CaseRow]
    counts: Counts
    windows: list[Named]


class EntryFile(BaseModel):
    """A file in the thread."""

    id: str
    name: str


class Entry(BaseModel):
    """One entry of a thread."""

    id: str
    speaker: str
    name: str | None = None
    at: datetime
    text: str
    file: EntryFile | None = None
    choices: list[str] = []


class Thread(BaseModel):
    """A piece of a thread, oldest first; `more` that there is something before it."""

    entries: list[Entry]
    more: bool


class Who(BaseModel):
    """Who the resident is, masked, and how sure that is."""

    name: str | None
    id_number: str | None
    phone: str | None
    person: str
    how_sure: str
    contact: str | None


class ItemFacts(BaseModel):
    """The item a handoff is about."""

    id: str
    name: str
    call_it: str
    window: str
    promised: str | None
    level_told: str


class AnswerRow(BaseModel):
    """An answer, masked where it is sensitive; `hidden` that there is more to see."""

    key: str
    label: str
    shown: str
    provenance: str
    hidden: bool


class MaterialRow(BaseModel):
    """A material the item asks for."""

    name: str
    form: str
    state: str
    note: str
    deferrable: bool


class FileRow(BaseModel):
    """A file the resident sent."""

    id: str
    name: str
    media_type: str
    size: int
    at: datetime


class NoteRow(BaseModel):
    """What a clerk noted."""

    id: int
    name: str
    text: str
    at: datetime


class CannedReply(BaseModel):
    """A reply to choose, its variables filled."""

    key: str
    title: str
    text: str


class Packet(BaseModel):
    """What a clerk reads of a handoff."""

    handoff: HandoffRow
    who: Who
    item: ItemFacts | None
    why: str
    tried: list[str]
    answers: list[AnswerRow]
    materials: list[MaterialRow]
    files: list[FileRow]
    thread: list[Entry]
    more: bool
    notes: list[NoteRow]
    case: CaseRow | None
    draft: bool
    other_cases: list[CaseRow]
    canned: list[CannedReply]
    may: list[str]
