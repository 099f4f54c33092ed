"""What the catalogue as it stands promises."""

from collections import Counter
from datetime import date

import pytest

from cases.answers import AnswerRefused, read_answer
from cases.form import next_question, questions, wording
from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind, FieldType, FormField, Item
from tests.support.people import typed_answer

TODAY = date(2026, 11, 22)


def _fields(catalog: Catalog) -> list[tuple[str, FormField]]:
    own = [(item.id, field) for item in catalog.items.values() for field in item.fields]
    return own + [("proxy", field) for field in catalog.proxy_fields]


def test_there_are_132_items_39_settled_by_the_street_and_8_without_a_trip(catalog: Catalog) -> None:
    items = catalog.items.values()
    assert len(items) == 132
    assert sum(item.settled_by_street for item in items) == 39
    assert sum(item.zero_trip for item in items) == 8


def test_every_official_name_is_there_once(catalog: Catalog) -> None:
    assert len({item.name for item in catalog.items.values()}) == len(catalog.items)


def test_items_cannot_be_changed_after_loading(catalog: Catalog) -> None:
    item = next(iter(catalog.items.values()))
    with pytest.raises(ValueError, match="frozen"):
        item.name = "别的"  # type: ignore[misc]
    with pytest.raises(TypeError):
        catalog.items["x"] = item  # type: ignore[index]


def test_every_item_says_when_it_was_reviewed_and_where_from(catalog: Catalog) -> None:
    for item in catalog.items.values():
        assert item.last_reviewed <= TODAY
        assert item.source


def test_every_example_is_an_answer_to_its_own_question(catalog: Catalog) -> None:
    refused = []
    for item_id, field in _fields(catalog):
        if field.example is None or field.type is FieldType.FILE:
            continue
        try:
            assert read_answer(field, field.example, today=TODAY).value
        except AnswerRefused as error:
            refused.append(f"{item_id}.{field.key}: {field.example} ({error.code})")
    assert refused == []


def test_every_choice_reads_as_itself_by_label_and_by_number(catalog: Catalog) -> None:
    for item_id, field in _fields(catalog):
        for number, label in enumerate(field.choices or [], start=1):
            for text in (label, str(number)):
                answer = read_answer(field, text, today=TODAY)
                assert (answer.value, answer.certain) == (label, True), f"{item_id}.{field.key}: {text}"


def test_every_condition_names_an_answer_that_can_be_given(catalog: Catalog) -> None:
    for item in catalog.items.values():
        by_key = {field.key: field for field in item.fields}
        for field in item.fields:
            if field.ask_if is not None:
                asked = by_key[field.ask_if.field]
                possible = asked.choices or ["是", "否"]
                assert asked.type in (FieldType.CHOICE, FieldType.YES_NO), f"{item.id}.{field.key}"
                assert set(field.ask_if.is_) <= set(possible), f"{item.id}.{field.key}"


def _filled(catalog: Catalog, item: Item, kind: ApplicantKind, choice: int) -> dict[str, str]:
    """The answers of a resident who always takes the same choice, the first (0) or the last (-1)."""
    values: dict[str, str] = {}
    for _ in range(60):
        field = next_question(questions(catalog, item, kind, values), values)
        if field is None:
            return values
        asked = wording(field, kind, "母亲")
        assert "{" not in asked, f"{item.id}.{field.key}: {asked}"
        if field.type is FieldType.FILE:
            values[field.key] = "file"
        elif field.type is FieldType.YES_NO:
            values[field.key] = ("是", "否")[choice]
        else:
            typed = field.choices[choice] if field.choices else typed_answer(field)
            values[field.key] = read_answer(field, typed, today=TODAY).value
    raise AssertionError(f"{item.id} for {kind} has no end")


@pytest.mark.parametrize("choice", [0, -1])
@pytest.mark.parametrize("kind", list(ApplicantKind))
def test_every_form_can_be_completed_by_everyone_who_may_apply(
    catalog: Catalog, kind: ApplicantKind, choice: int
) -> None:
    for item in catalog.items.values():
        if kind in {applicant.kind for applicant in item.applicants}:
            assert _filled(catalog, item, kind, choice)


def test_a_proxy_is_asked_who_they_are_and_nobody_is_asked_the_same_thing_twice(catalog: Catalog) -> None:
    for item in catalog.items.values():
        for kind in {applicant.kind for applicant in item.applicants}:
            keys = [field.key for field in questions(catalog, item, kind, {})]
            assert max(Counter(keys).values()) == 1
            if kind is ApplicantKind.SELF:
                assert "proxy_name" not in keys


def test_every_form_asks_for_a_phone_so_that_its_case_can_be_tracked(catalog: Catalog) -> None:
    without = [
        item.id
        for item in catalog.items.values()
        if not {"phone", "proxy_phone"} & {field.key for field in questions(catalog, item, item.applicants[0].kind, {})}
    ]
    assert without == []
