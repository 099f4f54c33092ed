"""Tables of the WeChat door."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, UtcDateTime, now
from records.encryption import EncryptedText


class WeChatToken(Base):
    """The access token of an account, shared by all processes: one fetches it, the others wait and read.

    `fetching_until` is a lease: whoever set it fetches, and after it another may. `forced` counts the forced
    refreshes of `forced_on`, of which WeChat allows twenty a day.
    """

    __tablename__ = "wechat_tokens"

    appid: Mapped[str] = mapped_column(String(32), primary_key=True)
    token: Mapped[str | None] = mapped_column(EncryptedText("wechat_tokens.token"))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fetching_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    forced: Mapped[int] = mapped_column(default=0)
    forced_on: Mapped[date | None]
    forced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WeChatNotice(Base):
    """Whether a follower accepts the subscribe notification, and when one was last sent."""

    __tablename__ = "wechat_notices"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    accepted: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
