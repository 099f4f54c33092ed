"""The official account of the service under test, at a WeChat that each test starts for itself."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from app.engine_process import free_port
from app.fakes.wechat import FakeWeChat
from bot.channels.wechat.door import PATH
from tests.e2e.service import Service

Lived = TypeVar("Lived")


@lru_cache(maxsize=1)
def account() -> FakeWeChat:
    """WeChat with this account; not serving yet, but its address is known."""
    wechat = FakeWeChat()
    wechat.url = f"http://127.0.0.1:{free_port()}"
    return wechat


def in_wechat(service: Service, story: Callable[[FakeWeChat], Awaitable[None]]) -> None:
    """Live a story while WeChat serves; in a thread, for the browser's loop may run in this one."""
    wechat = account()
    wechat.callback_url = service.url + PATH

    async def live() -> None:
        async with wechat.serving(int(wechat.url.rpartition(":")[2])):
            await story(wechat)

    lived(live())


def lived(story: Coroutine[None, None, Lived]) -> Lived:
    """What comes of a story that is lived in a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()
