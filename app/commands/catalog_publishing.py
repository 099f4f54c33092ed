"""`./onecall catalog versions`, `publish`, `put-back`: every version that was served, with who and when."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.database_session import in_session

if TYPE_CHECKING:
    from app.catalogue_files import FileState

_FILES = {
    "served": "现在的文件就是第 {version} 版，也是最近发布的。",
    "earlier": "现在的文件和第 {version} 版一样。服务正在运行的话，几秒钟后用它；没有运行，下次 ./onecall up 用它。",
    "unpublished": "现在的文件有改动，还没有发布。服务正在运行的话，几秒钟后用它；没有运行，下次 ./onecall up 用它。",
    "refused": "现在的文件有 {count} 处错误，没有发布，服务继续用最近发布的那一版：",
}


def versions(
    last: Annotated[int, typer.Option(help="列出最近几次发布", min=1, max=10_000)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")] = False,
) -> None:
    """列出事项目录的每一次发布：哪一版、谁、什么时候；再说现在的文件发布了没有，没有发布的话为什么。

    例：./onecall catalog versions --json
    """
    from sqlalchemy.ext.asyncio import AsyncSession

    from app.catalogue_files import FileState, state_of
    from services_catalog.loader import CATALOG_DIR
    from services_catalog.versions import Publication, listed

    async def look(session: AsyncSession) -> tuple[list[Publication], FileState]:
        return await listed(session, last), await state_of(session, CATALOG_DIR)

    published, files = in_session(look)
    if as_json:
        rows = [{**asdict(each), "at": each.at.isoformat()} for each in published]
        typer.echo(json.dumps({"published": rows, "files": _as_json(files)}, ensure_ascii=False, indent=1))
        return
    from rich.console import Console
    from rich.table import Table

    from records.base import CHINA

    table = Table("版本", "发布于", "谁", "说明")
    for each in published:
        at = each.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        table.add_row(str(each.version), at, each.by, each.note or "")
    if published:
        Console().print(table)
    else:
        typer.echo("还没有发布过。")
    typer.echo(_FILES[files.state].format(version=files.version, count=len(files.findings)))
    for finding in files.findings:
        typer.echo(f"  {finding}")


def publish(note: Annotated[str, typer.Option(help="为什么改，一句话")] = "") -> None:
    """检查现在的文件并发布成一版，写上说明。服务正在运行的话，保存以后本来就会自己发布；这条命令用来写说明。

    例：./onecall catalog publish --note "高龄津贴标准按新文件改"
    """
    from app.authorship import this_user
    from app.catalogue_files import keep
    from services_catalog.loader import CATALOG_DIR

    version = in_session(lambda session: keep(session, CATALOG_DIR, this_user(), note or None))
    typer.echo(f"已发布：第 {version} 版。")


def put_back(
    version: Annotated[int, typer.Argument(help="第几版，见 ./onecall catalog versions", min=1)],
    note: Annotated[str, typer.Option(help="为什么放回，一句话")] = "",
    force: Annotated[bool, typer.Option("--force", help="现在的文件里还没有发布的改动，不要了")] = False,
) -> None:
    """把事项目录的文件变回某一版并发布。服务正在运行的话，几秒钟后就用它。

    例：./onecall catalog put-back 12 --note "新标准推迟执行"
    """
    from app import catalogue_files
    from app.authorship import this_user
    from services_catalog.loader import CATALOG_DIR

    in_session(
        lambda session: catalogue_files.put_back(session, CATALOG_DIR, version, this_user(), note or None, force=force)
    )
    typer.echo(f"文件已变回第 {version} 版。服务正在运行的话，几秒钟后就用它；没有运行，下次 ./onecall up 用它。")


def _as_json(files: "FileState") -> dict[str, object]:
    findings = [{"path": str(each.path), "line": each.line, "reason": each.reason} for each in files.findings]
    return {"state": files.state, "version": files.version, "findings": findings}


COMMANDS = {"versions": versions, "publish": publish, "put-back": put_back}
