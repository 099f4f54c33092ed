"""An adviser behind the chat completions of OpenAI's API, which most servers of language models offer."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Annotated

import httpx
from pydantic import BaseModel, Field

from bot.conversation.advice import Advice, Doubt, NotAdvice, advice_in, instructions, told

logger = logging.getLogger(__name__)

FAILURES_UNTIL_PAUSE = 5
PAUSE_S = 60.0
MOST_BYTES = 64 * 1024
MOST_TOKENS = 100


class Breaker:
    """Stops asking an endpoint that fails again and again, so that it costs nothing while it is gone.

    After five failures in a row nothing is asked for a minute; then one request tries, and the others wait for what
    comes of it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._failures, self._again_at = clock, 0, 0.0

    def lets_through(self) -> bool:
        """Whether to ask now."""
        if self._failures < FAILURES_UNTIL_PAUSE:
            return True
        if self._clock() < self._again_at:
            return False
        self._again_at = self._clock() + PAUSE_S
        return True

    def succeeded(self) -> None:
        """It answered as agreed."""
        self._failures = 0

    def failed(self) -> None:
        """It did not."""
        self._failures += 1
        if self._failures >= FAILURES_UNTIL_PAUSE:
            self._again_at = self._clock() + PAUSE_S


class LargeModel:
    """Asks `<url>/chat/completions`, once a doubt, and waits `timeout_s` seconds in all.

    Redirects are not followed, proxies of the environment not used, and of an answer at most 64 KB are read.
    """

    def __init__(self, url: str, name: str, key: str, timeout_s: float, breaker: Breaker | None = None) -> None:
        self._url, self._name, self._timeout_s = f"{url.rstrip('/')}/chat/completions", name, timeout_s
        self._breaker = breaker or Breaker()
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})}
        self._client = httpx.AsyncClient(timeout=timeout_s, trust_env=False, follow_redirects=False, headers=headers)

    async def advise(self, doubt: Doubt) -> Advice | None:
        """The advice on a doubt; None where it has none, fails, is too late, or failed too often. Raises nothing."""
        if not self._breaker.lets_through():
            return None
        try:
            async with asyncio.timeout(self._timeout_s):
                content = await self._complete(doubt)
            advice = advice_in(doubt, content)
        except Exception as error:  # advice is never worth a turn, whatever a stranger's server does
            self._breaker.failed()
            kind = str(error) if isinstance(error, NotAdvice) else type(error).__name__
            logger.warning("the large model gave no advice: %s", kind)
            return None
        self._breaker.succeeded()
        return advice

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _complete(self, doubt: Doubt) -> str:
        """What the model writes. Raises NotAdvice, ValidationError or what httpx raises."""
        asked = {
            "model": self._name,
            "messages": [
                {"role": "system", "content": instructions(doubt)},
                {"role": "user", "content": told(doubt)},
            ],
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
            "stream": False,
        }
        async with self._client.stream("POST", self._url, json=asked) as answer:
            if answer.status_code != httpx.codes.OK:
                raise NotAdvice(f"HTTP {answer.status_code}")
            body = bytearray()
            async for part in answer.aiter_raw():
                body += part
                if len(body) > MOST_BYTES:
                    raise NotAdvice("too long")
        return _Completion.model_validate_json(bytes(body)).choices[0].message.content


class _Message(BaseModel):
    content: str


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: Annotated[list[_Choice], Field(min_length=1)]
