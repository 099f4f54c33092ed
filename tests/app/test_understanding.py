"""The figures of `./onecall nlu eval`, from hand-made outcomes; what is counted as what. The real run: tests/e2e."""

from collections.abc import Sequence
from io import BytesIO, StringIO

from PIL import Image
from rich.console import Console

from app.understanding.diagram import reliability_diagram
from app.understanding.figures import Figures, figures
from app.understanding.labelled import Labelled
from app.understanding.labels import FOLDED, folded, sayable
from app.understanding.outcomes import Candidate, Kind, Outcome, Reaction, Understood, reaction_of
from app.understanding.showing import folds_used, show
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.state import DialogueState

DEPARTMENTS = {"card": "disabled", "lost": "disabled", "dibao": "civil", "flat": "housing"}


def outcome(
    text: str,
    item: str | None,
    intent: str,
    candidates: Sequence[tuple[str, float]] = (),
    guessed: str | None = None,
    did: tuple[Kind, tuple[str, ...]] = (Kind.OTHER, ()),
    ms: float = 1.0,
) -> Outcome:
    understood = Understood(tuple(Candidate(*each) for each in candidates), guessed or intent, 0.9, ms)
    return Outcome(Labelled(text, item, intent), understood, guessed or intent, Reaction(*did, ms * 10))


ROWS = [
    outcome("办残疾证", "card", "apply", [("card", 0.95), ("lost", 0.02)], did=(Kind.ANSWERED, ("card",)), ms=1),
    outcome("证丢了", "lost", "apply", [("card", 0.85), ("lost", 0.1)], did=(Kind.ANSWERED, ("card",)), ms=2),
    outcome("证掉了", "lost", "apply", [("card", 0.55)], did=(Kind.CLARIFIED, ("card", "lost")), ms=3),
    outcome("低保多久", "dibao", "ask_time", [("flat", 0.3), ("card", 0.2), ("lost", 0.1), ("dibao", 0.1)], "apply",
            (Kind.CLARIFIED, ("flat", "card")), ms=4),
    outcome("低保和残疾证", "dibao", "apply", [("dibao", 0.6)], did=(Kind.SEVERAL, ("dibao", "card")), ms=5),
    outcome("买菜", None, "out_of_scope", [("flat", 0.75)], "apply", (Kind.ANSWERED, ("flat",)), ms=6),
    outcome("下雨吗", None, "out_of_scope", [("flat", 0.01)], ms=7),
    outcome("补贴", None, "ambiguous", [("dibao", 0.99)], ms=8),
]  # fmt: skip


def measured() -> Figures:
    return figures(ROWS, DEPARTMENTS)


def test_items_are_counted_among_rows_that_have_one() -> None:
    found = measured()
    assert found.n == 8
    assert (found.item_acc1, found.item_acc3) == (2 / 5, 3 / 5)


def test_the_fourth_candidate_is_not_among_the_first_three() -> None:
    assert figures([ROWS[3]], DEPARTMENTS).item_acc3 == 0


def test_what_the_bot_does_is_counted_apart_from_what_the_engine_thinks() -> None:
    found = measured()
    assert (found.answered, found.answered_precision) == (2 / 5, 1 / 2)
    assert (found.clarified, found.clarified_hit) == (2 / 5, 1 / 2)
    assert found.oos_answered == 1 / 2


def test_the_intent_of_rows_that_are_out_of_scope_is_not_counted() -> None:
    assert measured().intent_acc == 5 / 6


def test_each_intent_is_told_with_what_it_is_mostly_taken_for() -> None:
    found = measured().intents
    assert (found["apply"].n, found["apply"].recall, found["apply"].precision) == (4, 1.0, 4 / 6)
    assert found["apply"].f1 == 0.8
    assert found["apply"].mostly is None
    assert (found["ask_time"].recall, found["ask_time"].precision, found["ask_time"].mostly) == (0.0, None, "apply")


def test_departments_are_told_apart_and_those_without_a_row_left_out() -> None:
    found = measured().departments
    assert list(found) == ["civil", "disabled"]
    assert (found["disabled"].n, found["disabled"].acc1, found["disabled"].acc3) == (3, 1 / 3, 2 / 3)
    assert (found["disabled"].answered, found["disabled"].precision) == (2 / 3, 1 / 2)
    assert found["civil"].precision is None


