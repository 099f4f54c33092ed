import re

from playwright.sync_api import expect

from tests.e2e.chat import another_tab
from tests.e2e.conftest import OpenChat
from tests.e2e.forms import begin_certificate, begin_short, file_short, fill_certificate, fill_short
from tests.e2e.people import invented
from tests.e2e.service import Service


def test_a_story_told_on_a_small_phone_becomes_a_case(resident: OpenChat) -> None:
    father, child = invented(), invented()
    chat = resident(360)
    begin_certificate(chat)
    fill_certificate(chat, father, child)
    summary = chat.page.locator(".card:not(.case)").last
    expect(summary).to_contain_text(father.name)
    expect(summary).to_contain_text(f"{father.id_number[:6]}********{father.id_number[-4:]}")
    expect(chat.bot.last).not_to_contain_text(father.name)

    summary.get_by_role("button", name="修改联系电话", exact=True).click()
    chat.hears("您父亲的联系电话")
    corrected = invented().phone
    chat.say(corrected)
    chat.hears("都填好了")
    expect(chat.page.locator(".card:not(.case)").last).to_contain_text(f"138****{corrected[-4:]}")

    chat.press("确认提交")
    number = chat.case_number()
    assert number.startswith("330105001")
    case = chat.cases.last
    expect(case).to_contain_text("残疾证（残疾人证申领）")
    expect(case.locator(".timeline__step--done")).to_have_text(re.compile(r"收件.*\d\d:\d\d"))
    expect(case.locator(".timeline__step--now")).to_contain_text("受理")
    expect(case.locator(".case__facts")).to_contain_text("下一步")
    expect(chat.bot.last).to_contain_text("身份证")
    assert not chat.is_wider_than_the_screen()

    link = case.get_by_role("link", name="下载申请表")
    form = chat.page.request.get(str(link.evaluate("link => link.href")))
    assert form.status == 200 and form.headers["content-type"] == "application/pdf"
    assert form.body().startswith(b"%PDF") and len(form.body()) > 10_000


def test_a_double_tap_on_submit_files_one_case(resident: OpenChat, service: Service) -> None:
    chat = resident()
    begin_short(chat)
    fill_short(chat, invented())
    submit = chat.choice("确认提交")
    value = submit.get_attribute("data-choice")
    submit.dblclick()
    number = chat.case_number()
    expect(chat.own.filter(has_text="确认提交")).to_have_count(1)

    words = {"client_id": "second-tap-1", "choice": value, "label": "确认提交"}
    assert chat.page.request.post(f"{service.url}/chat/messages", data=words).status == 202
    chat.hears("已经提交过了")
    chat.say("查一下我的办件")
    chat.hears("这些是您在这里办过的")
    assert set(chat.cases.locator(".case__number b").all_inner_texts()) == {number}


def test_the_thread_survives_a_reload_and_the_form_goes_on(resident: OpenChat) -> None:
    person = invented()
    chat = resident()
    begin_short(chat)
    chat.say(person.name)
    chat.hears("您的身份证号")
    chat.field.fill("110101")
    before = chat.page.locator("#thread").inner_text()
    chat.page.reload()
    chat.hears("您的身份证号")
    assert chat.page.locator("#thread").inner_text() == before
    expect(chat.field).to_have_value("110101")
    chat.is_at_step(2, 5)
    chat.say(person.id_number)
    chat.hears("您的联系电话")
    chat.is_at_step(3, 5)


def test_a_question_in_the_middle_is_answered_and_the_form_asks_again(resident: OpenChat) -> None:
    chat = resident()
    begin_certificate(chat)
    chat.say("办这个要多久？")
    expect(chat.bot.filter(has_text="20个工作日")).not_to_have_count(0)
    chat.hears("您父亲叫什么名字？")
    chat.say("王大年")
    chat.hears("您父亲的身份证号")


def test_a_wrong_number_is_refused_in_words_with_a_right_one_as_example(resident: OpenChat) -> None:
    person = invented()
    chat = resident()
    begin_short(chat)
    chat.say(person.name, person.id_number[:-1] + ("0" if person.id_number[-1] != "0" else "1"))
    chat.hears("有一个数字不对")
    chat.hears("例如")
    chat.is_at_step(2, 5)
    chat.say(person.id_number)
    chat.hears("您的联系电话")


def test_what_was_given_once_is_offered_the_next_time(resident: OpenChat) -> None:
    person = invented()
    chat = resident()
    file_short(chat, person)
    chat.say("帮我激活社保卡")
    chat.press("开始办")
    chat.hears("姓名还用这个吗")
    chat.press("对，就用这个")
    chat.hears("身份证号还用这个吗")
    expect(chat.bot.last).not_to_contain_text(person.id_number)


def test_two_tabs_of_one_resident_both_show_what_is_said(resident: OpenChat, service: Service) -> None:
    first = resident(1280)
    first.say("你好")
    second = another_tab(first, service.url)
    second.hears("办事助手")
    begin_short(first)
    second.hears("您叫什么名字？")
    second.say(invented().name)
    first.hears("您的身份证号")
    assert first.own.all_inner_texts() == second.own.all_inner_texts()
    assert second.troubles == []
