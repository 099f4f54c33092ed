"""`./onecall simulate`: residents who apply for every item, through the real pipeline and engine."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from app.setup.errors import SetupError

if TYPE_CHECKING:
    from app.simulation.coverage import Coverage
    from app.simulation.resident import Played

HELP = """让模拟居民把事项从头办一遍：从一句开场白到办件编号。用临时数据库，不动真数据。

居民有八种：happy 顺顺当当，correcting 填了又改，interrupting 中间提问，refusing 先乱答再答对，vanishing 走开一天再来，
proxy 帮家里人办，typo 打错字，handoff 中间找人工。

例：./onecall simulate --all --json 结果.json
例：./onecall simulate --all --persona all
例：./onecall simulate --item canji-zheng-shenling --persona proxy"""


def run(
    all_items: Annotated[bool, typer.Option("--all", help="全部事项")] = False,
    item: Annotated[list[str] | None, typer.Option(help="只办这个事项；可以写几次；只写一个就打印整段对话")] = None,
    persona: Annotated[str, typer.Option(help="哪一种居民；all 是八种都来")] = "happy",
    json_file: Annotated[Path | None, typer.Option("--json", help="把结果写成 JSON 文件")] = None,
    at_once: Annotated[int, typer.Option(help="同时几位居民", min=1, max=64)] = 8,
    seed: Annotated[int, typer.Option(help="随机数种子；同一个种子说同样的话")] = 1,
) -> None:
    """Play and report; exit 0 only when every conversation ended with a filed case of its item, as it should."""
    only = item or []
    if all_items == bool(only):
        raise SetupError("要么 --all，要么 --item 事项。", "例：./onecall simulate --all")
    from app.setup import Progress, prepare, project_paths
    from app.simulation.personas import PERSONAS
    from services_catalog.scenarios import keep_scenarios

    if persona not in (*PERSONAS, "all"):
        raise SetupError(f"没有 {persona} 这种居民。", f"可用的：{'、'.join(PERSONAS)}、all。")
    personas = list(PERSONAS) if persona == "all" else [persona]
    model = prepare(project_paths(), Progress())
    with tempfile.TemporaryDirectory(prefix="onecall-simulate-") as folder:
        covered = asyncio.run(_simulate(model, Path(folder), only, personas, at_once, seed))
    _report(covered, personas, in_full=len(only) == 1)
    if all_items and personas == list(PERSONAS):
        keep_scenarios(covered.came_through, covered.items)
    if json_file is not None:
        text = json.dumps(covered.as_json(), ensure_ascii=False, indent=1) + "\n"
        json_file.write_text(text, encoding="utf-8")
    raise typer.Exit(0 if covered.is_complete else 1)


async def _simulate(
    model: Path, folder: Path, only: list[str], personas: list[str], at_once: int, seed: int
) -> "Coverage":
    from app.database import migrate
    from app.runtime import running
    from app.settings import settings
    from app.simulation.coverage import Coverage
    from app.simulation.run import play_all

    chosen = settings().model_copy(update={"data_dir": folder, "database_url": None})
    await migrate(chosen.resolved_database_url())
    async with running(model, chosen) as room:
        await room.engine.wait_ready()
        for each in only:
            if each not in room.catalog.items:
                raise SetupError(f"目录里没有 {each} 这个事项。", "事项的 id 就是 services_catalog/items 里的文件名。")
        items = {each: room.catalog.items[each] for each in only or room.catalog.items}
        with Bar(console=Console(stderr=True)) as bar:
            task = bar.add_task("模拟办理", total=len(items) * len(personas))

            def advance(_: "Played") -> None:
                bar.advance(task)

            played = await play_all(room, list(items.values()), personas, at_once=at_once, seed=seed, on_played=advance)
    return Coverage(played, items)


def _report(covered: "Coverage", personas: list[str], *, in_full: bool) -> None:
    console = Console(width=None if Console().is_terminal else 160)
    if in_full:
        for each in covered.played:
            console.print(f"—— {each.persona} ——", markup=False, highlight=False)
            for line in each.transcript:
                for speaker, text in line.items():
                    who = "居民" if speaker == "resident" else "助手"
                    console.print(f"{who}：{text}\n", markup=False, highlight=False)
    table = Table("事项", *personas, "问到的问题", "没问到")
    for item in covered.items.values():
        missed = [field.label for field in item.fields if field.key in covered.missed(item.id)]
        marks = [covered.mark(item.id, persona) for persona in personas]
        reached = f"{len(covered.reached(item.id))}/{len(item.fields)}"
        table.add_row(item.name, *marks, reached, "、".join(missed))
    console.print(table)
    for each in covered.played:
        if each.problem is not None:
            failed = f"✗ {covered.items[each.item_id].name}（{each.persona}）：{each.problem}"
            console.print(failed, markup=False, highlight=False)
    apart = f"，其中 {covered.not_applicable} 不适用" if covered.not_applicable else ""
    console.print(f"{covered.completed}/{len(covered.played)} completed{apart}", highlight=False)
