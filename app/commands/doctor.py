"""`./onecall doctor`: what is present, what is missing and how to mend it."""

import dataclasses
import json
from typing import Annotated

import typer

HELP = """检查运行所需的一切，说明缺什么、怎么补。不改动任何东西。

全部就绪时退出码是 0。

例：./onecall doctor --json"""

_MARKS = {"ok": "✓", "made_by_up": "○", "advice": "!", "broken": "✗"}


def run(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")] = False,
    port: Annotated[int, typer.Option(help="要检查的端口", min=1, max=65535)] = 8000,
) -> None:
    """Print every finding; exit 0 only when `up` would serve without more set-up."""
    from app.doctor import examine, is_well
    from app.setup import project_paths

    findings = examine(project_paths(), port)
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(f"{_MARKS[finding.state]} {finding.sentence}")
            if finding.remedy:
                print(f"    {finding.remedy}")
        print("全部就绪。" if is_well(findings) else "还没有全部就绪：先看 ✗，○ 会由 ./onecall up 补上。")
    raise typer.Exit(0 if is_well(findings) else 1)
