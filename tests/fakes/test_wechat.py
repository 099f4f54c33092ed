"""The fake WeChat can be trusted: it speaks in the recorded shapes and counts as the real one does."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from app.engine_process import free_port
from app.fakes.wechat import FAULT_NOTICE, FakeWeChat, Follower
from app.listener import Listener
from bot.channels.wechat.envelope import Envelope, text_reply
from bot.channels.wechat.reading import Reading
from tests.fakes.recorded_wechat import API_ANSWERS, CALLBACKS, MENU_MESSAGE


class Account:
    """The account's own server: notes what it is sent and answers what the test says."""

    def __init__(self, wechat: FakeWeChat) -> None:
        self.wechat = wechat
        self.envelope = Envelope(wechat.token, wechat.appid, wechat.aes_key)
        self.readings: list[Reading] = []
        self.answer: Callable[[Reading], Response] = lambda _: Response("success")
        self.silent = 0
        """How many of the next callbacks are not answered before the test is over."""
        self.over = asyncio.Event()

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/callback")
        async def callback(request: Request) -> Response:
            reading = self.envelope.open(await request.body(), request.query_params, plain_allowed=False)
            self.readings.append(reading)
            if self.silent > 0:
                self.silent -= 1
                await self.over.wait()
            return self.answer(reading)

        @app.get("/callback")
        async def address(signature: str, timestamp: str, nonce: str, echostr: str) -> Response:
            self.envelope.check_address(signature, timestamp, nonce)
            return Response(echostr)

        return app

    def reply(self, text: str) -> Response:
        (reading,) = self.readings[-1:]
        moment = str(int(time.time()))
        return Response(self.envelope.seal(text_reply(reading.openid, reading.to, moment, text), moment, "n"))


class Clock:
    """The time, moved by hand."""

    def __init__(self) -> None:
        self.moment = time.time()

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def account(clock: Clock) -> AsyncIterator[Account]:
    wechat = FakeWeChat(clock=clock, waited_s=0.3)
    account = Account(wechat)
    async with Listener(account.app(), "127.0.0.1", free_port()) as listener, wechat.serving():
        wechat.callback_url = f"{listener.url}/callback"
        yield account
        account.over.set()


@pytest.fixture
def wechat(account: Account) -> FakeWeChat:
    return account.wechat


async def _call(wechat: FakeWeChat, path: str, body: Any, token: str | None = None) -> dict[str, Any]:
    query = {} if token is None else {"access_token": token}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{wechat.url}/cgi-bin/{path}", params=query, json=body)
    assert answer.status_code == 200
    return dict(answer.json())


async def _get(wechat: FakeWeChat, path: str, **query: str) -> httpx.Response:
    token = (await _token(wechat))["access_token"]
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{wechat.url}/cgi-bin/{path}", params={"access_token": token, **query})
    assert answer.status_code == 200
    return answer


async def _token(wechat: FakeWeChat, **changed: Any) -> dict[str, Any]:
    asked = {"grant_type": "client_credential", "appid": wechat.appid, "secret": wechat.secret, **changed}
    return await _call(wechat, "stable_token", asked)


async def _send(wechat: FakeWeChat, openid: str, text: str) -> int:
    token = (await _token(wechat))["access_token"]
    body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
    return int((await _call(wechat, "message/custom/send", body, token))["errcode"])


def _shape(value: Any) -> Any:
    return {key: _shape(each) for key, each in value.items()} if isinstance(value, dict) else ""


Deed = Callable[[Follower], Awaitable[Any]]
DEEDS: dict[str, Deed] = {
    "text": lambda follower: follower.say("你好"),
    "image": lambda follower: follower.photo(b"png"),
    "voice": lambda follower: follower.voice(b"amr"),
    "video": lambda follower: follower.video(),
    "location": lambda follower: follower.locate("位置"),
    "link": lambda follower: follower.link("http://a/"),
    "subscribe": lambda follower: follower.follow(),
    "subscribe by code": lambda follower: follower.follow("1"),
    "unsubscribe": lambda follower: follower.unfollow(),
    "scan": lambda follower: follower.scan("1"),
    "click": lambda follower: follower.click("KEY"),
    "view": lambda follower: follower.view("https://a/"),
    "notice": lambda follower: follower.answer_notice("t", accept=True),
}


