"""Several wishes in one message, and facts told before the form, understood by the real engine."""

from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.forms import file_short
from tests.e2e.people import invented


def test_a_question_and_where_ones_case_stands_are_both_answered(resident: OpenChat) -> None:
    chat = resident()
    number = file_short(chat, invented())
    chat.say("办残疾证要什么材料，顺便查下我的避孕药具批了没")
    expect(chat.page.locator("#thread")).to_contain_text("户口簿")
    assert chat.case_number() == number

    chat.say("办残疾证要什么材料，多少钱，还有你们几点上班")
    expect(chat.bot.nth(-3)).to_contain_text("户口簿")
    expect(chat.bot.nth(-2)).to_contain_text("不收费")
    expect(chat.bot.last).to_contain_text("上班")
    expect(chat.choice("开始办理")).to_be_visible()


def test_what_was_told_with_the_wish_is_offered_in_the_form(resident: OpenChat) -> None:
    chat, person = resident(), invented()
    chat.say("我家三口人，一个月收入两千三，户口在拱墅，想申请低保")
    chat.press("同意，开始办")
    chat.press("给我自己办")
    for answer in (person.name, person.id_number, person.phone):
        chat.say(answer)
    chat.hears("户口在拱墅")
    chat.say("文三路100号3幢2单元501室")
    chat.hears("您刚才说")
    chat.press("对")
    chat.hears("2300元")
    chat.press("对")
    expect(chat.bot.last).not_to_contain_text("您刚才说")
