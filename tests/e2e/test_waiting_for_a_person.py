from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.forms import begin_short
from tests.e2e.people import invented


def test_a_person_is_always_one_tap_away_and_the_bot_comes_back_on_request(resident: OpenChat) -> None:
    chat = resident()
    begin_short(chat)
    owner = chat.page.locator("#owner")
    expect(owner).to_be_hidden()
    chat.page.get_by_role("button", name="人工").first.click()
    chat.hears("工作人员")
    expect(owner).to_have_text("在等工作人员，可以先把情况写下来。")
    chat.say("我想问问我妈的事")
    expect(chat.choice("不等了，接着跟我办")).to_have_count(1)
    chat.press("不等了，接着跟我办")
    expect(owner).to_be_hidden()
    chat.hears("您叫什么名字？")
    chat.say(invented().name)
    chat.hears("您的身份证号")


def test_outside_a_form_the_bot_comes_back_without_talking_of_waiting(resident: OpenChat) -> None:
    chat = resident()
    chat.say("你好", "转人工")
    chat.hears("工作人员")
    chat.press("不等了，接着跟我办")
    expect(chat.page.locator("#owner")).to_be_hidden()
    expect(chat.choice("不等了，接着跟我办")).to_have_count(0)
    chat.say("我想办残疾证")
    chat.hears("残疾人证申领")
    expect(chat.page.locator(".choice").filter(has_text="不等了")).to_have_count(1)
