"""Sending to followers: texts within the windows, the typing sign, and the subscribe notification beyond them."""

import contextlib
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import or_, update

from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.models import WeChatNotice
from bot.channels.wechat.rendering import parts_of
from bot.conversation.channel import Channel, NeverSent, Numbered, Part, TryLater, Window, WindowClosed
from bot.conversation.incoming import Media
from bot.conversation.wording import phrase
from records.base import now
from records.database import Sessions, rows_changed

logger = logging.getLogger(__name__)

AFTER_MESSAGE = Window("message", most=5, seconds=48 * 3600)
AFTER_ACTION = Window("action", most=3, seconds=60)
"""A menu click, a tapped choice, a follow, a scan."""
NOTICES_APART = timedelta(hours=24)
"""One notification is enough to say that something waits."""
NOTICE_FIELD_CHARS = 20
TYPING_AT_ONCE = 8


class Notice:
    """The subscribe notification, as the office set it up at WeChat: a template and what its fields say."""

    def __init__(self, template_id: str, fields: Mapping[str, str], street: str) -> None:
        self.template_id = template_id
        words = {"street": street, "notice": phrase("utter_something_waits")}
        self._data = {
            key: {"value": words.get(value.strip("{}"), value)[:NOTICE_FIELD_CHARS]} for key, value in fields.items()
        }

    def body(self, openid: str) -> dict[str, object]:
        """The call's body for one follower."""
        return {"touser": openid, "template_id": self.template_id, "data": self._data}


class WeChatChannel(Channel):
    """The official account as the courier sees it."""

    name = "wechat"
    windowed = True
    late_after_s = 15.0
    """As long as the typing sign lasts; each word more would cost one of five messages."""

    def __init__(self, api: WeChatApi, sessions: Sessions, notice: Notice | None) -> None:
        self._api, self._sessions, self._notice = api, sessions, notice
        self._typing = 0

    def pack(self, said: Sequence[Numbered]) -> list[Part]:
        """Merge bubbles into texts of at most 2000 bytes."""
        return parts_of(said)

    async def send(self, address: str, part: Part) -> None:
        """Send one text. Raises TryLater, WindowClosed, NeverSent, AddressGone."""
        await self._api.send({"touser": address, "msgtype": "text", "text": {"content": part.text}})

    async def fetch(self, media: Media) -> bytes:
        """A photo or voice message. Raises TryLater, MediaGone, FileRefused."""
        return await self._api.media(media.media_id)

    async def show_typing(self, address: str) -> None:
        """Show that an answer is being written; without it nothing is lost, so a crowd's answers go first."""
        if self._typing >= TYPING_AT_ONCE:
            return
        self._typing += 1
        try:
            with contextlib.suppress(TryLater, WindowClosed, NeverSent):
                await self._api.show_typing(address)
        finally:
            self._typing -= 1

    async def invite(self, conversation_id: str, address: str) -> bool:
        """Send the subscribe notification to a follower who accepts it, at most once a day."""
        if self._notice is None or not await self._claim_notice(conversation_id):
            return False
        try:
            await self._api.notify(self._notice.body(address))
        except (NeverSent, WindowClosed):
            await self.remember_notice(conversation_id, accepted=False)
            return False
        return True

    async def remember_notice(self, conversation_id: str, *, accepted: bool) -> None:
        """A follower accepted or refused the notification."""
        async with self._sessions() as session:
            known = await session.get(WeChatNotice, conversation_id)
            if known is None:
                session.add(WeChatNotice(conversation_id=conversation_id, accepted=accepted))
            else:
                known.accepted, known.changed_at = accepted, now()
            await session.commit()

    @property
    def notice_template(self) -> str | None:
        """The template whose acceptance is remembered."""
        return None if self._notice is None else self._notice.template_id

    async def _claim_notice(self, conversation_id: str) -> bool:
        """Be the one that notifies now: whoever accepts it, and was not notified within a day."""
        waiting = update(WeChatNotice).where(
            WeChatNotice.conversation_id == conversation_id,
            WeChatNotice.accepted.is_(True),
            or_(WeChatNotice.sent_at.is_(None), WeChatNotice.sent_at < now() - NOTICES_APART),
        )
        async with self._sessions() as session:
            claimed = await rows_changed(session, waiting.values(sent_at=now())) == 1
            await session.commit()
        return claimed
