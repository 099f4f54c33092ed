"""`./onecall up`: everything from a clean clone to a service that answers."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

HELP = """准备好一切并开始服务。第一次要几分钟，以后不到半分钟。

按 Ctrl-C 停止。

例：./onecall up --port 8080"""


def run(
    port: Annotated[int, typer.Option(help="端口", min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="监听的地址；0.0.0.0 表示别的机器也能打开")] = "127.0.0.1",
) -> None:
    """Set up, then serve until Ctrl-C or SIGTERM; both end every child and exit 0."""
    from app.setup import Progress, prepare, project_paths
    from app.setup.catalogue import servable
    from app.setup.database import migrate_database
    from app.setup.port import require_listenable

    require_listenable(host, port)
    progress = Progress()
    migrate_database(progress)
    model = prepare(project_paths(), progress, servable(project_paths(), progress))
    progress.say("正在启动对话引擎，约十几秒……")
    serve_until_stopped(host, port, model)


def serve_until_stopped(host: str, port: int, model: Path) -> None:
    """Serve until a signal; a second signal ends it at once. Raises EngineError, KeyFault."""
    from app.serve import serve

    async def serve_here() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        stopping = False

        def stop(number: int, _frame: object) -> None:
            nonlocal stopping
            if stopping:
                os._exit(128 + number)  # the kernel ends the engine with us
            stopping = True
            typer.echo("\n正在停止……", err=True)
            loop.call_soon_threadsafe(task.cancel)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        try:
            await serve(host, port, model, lambda: typer.echo(_addresses(host, port)))
        except asyncio.CancelledError:
            if not stopping:
                raise

    asyncio.run(serve_here())


def _addresses(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"已就绪。居民网页对话：http://{shown}:{port}/\n按 Ctrl-C 停止。"
