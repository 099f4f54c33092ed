"""`./onecall bench`: what things cost on this machine."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.setup.errors import SetupError

if TYPE_CHECKING:
    from app.runtime import Runtime

HELP = """量一量这台机器上要花多少时间。用临时数据库，不动真数据。

例：./onecall bench turns
例：./onecall bench turns --turns 200 --json 结果.json
例：./onecall bench channels --residents 500
例：./onecall bench faces
例：./onecall bench desk --open 1000 --desks 50
例：./onecall bench items --items 13200
例：./onecall bench nlu --test 句子.tsv --json 结果.json"""

SUBJECTS = ("turns", "channels", "faces", "desk", "items", "nlu")


def run(
    subject: Annotated[
        str,
        typer.Argument(
            help="量什么：turns（一轮对话）、channels（微信里很多人同时说话）、faces（刷脸时聊天慢不慢）、"
            "desk（办事台）、items（事项多一百倍）、nlu（听得懂多少，和 Rasa 自带的 DIET 比）"
        ),
    ],
    turns: Annotated[int, typer.Option(help="一位居民时，每种说话量多少轮", min=20, max=5000)] = 100,
    residents: Annotated[int, typer.Option(help="channels：同时几位居民", min=2, max=2000)] = 500,
    rounds: Annotated[int, typer.Option(help="channels：每位说几句", min=1, max=100)] = 3,
    opened: Annotated[int, typer.Option("--open", help="desk：多少段对话在等或在谈", min=10, max=20000)] = 1000,
    desks: Annotated[int, typer.Option(help="desk：多少位办事员开着页面", min=1, max=200)] = 50,
    closed: Annotated[int, typer.Option(help="desk：表里有多少段早就结束的", min=1000)] = 1_000_000,
    a_second: Annotated[float, typer.Option(help="desk：居民一秒发几句", min=0.1, max=200)] = 20,
    seconds: Annotated[float, typer.Option(help="desk：发多少秒", min=1, max=3600)] = 30,
    items: Annotated[int, typer.Option(help="items：一共多少个事项", min=200, max=50_000)] = 13_200,
    test: Annotated[
        Path | None, typer.Option(help="nlu：拿来问的句子，栏目 text、item_id、intent，用制表符隔开")
    ] = None,
    share: Annotated[float, typer.Option(help="nlu：两边都学全部训练句子里的多少", min=0.01, max=1.0)] = 1.0,
    epochs: Annotated[int, typer.Option(help="nlu：DIET 学多少轮", min=1, max=1000)] = 100,
    json_file: Annotated[Path | None, typer.Option("--json", help="把结果写成 JSON 文件")] = None,
) -> None:
    """Measure and print."""
    if subject not in SUBJECTS:
        raise SetupError(f"不会量 {subject}。", f"可以量的：{'、'.join(SUBJECTS)}")
    from app.setup import Progress, prepare, project_paths
    from app.setup.photographs import prepare_photographs

    if subject == "nlu":
        return _nlu(test, share, epochs, json_file)
    model = prepare(project_paths(), Progress())
    with tempfile.TemporaryDirectory(prefix="onecall-bench-") as folder:
        if subject == "channels":
            asyncio.run(_channels(Path(folder), residents, rounds, json_file))
        elif subject == "desk":
            asyncio.run(_desk(Path(folder), desks, opened, closed, a_second, seconds, json_file))
        elif subject == "items":
            asyncio.run(_items(model, Path(folder), items, turns, json_file))
        elif subject == "faces":
            prepare_photographs(project_paths(), Progress())
            asyncio.run(_faces(model, Path(folder), turns, json_file))
        else:
            asyncio.run(_turns(model, Path(folder), turns, json_file))


async def _channels(folder: Path, residents: int, rounds: int, json_file: Path | None) -> None:
    from app.bench.channels import measure

    crowds = await measure(folder, residents, rounds)
    table = Table(
        "同时几人", "几句", "5秒内直接回复", "中位数 秒", "p95 秒", "每秒回答", "重投", "故障提示", "重复", "丢失"
    )
    for crowd in crowds:
        table.add_row(*(str(value) for value in asdict(crowd).values()))
    Console(width=None if Console().is_terminal else 140).print(table)
    await _write(json_file, {"crowds": [asdict(crowd) for crowd in crowds]})
    if any(crowd.duplicates or crowd.lost for crowd in crowds):
        raise typer.Exit(1)


@asynccontextmanager
async def _room(model: Path, folder: Path) -> AsyncIterator["Runtime"]:
    """A running 1call with a database of its own."""
    from app.database import migrate
    from app.runtime import running
    from app.settings import settings

    chosen = settings().model_copy(update={"data_dir": folder, "database_url": None})
    await migrate(chosen.resolved_database_url())
    async with running(model, chosen) as room:
        await room.engine.wait_ready()
        yield room


async def _faces(model: Path, folder: Path, turns: int, json_file: Path | None) -> None:
    from app.bench.faces import measure
    from app.setup import project_paths
    from app.setup.photographs import folder as photographs

    async with _room(model, folder) as room:
        found = await measure(room, photographs(project_paths()), turns)
    table = Table("一轮", "同时几人", "轮数", "中位数 毫秒", "p95 毫秒", "每秒轮数")
    for timing in (found.idle, found.loaded):
        table.add_row(*(str(value) for value in asdict(timing).values()))
    console = Console()
    console.print(table)
    console.print(
        f"刷脸核对一次（两个人排着）{found.check_s} 秒，共 {found.checks} 次；聊天的 p95 是平时的 {found.ratio_p95} 倍",
        highlight=False,
    )
    await _write(json_file, asdict(found))


async def _desk(
    folder: Path, desks: int, opened: int, closed: int, a_second: float, seconds: float, json_file: Path | None
) -> None:
    from app.bench.desk import measure

    found = await measure(folder, desks, opened, closed, a_second, seconds)
    table = Table("早就结束的", "打开队列 中位数 毫秒", "p95 毫秒")
    for queue in found.queues:
        table.add_row(*(str(value) for value in asdict(queue).values()))
    console = Console()
    console.print(table)
    console.print(
        f"{found.desks} 位办事员、{found.open} 段对话、每秒 {found.a_second} 句：一句话到办事员的页面，"
        f"中位数 {found.median_ms} 毫秒，p95 {found.p95_ms} 毫秒；{found.messages} 句里丢了 {found.lost} 句；"
        f"结束的多了以后，队列慢 {found.growth} 倍",
        highlight=False,
    )
    await _write(json_file, {**asdict(found), "growth": found.growth})
    if found.lost:
        raise typer.Exit(1)


async def _items(model: Path, folder: Path, items: int, turns: int, json_file: Path | None) -> None:
    from app.bench.items import measure
    from app.settings import settings
    from app.setup import project_paths

    console = Console()
    found = await measure(
        model, folder, settings(), project_paths(), items, turns, lambda line: console.print(line, highlight=False)
    )
    table = Table("一轮", "轮数", f"{found.few} 个事项 毫秒", f"{found.many} 个事项 毫秒", "倍")
    for cost in found.costs:
        table.add_row(cost.name, str(cost.turns), str(cost.few_ms), str(cost.many_ms), str(cost.ratio))
    console.print(table)
    costs = [{**asdict(cost), "ratio": cost.ratio} for cost in found.costs]
    await _write(json_file, {**asdict(found), "costs": costs})


def _nlu(test: Path | None, share: float, epochs: int, json_file: Path | None) -> None:
    from app.bench.nlu import measure, stock_config
    from app.setup import Progress, project_paths
    from app.setup.engine_environment import prepare_engine
    from app.setup.lock import one_at_a_time
    from app.understanding.labelled import read_labelled
    from app.understanding.labels import sayable
    from services_catalog.loader import load_catalog

    if test is None:
        raise SetupError("没有说拿哪些句子来问。", "例：./onecall bench nlu --test 句子.tsv")
    if json_file is not None and not json_file.resolve().parent.is_dir():
        raise SetupError(f"没有 {json_file.parent} 这个文件夹。", "请先建好，再运行一次。")
    catalog = load_catalog()
    rows = read_labelled(test, catalog.items, sayable())
    paths, progress = project_paths(), Progress()
    with one_at_a_time(paths, progress):
        prepare_engine(paths, progress)
    with tempfile.TemporaryDirectory(prefix="onecall-bench-") as folder:
        found = measure(paths, Path(folder), catalog, rows, progress, share, stock_config(epochs))
    table = Table("", "事项第一个就对", "前三个里有", "意图对", "训练 秒", "一句 p50 毫秒", "p95 毫秒", "内存 MB")
    for name, side in (("本服务", found.ours), ("DIET", found.stock)):
        table.add_row(name, *("-" if value is None else str(round(value, 3)) for value in asdict(side).values()))
    console = Console(width=None if Console().is_terminal else 140)
    console.print(table)
    console.print(f"都学了 {found.sentences} 句，问了 {found.rows} 句", highlight=False)
    asyncio.run(_write(json_file, asdict(found)))


async def _turns(model: Path, folder: Path, turns: int, json_file: Path | None) -> None:
    from app.bench.turns import measure

    async with _room(model, folder) as room:
        timings, growth = await measure(room, turns)
    table = Table("一轮", "同时几人", "轮数", "中位数 毫秒", "p95 毫秒", "每秒轮数")
    for timing in timings:
        table.add_row(*(str(value) for value in asdict(timing).values()))
    console = Console()
    console.print(table)
    console.print(
        f"同一段对话：第10轮 {growth.early_ms} 毫秒，第500轮 {growth.late_ms} 毫秒，是 {growth.ratio} 倍",
        highlight=False,
    )
    await _write(json_file, {"turns": [asdict(t) for t in timings], "growth_500": asdict(growth)})


async def _write(json_file: Path | None, content: dict[str, object]) -> None:
    if json_file is not None:
        await asyncio.to_thread(json_file.write_text, json.dumps(content, indent=1) + "\n")
