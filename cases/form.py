"""The form of a case: which question comes next, given the item, who applies, and the answers so far."""

from collections.abc import Mapping

from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind, FormField, Item

SELF = "self"
UNNAMED = "other"
"""A person concerned whose relation to the resident is not known; nothing is remembered of them."""

_WHO = {
    ApplicantKind.SELF: "您",
    ApplicantKind.GUARDIAN: "您要代办的人",
    ApplicantKind.FAMILY: "您家人",
    ApplicantKind.COMMUNITY: "这位居民",
    ApplicantKind.ORGANISATION: "这位申请人",
}


def questions(catalog: Catalog, item: Item, kind: ApplicantKind, values: Mapping[str, str]) -> list[FormField]:
    """The fields to ask, in order, as the answers in `values` stand now.

    A conditional field follows its answer, if that is still asked for: a field comes after those it depends on.
    """
    own: list[FormField] = []
    given: dict[str, str] = {}
    for field in item.fields:
        if _applies(field, kind, given):
            own.append(field)
            if field.key in values:
                given[field.key] = values[field.key]
    if kind is ApplicantKind.SELF or not _asks_for_proxy(item):
        return own
    taken = {field.key for field in own}
    return own + [field for field in catalog.proxy_fields if field.key not in taken]


def next_question(fields: list[FormField], values: Mapping[str, str]) -> FormField | None:
    """The first field without an answer, or None when the form is complete."""
    return next((field for field in fields if field.key not in values), None)


def who(kind: ApplicantKind, person: str) -> str:
    """How the person concerned is called when talking to the one who types."""
    return _WHO[kind] if person in (SELF, UNNAMED) else f"您{person}"


def wording(field: FormField, kind: ApplicantKind, person: str) -> str:
    """The question as it is put to the one who types."""
    return told(field.question, kind, person)


def told(text: str, kind: ApplicantKind, person: str) -> str:
    """A catalogue text with {who} filled in."""
    return text.replace("{who}", who(kind, person))


def about(field: FormField, item: Item, kind: ApplicantKind, person: str) -> str | None:
    """Whose data a field asks for, as a profile knows people; None if nothing is to be remembered."""
    if field.prefill is None:
        return None
    if kind is ApplicantKind.SELF or field.key.startswith("proxy_") or not _asks_for_proxy(item):
        return SELF
    return None if person in (SELF, UNNAMED) else person


def _asks_for_proxy(item: Item) -> bool:
    """Whether the form asks who types. Where nobody applies for themselves, its own fields already do."""
    return any(applicant.kind is ApplicantKind.SELF for applicant in item.applicants)


def _applies(field: FormField, kind: ApplicantKind, given: Mapping[str, str]) -> bool:
    if field.only_for is not None and not field.only_for.includes(kind):
        return False
    return field.ask_if is None or given.get(field.ask_if.field) in field.ask_if.is_
