"""An item counts once, at the highest step all of whose rules it keeps; changes take back what was proved before."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from app.bench.many_items import write_catalogue
from services_catalog.eligibility.rules import Eligibility
from services_catalog.lint.library import open_library
from services_catalog.lint.run import findings_of
from services_catalog.loader import CATALOG_DIR, load_catalog
from services_catalog.scale import RULES, Examined, Ranked, Step, rank, rank_all
from services_catalog.scenarios import FILE, keep_scenarios, scenarios
from services_catalog.schema import ApplicantKind, Confidence, Item

TODAY = date(2026, 11, 25)
ITEM = Path("items/minzheng/shili-0.yml")
AGED = Eligibility.model_validate({"rule": {"fact": "age", "at_least": 80}})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue of two items that keep every rule but one: their eligibility is not declared."""
    write_catalogue(tmp_path, 2)
    return tmp_path


def _item(root: Path, **changed: object) -> Item:
    return load_catalog(root).items["shili-0"].model_copy(update={"eligibility": AGED, **changed})


def _ranked(item: Item, *, utterances: int = 40, faultless: bool = True, scenarios: bool | None = True) -> Ranked:
    return rank(Examined(ITEM, item, utterances, faultless, scenarios, TODAY))


def _all(root: Path, tried: Mapping[str, bool]) -> dict[str, Ranked]:
    library = open_library(root, TODAY)
    return {each.item_id: each for each in rank_all(library, findings_of(library), tried)}


def test_an_item_that_keeps_every_rule_is_gold(root: Path) -> None:
    assert _ranked(_item(root)) == Ranked("shili-0", "minzheng", Step.GOLD, ())


BROKEN: dict[str, tuple[Step, dict[str, object]]] = {
    "faultless": (Step.UNRANKED, {}),
    "facts_sourced": (Step.BRONZE, {"source": "无"}),
    "utterances_enough": (Step.BRONZE, {}),
    "form_complete": (Step.BRONZE, {"fields": []}),
    "next_step_told": (Step.BRONZE, {"next_step": ""}),
    "questions_answered": (Step.BRONZE, {"questions": []}),
    "reviewed": (Step.BRONZE, {"last_reviewed": date(2025, 11, 24)}),
    "eligibility_declared": (Step.SILVER, {"eligibility": None}),
    "scenarios_pass": (Step.SILVER, {}),
    "confident": (Step.SILVER, {"confidence": Confidence.LOW}),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_one_broken_rule_keeps_an_item_below_its_step(root: Path, rule: str) -> None:
    step, changed = BROKEN[rule]
    ranked = _ranked(
        _item(root, **changed),
        utterances=36 if rule == "utterances_enough" else 37,
        faultless=rule != "faultless",
        scenarios=rule != "scenarios_pass",
    )
    assert (ranked.step, [broken.name for broken in ranked.hindered_by]) == (step, [rule])


def test_every_rule_is_tried_above() -> None:
    assert set(BROKEN) == {rule.name for rule in RULES}


def test_a_broken_rule_of_a_lower_step_weighs_more_than_a_kept_one_of_a_higher(root: Path) -> None:
    assert _ranked(_item(root, source="无", confidence="high")).step is Step.BRONZE


def test_a_form_for_organisations_alone_needs_nobody_s_id_number(root: Path) -> None:
    organisation = (
        load_catalog(root).items["shili-0"].applicants[0].model_copy(update={"kind": ApplicantKind.ORGANISATION})
    )
    assert _ranked(_item(root, fields=[], applicants=[organisation])).step is Step.GOLD


def test_what_nobody_tried_is_not_known_to_pass(root: Path) -> None:
    assert _ranked(_item(root), scenarios=None).step is Step.SILVER


def test_every_file_counts_once_also_one_that_cannot_be_read(root: Path) -> None:
    (root / ITEM).write_text("id: [")
    ranked = _all(root, {})
    assert {item_id: each.step for item_id, each in ranked.items()} == {
        "shili-0": Step.UNRANKED,
        "shili-1": Step.SILVER,
    }
    assert ranked["shili-0"].department == "minzheng"


def test_an_item_with_an_error_is_not_ranked(root: Path) -> None:
    path = root / ITEM
    path.write_text(path.read_text(encoding="utf-8").replace("last_reviewed: 2026", "last_reviewed: 2999"))
    assert _all(root, {})["shili-0"].step is Step.UNRANKED


def test_every_item_of_the_catalogue_can_be_used() -> None:
    library = open_library(CATALOG_DIR, TODAY)
    ranked = rank_all(library, findings_of(library), {})
    assert len(ranked) == 132
    assert Step.UNRANKED not in {each.step for each in ranked}


def test_what_simulated_residents_found_is_kept_for_the_item_as_it_was(root: Path) -> None:
    items = load_catalog(root).items
    keep_scenarios({"shili-0": True, "shili-1": False}, items, root)
    assert scenarios(items.values(), root) == {"shili-0": True, "shili-1": False}
    keep_scenarios({"shili-1": True}, items, root)
    assert scenarios(items.values(), root) == {"shili-0": True, "shili-1": True}


def test_what_residents_are_told_or_asked_being_changed_takes_it_back(root: Path) -> None:
    keep_scenarios({"shili-0": True, "shili-1": True}, load_catalog(root).items, root)
    path = root / ITEM
    path.write_text(
        "# 一句注释\n" + path.read_text(encoding="utf-8").replace("reviewed: 2026-11-22", "reviewed: 2026-11-24")
    )
    assert set(scenarios(load_catalog(root).items.values(), root)) == {"shili-0", "shili-1"}
    path.write_text(path.read_text(encoding="utf-8").replace("领过吗？", "领过钱吗？"))
    assert set(scenarios(load_catalog(root).items.values(), root)) == {"shili-1"}


@pytest.mark.parametrize("content", ["", "[]", '{"items": {"shili-0": true}}'])
def test_a_spoiled_file_of_scenarios_tells_nothing(root: Path, content: str) -> None:
    (root / FILE).write_text(content)
    assert scenarios(load_catalog(root).items.values(), root) == {}
