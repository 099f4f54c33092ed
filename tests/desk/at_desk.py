"""A clerk at their desk, for tests: what a page reads and sends."""

from dataclasses import dataclass
from typing import Any

import httpx


@dataclass
class AtDesk:
    """A clerk at their desk."""

    browser: httpx.AsyncClient
    csrf: str
    id: str

    async def get(self, path: str) -> Any:
        """What a page reads."""
        answer = await self.browser.get(f"/desk/api{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, path: str, **body: Any) -> httpx.Response:
        """What a page sends."""
        return await self.browser.post(f"/desk/api{path}", json=body, headers={"X-CSRF": self.csrf})

    async def done(self, path: str, **body: Any) -> Any:
        """The same, which has to be done."""
        answer = await self.send(path, **body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def waiting(self) -> dict[str, Any]:
        """The one handoff that waits."""
        (row,) = (await self.get("/queue"))["waiting"]
        return dict(row)

    async def take(self) -> str:
        """Take the one that waits; gives the beginning of its addresses."""
        path = f"/handoffs/{(await self.waiting())['id']}"
        await self.done(f"{path}/claim")
        return path
