from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.forms import begin_short
from tests.e2e.people import invented
from tests.e2e.service import Service

LOST = "Failed to load resource: net::ERR"
"""What the browser itself notes in the console while no server answers."""


def test_while_the_engine_is_dead_the_resident_is_told_within_six_seconds_and_answered_once(
    resident: OpenChat, service: Service
) -> None:
    chat = resident()
    chat.say("你好")
    service.kill_engine()
    chat.type("我想办残疾证")
    expect(chat.page.locator(".system")).to_contain_text("系统这会儿有点慢", timeout=6_000)
    chat.hears("残疾人证申领")
    service.wait_ready()
    chat.say("谢谢")
    chat.hears("不客气")
    assert chat.bot.filter(has_text="残疾人证申领").count() == 1
    assert chat.page.locator(".system").count() == 1


def test_a_draft_and_what_is_typed_meanwhile_survive_a_restart_of_the_server(
    resident: OpenChat, service: Service
) -> None:
    person = invented()
    chat = resident()
    begin_short(chat)
    service.stop()
    chat.type(person.name)
    expect(chat.page.locator(".message--failed")).to_contain_text("连上后会自动再发")
    service.start()
    chat.hears("您的身份证号")
    expect(chat.page.locator(".message--failed")).to_have_count(0)
    expect(chat.page.locator("#connection")).to_be_hidden()
    assert chat.own.filter(has_text=person.name).count() == 1
    chat.is_at_step(2, 5)
    chat.say(person.id_number)
    chat.hears("您的联系电话")
    chat.troubles = [trouble for trouble in chat.troubles if not trouble.startswith(LOST)]
