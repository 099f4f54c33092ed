"""The whole way in two browsers: a sentence, a case, a person, acceptance, the bot again, and how it was."""

from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat, OpenDesk
from tests.e2e.handing_over import file_a_case, take


def test_from_a_sentence_through_a_clerk_s_hands_to_the_rating(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    chat = resident()
    number = file_a_case(chat)
    chat.say("转人工")
    chat.hears("工作人员")

    clerk = desk(wang)
    take(clerk, "避孕")
    expect(chat.page.locator("#owner")).to_be_visible()
    clerk.say("您好，我看一下您的申请。")
    expect(chat.page.locator(".message--clerk").last).to_contain_text("我看一下您的申请")
    clerk.side.get_by_role("button", name=number[-8:]).or_(clerk.side.get_by_text(number[-8:])).first.click()
    clerk.side.get_by_role("button", name="受理", exact=True).click()
    expect(clerk.state).to_have_text("受理")
    expect(chat.page.locator("#thread")).to_contain_text("受理了。")

    clerk.press("Escape", "e")
    clerk.dialog.get_by_label("办到了哪一步").fill("受理好了，下周来窗口拿")
    clerk.confirm("交还")
    expect(chat.page.locator("#thread")).to_contain_text("受理好了，下周来窗口拿")
    expect(chat.page.locator("#owner")).to_be_hidden()
    chat.press("非常满意")
    chat.hears("谢谢您的评价")
    chat.say("查一下我的办件")
    chat.hears("您在这里办过的")
    assert chat.case_number() == number
    expect(chat.cases.last).to_contain_text("状态：受理")
