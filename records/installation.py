"""Whether the key at hand is the one this database was written with."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from records.encryption import Undecryptable
from records.keys import KeyFault
from records.models import Installation

_ONLY = 1
_CHECK = "1call"


async def check_key(session: AsyncSession) -> None:
    """Seal a check value on the first start, open it on every later one. Raises KeyFault if it does not open.

    Without this, a lost key file would be replaced by a new key, and all that was written be unreadable.
    """
    if await _opens(session):
        return
    session.add(Installation(id=_ONLY, check=_CHECK))
    try:
        await session.commit()
    except IntegrityError:  # another process was first, perhaps with another key
        await session.rollback()
        await _opens(session)


async def _opens(session: AsyncSession) -> bool:
    """Whether there is a check value, and it opens."""
    try:
        return await session.get(Installation, _ONLY) is not None
    except Undecryptable as error:
        raise KeyFault(
            "现在的密钥打不开这个数据库，它不是当初用的那一把。"
            "请把备份的密钥放回 ONECALL_DATA_KEY 或数据文件夹里的 key 文件；"
            "原来的 key 文件丢失时会自动新建一把，新的打不开以前的资料"
        ) from error
