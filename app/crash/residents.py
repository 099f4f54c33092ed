"""Followers who apply for something again and again, whatever happens to the service meanwhile."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable

from app.fakes.wechat import Follower, Received
from app.simulation.answers import id_number, person_name, phone

PATIENCE_S = 180.0
"""How long a resident waits for an answer before the harness calls it lost."""
PAUSE_S = (2.0, 6.0)
"""Between an answer and the next message: nobody writes more than twenty a minute, which the door would refuse."""
QUESTIONS = ("残疾证要带哪些材料", "高龄津贴怎么办", "居住证多久能办好", "你好", "谢谢")
WISH = "我要领免费避孕药具"
BURST = ("我想", "办", "残疾证")


class AnswerLost(Exception):
    """A message was taken in and not answered."""


class TirelessResident:
    """Asks, types in bursts, and fills the shortest form to the case number, by the words on the screen."""

    def __init__(self, follower: Follower, seed: int) -> None:
        self.follower = follower
        self.sent = Counter[str]()
        self._dice = random.Random(seed)  # noqa: S311 - a script, not a secret
        self._answers: dict[str, Callable[[], str]] = {
            "您叫什么名字": lambda: person_name(self._dice),
            "您的身份证号": lambda: id_number(self._dice),
            "您的联系电话": lambda: phone(self._dice),
            "想领哪一种": lambda: "避孕套",
            "想领几盒": lambda: "2",
            "对，就用这个": lambda: "对，就用这个",
            "同意，开始办": lambda: "同意，开始办",
            "开始办": lambda: "开始办",
            "接着上次的办": lambda: "接着上次的办",
            "确认提交": lambda: "确认提交",
        }

    async def talk(self, enough: asyncio.Event) -> None:
        """Talk until it is enough. Raises AnswerLost."""
        await self._answered(await self.follower.follow())
        while not enough.is_set():
            reply = self._next()
            if reply is None:
                await self._start_something()
            else:
                await self._say(reply)
            await asyncio.sleep(self._dice.uniform(*PAUSE_S))

    def _next(self) -> str | None:
        """The answer to the newest question; None where none is open, or where another thing is wanted first."""
        newest = self._newest()
        asked = [(newest.rfind(words), words) for words in self._answers if words in newest]
        if not asked or self._dice.random() < 0.03:
            return None
        return self._answers[max(asked)[1]]()

    def _newest(self) -> str:
        """The last message that is not a fault notice."""
        told = (message.plain for message in reversed(self.follower.received) if message.how != "fault")
        return next(told, "")

    async def _start_something(self) -> None:
        kind = self._dice.random()
        if kind < 0.5:
            await self._say(WISH)
        elif kind < 0.85:
            await self._say(self._dice.choice(QUESTIONS))
        else:
            await self._burst()

    async def _say(self, text: str) -> None:
        """Say it, again where WeChat shows a fault notice, and wait for the answer."""
        while True:
            before = len(self.follower.received)
            self.sent["messages"] += 1
            answer = await self.follower.say(text)
            if answer is None or answer.how != "fault":
                await self._answered(answer, before)
                return
            self.sent["faults"] += 1

    async def _burst(self) -> None:
        """Three messages, one wish: none of them is waited on before the next is sent."""
        before = len(self.follower.received)
        self.sent["messages"] += len(BURST)
        sending = []
        for text in BURST:
            sending.append(asyncio.create_task(self.follower.say(text)))
            await asyncio.sleep(self._dice.uniform(0.05, 0.3))
        answers = await asyncio.gather(*sending)
        self.sent["faults"] += sum(answer is not None and answer.how == "fault" for answer in answers)
        await self._answered(next((each for each in answers if each is not None), None), before)

    async def _answered(self, answer: Received | None, before: int = 0) -> None:
        if answer is not None:
            return
        try:
            await self.follower.next_message(before, PATIENCE_S)
        except TimeoutError:
            raise AnswerLost(self.follower.openid) from None
