"""The figures of an evaluation as tables to read."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from app.understanding.figures import Figures
from app.understanding.labelled import NO_ITEM
from app.understanding.labels import FOLDED

_SUMMARY = (
    ("item_acc1", "排第一的事项就是要办的"),
    ("item_acc3", "前三个事项里有要办的"),
    ("intent_acc", "意图对的（职责以外的话不算）"),
    ("answered", "有事项的话，不用问就往下办的"),
    ("answered_precision", "其中事项对的"),
    ("clarified", "有事项的话，问是哪一个的"),
    ("clarified_hit", "其中选项里有要办的"),
    ("oos_answered", "职责以外的话，往下办了某个事项的"),
)
WIDTH = 160


def show(console: Console, figures: Figures, names: Mapping[str, str], folds: Mapping[str, str]) -> None:
    """Print the figures; `names` are what departments and items are called, `folds` the guesses counted as another."""
    summary = Table("指标", "意思", "数值", title=f"{figures.n} 句")
    for key, meaning in _SUMMARY:
        summary.add_row(key, meaning, percent(getattr(figures, key)))
    for key, meaning in (("latency_ms", "听懂一句要的时间"), ("turn_ms", "从收到到答复存好的时间")):
        times = getattr(figures, key)
        summary.add_row(key, meaning, f"中位数 {times.p50} 毫秒，p95 {times.p95} 毫秒")
    console.print(summary)
    if folds:
        told = "、".join(f"{guess} 算作 {label}" for guess, label in sorted(folds.items()))
        console.print(f"文件里没有用到的意图：{told}", markup=False, highlight=False)
    _show_intents(console, figures)
    _show_departments(console, figures, names)
    _show_reliability(console, figures)
    _show_confusions(console, figures, names)


def percent(share: float | None) -> str:
    """A share as people read it."""
    return "—" if share is None else f"{share:.1%}"


def _show_intents(console: Console, figures: Figures) -> None:
    table = Table("意图", "句数", "听出来的", "听成它时对的", "F1", "多半错听成")
    for intent, each in figures.intents.items():
        numbers = (percent(each.recall), percent(each.precision), percent(each.f1))
        table.add_row(intent, str(each.n), *numbers, each.mostly or "")
    console.print(table)


def _show_departments(console: Console, figures: Figures, names: Mapping[str, str]) -> None:
    table = Table("部门组", "句数", "排第一的对", "前三有", "不问就办", "其中对的")
    for department, each in figures.departments.items():
        numbers = (percent(number) for number in (each.acc1, each.acc3, each.answered, each.precision))
        table.add_row(names.get(department, department), str(each.n), *numbers)
    console.print(table)


def _show_reliability(console: Console, figures: Figures) -> None:
    table = Table("第一名的概率", "句数", "平均概率", "实际对的")
    for each in figures.reliability:
        table.add_row(f"{each.low:.1f} 到 {each.high:.1f}", str(each.count), percent(each.mean_p), percent(each.right))
    console.print(table)


def _show_confusions(console: Console, figures: Figures, names: Mapping[str, str]) -> None:
    if not figures.confusions:
        return
    table = Table("要办的", "认成了", "次数", "平均概率", Column("原话", overflow="fold"), title="最容易认错的")
    named = {**names, NO_ITEM: "没有事项"}
    for each in figures.confusions:
        true, guessed = (named.get(item, item) for item in (each.true, each.guessed))
        table.add_row(true, guessed, str(each.count), percent(each.p), Text("\n".join(each.texts)))
    console.print(table)


def folds_used(guesses: Mapping[str, str]) -> dict[str, str]:
    """Of guesses and what they counted as, those that counted as another."""
    return {guess: label for guess, label in guesses.items() if guess in FOLDED and guess != label}
