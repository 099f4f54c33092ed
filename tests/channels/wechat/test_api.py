"""The small client against the fake WeChat: tokens, errors and what they mean, media, the menu, the notification."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.fakes.wechat import FakeWeChat, Follower
from bot.channels.wechat.api import WeChatApi, WeChatError
from bot.channels.wechat.channel import TYPING_AT_ONCE, Notice, WeChatChannel
from bot.channels.wechat.menu import load_menu
from bot.conversation.channel import AddressGone, MediaGone, NeverSent, Part, TryLater, WindowClosed
from bot.conversation.incoming import Media
from bot.conversation.people import conversation_of
from cases.files import MAX_BYTES, FileRefused
from records.database import Database
from tests.support.form_filling import PNG

SEND = "/cgi-bin/message/custom/send"
TOKEN = "/cgi-bin/stable_token"


@pytest.fixture
async def wechat() -> AsyncIterator[FakeWeChat]:
    fake = FakeWeChat()
    async with fake.serving():
        yield fake


@pytest.fixture
async def api(wechat: FakeWeChat, sqlite_database: Database) -> AsyncIterator[WeChatApi]:
    api = WeChatApi(sqlite_database.session, wechat.appid, wechat.secret, wechat.url)
    yield api
    await api.close()


@pytest.fixture
def channel(wechat: FakeWeChat, api: WeChatApi, sqlite_database: Database) -> WeChatChannel:
    notice = Notice("template", {"thing1": "{street}", "thing2": "{notice}"}, "示范街道")
    return WeChatChannel(api, sqlite_database.session, notice)


@pytest.fixture
def follower(wechat: FakeWeChat) -> Follower:
    """Somebody who has just written."""
    return _follower(wechat)


def _follower(wechat: FakeWeChat) -> Follower:
    follower = wechat.follower()
    follower._opens("message")
    follower.sent_at = wechat.clock()
    return follower


async def test_texts_arrive_with_one_token_for_all(
    wechat: FakeWeChat, channel: WeChatChannel, follower: Follower
) -> None:
    for text in ("一", "二"):
        await channel.send(follower.openid, Part(text=text))
    assert [message.text for message in follower.received] == ["一", "二"]
    assert wechat.calls[TOKEN] == 1


async def test_a_token_refused_is_replaced_once_and_the_message_sent(
    wechat: FakeWeChat, channel: WeChatChannel, follower: Follower
) -> None:
    wechat.faults.refuse_token = 1
    await channel.send(follower.openid, Part(text="一"))
    assert (wechat.calls[SEND], wechat.calls[TOKEN]) == (2, 2)


async def test_a_token_refused_for_ever_costs_one_retry_a_message_and_loses_nothing(
    wechat: FakeWeChat, channel: WeChatChannel, follower: Follower
) -> None:
    wechat.faults.refuse_token = 1000
    for _ in range(5):
        with pytest.raises(TryLater):
            await channel.send(follower.openid, Part(text="一"))
    assert wechat.calls[SEND] <= 10
    assert wechat.calls[TOKEN] <= 12
    wechat.faults.refuse_token = 0
    await channel.send(follower.openid, Part(text="一"))
    assert len(follower.received) == 1


async def test_errors_have_their_meaning(wechat: FakeWeChat, channel: WeChatChannel, follower: Follower) -> None:
    with pytest.raises(NeverSent, match="40003"):
        await channel.send("o-unknown", Part(text="一"))
    with pytest.raises(NeverSent, match="45002"):
        await channel.send(follower.openid, Part(text="长" * 800))
    for _ in range(5):
        await channel.send(follower.openid, Part(text="一"))
    with pytest.raises(WindowClosed, match="45047"):
        await channel.send(follower.openid, Part(text="一"))
    wechat.faults.closed = 1
    with pytest.raises(WindowClosed, match="45015"):
        await channel.send(follower.openid, Part(text="一"))
    follower.following = False
    with pytest.raises(AddressGone):
        await channel.send(follower.openid, Part(text="一"))


async def test_a_connection_that_breaks_may_have_brought_the_message(
    wechat: FakeWeChat, channel: WeChatChannel, follower: Follower
) -> None:
    await channel.send(follower.openid, Part(text="一"))
    wechat.faults.drop_after = 1
    with pytest.raises(TryLater) as later:
        await channel.send(follower.openid, Part(text="二"))
    assert later.value.maybe_sent


async def test_a_server_that_is_not_there_has_not_brought_it(sqlite_database: Database) -> None:
    api = WeChatApi(sqlite_database.session, "wx1", "secret", "http://127.0.0.1:9")
    with pytest.raises(TryLater) as later:
        await api.send({})
    assert not later.value.maybe_sent
    await api.close()


async def test_a_wrong_secret_loses_nothing(wechat: FakeWeChat, sqlite_database: Database) -> None:
    api = WeChatApi(sqlite_database.session, wechat.appid, "wrong", wechat.url)
    with pytest.raises(TryLater, match="40125"):
        await api.send({})
    await api.close()


async def test_photos_are_fetched_by_id_and_bounded(wechat: FakeWeChat, channel: WeChatChannel) -> None:
    photo = Media(kind="photo", media_id=wechat.keep(PNG, "image/png"))
    assert await channel.fetch(photo) == PNG
    wechat.faults.refuse_token = 1
    assert await channel.fetch(photo) == PNG
    large = Media(kind="photo", media_id=wechat.keep(b"x" * (MAX_BYTES + 1), "image/png"))
    with pytest.raises(FileRefused):
        await channel.fetch(large)
    with pytest.raises(MediaGone):
        await channel.fetch(Media(kind="photo", media_id="unknown"))
    video = Media(kind="photo", media_id=wechat.keep(b"video", "video/mp4"))
    with pytest.raises(MediaGone):
        await channel.fetch(video)


async def test_typing_is_shown_and_never_matters(
    wechat: FakeWeChat, channel: WeChatChannel, follower: Follower
) -> None:
    await channel.show_typing(follower.openid)
    assert follower.typing_until > wechat.clock()
    wechat.faults.down = True
    await channel.show_typing(follower.openid)


async def test_the_typing_sign_is_left_out_in_a_crowd(wechat: FakeWeChat, channel: WeChatChannel) -> None:
    crowd = [_follower(wechat) for _ in range(TYPING_AT_ONCE + 3)]
    await asyncio.gather(*(channel.show_typing(follower.openid) for follower in crowd))
    assert sum(follower.typing_until > 0 for follower in crowd) == TYPING_AT_ONCE


async def test_the_menu_of_the_project_is_one_wechat_takes(wechat: FakeWeChat, api: WeChatApi) -> None:
    await api.put_menu(load_menu())
    assert wechat.menu == load_menu()
    with pytest.raises(WeChatError):
        await api.put_menu({"button": []})


async def test_whoever_accepts_it_is_notified_once_a_day_and_who_refuses_it_is_not(
    wechat: FakeWeChat, channel: WeChatChannel, follower: Follower, sqlite_database: Database
) -> None:
    mine = await conversation_of(sqlite_database.session, "wechat", follower.openid, address=follower.openid)
    assert not await channel.invite(mine, follower.openid)
    follower.accepts_notice = True
    await channel.remember_notice(mine, accepted=True)
    assert await channel.invite(mine, follower.openid)
    assert not await channel.invite(mine, follower.openid)
    assert [(message.how, message.text) for message in follower.received] == [
        ("notice", "【订阅通知】示范街道，您的事有回复了")
    ]
    other = wechat.follower()
    theirs = await conversation_of(sqlite_database.session, "wechat", other.openid, address=other.openid)
    await channel.remember_notice(theirs, accepted=True)
    assert not await channel.invite(theirs, other.openid), "WeChat knows better: 43101"
    assert not await channel.invite(theirs, other.openid)