@pytest.mark.parametrize("kind", DEEDS)
async def test_each_callback_has_the_recorded_tags(account: Account, kind: str) -> None:
    await DEEDS[kind](account.wechat.follower())
    assert _shape(dict(account.readings[0].fields)) == _shape(CALLBACKS[kind])


async def test_a_tap_has_the_recorded_tags_and_counts_as_a_click(account: Account) -> None:
    follower = account.wechat.follower()
    account.answer = lambda _: account.reply(
        '一<a href="weixin://bizmsgmenu?msgmenucontent=满%20意&msgmenuid=101">满意</a>'
    )
    received = await follower.say("你好")
    assert received is not None
    assert received.plain == "一满意"
    follower.windows.clear()
    await follower.choose("满 意")
    assert _shape(dict(account.readings[1].fields)) == _shape(CALLBACKS["tap"])
    assert account.readings[1].content == "满 意"
    assert follower.quota == {"action": 3}


async def test_the_api_answers_in_the_recorded_shapes(wechat: FakeWeChat) -> None:
    given = await _token(wechat)
    assert _shape(given) == _shape(API_ANSWERS["token"])
    assert given["expires_in"] == 7200
    assert await _token(wechat, appid="wx") == API_ANSWERS["invalid appid"]
    assert await _token(wechat, secret="no") == API_ANSWERS["invalid appsecret"]
    assert (await _token(wechat, grant_type="password"))["errcode"] == 40002
    follower = wechat.follower()
    await follower.say("你好")
    typing = {"touser": follower.openid, "command": "Typing"}
    assert await _call(wechat, "message/custom/typing", typing, given["access_token"]) == API_ANSWERS["ok"]


async def test_what_followers_sent_can_be_fetched_for_three_days(wechat: FakeWeChat, clock: Clock) -> None:
    media_id = wechat.keep(b"bytes", "image/png")
    answer = await _get(wechat, "media/get", media_id=media_id)
    assert (answer.content, answer.headers["content-type"]) == (b"bytes", "image/png")
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    video = await _get(wechat, "media/get", media_id=wechat.keep(b"video", "video/mp4"))
    assert _shape(video.json()) == _shape(API_ANSWERS["video"])
    assert (await _get(wechat, "media/get", media_id="unknown")).json() == API_ANSWERS["invalid media"]
    clock.moment += 3 * 86400
    assert (await _get(wechat, "media/get", media_id=media_id)).json() == API_ANSWERS["invalid media"]


async def test_the_typing_sign_needs_a_message_and_is_not_shown_twice(wechat: FakeWeChat, clock: Clock) -> None:
    follower, token = wechat.follower(), (await _token(wechat))["access_token"]

    async def show(command: str = "Typing") -> int:
        body = {"touser": follower.openid, "command": command}
        return int((await _call(wechat, "message/custom/typing", body, token))["errcode"])

    assert await show() == 45080
    await follower.say("你好")
    assert [await show(), await show(), await show("Paint")] == [0, 45081, 45072]
    assert [await show("CancelTyping"), await show()] == [0, 0]
    assert await _send(wechat, follower.openid, "好") == 0
    assert await show() == 0, "a message ends it"
    clock.moment += 16
    assert await show() == 0
    clock.moment += 16
    assert await show() == 45080
    await follower.unfollow()
    assert await show() == 43004


async def test_a_stable_token_stays_until_it_is_nearly_over_or_forced(wechat: FakeWeChat, clock: Clock) -> None:
    first = (await _token(wechat))["access_token"]
    clock.moment += 60
    assert await _token(wechat) == {"access_token": first, "expires_in": 7140}
    second = (await _token(wechat, force_refresh=True))["access_token"]
    assert second != first
    assert (await _token(wechat, force_refresh=True))["access_token"] == second, "not twice in half a minute"
    assert (await _call(wechat, "menu/create", {}, first))["errcode"] == 40001
    assert (await _call(wechat, "menu/create", {}))["errcode"] == 41001
    clock.moment += 6901
    assert (await _token(wechat))["access_token"] != second


