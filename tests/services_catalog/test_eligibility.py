"""Eligibility rules: three-valued, monotone, bounded; and every example beside the catalogue."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services_catalog.eligibility import facts, telling
from services_catalog.eligibility.evaluate import Truth, evaluate, inferred, nearly, presumed
from services_catalog.eligibility.examples import Example, mismatch, read_examples
from services_catalog.eligibility.facts import Possible, Profile, Span, narrowed, vocabulary
from services_catalog.eligibility.matching import match, next_question
from services_catalog.eligibility.rules import DEEPEST, MOST_CLAUSES, Clause, Eligibility
from services_catalog.loader import CATALOG_DIR, Catalog
from services_catalog.yaml_source import CatalogError

MILLISECONDS = 5
KEYS = ["age", "hukou", "disability_level", "income_class", "veteran", "needs_care"]


def _yes(value: str | bool) -> Possible:
    return frozenset({value})


def _known(key: str) -> st.SearchStrategy[Possible]:
    whole = vocabulary()[key].anything
    if isinstance(whole, Span):
        ages = st.integers(whole.low, whole.high)
        return st.tuples(ages, ages).map(lambda pair: Span(min(pair), max(pair)))
    return st.frozensets(st.sampled_from(sorted(whole, key=str)), min_size=1)


profiles = st.lists(st.sampled_from(KEYS), unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: _known(key) for key in keys})
)


def _comparison(key: str) -> st.SearchStrategy[dict[str, object]]:
    whole = vocabulary()[key].anything
    if isinstance(whole, Span):
        numbers = st.integers(whole.low, whole.high)
        return st.builds(lambda how, n: {"fact": key, how: n}, st.sampled_from(["at_least", "at_most"]), numbers)
    values = st.lists(st.sampled_from(sorted(whole, key=str)), min_size=1, unique=True)
    return values.map(lambda chosen: {"fact": key, "in": chosen})


rules = st.recursive(
    st.sampled_from(KEYS).flatmap(_comparison) | st.just({"unclear": "看当年政策"}),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
).map(Clause.model_validate)


@given(rules, profiles, profiles)
def test_more_knowledge_never_takes_an_answer_back(rule: Clause, known: Profile, learnt: Profile) -> None:
    before = evaluate(rule, known).truth
    more = dict(known)
    for key, possible in learnt.items():
        both = narrowed(known.get(key, vocabulary()[key].anything), possible)
        if both is not None:
            more[key] = both
    after = evaluate(rule, more).truth
    assert before is Truth.CANNOT_BE_TOLD or after is before


@given(rules, profiles)
def test_every_answer_has_its_reason_and_a_sentence_for_it(rule: Clause, known: Profile) -> None:
    verdict = evaluate(rule, known)
    deciding = {Truth.YES: verdict.fits, Truth.NO: verdict.fails, Truth.CANNOT_BE_TOLD: verdict.open}[verdict.truth]
    assert deciding
    for reason in (*verdict.fits, *verdict.fails):
        assert isinstance(telling.known(reason, known) + telling.wanted(reason), str)
    assert all(telling.open_points(verdict.open))
    assert nearly(rule, known) or verdict.truth is Truth.NO


@given(profiles)
def test_what_follows_only_narrows_what_is_known(known: Profile) -> None:
    for key, possible in known.items():
        for concluded in (inferred(known), presumed(known)):
            assert narrowed(concluded[key], possible) == concluded[key]


EXAMPLES = list(read_examples(CATALOG_DIR))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.place)
def test_the_example_is_what_the_rule_says(catalog: Catalog, example: Example) -> None:
    assert mismatch(example, catalog.items) is None


def test_every_item_with_rules_has_an_example_that_fits_and_one_that_does_not(catalog: Catalog) -> None:
    fitting = {example.item_id for example in EXAMPLES if example.truth is Truth.YES}
    others = {example.item_id for example in EXAMPLES if example.truth is not Truth.YES}
    ruled = {item.id for item in catalog.items.values() if item.eligibility is not None}
    assert fitting == others == ruled
    assert len(ruled) >= 100


def test_a_whole_rule_stands_for_every_condition_of_its_item(catalog: Catalog) -> None:
    for item in catalog.items.values():
        if item.eligibility is not None and not item.eligibility.partial:
            assert item.eligibility.reflected == set(range(1, len(item.conditions) + 1)), item.id


def test_matching_every_item_takes_less_than_five_milliseconds(catalog: Catalog) -> None:
    known: Profile = {"age": Span(81, 81), "hukou": _yes("本区"), "disability_level": _yes("二级")}
    taken = []
    for _ in range(20):
        started = time.process_time()
        next_question(match(catalog.items.values(), known), ())
        taken.append(time.process_time() - started)
    assert min(taken) * 1000 < MILLISECONDS


def _names(catalog: Catalog, known: Profile) -> tuple[set[str], set[str], set[str]]:
    found = match(catalog.items.values(), known)
    fits, near, undecided = ({each.item.id for each in group} for group in (found.fits, found.nearly, found.open))
    return fits, near, undecided


def test_one_year_short_is_nearly_and_ten_years_short_is_not(catalog: Catalog) -> None:
    for years, expected in ((79, True), (70, False)):
        _, near, _ = _names(catalog, {"age": Span(years, years), "hukou": _yes("本区")})
        assert ("gaoling-jintie" in near) is expected


def test_what_residents_can_still_do_is_nearly(catalog: Catalog) -> None:
    known: dict[str, Possible] = {
        "employment": _yes("没工作"),
        "unemployment_insured_months": Span(24, 24),
        "lost_job_unwillingly": _yes(True),
        "unemployment_registered": _yes(False),
    }
    _, near, _ = _names(catalog, known)
    assert "shiye-baoxianjin" in near
    _, near, _ = _names(catalog, {**known, "lost_job_unwillingly": _yes(False)})
    assert "shiye-baoxianjin" not in near


def test_what_is_unlikely_at_an_age_is_not_asked_but_never_told_as_certain(catalog: Catalog) -> None:
    known: Profile = {"age": Span(81, 81)}
    fits, near, undecided = _names(catalog, known)
    assert "yuer-butie" not in fits | near | undecided
    rule = catalog.items["yuer-butie"].eligibility
    assert rule is not None
    assert evaluate(rule.rule, inferred(known)).truth is Truth.CANNOT_BE_TOLD


def test_who_says_nothing_is_asked_for_their_age_first_and_questions_come_to_an_end(catalog: Catalog) -> None:
    asked: list[str] = []
    while (key := next_question(match(catalog.items.values(), {}), asked)) is not None:
        assert key not in asked
        asked.append(key)
    assert asked[0] == "age"
    assert next_question(match(catalog.items.values(), {"age": Span(81, 81)}), ()) == "hukou"


BROKEN = {
    "nothing": {},
    "two at once": {"all": [{"fact": "veteran", "is": True}], "fact": "veteran", "is": True},
    "empty list": {"all": []},
    "unknown fact": {"fact": "shoe_size", "at_least": 40},
    "unknown value": {"fact": "hukou", "is": "火星"},
    "unknown key": {"fact": "age", "divided_by": 0},
    "a division": {"fact": "age", "at_least": "1/0"},
    "a call": {"fact": "age", "at_least": "__import__('os')"},
    "no number": {"fact": "age", "at_least": True},
    "a number out of range": {"fact": "age", "at_least": 10**30},
    "bounds the wrong way": {"fact": "age", "at_least": 80, "at_most": 60},
    "a number for a choice": {"fact": "hukou", "at_least": 1},
    "a value for a number": {"fact": "age", "is": "老"},
    "no comparison": {"fact": "hukou"},
    "both is and in": {"fact": "hukou", "is": "本区", "in": ["本区"]},
    "a comparison of nothing": {"not": {"fact": "veteran", "is": True}, "is": True},
    "a place before the first": {"fact": "veteran", "is": True, "says": 0},
}


@pytest.mark.parametrize("rule", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Eligibility.model_validate({"rule": rule})


def _nested(levels: int) -> dict[str, object]:
    rule: dict[str, object] = {"fact": "veteran", "is": True}
    for _ in range(levels):
        rule = {"not": rule}
    return rule


@pytest.mark.parametrize(
    "rule", [_nested(DEEPEST), {"any": [{"fact": "veteran", "is": True}] * MOST_CLAUSES}], ids=["deep", "wide"]
)
def test_depth_and_size_of_a_rule_are_bounded(rule: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="最多"):
        Eligibility.model_validate({"rule": rule})


def _written(tmp_path: Path) -> Callable[[str], Path]:
    def write(content: str) -> Path:
        path = tmp_path / "eligibility_examples" / "minzheng" / "gaoling-jintie.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("examples:\n  - {person: {shoe_size: 40}, expect: not, why: []}\n", 2),
        ("examples:\n  - {person: {age: 81}, expect: maybe, why: []}\n", 2),
        (
            "examples:\n  - {person: {age: 81}, expect: not, why: []}\n  - {person: {age: 900}, expect: not, why: []}\n",
            3,
        ),
        ("examples: []\n", 1),
        ("examples:\n  - {person: {hukou: [火星]}, expect: not, why: []}\n", 2),
    ],
)
def test_a_broken_example_is_told_with_its_line(tmp_path: Path, content: str, line: int) -> None:
    root = _written(tmp_path)(content)
    with pytest.raises(CatalogError) as refused:
        list(read_examples(root))
    assert refused.value.line == line


def test_an_example_that_the_rule_contradicts_is_told(tmp_path: Path, catalog: Catalog) -> None:
    content = "examples:\n  - {person: {age: 79}, expect: eligible, why: [age]}\n"
    [example] = read_examples(_written(tmp_path)(content))
    assert example.place.endswith("gaoling-jintie.yml:2")
    assert mismatch(example, catalog.items) == "举例说可以，规则说不可以"


TALL = "type: number, label: 身高, question: 多高？, least: 0, most: 300, told: x, at_least: x, at_most: x"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (f"facts:\n  tall: {{{TALL}}}\n  tree: {{type: tree}}\n", 3, "type"),
        ("facts:\n  tall: {type: number, label: 身高, question: 多高？}\n", 2, "number 要写"),
        (f"facts:\n  tall: {{{TALL}, rare: true}}\n", 2, "rare 只用于 yes_no"),
        (f"facts:\n  tall: {{{TALL}, after: wide}}\n", 2, "没有 wide"),
        (
            "facts:\n  sex: {type: choice, label: 性别, question: 男女？, values: {男: 男, 女: 女}, none: 无}\n",
            2,
            "none",
        ),
        ("facts: 3\n", 1, "facts"),
    ],
)
def test_a_broken_vocabulary_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, line: int, reason: str
) -> None:
    path = tmp_path / "facts.yml"
    path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(facts, "VOCABULARY", path)
    with pytest.raises(CatalogError, match=reason) as refused:
        facts.vocabulary.__wrapped__()
    assert refused.value.line == line
