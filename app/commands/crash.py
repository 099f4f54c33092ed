"""`./onecall crash`: kill it at random points, again and again, and see whether anything was lost."""

import asyncio
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

HELP = """模拟的居民在微信里不停地说话办事，这边在随机的时刻杀掉程序、杀掉对话引擎、锁住数据库、断开网络，
最后核对：每句话回答了一次，没有漏的、重的、乱序的，没有办件交了两次。用临时数据库，不动真数据。

200 次大约要半个小时。全部守住时退出码是 0。

例：./onecall crash --kills 200 --json 结果.json"""


def run(
    kills: Annotated[int, typer.Option(help="杀多少次", min=1, max=10_000)] = 200,
    residents: Annotated[int, typer.Option(help="同时几位居民", min=1, max=200)] = 30,
    seed: Annotated[int, typer.Option(help="随机数种子")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="把结果写成 JSON 文件")] = None,
) -> None:
    """Crash and report; exit 0 only when every promise was kept."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    from app.crash.run import crash
    from app.setup import Progress, prepare, project_paths

    prepare(project_paths(), Progress())
    with tempfile.TemporaryDirectory(prefix="onecall-crash-") as folder, Bar(console=Console(stderr=True)) as bar:
        task = bar.add_task("杀掉再起来", total=kills)
        report = asyncio.run(
            crash(
                Path(folder),
                kills=kills,
                residents=residents,
                seed=seed,
                on_kill=lambda done: bar.update(task, completed=done),
            )
        )
    text = json.dumps(asdict(report), ensure_ascii=False, indent=1)
    typer.echo(text)
    if json_file is not None:
        json_file.write_text(text + "\n", encoding="utf-8")
    typer.echo("全部守住了。" if report.verdict.is_good else "有没守住的，见上面。")
    raise typer.Exit(0 if report.verdict.is_good else 1)