def test_confusions_stand_by_count_and_then_by_how_sure_the_engine_was() -> None:
    found = measured().confusions
    assert [(each.true, each.guessed, each.count) for each in found] == [
        ("lost", "card", 2),
        ("-", "flat", 1),
        ("dibao", "flat", 1),
    ]
    assert found[0].texts == ("证丢了", "证掉了")


def test_reliability_leaves_out_the_ambiguous_whose_item_nobody_can_know() -> None:
    bins = measured().reliability
    assert sum(each.count for each in bins) == 7
    assert (bins[9].count, bins[9].mean_p, bins[9].right) == (1, 0.95, 1.0)
    assert (bins[0].count, bins[0].right) == (1, 0.0)
    assert (bins[1].count, bins[1].mean_p, bins[1].right) == (0, None, None)


def test_a_certain_candidate_falls_into_the_last_bin() -> None:
    sure = outcome("办残疾证", "card", "apply", [("card", 1.0)])
    assert figures([sure], DEPARTMENTS).reliability[9].count == 1


def test_times_are_percentiles_by_nearest_rank() -> None:
    found = measured()
    assert (found.latency_ms.p50, found.latency_ms.p95) == (4, 8)
    assert (found.turn_ms.p50, found.turn_ms.p95) == (40, 80)


def test_a_share_of_nothing_is_none_and_is_shown_as_a_dash() -> None:
    found = figures([ROWS[7]], DEPARTMENTS)
    assert (found.item_acc1, found.answered, found.clarified_hit, found.oos_answered) == (None, None, None, None)
    assert "—" in _shown(found)


def test_the_tables_show_every_confusion_with_its_sentences_as_they_are() -> None:
    odd = outcome("[red]证丢了[/red]", "lost", "apply", [("card", 0.85)])
    shown = _shown(figures([odd], DEPARTMENTS))
    assert "[red]证丢了[/red]" in shown
    assert "没补的残疾证" in shown


def test_asking_which_item_is_meant_counts_before_an_item_gone_ahead_with() -> None:
    asked = Bubble(text="哪一个", choices=[Choice(label="甲", value="item:a"), Choice(label="都不是", value="none")])
    assert reaction_of(DialogueState(item_id="b"), [asked], 1.0) == Reaction(Kind.CLARIFIED, ("a",), 1.0)


def test_going_ahead_is_seen_from_the_item_spoken_of() -> None:
    told = Bubble(text="材料", choices=[Choice(label="开始办理", value="apply:a")])
    assert reaction_of(DialogueState(item_id="a"), [told], 1.0) == Reaction(Kind.ANSWERED, ("a",), 1.0)
    assert reaction_of(DialogueState(), [Bubble(text="您好")], 1.0) == Reaction(Kind.OTHER, (), 1.0)


def test_two_items_told_of_at_once_are_several() -> None:
    told = [Bubble(text="材料", choices=[Choice(label="开始办理", value=f"apply:{item}")]) for item in ("a", "b")]
    assert reaction_of(DialogueState(item_id="b"), told, 1.0) == Reaction(Kind.SEVERAL, ("b", "a"), 1.0)


def test_a_finer_intent_counts_as_the_nearest_one_that_the_file_uses() -> None:
    assert folded("ask_how", {"apply"}) == "apply"
    assert folded("ask_how", {"apply", "ask_how"}) == "ask_how"
    assert folded("book", {"apply"}) == "book"


def test_whatever_is_folded_is_an_intent_of_the_bot_and_ends_at_one_that_is_not() -> None:
    assert set(FOLDED) | set(FOLDED.values()) <= sayable()
    assert all(folded(guess, ()) not in FOLDED for guess in FOLDED)


def test_of_the_guesses_those_that_counted_as_another_are_told() -> None:
    assert folds_used({"ask_how": "apply", "apply": "apply", "thanks": "thanks"}) == {"ask_how": "apply"}


def test_the_diagram_is_a_picture() -> None:
    with Image.open(BytesIO(reliability_diagram(measured().reliability))) as picture:
        assert picture.format == "PNG"
        assert picture.width == 900
        assert len(picture.getcolors(1_000_000) or []) > 10


def _shown(found: Figures) -> str:
    console = Console(file=StringIO(), width=160)
    show(console, found, {"lost": "没补的残疾证"}, {})
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()
