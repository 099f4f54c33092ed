"""Every item's form is proved, and a form broken on purpose is told with a conversation that shows it."""

from collections.abc import Sequence
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import command_line
from app.proof.checks import Fault, Finding, prove, prove_all
from app.proof.flow import Flow, Step
from app.proof.graph import explore
from services_catalog.loader import Catalog
from services_catalog.schema import Applicant, AskIf, FormField, Item

SIMPLE = "gaoling-jintie"


def broken(catalog: Catalog, fields: Sequence[FormField], applicants: Sequence[str] = ("self",)) -> Item:
    """An item with that form, whatever the schema would say of it."""
    kinds = [Applicant.model_validate({"kind": kind, "label": kind}) for kind in applicants]
    return catalog.items[SIMPLE].model_copy(update={"fields": list(fields), "applicants": kinds})


def field(key: str, **values: Any) -> FormField:
    """A field of that key; by default a yes or no."""
    return FormField.model_validate({"key": key, "type": "yes_no", "label": key, "question": f"{key}？", **values})


def after(key: str, on: str, *answers: str, **values: Any) -> FormField:
    """A field asked only after an answer to another one."""
    return field(key, ask_if={"field": on, "is": list(answers)}, **values)


def only(catalog: Catalog, item: Item) -> Finding:
    """The one thing that is wrong with an item's form."""
    [finding] = prove(catalog, item).findings
    return finding


def test_all_items_of_the_catalogue_are_proved(catalog: Catalog) -> None:
    proofs = prove_all(catalog, catalog.items.values())
    assert [finding for proof in proofs for finding in proof.findings] == []
    assert len(proofs) == 132


def test_a_sound_form_with_conditions_has_nothing_wrong(catalog: Catalog) -> None:
    item = broken(catalog, [field("a"), after("b", "a", "是"), after("c", "a", "否"), field("d", skippable=True)])
    assert prove(catalog, item).findings == ()


def test_a_field_that_waits_for_a_later_one_is_never_asked(catalog: Catalog) -> None:
    found = only(catalog, broken(catalog, [after("address", "pickup", "是"), field("pickup")]))
    assert found.fault is Fault.LATER_CONDITION
    assert found.message == "“address”要看“pickup”的回答，可是“pickup”不在它前面问"
    assert found.conversation[1:] == (
        "助手：pickup？",
        "居民：是",
        "助手：（把填好的都念一遍）没问题就说“确认提交”。",
    )


def test_a_condition_that_no_answer_meets_is_found(catalog: Catalog) -> None:
    way = field("way", type="choice", choices=["自取", "邮寄"])
    found = only(catalog, broken(catalog, [way, after("address", "way", "快递")]))
    assert found.fault is Fault.IMPOSSIBLE_CONDITION
    assert "没有人能答出“快递”" in found.message


def test_a_condition_on_a_field_that_is_not_there_is_found(catalog: Catalog) -> None:
    assert only(catalog, broken(catalog, [field("a"), after("b", "gone", "是")])).fault is Fault.LATER_CONDITION


def test_a_field_for_applicants_who_cannot_apply_is_never_asked(catalog: Catalog) -> None:
    found = only(catalog, broken(catalog, [field("a"), field("guardian", only_for="guardian")]))
    assert (found.fault, "“guardian”永远不会问到" in found.message) == (Fault.NEVER_ASKED, True)
    assert (
        prove(catalog, broken(catalog, [field("a"), field("b", only_for="guardian")], ("self", "guardian"))).findings
        == ()
    )


def test_a_field_behind_one_that_is_never_asked_is_found_with_it(catalog: Catalog) -> None:
    fields = [field("a"), after("b", "a", "是", only_for="guardian"), after("c", "b", "是")]
    faults = {finding.fault for finding in prove(catalog, broken(catalog, fields)).findings}
    assert faults == {Fault.NEVER_ASKED, Fault.IMPOSSIBLE_CONDITION}


def test_a_field_that_refuses_every_answer_ends_the_way_to_a_case_and_the_conversation_leads_there(
    catalog: Catalog,
) -> None:
    dead = field("card", type="number", example="好多")
    found = {each.fault: each for each in prove(catalog, broken(catalog, [field("a"), dead])).findings}
    assert set(found) == {Fault.NO_WAY_TO_DONE, Fault.NO_ANSWER}
    assert found[Fault.NO_WAY_TO_DONE].conversation[-3:] == ("助手：a？", "居民：是", "助手：card？")


def test_a_dead_end_behind_one_choice_is_found_though_another_choice_leads_on(catalog: Catalog) -> None:
    dead = after("c", "a", "否", type="number", example="好多")
    found = only(catalog, broken(catalog, [field("a"), dead]))
    assert found.fault is Fault.NO_ANSWER
    assert found.conversation[-2:] == ("居民：否", "助手：c？")


@pytest.mark.parametrize(
    ("choices", "skippable", "wrong"),
    [(["A类", "Ａ类"], False, "Ａ类"), (["跳过", "不跳"], True, None), (["2", "1"], False, None)],
)
def test_a_choice_that_is_taken_for_another_one_is_found(
    catalog: Catalog, choices: list[str], skippable: bool, wrong: str | None
) -> None:
    item = broken(catalog, [field("kind", type="choice", choices=choices, skippable=skippable)])
    found = [each.message for each in prove(catalog, item).findings if each.fault is Fault.CHOICE_NOT_TAKEN]
    assert [f"“{wrong}”" in message for message in found] == ([True] if wrong else [])


def test_a_form_too_tangled_to_prove_is_said_to_be_so(catalog: Catalog) -> None:
    proof = prove(catalog, catalog.items["fuju-shipei"], most=100)
    assert [finding.fault for finding in proof.findings] == [Fault.TOO_MANY_PLACES]


def test_only_answers_that_a_condition_looks_at_multiply_places(catalog: Catalog) -> None:
    free = [field(name) for name in "abcd"]
    looked_at = [*free, after("e", "a", "是")]
    assert len(explore(Flow(catalog, broken(catalog, free)), 10_000).moves) < 200
    assert explore(Flow(catalog, broken(catalog, looked_at)), 10_000).flow.deciding == ("a",)


def test_whoever_changes_for_whom_begins_anew(catalog: Catalog) -> None:
    flow = Flow(catalog, broken(catalog, [field("a")], ("self", "family")))
    said = {move.said: move.to for move in flow.moves(flow.start())}
    summary = next(move.to for move in flow.moves(said["给我自己办"]) if move.said == "是")
    assert summary.step == Step.CONFIRM
    back = flow.start()._replace(kind="self", answered=summary.answered)
    others = next(move.to for move in flow.moves(back) if move.said == "给家里人办")
    assert others.answered == frozenset()


def test_the_command_proves_one_item_and_knows_which_there_are() -> None:
    line = command_line(["catalog"])
    done = CliRunner().invoke(line, ["catalog", "prove", SIMPLE])
    assert (done.exit_code, done.output.startswith("1/1 个事项走得通")) == (0, True)
    assert CliRunner().invoke(line, ["catalog", "prove", "no-such-item"]).exit_code == 1


def test_the_conditions_of_broken_items_would_not_pass_the_schema_either() -> None:
    with pytest.raises(ValueError, match="is"):
        AskIf.model_validate({"field": "a", "is": []})
