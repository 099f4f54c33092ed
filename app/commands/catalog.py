"""`./onecall catalog`: is the catalogue right, how good is it, and all that its maintainers do with it.

Commands that change, prove or publish the catalogue stand in modules of their own, which are named in `COMMANDS`.
"""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import catalog_editing, catalog_proving, catalog_publishing

if TYPE_CHECKING:
    from services_catalog.lint.codes import Code
    from services_catalog.lint.finding import Finding
    from services_catalog.scale import Ranked

HELP = """检查和维护事项目录。

例：./onecall catalog lint"""

_SEVERITIES = {"error": "错误", "warning": "提醒", "info": "参考"}
_STEPS = {"gold": "金", "silver": "银", "bronze": "铜", "unranked": "不能用"}

_AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")]


def lint(
    path: Annotated[Path | None, typer.Argument(help="只看这个文件或文件夹；不写就看全部")] = None,
    as_json: _AsJson = False,
    info: Annotated[bool, typer.Option("--info", help="连只供参考的也列出来")] = False,
) -> None:
    """检查事项目录，一次列出全部问题：哪个文件、哪一行、什么问题、怎么改。没有错误才算通过。

    例：./onecall catalog lint

    例：./onecall catalog lint services_catalog/items/canlian --info
    """
    from services_catalog.lint.run import errors
    from services_catalog.lint.run import lint as found_in

    root, within = _asked_for(path)
    findings = [each for each in found_in(root) if within is None or each.path.resolve().is_relative_to(within)]
    if as_json:
        typer.echo(json.dumps(_findings_told(findings), ensure_ascii=False, indent=1))
    else:
        _show_findings(findings, info)
    raise typer.Exit(1 if errors(findings) else 0)


def codes(
    code: Annotated[str | None, typer.Argument(help="代号，例如 N301；不写就列出全部")] = None,
    as_json: _AsJson = False,
) -> None:
    """说明检查时的每个代号：什么问题，怎么改，写错和改好的例子。

    例：./onecall catalog codes N301
    """
    from services_catalog.lint.codes import codes as known

    if code is not None and code.upper() not in known():
        typer.echo(f"✗ 没有 {code} 这个代号，请看 ./onecall catalog codes", err=True)
        raise typer.Exit(2)
    chosen = list(known().values()) if code is None else [known()[code.upper()]]
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in chosen], ensure_ascii=False, indent=1))
    elif code is None:
        for each in chosen:
            typer.echo(f"{each.code}  {_SEVERITIES[each.severity]}  {each.summary}")
    else:
        typer.echo(_explained(chosen[0]))


def stats(as_json: _AsJson = False) -> None:
    """每个部门组有多少金、银、铜的事项，还差什么。一个事项只算在它到了的最高一级。

    例：./onecall catalog stats --json
    """
    from datetime import datetime

    from records.base import CHINA
    from services_catalog.lint.library import open_library
    from services_catalog.lint.run import findings_of
    from services_catalog.loader import CATALOG_DIR
    from services_catalog.scale import rank_all
    from services_catalog.scenarios import scenarios

    library = open_library(CATALOG_DIR, datetime.now(CHINA).date())
    tried = scenarios(library.reading.items.values(), library.root)
    ranked = rank_all(library, findings_of(library), tried)
    if as_json:
        typer.echo(json.dumps(_scale_told(ranked, len(tried)), ensure_ascii=False, indent=1))
        return
    _show_scale(ranked, {each.id: each.name for each in library.reading.departments.values()})
    unknown = len(ranked) - len(tried)
    if unknown:
        typer.echo(
            f"有 {unknown} 个事项还没有让各种模拟居民试过，或者试过以后又改了：./onecall simulate --all --persona all"
        )


def _asked_for(path: Path | None) -> tuple[Path, Path | None]:
    """The catalogue that `path` is, or lies in, and what of it to show; None is all."""
    from services_catalog.loader import CATALOG_DIR

    if path is None:
        return CATALOG_DIR, None
    asked = path.resolve()
    if asked.exists():
        for folder in (asked, *asked.parents):
            if (folder / "items").is_dir():
                return folder, None if folder == asked else asked
    typer.echo(f"✗ {path} 不是事项目录，也不在事项目录里。", err=True)
    raise typer.Exit(2)


def _findings_told(findings: "list[Finding]") -> dict[str, object]:
    counted = Counter(each.severity.value for each in findings)
    return {
        "counts": {severity: counted[severity] for severity in _SEVERITIES},
        "findings": [
            {
                "code": each.code,
                "severity": each.severity.value,
                "file": _short(each.path),
                "line": each.line,
                "what": each.what,
                "remedy": each.remedy,
            }
            for each in findings
        ],
    }


def _show_findings(findings: "list[Finding]", info: bool) -> None:
    for each in findings:
        if info or each.severity != "info":
            typer.echo(f"{_short(each.path)}:{each.line}: {_SEVERITIES[each.severity]} {each.code} {each.what}")
            typer.echo(f"    {each.remedy}")
    counted = Counter(each.severity.value for each in findings)
    typer.echo("，".join(f"{told} {counted[severity]} 处" for severity, told in _SEVERITIES.items()) + "。")
    if counted["info"] and not info:
        typer.echo("只供参考的没有列出来，要看请加 --info。")


def _short(path: Path) -> str:
    """The path from where the command runs, where it lies there."""
    here = Path.cwd()
    return str(path.resolve().relative_to(here)) if path.resolve().is_relative_to(here) else str(path)


def _explained(code: "Code") -> str:
    lines = [f"{code.code}  {_SEVERITIES[code.severity]}  {code.summary}", f"怎么改：{code.remedy}"]
    for title, example in (("写错的", code.wrong), ("改好的", code.right)):
        if example is not None:
            lines += [f"{title}：", *(f"    {line}" for line in example.splitlines())]
    return "\n".join(lines)


def _scale_told(ranked: "list[Ranked]", tried: int) -> dict[str, object]:
    def counted(those: "list[Ranked]") -> dict[str, int]:
        counts = Counter(each.step.value for each in those)
        return {step: counts[step] for step in _STEPS}

    departments = sorted({each.department for each in ranked})
    return {
        "scale": counted(ranked),
        "departments": {name: counted([each for each in ranked if each.department == name]) for name in departments},
        "scenarios_known": tried,
        "items": [
            {
                "id": each.item_id,
                "department": each.department,
                "step": each.step.value,
                "hindered_by": [rule.name for rule in each.hindered_by],
            }
            for each in ranked
        ],
    }


def _show_scale(ranked: "list[Ranked]", names: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("部门组", "事项", *_STEPS.values())
    by_department = Counter((each.department, each.step.value) for each in ranked)
    for department in dict.fromkeys([*names, *(each.department for each in ranked)]):
        counts = [by_department[department, step] for step in _STEPS]
        table.add_row(names.get(department, department), str(sum(counts)), *map(str, counts))
    totals = Counter(each.step.value for each in ranked)
    table.add_row("合计", str(len(ranked)), *(str(totals[step]) for step in _STEPS))
    Console().print(table)
    hindrances = Counter((rule.step.value, rule.sentence) for each in ranked for rule in each.hindered_by)
    for (step, sentence), count in hindrances.most_common():
        typer.echo(f"差一步到{_STEPS[step]}的，有 {count} 个事项没有做到：{sentence}")


COMMANDS = {
    "lint": lint,
    "codes": codes,
    "stats": stats,
    **catalog_editing.COMMANDS,
    **catalog_proving.COMMANDS,
    **catalog_publishing.COMMANDS,
}
