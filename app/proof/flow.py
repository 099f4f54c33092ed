"""The conversation of an item's form as a graph: where it can stand, and what a resident can say there.

Only answers that a condition looks at multiply places; any other field is answered or not. What is asked next comes
from the form itself (`cases.form`), what an answer means from its reader (`cases.answers`), and the steps, choices and
ways out are those of `actions`; `tests/app/test_proof_conformance.py` walks the graph through the real conversation.
"""

import random
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from actions import asking, identity
from actions.form_turn import REFUSALS_UNTIL_HELP
from app.simulation.answers import answer_to
from bot.conversation.selection import chosen
from cases import form
from cases.answers import AnswerRefused, read_answer
from kyc.levels import Level, Way
from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind, FieldType, FormField, Item

NONSENSE = ("啊啊啊啊", "？？")
"""Said where an answer is expected. What a field's reader takes as an answer all the same is one."""
KNOWN_DAY = date(2026, 1, 1)
"""The day answers are counted from, so that a proof does not depend on the day it is made."""


class Step:
    """A question of the form that is no field, or what the conversation came to; plain words, quick to compare."""

    APPLICANT = "applicant"
    CONFIRM = "confirm"
    IDENTITY = "identity"
    CAMERA = "identity:camera"
    KEPT = "kept"
    DONE = "done"
    CANCELLED = "cancelled"


class Aside:
    """What was begun beside the open question: which answer to change, what 取消 means, waiting for a person."""

    NOTHING = ""
    WHICH = "which"
    CANCEL = "cancel"
    WAITING = "waiting"


class Place(NamedTuple):
    """Where a conversation stands.

    `decided` are the answers that conditions look at, in the form's order; `misses` counts what was not understood at
    this very question, so that a conversation that counts them in a row is never later with its way out.
    """

    kind: str | None
    decided: tuple[str | None, ...]
    answered: frozenset[str]
    step: str
    misses: int = 0
    aside: str = Aside.NOTHING

    @property
    def field(self) -> str | None:
        """The key of the field that is asked, if one is."""
        verb, _, key = self.step.partition(":")
        return key if verb == "field" else None

    @property
    def is_over(self) -> bool:
        """Whether nothing follows."""
        return self.step in (Step.DONE, Step.CANCELLED)


class Move(NamedTuple):
    """What a resident says at a place, and where it leads."""

    said: str
    to: Place


