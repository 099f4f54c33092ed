"""`./onecall simulate`: residents who apply for every item, through the real pipeline and engine."""

import asyncio
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from app.setup.errors import SetupError

if TYPE_CHECKING:
    from app.simulation.resident import Played

HELP = """让模拟居民把事项从头办一遍：从一句开场白到办件编号。用临时数据库，不动真数据。

例：./onecall simulate --all --json 结果.json
例：./onecall simulate --item canji-zheng-shenling"""


def run(
    all_items: Annotated[bool, typer.Option("--all", help="全部事项")] = False,
    item: Annotated[str, typer.Option(help="只办这一个事项，打印整段对话")] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="把结果写成 JSON 文件")] = None,
    at_once: Annotated[int, typer.Option(help="同时几位居民", min=1, max=64)] = 8,
    seed: Annotated[int, typer.Option(help="随机数种子；同一个种子说同样的话")] = 1,
) -> None:
    """Play and report; exit 0 only when every conversation ended with a filed case of its item."""
    if all_items == bool(item):
        raise SetupError("要么 --all，要么 --item 事项。", "例：./onecall simulate --all")
    from app.setup import Progress, prepare, project_paths

    model = prepare(project_paths(), Progress())
    with tempfile.TemporaryDirectory(prefix="onecall-simulate-") as folder:
        completed = asyncio.run(_simulate(model, Path(folder), item, json_file, at_once, seed))
    raise typer.Exit(0 if completed else 1)


async def _simulate(model: Path, folder: Path, only: str, json_file: Path | None, at_once: int, seed: int) -> bool:
    from app.database import migrate
    from app.runtime import running
    from app.settings import settings
    from app.simulation.resident import Played
    from app.simulation.run import play_all

    chosen = settings().model_copy(update={"data_dir": folder, "database_url": None})
    await migrate(chosen.resolved_database_url())
    async with running(model, chosen) as room:
        await room.engine.wait_ready()
        if only and only not in room.catalog.items:
            raise SetupError(f"目录里没有 {only} 这个事项。", "事项的 id 就是 services_catalog/items 里的文件名。")
        items = [room.catalog.items[only]] if only else list(room.catalog.items.values())
        with Bar(console=Console(stderr=True)) as bar:
            task = bar.add_task("模拟办理", total=len(items))

            def advance(_: Played) -> None:
                bar.advance(task)

            played = await play_all(room, items, at_once=at_once, seed=seed, on_played=advance)
        names = {each.id: each.name for each in items}
    _report(played, names, in_full=bool(only))
    if json_file is not None:
        done = sum(each.completed for each in played)
        content = {
            "total": len(played),
            "completed": done,
            "items": [{"id": each.item_id, **_without_id(asdict(each))} for each in played],
        }
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        await asyncio.to_thread(json_file.write_text, text, encoding="utf-8")
    return all(each.completed for each in played)


def _without_id(played: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in played.items() if key != "item_id"}


def _report(played: "list[Played]", names: dict[str, str], *, in_full: bool) -> None:
    console = Console(width=None if Console().is_terminal else 140)
    if in_full:
        for line in played[0].transcript:
            for speaker, text in line.items():
                console.print(f"{'居民' if speaker == 'resident' else '助手'}：{text}\n", markup=False, highlight=False)
    table = Table("事项", "轮数", "办件编号", "问题")
    for each in played:
        table.add_row(names[each.item_id], str(each.turns), each.case_number or "", each.problem or "")
    console.print(table)
    console.print(f"{sum(each.completed for each in played)}/{len(played)} completed", highlight=False)
