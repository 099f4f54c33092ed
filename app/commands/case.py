"""`./onecall case`: cases as a table, and what the city's back office could not be told."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.database_session import in_session

HELP = """办件的表格，和没能送到市里后台的消息。

例：./onecall case export --from 2026-11-01 --to 2026-11-30 --out 办件.csv"""


def export(
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="从哪天收件的；不填是30天前")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="到哪天；不填是今天")] = None,
    out: Annotated[Path | None, typer.Option(help="写到这个文件，用 Excel 能打开；不填就显示在屏幕上")] = None,
    with_names: Annotated[bool, typer.Option("--with-names", help="加一列申请人，只留姓")] = False,
) -> None:
    """把一段时间里收的办件导出成 CSV 表格。没有个人资料。

    例：./onecall case export --from 2026-11-01 --to 2026-11-30 --out 办件.csv
    """
    from sqlalchemy.ext.asyncio import AsyncSession

    from cases.export import line, rows
    from records.base import CHINA
    from services_catalog.loader import load_catalog

    today = datetime.now(CHINA).date()
    begins, ends = _day(first) or today - timedelta(days=30), _day(last) or today
    if ends < begins:
        typer.echo("✗ --to 不能在 --from 前面。", err=True)
        raise typer.Exit(2)
    catalog = load_catalog()

    async def work(session: AsyncSession) -> list[str]:
        return [line(row) async for row in rows(session, catalog, begins, ends, with_names=with_names)]

    lines = in_session(work)
    if out is None:
        typer.echo("".join(lines), nl=False)
        return
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        file.writelines(lines)
    typer.echo(f"{len(lines) - 1} 件写到了 {out}", err=True)


def news(retry: Annotated[bool, typer.Option("--retry", help="全部再发，再试48小时")] = False) -> None:
    """列出没能送到市里后台的消息：哪个办件、什么事、为什么没送到。

    例：./onecall case news --retry
    """
    from records.base import CHINA

    if retry:
        from cases.back_office import revive

        typer.echo(f"再发 {in_session(revive)} 条。")
        return
    from cases.back_office import given_up

    dead = in_session(given_up)
    if not dead:
        typer.echo("没有送不到的消息。")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("办件编号", "什么事", "试过几次", "原因", "写于")
    for each in dead:
        made = each.made_at.astimezone(CHINA).strftime("%m-%d %H:%M")
        table.add_row(each.body["number"], each.kind, str(each.attempts), each.failure or "", made)
    Console().print(table)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


COMMANDS = {"export": export, "news": news}
