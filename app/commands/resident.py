"""`./onecall resident`: what is known of a resident, handed out or deleted on their word."""

from pathlib import Path
from typing import Annotated

import typer

from app.database_session import in_session
from app.settings import settings

HELP = """按居民的要求，导出或者删除他的资料。先核对好是不是本人要求的。

例：./onecall resident export 3301050012026112500001"""

_Who = Annotated[str, typer.Argument(help="居民的任何一个办件编号，或者居民编号")]


def export(
    who: _Who,
    to: Annotated[Path | None, typer.Option(help="写到这个文件；不填就显示在屏幕上")] = None,
) -> None:
    """导出一位居民的全部资料，JSON。谁在什么时候导出的，会留下记录。

    例：./onecall resident export 3301050012026112500001 --to 资料.json
    """
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.residents import exported, find_resident, written

    async def work(session: AsyncSession) -> str | None:
        found = await find_resident(session, who)
        return None if found is None else written(await exported(session, found))

    text = in_session(work)
    if text is None:
        raise _unknown(who)
    if to is None:
        typer.echo(text)
        return
    to.touch(mode=0o600)
    to.write_text(text + "\n", encoding="utf-8")
    typer.echo(f"写到了 {to}。用完请删掉，里面是明文。", err=True)


def erase(
    who: _Who,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除，不能恢复")] = False,
) -> None:
    """删除一位居民的资料、同意、人脸特征、草稿、照片和聊天记录。已经提交的办件按规定保留。

    例：./onecall resident erase 3301050012026112500001 --yes
    """
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.residents import erase as erase_all
    from app.residents import find_resident

    if not yes:
        typer.echo("删除以后不能恢复。确定要删，请加上 --yes。", err=True)
        raise typer.Exit(2)

    async def work(session: AsyncSession) -> bool:
        found = await find_resident(session, who)
        if found is not None:
            await erase_all(session, found, settings().data_dir / "files")
        return found is not None

    if not in_session(work):
        raise _unknown(who)
    typer.echo("删掉了。已经提交的办件按规定保留。")


def _unknown(who: str) -> typer.Exit:
    typer.echo(f"没有找到 {who}：请给办件编号，或者居民编号。", err=True)
    return typer.Exit(2)


COMMANDS = {"export": export, "erase": erase}
