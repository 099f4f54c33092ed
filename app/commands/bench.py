"""`./onecall bench`: what things cost on this machine."""

import asyncio
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.setup.errors import SetupError

HELP = """量一量这台机器上要花多少时间。用临时数据库，不动真数据。

例：./onecall bench turns
例：./onecall bench turns --turns 200 --json 结果.json"""

SUBJECTS = ("turns",)


def run(
    subject: Annotated[str, typer.Argument(help="量什么：turns（一轮对话）")],
    turns: Annotated[int, typer.Option(help="一位居民时，每种说话量多少轮", min=20, max=5000)] = 100,
    json_file: Annotated[Path | None, typer.Option("--json", help="把结果写成 JSON 文件")] = None,
) -> None:
    """Measure and print."""
    if subject not in SUBJECTS:
        raise SetupError(f"不会量 {subject}。", f"可以量的：{'、'.join(SUBJECTS)}")
    from app.setup import Progress, prepare, project_paths

    model = prepare(project_paths(), Progress())
    with tempfile.TemporaryDirectory(prefix="onecall-bench-") as folder:
        asyncio.run(_turns(model, Path(folder), turns, json_file))


async def _turns(model: Path, folder: Path, turns: int, json_file: Path | None) -> None:
    from app.bench.turns import measure
    from app.database import migrate
    from app.runtime import running
    from app.settings import settings

    chosen = settings().model_copy(update={"data_dir": folder, "database_url": None})
    await migrate(chosen.resolved_database_url())
    async with running(model, chosen) as room:
        await room.engine.wait_ready()
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
    if json_file is not None:
        text = json.dumps({"turns": [asdict(t) for t in timings], "growth_500": asdict(growth)}, indent=1) + "\n"
        await asyncio.to_thread(json_file.write_text, text)
