"""The access token of an account: one owner, one flight, one retry, shared by all processes through the database."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from bot.channels.wechat.models import WeChatToken
from bot.conversation.channel import TryLater
from records.base import CHINA, now
from records.database import Sessions, rows_changed

logger = logging.getLogger(__name__)

EARLY = timedelta(minutes=5)
"""WeChat hands out a new token from five minutes before the old one ends, and honours both meanwhile."""
LEASE = timedelta(seconds=15)
"""How long a fetch may take before another process takes over."""
LOOK_AGAIN_S = 0.1
FORCED_A_DAY = 20
FORCED_APART = timedelta(seconds=30)
"""WeChat's limits on forced refreshes; one sooner returns the same token."""


@dataclass(frozen=True)
class Fetched:
    """A token and the seconds it is good for."""

    token: str
    expires_in: int


class TokenSource(Protocol):
    """Whoever gives tokens out."""

    async def fetch_token(self, *, force: bool) -> Fetched:
        """A token; with `force` a new one, whatever became of the old. Raises TryLater."""
        ...


class AccessToken:
    """The account's present token. However many ask at once, in however many processes, one fetches it."""

    def __init__(self, sessions: Sessions, appid: str, source: TokenSource) -> None:
        self._sessions, self._appid, self._source = sessions, appid, source
        self._flight = asyncio.Lock()
        self._known: tuple[str, datetime] | None = None

    async def get(self) -> str:
        """The token to use now. Raises TryLater where none can be had."""
        if self._known is not None and self._known[1] - EARLY > now():
            return self._known[0]
        async with self._flight:
            return await self._shared(refused=None)

    async def replace(self, refused: str) -> str:
        """Another token than `refused`, which WeChat does not take. Raises TryLater."""
        async with self._flight:
            return await self._shared(refused)

    async def _shared(self, refused: str | None) -> str:
        """The token of the database; fetched by us where it is old or refused, and by nobody else meanwhile."""
        ends = now() + LEASE * 2
        while now() < ends:
            if (token := await self._usable(refused)) is not None:
                return token
            if await self._lease():
                # Another process may have fetched between our look and our lease.
                if (token := await self._usable(refused)) is not None:
                    await self._release({})
                    return token
                return await self._fetch(refused)
            await asyncio.sleep(LOOK_AGAIN_S)
        raise TryLater("token is being fetched elsewhere")

    async def _usable(self, refused: str | None) -> str | None:
        """The token of the database, where it is fresh and not the one refused."""
        async with self._sessions() as session:
            row = await session.get(WeChatToken, self._appid)
        if row is None or row.token is None or row.expires_at is None:
            return None
        if row.expires_at - EARLY <= now() or row.token == refused:
            return None
        self._known = (row.token, row.expires_at)
        return row.token

    async def _lease(self) -> bool:
        """Become the one that fetches."""
        async with self._sessions() as session:
            free = update(WeChatToken).where(
                WeChatToken.appid == self._appid,
                or_(WeChatToken.fetching_until.is_(None), WeChatToken.fetching_until < now()),
            )
            if await rows_changed(session, free.values(fetching_until=now() + LEASE)) == 1:
                await session.commit()
                return True
            await session.rollback()
            if await session.get(WeChatToken, self._appid) is not None:
                return False
            session.add(WeChatToken(appid=self._appid, fetching_until=now() + LEASE))
            try:
                await session.commit()
            except IntegrityError:
                return False
            return True

    async def _fetch(self, refused: str | None) -> str:
        """Fetch as the one that holds the lease, and give it back with the token."""
        try:
            force = refused is not None and await self._may_force()
            fetched = await self._source.fetch_token(force=force)
            if refused is not None and not force and fetched.token == refused:
                logger.error("WeChat refuses the token and no forced refresh is left now")
                raise TryLater("token refused", after_s=FORCED_APART.total_seconds())
        except BaseException:
            await self._release({})
            raise
        expires_at = now() + timedelta(seconds=fetched.expires_in)
        await self._release({"token": fetched.token, "expires_at": expires_at})
        self._known = (fetched.token, expires_at)
        return fetched.token

    async def _may_force(self) -> bool:
        """Count a forced refresh, if one is left today and the last was long enough ago."""
        today = now().astimezone(CHINA).date()
        async with self._sessions() as session:
            row = await session.get_one(WeChatToken, self._appid)
            forced = row.forced if row.forced_on == today else 0
            if forced >= FORCED_A_DAY or (row.forced_at is not None and now() - row.forced_at < FORCED_APART):
                return False
            row.forced, row.forced_on, row.forced_at = forced + 1, today, now()
            await session.commit()
            return True

    async def _release(self, values: dict[str, object]) -> None:
        async with self._sessions() as session:
            mine = update(WeChatToken).where(WeChatToken.appid == self._appid)
            await session.execute(mine.values(fetching_until=None, **values))
            await session.commit()