async def test_forced_refreshes_are_twenty_a_day(wechat: FakeWeChat, clock: Clock) -> None:
    tokens = {(await _token(wechat))["access_token"]}
    for _ in range(25):
        tokens.add((await _token(wechat, force_refresh=True))["access_token"])
        clock.moment += 31
    assert len(tokens) == 1 + 20


async def test_pushes_are_counted_by_what_the_follower_did_last(wechat: FakeWeChat, clock: Clock) -> None:
    follower = wechat.follower()
    assert await _send(wechat, follower.openid, "一") == 45015
    await follower.say("你好")
    assert [await _send(wechat, follower.openid, "一") for _ in range(6)] == [0] * 5 + [45047]
    await follower.click("KEY")
    assert [await _send(wechat, follower.openid, "一") for _ in range(4)] == [0] * 3 + [45047]
    await follower.say("你好")
    clock.moment += 48 * 3600 + 1
    assert await _send(wechat, follower.openid, "一") == 45015
    await follower.unfollow()
    assert await _send(wechat, follower.openid, "一") == 43004
    assert [received.how for received in follower.received] == ["push"] * 8


async def test_messages_it_does_not_take_have_their_numbers(wechat: FakeWeChat) -> None:
    follower = wechat.follower()
    await follower.say("你好")
    assert await _send(wechat, "o-unknown", "一") == 40003
    assert await _send(wechat, follower.openid, "") == 44004
    assert await _send(wechat, follower.openid, "长" * 683) == 45002
    token = (await _token(wechat))["access_token"]
    assert (await _call(wechat, "message/custom/send", [], token))["errcode"] == 47001
    assert (await _call(wechat, "message/custom/send", {"touser": follower.openid}, token))["errcode"] == 40008


async def test_a_menu_message_is_shown_with_its_choices(account: Account) -> None:
    wechat, follower = account.wechat, account.wechat.follower()
    await follower.say("你好")
    token = (await _token(wechat))["access_token"]
    body = {"touser": follower.openid, "msgtype": "msgmenu", "msgmenu": MENU_MESSAGE}
    assert await _call(wechat, "message/custom/send", body, token) == API_ANSWERS["ok"]
    assert follower.received[0].plain == "您对本次服务是否满意呢?\n满意\n不满意\n欢迎再次光临"
    await follower.choose("不满意")
    assert account.readings[1].fields["bizmsgmenuid"] == "102"
    assert account.readings[1].content == "不满意"


BUTTON = {"type": "click", "name": "查进度", "key": "查办件进度"}


@pytest.mark.parametrize(
    ("number", "menu"),
    [
        (40016, {}),
        (40016, {"button": [BUTTON] * 4}),
        (40017, {"button": [{**BUTTON, "type": "unknown"}]}),
        (40018, {"button": [{**BUTTON, "name": "六个字的名字呀"}]}),
        (40019, {"button": [{**BUTTON, "key": ""}]}),
        (40020, {"button": [{"type": "view", "name": "网页"}]}),
        (40023, {"button": [{"name": "办事", "sub_button": [BUTTON] * 6}]}),
        (40024, {"button": [{"name": "办事", "sub_button": [{**BUTTON, "type": ""}]}]}),
        (40025, {"button": [{"name": "办事", "sub_button": [{**BUTTON, "name": "字" * 21}]}]}),
        (40026, {"button": [{"name": "办事", "sub_button": [{**BUTTON, "key": "字" * 43}]}]}),
        (40027, {"button": [{"name": "办事", "sub_button": [{**BUTTON, "type": "view"}]}]}),
        (47001, {"button": ["办事"]}),
        (47001, {"button": [{"name": "办事", "sub_button": "查进度"}]}),
    ],
)
async def test_a_menu_keeps_to_the_documented_limits(wechat: FakeWeChat, number: int, menu: Any) -> None:
    token = (await _token(wechat))["access_token"]
    assert (await _call(wechat, "menu/create", menu, token))["errcode"] == number
    assert wechat.menu is None


