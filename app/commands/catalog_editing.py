"""`./onecall catalog new | preview | diff | export | import | schema`: a maintainer at work."""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.setup.errors import SetupError

if TYPE_CHECKING:
    from services_catalog.editing.new import Ask
    from services_catalog.loader import Catalog


def new(
    like: Annotated[str, typer.Option("--from", help="从这个事项的申请表和常见问答开始，写事项代号")] = "",
) -> None:
    """一句一句问，写好一个新事项的文件。不会盖掉已有的文件。

    例：./onecall catalog new

    例：./onecall catalog new --from canji-zheng-shenling
    """
    from datetime import date

    from services_catalog.editing.new import asks, drafted, write_new, wrong
    from services_catalog.editing.sheet import raw_items
    from services_catalog.loader import CATALOG_DIR, load_catalog

    catalog = load_catalog()
    model = None
    if like:
        model = raw_items(CATALOG_DIR)[_known(catalog, like)]
    given: dict[str, Any] = {}
    for ask in asks(catalog):
        while True:
            answer = _answer(ask)
            reason = wrong(catalog, ask, answer, given)
            if reason is None:
                break
            typer.echo(f"  ✗ {reason}")
        given[ask.key] = answer
    path = write_new(drafted(catalog, given, date.today(), model))
    typer.echo(f"写好了：{path}")
    typer.echo("下一步：打开文件，改申请表的问题（fields）；把居民的说法写进 services_catalog/utterances；")
    typer.echo(f"再运行 ./onecall catalog lint 和 ./onecall catalog preview {given['id']}")


def preview(
    item: Annotated[str, typer.Argument(help="事项代号，就是文件名")],
    html: Annotated[Path | None, typer.Option(help="写成一个网页文件")] = None,
) -> None:
    """看居民会看到什么：办事指南，和一段例子对话。

    例：./onecall catalog preview canji-zheng-shenling --html 残疾证.html
    """
    from app.settings import settings
    from bot.channels.web.catalogue_pages import guide_of, preview_page, source_of
    from cases.sample import sample
    from services_catalog.guide import named
    from services_catalog.loader import load_catalog

    catalog, chosen = load_catalog(), settings()
    asked = catalog.items[_known(catalog, item)]
    if html is not None:
        html.write_text(preview_page(catalog, asked, chosen.street_name, chosen.office_hours), encoding="utf-8")
        typer.echo(f"写到了 {html}，用浏览器打开。")
        return
    typer.echo(f"{named(asked)}\n{asked.summary}\n")
    for told in guide_of(catalog, asked, chosen.office_hours):
        typer.echo(f"【{told.title}】\n{told.text}\n")
    typer.echo(f"【提交以后】\n{asked.next_step}\n\n{source_of(catalog, asked, chosen.office_hours)}\n")
    typer.echo("—— 一段例子 ——\n")
    for line in sample(catalog, asked, chosen.office_hours):
        typer.echo(f"{line.speaker}：{line.text}\n")


def diff(
    before: Annotated[str, typer.Argument(help="和哪个版本比：git 的版本，或者一个目录文件夹")] = "HEAD",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")] = False,
) -> None:
    """说清改动对居民意味着什么，一个事项一段。

    例：./onecall catalog diff

    例：./onecall catalog diff HEAD~3 --json
    """
    from app.revisions import catalogue_at
    from services_catalog.editing.diff import changes
    from services_catalog.loader import CATALOG_DIR

    with tempfile.TemporaryDirectory(prefix="onecall-diff-") as folder:
        found = changes(catalogue_at(before, Path(folder)), CATALOG_DIR)
    if as_json:
        content = [{"item": each.item, "name": each.name, "sentences": list(each.sentences)} for each in found]
        typer.echo(json.dumps({"before": before, "changes": content}, ensure_ascii=False, indent=1))
        return
    for each in found:
        typer.echo(f"{each.name}" + (f"（{each.item}）" if each.item else ""))
        for sentence in each.sentences:
            typer.echo(f"  · {sentence}")
    typer.echo(f"{len(found)} 处有改动。" if found else "和那个版本比，对居民没有变化。")


