"""`./onecall outbox`: replies on their way to residents, and those that could not be sent."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from app.database_session import in_session

HELP = """看发给居民的回复走到哪一步了；发不出去的，在这里重发或者丢掉。

看不到回复的内容，也看不到是谁。

例：./onecall outbox list"""

_STATUS = {"due": "等着发", "sending": "正在发", "handed": "已随回调回复", "sent": "已发出", "dead": "发不出去"}


def show(
    everything: Annotated[bool, typer.Option("--all", help="还没发出的也列出来，不只是发不出去的")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")] = False,
) -> None:
    """列出发不出去的回复，和各自的原因（微信、Telegram 的错误码）。

    例：./onecall outbox list --all --json
    """
    from bot.conversation.deliveries import Status, listed

    statuses = [Status.DEAD, Status.DUE, Status.SENDING, Status.HANDED] if everything else [Status.DEAD]
    found = in_session(lambda session: listed(session, statuses))
    if as_json:
        rows = [
            {**asdict(each), "created_at": each.created_at.isoformat(), "due_at": each.due_at.isoformat()}
            for each in found
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not found:
        typer.echo("没有发不出去的回复。" if not everything else "没有等着发的回复。")
        return
    from rich.console import Console
    from rich.table import Table

    from records.base import CHINA

    table = Table("编号", "渠道", "状态", "试过几次", "原因", "写于")
    for each in found:
        written = each.created_at.astimezone(CHINA).strftime("%m-%d %H:%M")
        table.add_row(str(each.id), each.channel, _STATUS[each.status], str(each.attempts), each.failure or "", written)
    Console().print(table)


def retry(
    numbers: Annotated[list[int] | None, typer.Argument(help="编号，见 ./onecall outbox list")] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部重发")] = False,
) -> None:
    """把发不出去的回复再发一次。服务正在运行的话，半分钟内会发。

    例：./onecall outbox retry 17 18

    例：./onecall outbox retry --all
    """
    from bot.conversation.deliveries import revive

    if bool(numbers) == everything:
        raise _usage("要么写编号，要么用 --all。")
    count = in_session(lambda session: revive(session, None if everything else numbers))
    _report("重发", count, numbers)


def drop(numbers: Annotated[list[int], typer.Argument(help="编号，见 ./onecall outbox list")]) -> None:
    """丢掉发不出去的回复，不再发。

    例：./onecall outbox drop 17
    """
    from bot.conversation.deliveries import discard

    _report("丢掉", in_session(lambda session: discard(session, numbers)), numbers)


def _report(done: str, count: int, numbers: list[int] | None) -> None:
    typer.echo(f"{done} {count} 条。")
    if numbers is not None and count < len(set(numbers)):
        typer.echo("有的编号不在发不出去的回复里，没有动。", err=True)
        raise typer.Exit(1)


def _usage(sentence: str) -> typer.Exit:
    typer.echo(f"✗ {sentence}", err=True)
    return typer.Exit(2)


COMMANDS: dict[str, Callable[..., None]] = {"list": show, "retry": retry, "drop": drop}
