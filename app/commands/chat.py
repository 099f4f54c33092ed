"""`./onecall chat`: talk to the service in the terminal."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

HELP = """在终端里和办事助手说话。发文件打 @路径，结束按 Ctrl-D。

例：./onecall chat
例：printf '我想办残疾证\\n1\\n' | ./onecall chat --plain --user 测试甲"""


def run(
    plain: Annotated[bool, typer.Option("--plain", help="一行一句地读标准输入，只打印回答，每轮之后一个空行")] = False,
    user: Annotated[str, typer.Option(help="谁在说话；同一个名字接着上次的对话；--plain 不填就是新的人")] = "",
) -> None:
    """Set up, start the engine, and hold a conversation."""
    from app.setup import Progress, prepare, project_paths
    from app.setup.catalogue import servable
    from app.setup.database import migrate_database

    progress = Progress()
    migrate_database(progress)
    model = prepare(project_paths(), progress, servable(project_paths(), progress))
    asyncio.run(_talk(model, plain, user))


async def _talk(model: Path, plain: bool, user: str) -> None:
    from app.runtime import running
    from bot.channels.terminal import TerminalConversation
    from bot.channels.wording import spoken
    from records.base import new_id

    name = user or (new_id() if plain else "terminal")
    async with running(model) as room:
        await room.engine.wait_ready()
        conversation = await TerminalConversation.open(room.database.session, room.pipeline, room.office, name)
        if not plain:
            typer.echo("请说，您想办什么事？（Ctrl-D 结束）")
        async for line in _lines(prompt="" if plain else "您：", keep_empty=plain):
            replies = await conversation.say(line)
            typer.echo("\n".join(spoken(bubble, only_absolute=False) for bubble in replies) + "\n")


async def _lines(prompt: str, keep_empty: bool) -> AsyncIterator[str]:
    while True:
        if prompt:
            typer.echo(prompt, nl=False)
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            return
        if line.strip() or keep_empty:
            yield line.rstrip("\n")