def export(
    csv: Annotated[Path | None, typer.Option(help="写成 CSV：事项在这个文件里，材料、申请表等在旁边的文件里")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="写成一个 Excel 文件，一类一张表")] = None,
) -> None:
    """把整个目录写成表格。改好以后用 ./onecall catalog import 读回来。

    例：./onecall catalog export --xlsx 目录.xlsx
    """
    from services_catalog.editing.sheet import exported
    from services_catalog.editing.table_files import TableFault, write_csv, write_workbook

    if csv is None and xlsx is None:
        raise SetupError("要写 --xlsx 或 --csv。", "例：./onecall catalog export --xlsx 目录.xlsx")
    tables = exported()
    try:
        if xlsx is not None:
            write_workbook(tables, xlsx)
            typer.echo(f"写到了 {xlsx}")
        if csv is not None:
            typer.echo(f"写到了 {'、'.join(str(path) for path in write_csv(tables, csv))}")
    except (TableFault, OSError) as fault:
        raise SetupError(str(fault), "") from fault


def import_(
    file: Annotated[Path, typer.Argument(help="export 写出来、改过的 .xlsx 或 .csv")],
    trial: Annotated[bool, typer.Option("--dry-run", help="只看会改哪些文件，不写")] = False,
) -> None:
    """把改过的表格读回目录。有一处错就什么都不改；没改的地方，文件里一个字都不动。

    例：./onecall catalog import 目录.xlsx --dry-run
    """
    from services_catalog.editing.importing import imported, write
    from services_catalog.editing.sheet import titles
    from services_catalog.editing.table_files import TableFault, read_tables

    try:
        result = imported(read_tables(file, titles()))
    except TableFault as fault:
        raise SetupError(str(fault), "") from fault
    for finding in result.findings:
        typer.echo(f"✗ {finding}", err=True)
    if result.findings:
        typer.echo(f"有 {len(result.findings)} 处要改，什么都没有写。", err=True)
        raise typer.Exit(1)
    for path in result.texts:
        typer.echo(f"{'会改' if trial else '改了'} {path}")
    if not trial:
        write(result)
    typer.echo(f"{len(result.texts)} 个文件。")


def schema() -> None:
    """按程序里的定义重写 services_catalog/schema 里的 JSON Schema，编辑器用它补全和检查。

    例：./onecall catalog schema
    """
    from services_catalog.json_schema import write_schemas

    changed = write_schemas()
    for path in changed:
        typer.echo(f"改了 {path}")
    if not changed:
        typer.echo("没有变化。")


def _known(catalog: "Catalog", item: str) -> str:
    if item not in catalog.items:
        raise SetupError(f"目录里没有 {item} 这个事项。", "事项代号就是 services_catalog/items 里的文件名。")
    return item


def _answer(ask: "Ask") -> str | list[str]:
    """What a maintainer types to one question: a text, a choice by number or word, or several."""
    if ask.choices:
        typer.echo(f"\n{ask.question}：")
        for number, choice in enumerate(ask.choices, start=1):
            typer.echo(f"  {number}. {choice}")
        while True:
            typed = typer.prompt("选第几个，可以写几个，中间空一格" if ask.many else "选第几个").split()
            chosen = [_choice(ask.choices, word) for word in typed]
            if chosen and None not in chosen and (ask.many or len(chosen) == 1):
                return [each for each in chosen if each] if ask.many else str(chosen[0])
            typer.echo(f"  ✗ 请写 1 到 {len(ask.choices)}")
    if ask.many:
        typer.echo(f"\n{ask.question}。一行一条，写完直接回车。")
        lines: list[str] = []
        while True:
            line = typer.prompt(f"  第{len(lines) + 1}条", default="", show_default=False).strip()
            if line:
                lines.append(line)
            elif lines or ask.optional:
                return lines
            else:
                typer.echo("  ✗ 至少要有一条")
    while True:
        typed_text: str = typer.prompt(f"\n{ask.question}", default="", show_default=False).strip()
        if typed_text or ask.optional:
            return typed_text
        typer.echo("  ✗ 这一项要写")


def _choice(choices: tuple[str, ...], word: str) -> str | None:
    if word.isdecimal():
        return choices[int(word) - 1] if 1 <= int(word) <= len(choices) else None
    return next((choice for choice in choices if word in choice.split()), None)


COMMANDS = {
    "new": new,
    "preview": preview,
    "diff": diff,
    "export": export,
    "import": import_,
    "schema": schema,
}
