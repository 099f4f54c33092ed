"""`./onecall dev`: the outside world, played for whoever develops 1call."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from app.cli import Command

HELP = """开发用：在这台机器上扮演微信，像关注公众号的居民一样试。

例：./onecall dev wechat"""


def wechat(
    port: Annotated[int, typer.Option(help="微信网页的端口", min=1, max=65535)] = 8900,
    callback: Annotated[str, typer.Option(help="别处启动的 1call 的回调地址；不填就在这里一起启动")] = "",
) -> None:
    """扮演微信的接口，并给一个网页，像居民一样跟公众号说话；走真的回调，安全模式。

    例：./onecall dev wechat

    例：./onecall dev wechat --callback http://127.0.0.1:8000/channels/wechat/callback
    """
    from app.settings import settings
    from app.setup import Progress, prepare, project_paths
    from app.setup.errors import SetupError
    from app.setup.port import require_listenable

    try:
        require_listenable("127.0.0.1", port)
    except SetupError as error:
        raise SetupError(error.sentence, f"换一个端口：./onecall dev wechat --port {port + 1}") from error
    if not callback:
        prepare(project_paths(), Progress())
    folder = settings().local_dir / "dev-wechat"
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_play(port, callback, folder))


async def _play(port: int, callback: str, folder: Path) -> None:
    from app.crash.victim import Victim
    from app.fakes.phone import pages
    from app.fakes.wechat import FakeWeChat
    from bot.channels.wechat.door import PATH

    fake = FakeWeChat(callback_url=callback)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(fake.serving(port, pages(fake)))
        if callback:
            typer.echo("请用下面的设置启动 1call：")
            for name, value in fake.environment().items():
                typer.echo(f"export {name}={value}")
        else:
            one_call = Victim(folder, fake.environment())
            fake.callback_url = one_call.url + PATH
            typer.echo("正在启动 1call……")
            await one_call.start()
            stack.push_async_callback(one_call.stop)
            await one_call.ready()
        typer.echo(f"已就绪。假微信：{fake.url}/\n按 Ctrl-C 停止。")
        await asyncio.Event().wait()


COMMANDS: dict[str, Command] = {"wechat": wechat}