async def test_a_menu_can_be_put_read_and_deleted(wechat: FakeWeChat) -> None:
    token = (await _token(wechat))["access_token"]
    assert (await _get(wechat, "menu/get")).json() == API_ANSWERS["no menu"]
    assert await _call(wechat, "menu/create", API_ANSWERS["menu"]["menu"], token) == API_ANSWERS["ok"]
    assert (await _get(wechat, "menu/get")).json() == API_ANSWERS["menu"]
    assert (await _get(wechat, "menu/delete")).json() == API_ANSWERS["ok"]
    assert (await _get(wechat, "menu/get")).json() == API_ANSWERS["no menu"]
    assert (await _get(wechat, "menu/get", access_token="old")).json()["errcode"] == 40001


async def test_a_notice_reaches_only_followers_who_accept_it(wechat: FakeWeChat) -> None:
    follower, token = wechat.follower(), (await _token(wechat))["access_token"]
    body = {"touser": follower.openid, "template_id": "t", "data": {"thing1": {"value": "有回复了"}}}

    async def notify(**changed: Any) -> int:
        return int((await _call(wechat, "message/subscribe/bizsend", {**body, **changed}, token))["errcode"])

    assert await notify() == 43101
    await follower.answer_notice("t", accept=True)
    assert [await notify(touser="o-unknown"), await notify(template_id=""), await notify()] == [40003, 40037, 0]
    await follower.answer_notice("t", accept=False)
    assert await notify() == 43101
    assert [(message.how, message.text) for message in follower.received] == [("notice", "【订阅通知】有回复了")]


async def test_a_callback_that_is_not_answered_well_is_delivered_three_times(account: Account) -> None:
    account.answer = lambda _: Response("busy", 503)
    received = await account.wechat.follower().say("你好")
    assert received is not None
    assert (received.text, received.how) == (FAULT_NOTICE, "fault")
    assert [reading.msg_id for reading in account.readings] == [account.readings[0].msg_id] * 3
    assert account.wechat.redelivered == 2


@pytest.mark.parametrize("text", ["]]>", "<xml>&amp;", "换\n行"])
async def test_whatever_is_written_arrives_as_it_is(account: Account, text: str) -> None:
    await account.wechat.follower().say(text)
    assert account.readings[0].content == text


async def test_an_answer_that_comes_too_late_is_delivered_again_and_one_with_nothing_to_say_is_not(
    account: Account,
) -> None:
    follower = account.wechat.follower()
    assert await follower.say("你好") is None
    assert account.wechat.redelivered == 0
    account.silent = 1
    assert await follower.say("在吗") is None
    assert account.wechat.redelivered == 1
    assert len({reading.msg_id for reading in account.readings[1:]}) == 1
    assert follower.received == []


async def test_a_reply_that_was_tampered_with_is_a_fault(account: Account) -> None:
    account.answer = lambda _: Response(
        bytes(account.reply("好").body).replace(b"<Nonce><![CDATA[n", b"<Nonce><![CDATA[m")
    )
    received = await account.wechat.follower().say("你好")
    assert received is not None
    assert received.how == "fault"


async def test_a_passive_reply_is_opened(account: Account) -> None:
    account.answer = lambda _: account.reply("好]]>的")
    received = await account.wechat.follower().say("你好")
    assert received is not None
    assert (received.text, received.how) == ("好]]>的", "passive")
    assert await account.wechat.confirm_address()


async def test_faults_really_break_connections(wechat: FakeWeChat) -> None:
    follower = wechat.follower()
    await follower.say("你好")
    token = (await _token(wechat))["access_token"]
    body = {"touser": follower.openid, "msgtype": "text", "text": {"content": "一"}}
    wechat.faults.drop = 1
    with pytest.raises(httpx.HTTPError):
        await _call(wechat, "message/custom/send", body, token)
    assert follower.received == []
    wechat.faults.drop_after = 1
    with pytest.raises(httpx.HTTPError):
        await _call(wechat, "message/custom/send", body, token)
    assert [received.text for received in follower.received] == ["一"]
    wechat.faults.refuse_token = 1
    assert (await _call(wechat, "message/custom/send", body, token))["errcode"] == 40001
    wechat.faults.closed = 1
    assert (await _call(wechat, "message/custom/send", body, token))["errcode"] == 45015
    wechat.faults.down = True
    with pytest.raises(httpx.HTTPError):
        await _call(wechat, "message/custom/send", body, token)
