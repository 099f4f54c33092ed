"""`./onecall nlu`: how well the bot understands."""

import asyncio
import json
import tempfile
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress as Bar

from app.cli import Command
from app.commands.nlu_review import drift, review

if TYPE_CHECKING:
    from app.understanding.labelled import Labelled
    from app.understanding.outcomes import Outcome
    from services_catalog.loader import Catalog

HELP = """听懂居民的话：在一批写好答案的句子上量一量准不准，看一句话是怎么听懂的，把没听懂的记成居民说法。

例：./onecall nlu eval 句子.tsv
例：./onecall nlu eval 句子.tsv --json 结果.json --png 可靠性.png
例：./onecall nlu eval 句子.tsv --homophones 0.15 --seed 1
例：./onecall nlu explain "我妈腿脚不方便想办个证"
例：./onecall nlu review
例：./onecall nlu drift --weeks 8"""


def evaluate(
    file: Annotated[Path, typer.Argument(help="句子，UTF-8，制表符隔开，栏目 text、item_id（没有事项写 -）、intent")],
    json_file: Annotated[Path | None, typer.Option("--json", help="把结果写成 JSON 文件")] = None,
    png: Annotated[Path | None, typer.Option("--png", help="把可靠性图画成 PNG 文件")] = None,
    homophones: Annotated[float, typer.Option(help="每个字有多大可能换成同音字", min=0.0, max=1.0)] = 0.0,
    seed: Annotated[int, typer.Option(help="换同音字的随机数种子；同一个种子换的一样")] = 1,
    page: Annotated[bool, typer.Option("--page", help="结果一屏一屏地看")] = False,
) -> None:
    """每一句都当作一段新对话的第一句话，说给真的引擎和真的机器人听，量一量听懂了多少。用临时数据库，不动真数据。

    各个指标的定义在 docs/understanding.md。

    例：./onecall nlu eval 句子.tsv --json 结果.json
    """
    from app.setup import Progress, SetupError, prepare, project_paths
    from app.understanding.asking import misheard
    from app.understanding.figures import figures
    from app.understanding.labelled import read_labelled
    from app.understanding.labels import sayable
    from app.understanding.showing import WIDTH, folds_used, show
    from services_catalog.loader import load_catalog

    for target in (json_file, png):
        if target is not None and not target.resolve().parent.is_dir():
            raise SetupError(f"没有 {target.parent} 这个文件夹。", "请先建好，再运行一次。")
    catalog = load_catalog()
    rows = read_labelled(file, catalog.items, sayable())
    paths = project_paths()
    model = prepare(paths, Progress())
    if homophones:
        rows = misheard(paths, rows, homophones, seed)
    with tempfile.TemporaryDirectory(prefix="onecall-eval-") as folder:
        found = asyncio.run(_outcomes(model, Path(folder), rows))
    measured = figures(found, {item.id: item.department for item in catalog.items.values()})
    folds = folds_used({each.understood.intent: each.guessed for each in found})
    if json_file is not None:
        report = {
            **measured.as_json(),
            "file": file.name,
            "model": model.name,
            "homophones": homophones,
            "seed": seed,
            "folded": folds,
            "rows": [_row(each) for each in found],
        }
        json_file.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if png is not None:
        from app.understanding.diagram import reliability_diagram

        png.write_bytes(reliability_diagram(measured.reliability))
    console = Console(width=None if Console().is_terminal else WIDTH)
    with console.pager() if page else nullcontext():
        show(console, measured, _names(catalog), folds)


def explain(
    text: Annotated[str, typer.Argument(help="一句话，像居民那样说")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")] = False,
) -> None:
    """看一句话是怎么听懂的：每个部件说了什么，最像的五个事项各凭什么。证件号、电话这些先脱敏。

    例：./onecall nlu explain "我妈腿脚不方便想办个证"
    """
    from app.setup import Progress, SetupError, prepare, project_paths
    from app.understanding.explaining import explanation, show_explanation
    from app.understanding.showing import WIDTH
    from services_catalog.loader import load_catalog

    if not text.strip():
        raise SetupError("这句话是空的。", "例：./onecall nlu explain 我想办残疾证")
    paths = project_paths()
    said = explanation(paths, prepare(paths, Progress()), text)
    if as_json:
        typer.echo(said.model_dump_json(indent=1))
        return
    show_explanation(Console(width=None if Console().is_terminal else WIDTH), said, load_catalog())


async def _outcomes(model: Path, folder: Path, rows: list["Labelled"]) -> list["Outcome"]:
    from app.database import migrate
    from app.runtime import running
    from app.settings import settings
    from app.understanding.asking import outcomes

    chosen = settings().model_copy(update={"data_dir": folder, "database_url": None})
    await migrate(chosen.resolved_database_url())
    async with running(model, chosen) as room:
        await room.engine.wait_ready()
        with Bar(console=Console(stderr=True)) as bar:
            understood = bar.add_task("听懂", total=len(rows))
            answered = bar.add_task("答复", total=len(rows))
            return await outcomes(room, rows, lambda: bar.advance(understood), lambda: bar.advance(answered))


def _names(catalog: "Catalog") -> dict[str, str]:
    items = {item.id: item.call_it for item in catalog.items.values()}
    return items | {department.id: department.name for department in catalog.departments.values()}


def _row(outcome: "Outcome") -> dict[str, Any]:
    return {
        "text": outcome.row.text,
        "item_id": outcome.row.item_id,
        "intent": outcome.row.intent,
        "items": [asdict(candidate) for candidate in outcome.understood.items],
        "understood": outcome.understood.intent,
        "counted_as": outcome.guessed,
        "confidence": outcome.understood.confidence,
        "reaction": outcome.reaction.kind.value,
        "reaction_items": list(outcome.reaction.items),
    }


COMMANDS: dict[str, Command | dict[str, Command]] = {
    "eval": evaluate,
    "explain": explain,
    "review": review,
    "drift": drift,
}
