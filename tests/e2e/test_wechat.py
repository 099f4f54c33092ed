"""From a follow to a filed case, through the real callback in safe mode, with real processes on both sides."""

import asyncio
import re
from pathlib import Path

from app.crash.run import crash
from app.fakes.wechat import FakeWeChat
from tests.e2e.account import in_wechat, lived
from tests.e2e.forms import SHORT
from tests.e2e.people import invented
from tests.e2e.service import Service


def test_a_follower_gets_from_the_greeting_to_a_case_number_by_tapping_and_typing(service: Service) -> None:
    async def story(wechat: FakeWeChat) -> None:
        assert await wechat.confirm_address()
        person, follower = invented(), wechat.follower()
        greeted = await follower.follow()
        assert greeted is not None
        assert greeted.how == "passive"
        await follower.say(SHORT)
        await follower.hears("基本避孕药具免费发放")
        await follower.choose("同意，开始办")
        await follower.hears("您叫什么名字？")
        await follower.say(person.name)
        await follower.hears("您的身份证号")
        await follower.say(person.id_number)
        await follower.hears("您的联系电话")
        await follower.say(person.phone)
        await follower.hears("想领哪一种")
        await follower.choose("避孕套")
        await follower.hears("想领几盒")
        await follower.say("2")
        await follower.hears("都填好了")
        await follower.choose("确认提交")
        filed = await follower.hears("办件编号")
        assert re.search(r"\d{22}", filed.text)
        assert wechat.redelivered == 0
        assert {message.how for message in follower.received} <= {"passive", "push"}
        assert not any(person.id_number in message.text for message in follower.received)

    in_wechat(service, story)


def test_a_wish_typed_in_three_messages_is_answered_once(service: Service) -> None:
    async def story(wechat: FakeWeChat) -> None:
        follower = wechat.follower()
        typed = []
        for text in ("我想", "办"):
            typed.append(asyncio.create_task(follower.say(text)))
            await asyncio.wait(typed, timeout=0.3)
        assert not any(each.done() for each in typed), "both wait for the rest of the wish"
        told = await follower.say("残疾证")
        await asyncio.wait(typed)
        answers = [answer for answer in (told, *(each.result() for each in typed)) if answer is not None]
        assert ["残疾人证申领" in answer.plain for answer in answers] == [True]

    in_wechat(service, story)


def test_while_wechat_cannot_be_reached_nothing_is_lost(service: Service) -> None:
    async def story(wechat: FakeWeChat) -> None:
        follower = wechat.follower()
        await follower.say("你好")
        wechat.faults.down = True
        service.stop_engine()
        assert await follower.say("我想办残疾证") is None
        service.continue_engine()
        wechat.faults.down = False
        await follower.hears("残疾人证申领", timeout_s=60)

    in_wechat(service, story)


def test_when_the_application_and_then_the_engine_are_killed_every_promise_is_kept(tmp_path: Path) -> None:
    """The short form of `./onecall crash`, with a seed that kills one of each while residents talk."""
    report = lived(crash(tmp_path, kills=2, residents=12, seed=40))
    assert report.verdict.is_good, report.verdict
    assert report.disturbances == {"application killed": 1, "engine killed": 1}
    assert report.verdict.messages > 10
