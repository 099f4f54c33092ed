"""The clerks' desk in real browsers: residents on one side, clerks on the other, and one running service between."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat, OpenDesk
from tests.e2e.desk import employ
from tests.e2e.forms import begin_short
from tests.e2e.handing_over import ask_for_a_person, take
from tests.e2e.service import Service

KEPT = "JSON.stringify(Object.entries(sessionStorage)) + JSON.stringify(Object.entries(localStorage))"


def test_resident_and_clerk_talk_and_the_bot_goes_on_after(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    clerk = desk(wang)
    chat = ask_for_a_person(resident(), "我想申请公租房")
    row = clerk.waiting("公租房")
    expect(row).to_contain_text("等了")
    expect(clerk.page).to_have_title(re.compile(r"^\(\d+\) 办事台 · 示范街道$"))
    clerk.open(row)
    expect(clerk.page.locator(".entry--resident").last).to_contain_text("转人工")
    expect(clerk.side).to_contain_text("居民要人工")
    clerk.press("c")
    expect(clerk.field).to_be_focused()
    expect(chat.page.locator("#thread")).to_contain_text("王敏")

    clerk.say("您好，您家几口人？")
    expect(chat.page.locator(".message--clerk").last).to_contain_text("您好，您家几口人？")
    chat.field.press_sequentially("三口")
    expect(clerk.page.locator("#typing")).to_have_text("居民正在输入…")
    chat.field.press("Enter")
    expect(clerk.page.locator(".entry--resident").last).to_contain_text("三口")
    clerk.field.press_sequentially("好")
    expect(chat.page.locator("#typing")).to_be_visible()
    clerk.field.fill("")

    clerk.press("Escape", "i")
    clerk.field.fill("收入证明还没看到")
    clerk.field.press("Enter")
    expect(clerk.notes).to_have_text(["收入证明还没看到"])

    clerk.press("Escape", "e")
    clerk.dialog.get_by_label("办到了哪一步").fill("材料都说清楚了，带户口簿来就行")
    clerk.confirm("交还")
    expect(chat.page.locator("#thread")).to_contain_text("材料都说清楚了，带户口簿来就行")
    expect(chat.page.locator("#thread")).not_to_contain_text("收入证明还没看到")
    chat.say("你好")


def test_of_two_clerks_who_claim_at_once_one_is_told_who_was_first(
    resident: OpenChat, desk: OpenDesk, wang: str, li: str
) -> None:
    ask_for_a_person(resident(), "低保怎么申请")
    first, second = desk(wang), desk(li)
    for one in (first, second):
        one.open(one.waiting("低保"))
    expect(first.page.locator("#talk-viewers")).to_have_text("李雷也在看")
    expect(second.page.locator("#talk-viewers")).to_have_text("王敏也在看")

    # The second page hears nothing of it and still offers to claim: it is stale.
    second.page.evaluate("window.claim = document.querySelector('[data-key=act-claim]')")
    first.press("c")
    expect(first.field).to_be_focused()
    second.page.evaluate("window.claim.click()")
    expect(second.page.locator("#talk-line")).to_have_text("王敏已经接了这位居民")
    expect(second.page.get_by_role("button", name="接管")).to_be_visible()
    expect(second.page.locator("#talk-closed")).to_contain_text("王敏在接待，只有接待的人能回复居民")

    second.page.get_by_role("button", name="接管").click()
    second.confirm("接管")
    second.say("我是值班长李雷，接着帮您办。")
    expect(first.page.locator("#talk-closed")).to_contain_text("李雷在接待")
    second.press("Escape", "t")
    second.dialog.get_by_label("综合窗口2").check()
    second.dialog.get_by_label("给接手的人的备注").fill("请社保窗口看看")
    second.confirm("转交")
    expect(second.page.get_by_role("heading", name="从左边选一位居民")).to_be_visible()
    expect(second.waiting("低保")).to_contain_text("综合窗口2")


def test_what_was_typed_outlives_a_reload_and_a_lost_line_and_goes_with_the_conversation(
    resident: OpenChat, desk: OpenDesk, wang: str
) -> None:
    chat = ask_for_a_person(resident(), "我要办生育登记")
    clerk = desk(wang)
    take(clerk, "准生证")
    clerk.field.fill("请带上身份证和")
    clerk.page.reload()
    expect(clerk.field).to_have_value("请带上身份证和")

    clerk.context.set_offline(True)
    clerk.field.fill("请带上身份证和租房合同")
    clerk.field.press("Enter")
    failed = clerk.page.locator(".entry--failed")
    expect(failed).to_contain_text("没有发出去")
    expect(clerk.page.locator("#connection")).to_contain_text("您写的话都留着")
    clerk.context.set_offline(False)
    expect(clerk.page.locator("#connection")).to_be_hidden()
    clerk.is_sent("请带上身份证和租房合同")
    heard = chat.page.locator(".message--clerk").filter(has_text="租房合同")
    expect(heard).to_have_count(1)

    clerk.field.fill("没说完的话")
    assert "没说完的话" in clerk.page.evaluate(KEPT)
    clerk.press("Escape", "x")
    clerk.confirm("结束")
    expect(chat.page.locator("#thread")).to_contain_text("还有问题随时找我们")
    assert "没说完的话" not in clerk.page.evaluate(KEPT)


def test_nothing_typed_is_left_in_the_browser_after_signing_out(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    ask_for_a_person(resident(), "我想办老年证")
    clerk = desk(wang)
    clerk.open(clerk.waiting("老年证"))
    clerk.press("i")
    clerk.field.fill("他说的是他母亲的事")
    assert "他母亲的事" in clerk.page.evaluate(KEPT)
    clerk.page.get_by_role("button", name="退出").click()
    expect(clerk.page.get_by_label("登录名")).to_be_visible()
    assert "他母亲的事" not in clerk.page.evaluate(KEPT)


def test_the_desk_is_worked_by_keyboard_alone(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    ask_for_a_person(resident(), "我想办残疾证")
    clerk = desk(wang)
    expect(clerk.group("waiting").first).to_be_visible()
    clerk.press("j", "j", "k")
    expect(clerk.page.locator(".row:focus")).to_have_count(1)
    clerk.press("Enter")
    expect(clerk.page.locator("#talk-title")).to_be_focused()
    clerk.press("Escape")
    expect(clerk.opened()).to_be_focused()
    clerk.press("n")
    expect(clerk.page.locator("#talk-title")).to_be_focused()
    clerk.press("c")
    expect(clerk.field).to_be_focused()

    clerk.page.keyboard.type("/")
    expect(clerk.dialog.get_by_role("combobox")).to_be_focused()
    clerk.page.keyboard.type("稍等")
    expect(clerk.dialog.get_by_role("option")).to_have_count(1)
    clerk.press("Enter")
    expect(clerk.field).to_have_value("请稍等，我查一下，几分钟里回您。")
    clerk.field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    clerk.press("Shift+Enter")
    expect(clerk.field).to_have_value("请稍等，我查一下，几分钟里回您。\n")
    clerk.press("Enter")
    clerk.is_sent("请稍等")

    clerk.press("Escape", "t")
    expect(clerk.dialog.get_by_role("heading")).to_have_text("转交这个对话")
    clerk.press("Escape")
    expect(clerk.page.locator("#talk-title")).to_be_focused()
    clerk.press("?")
    clerk.dialog.get_by_label("使用单键快捷键").uncheck()
    clerk.press("Escape", "t")
    expect(clerk.dialog).to_have_count(0)
    clerk.page.get_by_role("button", name="放回队列").click()
    expect(clerk.page.get_by_role("heading", name="从左边选一位居民")).to_be_visible()


def test_markup_and_reversed_writing_stay_text(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    chat = resident()
    begin_short(chat)
    hostile = "<img src=x onerror=alert(1)>\u202e反"
    chat.say(hostile)
    chat.say("转人工")
    clerk = desk(wang)
    take(clerk, "避孕药具")
    said = clerk.page.locator(".entry--resident .entry__words").filter(has_text="onerror")
    expect(said).to_contain_text("<img src=x onerror=alert(1)>")
    expect(clerk.page.locator("#thread img")).to_have_count(0)
    assert said.evaluate("(node) => getComputedStyle(node).unicodeBidi") == "isolate"


def test_a_clerk_says_whether_they_are_there(desk: OpenDesk, service: Service) -> None:
    clerk = desk(employ(service, "赵云"))
    duty = clerk.page.get_by_role("switch", name="在岗")
    expect(duty).to_have_attribute("aria-checked", "false")
    duty.click()
    expect(duty).to_have_attribute("aria-checked", "true")
    clerk.page.reload()
    expect(duty).to_have_attribute("aria-checked", "true")
    duty.click()
    expect(clerk.page.locator("#duty-words")).to_have_text("不再分给您新的；手上的居民再说话，会请同事接")


def test_who_is_signed_in_no_longer_is_led_to_the_sign_in_page(desk: OpenDesk, wang: str) -> None:
    clerk = desk(wang)
    clerk.context.clear_cookies()
    clerk.page.get_by_role("switch", name="在岗").click()
    expect(clerk.page.get_by_label("登录名")).to_be_visible()


def test_a_material_is_asked_for_and_the_word_comes_back_with_it(
    resident: OpenChat, desk: OpenDesk, wang: str, tmp_path: Path
) -> None:
    chat, clerk = ask_for_a_person(resident(), "低保怎么申请"), desk(wang)
    take(clerk, "低保")
    clerk.page.get_by_role("button", name="要材料").click()
    clerk.dialog.get_by_role("textbox", name="其他材料").fill("租房合同")
    clerk.confirm("请居民补")
    expect(clerk.page.locator("#talk-closed")).to_contain_text("机器人正在替您收材料")
    chat.hears("租房合同")
    photo = tmp_path / "合同.jpg"
    Image.new("RGB", (640, 480), "#88aacc").save(photo)
    chat.send_file(photo)

    expect(clerk.field).to_be_visible()
    thumb = clerk.side.locator(".thumb").first
    expect(thumb).to_contain_text("合同.jpg")
    thumb.click()
    picture = clerk.dialog.get_by_role("img")
    expect(picture).to_have_js_property("naturalWidth", 640)
    clerk.press("Escape")
    expect(thumb).to_be_focused()


def test_what_was_said_long_ago_is_loaded_when_asked_for(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    chat, clerk = ask_for_a_person(resident(), "我想申请公租房"), desk(wang)
    take(clerk, "公租房")
    for number in range(30):
        chat.type(f"第{number + 1}句")
    expect(clerk.page.locator(".entry--resident").last).to_contain_text("第30句")
    clerk.page.reload()
    first = clerk.page.locator(".entry--resident").filter(has_text="我想申请公租房")
    expect(clerk.page.locator(".entry--resident").last).to_contain_text("第30句")
    expect(first).to_have_count(0)
    clerk.page.get_by_role("button", name="加载更早的").click()
    expect(first).to_have_count(1)
    expect(clerk.page.locator(".entry--resident").last).to_contain_text("第30句")