class Flow:
    """The conversation of one item's form."""

    def __init__(self, catalog: Catalog, item: Item) -> None:
        self.catalog, self.item = catalog, item
        self.kinds = asking.kinds(item)
        looked_at = {field.ask_if.field for field in item.fields if field.ask_if is not None}
        self.deciding = tuple(field.key for field in item.fields if field.key in looked_at)
        self._asked: dict[tuple[str, tuple[str | None, ...]], list[str]] = {}
        self._like = {
            kind: next(k for k in self.kinds if self._asked_of(k) == self._asked_of(kind)) for kind in self.kinds
        }
        """Kinds of applicants who are asked the same in every case go the same ways: one of them stands for all."""
        self._by_key = {field.key: field for field in (*catalog.proxy_fields, *item.fields)}
        self._answers = {key: answers(field) for key, field in self._by_key.items()}
        self._refuses = {key: refused(field) for key, field in self._by_key.items()}

    def _asked_of(self, kind: ApplicantKind) -> tuple[bool, ...]:
        only = (field.only_for is None or field.only_for.includes(kind) for field in self.item.fields)
        return (kind is ApplicantKind.SELF, *only)

    def start(self) -> Place:
        """Where the form begins."""
        return self._next(Place(None, (None,) * len(self.deciding), frozenset(), Step.APPLICANT))

    def fields(self, place: Place) -> list[str]:
        """The keys of the form's questions as they stand at a place."""
        kind = place.kind or ApplicantKind.SELF.value
        found = self._asked.get((kind, place.decided))
        if found is None:
            values = {key: value for key, value in zip(self.deciding, place.decided, strict=True) if value is not None}
            found = [field.key for field in form.questions(self.catalog, self.item, ApplicantKind(kind), values)]
            self._asked[kind, place.decided] = found
        return found

    def field(self, key: str) -> FormField:
        """The field of that key."""
        return self._by_key[key]

    def has_field(self, key: str) -> bool:
        """Whether the form knows a field of that key."""
        return key in self._by_key

    def can_answer(self, key: str) -> bool:
        """Whether there is any answer that the field takes, or it may be passed over."""
        return bool(self._answers[key]) or self._by_key[key].skippable

    def offers_person(self, place: Place) -> bool:
        """Whether a person is offered on the screen where the resident was not understood."""
        return place.misses >= REFUSALS_UNTIL_HELP

    def moves(self, place: Place) -> Iterator[Move]:
        """All that a resident can say at a place."""
        if place.is_over:
            return
        asked = place._replace(misses=0, aside=Aside.NOTHING)
        if place.step == Step.KEPT:
            yield Move("接着上次的办", self._next(asked))
        elif place.aside == Aside.WAITING:
            yield Move("不等了，接着跟我办", asked)
        elif place.aside == Aside.CANCEL:
            yield Move("先存着，下次接着办", asked._replace(step=Step.KEPT))
            yield Move("不办了，删掉", self._over(Step.CANCELLED))
            yield Move("接着办", asked)
            yield Move("人工", place._replace(aside=Aside.WAITING))
        elif place.aside == Aside.WHICH:
            for key in self.fields(place):
                if key in place.answered:
                    yield Move(self._by_key[key].label, asked._replace(step=f"field:{key}"))
            yield Move("不改了", self._again(asked))
            yield Move("人工", place._replace(aside=Aside.WAITING))
            yield Move("取消", place._replace(aside=Aside.CANCEL))
        else:
            yield from self._at_the_question(place)
            yield from self._ways_out(place)

    def _ways_out(self, place: Place) -> Iterator[Move]:
        asked = place._replace(misses=0)
        yield Move("人工", asked._replace(aside=Aside.WAITING))
        yield Move("取消", asked._replace(aside=Aside.CANCEL))
        yield Move("先存着", asked._replace(step=Step.KEPT))
        yield Move("返回", self._back(asked))
        for key in self.deciding:
            if key in place.answered and key != place.field and key in self.fields(place):
                yield Move(f"{self._by_key[key].label}填错了", asked._replace(step=f"field:{key}"))

    def _at_the_question(self, place: Place) -> Iterator[Move]:
        key, asked = place.field, place._replace(misses=0)
        if key is not None:
            field = self._by_key[key]
            for said, value in self._answers[key] if key in self.deciding else self._answers[key][:1]:
                yield Move(said, self._kept(place, key, value))
            if field.skippable:
                yield Move("跳过", self._kept(place, key, ""))
            if self._refuses[key] is not None:
                yield Move(self._refuses[key] or "", _missed(place))
        elif place.step == Step.APPLICANT:
            for kind in self.kinds:
                yield Move(asking.applicant_label(kind), self._applies(place, self._like[kind].value))
            yield Move(NONSENSE[0], _missed(place))
        elif place.step == Step.CONFIRM:
            yield Move("确认提交", self._submitted(asked))
            yield Move("要改一下", asked._replace(aside=Aside.WHICH))
            yield Move(NONSENSE[0], _missed(place))
        elif place.step == Step.IDENTITY:
            for way in identity.ways_of(self.item):
                to = asked._replace(step=Step.CAMERA) if way is Way.FACE else self._over(Step.DONE)
                yield Move(identity.way_label(way), to)
            yield Move(NONSENSE[0], _missed(place))
        else:
            yield Move("（拍证件、刷脸，核对通过）", self._over(Step.DONE))
            yield Move("换个办法", asked._replace(step=Step.IDENTITY))

    def _applies(self, place: Place, kind: str) -> Place:
        """For whom: whoever changes it begins anew, for the answers were given for somebody else."""
        if place.kind is not None and kind != place.kind:
            place = place._replace(decided=(None,) * len(self.deciding), answered=frozenset())
        return self._next(place._replace(kind=kind, misses=0))

    def _kept(self, place: Place, key: str, value: str) -> Place:
        if key in self.deciding:
            at = self.deciding.index(key)
            place = place._replace(decided=(*place.decided[:at], value, *place.decided[at + 1 :]))
        return self._next(place._replace(answered=place.answered | {key}, misses=0))

    def _submitted(self, place: Place) -> Place:
        proved = Level(self.item.identity.level) < identity.ASKED_FROM
        return self._over(Step.DONE) if proved else place._replace(step=Step.IDENTITY)

    def _again(self, place: Place) -> Place:
        return self._next(place) if place.step == Step.CONFIRM else place

    def _next(self, place: Place) -> Place:
        """The question that follows from what is known."""
        if place.kind is None:
            if len(self.kinds) > 1:
                return place._replace(step=Step.APPLICANT)
            place = place._replace(kind=self.kinds[0].value)
        unanswered = next((key for key in self.fields(place) if key not in place.answered), None)
        return place._replace(step=Step.CONFIRM if unanswered is None else f"field:{unanswered}")

    def _back(self, place: Place) -> Place:
        keys = self.fields(place)
        position = keys.index(place.field) if place.field in keys else len(keys)
        before = [key for key in keys[:position] if key in place.answered]
        if before:
            return place._replace(step=f"field:{before[-1]}")
        if place.kind is not None and len(self.kinds) > 1:
            return place._replace(step=Step.APPLICANT)
        return self._next(place)

    def _over(self, step: str) -> Place:
        """Where nothing follows, whatever came before."""
        return Place(None, (), frozenset(), step)


def _missed(place: Place) -> Place:
    return place._replace(misses=min(place.misses + 1, REFUSALS_UNTIL_HELP))


def labels_of(field: FormField) -> list[str]:
    """The choices a field has, by their labels."""
    return ["是", "否"] if field.type is FieldType.YES_NO else field.choices or []


def taken_for(field: FormField, label: str) -> str | None:
    """The value that is kept when a resident answers with that choice; None where it is not taken for any.

    As `bot.conversation.answering` does it: what is certain by its reader counts first, then the choices on the screen.
    """
    try:
        read = read_answer(field, label, today=KNOWN_DAY)
    except AnswerRefused:
        read = None
    if read is not None and read.certain:
        return read.value
    choice = chosen(label, asking.choices_of(field))
    if choice is None:
        return None if read is None else read.value
    verb, _, rest = choice.value.partition(":")
    return rest.partition(":")[2] if verb == "value" else ""


def answers(field: FormField) -> list[tuple[str, str]]:
    """What may be said to a field and is taken, with the value kept: every choice, else the example or one invented."""
    if field.type is FieldType.FILE:
        return [("（发来照片）", "file")]
    labels = labels_of(field)
    if labels:
        return [(label, value) for label in labels if (value := taken_for(field, label)) is not None]
    tried = [*filter(None, [field.example]), answer_to(field, random.Random(field.key))]  # noqa: S311 - a sample
    for said in tried:
        try:
            return [(said, read_answer(field, said, today=KNOWN_DAY).value)]
        except AnswerRefused:
            continue
    return []


def refused(field: FormField) -> str | None:
    """Something that is no answer to a field; None where everything is one."""
    for said in NONSENSE:
        try:
            read_answer(field, said, today=KNOWN_DAY)
        except AnswerRefused:
            return said
    return None
