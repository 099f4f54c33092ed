"""Tables of video calls: who called whom, and what was asked and answered on the screen. No picture, no sound."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import ERASED_WITH_TALK, Base, UtcDateTime, new_id, now
from records.encryption import EncryptedText

_RowNumber = BigInteger().with_variant(Integer, "sqlite")


class VideoCall(Base):
    """A call of a clerk to the resident of a handoff; a handoff has at most one that is not ended.

    `token_index` and `browser_index` are keyed hashes of the link and of the one browser that took the call.
    `expires_at` is until when the link may be taken and, once it was (`joined_at`), until when the call may last.
    `ended_by` is one of `desk.video.calls.EndedBy`.
    """

    __tablename__ = "video_calls"
    __table_args__ = (
        Index(
            "uq_video_calls_open_handoff",
            "handoff_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    case_id: Mapped[str | None] = mapped_column(String(32))
    item_id: Mapped[str] = mapped_column(String(64))
    clerk_id: Mapped[str] = mapped_column(String(32))
    clerk_name: Mapped[str] = mapped_column(String(32))
    token_index: Mapped[str] = mapped_column(String(64), unique=True)
    browser_index: Mapped[str | None] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(16))


class VideoConfirmation(Base):
    """Something asked on the resident's screen, word for word, and what they answered; nothing answered is no answer.

    `kind` is one of `desk.video.confirmations.Kind`, `answer` one of `Answer`; `file_id` is the still that was agreed
    to. It goes with the talk when a resident has their data deleted: what was confirmed for a filed case stands in the
    case's history, too.
    """

    __tablename__ = "video_confirmations"
    __table_args__ = ({"info": {ERASED_WITH_TALK: True}},)

    id: Mapped[int] = mapped_column(_RowNumber, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("video_calls.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    asked: Mapped[str] = mapped_column(EncryptedText("video_confirmations.asked"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    answer: Mapped[str | None] = mapped_column(String(16))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_id: Mapped[str | None] = mapped_column(String(32))
