"""What simulated residents say, and how it is told what they covered. That they get there is shown in tests/e2e."""

import random

from hypothesis import given
from hypothesis import strategies as st

from app.simulation.answers import answer_to, other_answer
from app.simulation.coverage import Coverage
from app.simulation.mistyping import mistyped
from app.simulation.personas import PERSONAS
from app.simulation.resident import Played
from cases.answers import read_answer
from records.base import now
from services_catalog.loader import Catalog
from services_catalog.schema import FieldType

ITEM = "canji-gongjiao"


def test_there_are_eight_kinds_of_residents_and_the_happy_one_comes_first() -> None:
    assert list(PERSONAS) == [
        "happy",
        "correcting",
        "interrupting",
        "refusing",
        "vanishing",
        "proxy",
        "typo",
        "handoff",
    ]


@given(st.text(alphabet="我想办个残疾证老年补贴的，啊申请登记", min_size=1, max_size=30), st.integers(0, 1000))
def test_a_mistake_changes_one_character_or_leaves_one_out(text: str, seed: int) -> None:
    wrong = mistyped(text, random.Random(seed))
    assert wrong
    if len(wrong) == len(text):
        assert sum(one != other for one, other in zip(text, wrong, strict=True)) <= 1
    else:
        assert any(text[:at] + text[at + 1 :] == wrong for at in range(len(text)))


def test_another_answer_is_taken_by_the_field_and_is_kept_otherwise(catalog: Catalog) -> None:
    dice, today = random.Random(1), now().date()
    for item in catalog.items.values():
        for field in item.fields:
            if field.type is FieldType.FILE:
                continue
            before = read_answer(field, answer_to(field, dice), today=today).value
            assert read_answer(field, other_answer(field, dice, before), today=today).value, field.key


def test_what_was_covered_is_told_for_each_item_persona_and_step(catalog: Catalog) -> None:
    item = catalog.items[ITEM]
    first, second = (field.key for field in item.fields[:2])
    played = [
        Played(ITEM, "happy", completed=True, case_number="1", steps=[first, "proxy_name"]),
        Played(ITEM, "proxy", completed=True, case_number="2", not_applicable="不能代办", steps=[first]),
        Played(ITEM, "typo", problem="没有回答", steps=[second]),
    ]
    covered = Coverage(played, {ITEM: item})
    assert [covered.mark(ITEM, persona) for persona in ("happy", "proxy", "typo")] == ["✓ 1", "不适用 1", "✗ 1"]
    assert covered.reached(ITEM) == [first, second]
    assert covered.missed(ITEM) == [field.key for field in item.fields[2:]]
    assert not covered.is_complete
    assert covered.came_through == {ITEM: False}
    told = covered.as_json()
    assert (told["total"], told["completed"], told["not_applicable"]) == (3, 2, 1)
    assert told["items"][0] | {"transcript": []} == {
        "id": ITEM,
        "persona": "happy",
        "completed": True,
        "turns": 0,
        "case_number": "1",
        "problem": None,
        "not_applicable": None,
        "steps": [first, "proxy_name"],
        "transcript": [],
    }
