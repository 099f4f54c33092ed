"""The clerks' desk in real browsers: residents on one side, clerks on the other, and one running service between."""

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from bot.conversation.models import Conversation, HeldReply
from records.database import Database
from records.encryption import use_keys
from records.keys import load_keys
from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenChat
from tests.e2e.desk import Desk, employ, open_desk
from tests.e2e.forms import begin_short, fill_short
from tests.e2e.people import invented
from tests.e2e.service import Service

OpenDesk = Callable[..., Desk]
AXE: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
WIDTHS = ((1280, 800), (1024, 768), (360, 740))
KEPT = "JSON.stringify(Object.entries(sessionStorage)) + JSON.stringify(Object.entries(localStorage))"
SMALL = """[...document.querySelectorAll("button, select, textarea, a.button")]
    .filter((e) => e.checkVisibility())
    .filter((e) => e.getBoundingClientRect().height < 31.5 && !e.matches(".facts .button--small"))
    .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def wang(service: Service) -> str:
    """王敏, who works at general windows."""
    return employ(service, "王敏")


@pytest.fixture(scope="module")
def li(service: Service) -> str:
    """李雷, who leads the shift."""
    return employ(service, "李雷", "supervisor")


@pytest.fixture
def desk(browser: Browser, service: Service) -> Iterator[OpenDesk]:
    """Opens the desk for a clerk. At the end no page may have reported an error in its console."""
    opened: list[Desk] = []

    def open_one(login: str, width: int = 1280, height: int = 800) -> Desk:
        one = open_desk(browser, service.url, login, width, height)
        opened.append(one)
        return one

    yield open_one
    for one in opened:
        one.leave()
    assert [trouble for one in opened for trouble in one.troubles] == []


def _asks_for_a_person(chat: Chat, *words: str) -> Chat:
    chat.say(*words, "转人工")
    chat.hears("工作人员")
    return chat


def _files_a_case(chat: Chat) -> str:
    begin_short(chat)
    fill_short(chat, invented())
    chat.press("确认提交")
    return chat.case_number()


def _takes(desk: Desk, item: str) -> None:
    desk.open(desk.waiting(item))
    desk.press("c")
    expect(desk.field).to_be_focused()


def test_resident_and_clerk_talk_and_the_bot_goes_on_after(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    clerk = desk(wang)
    chat = _asks_for_a_person(resident(), "我想申请公租房")
    row = clerk.waiting("公租房")
    expect(row).to_contain_text("等了")
    expect(clerk.page).to_have_title(re.compile(r"^\(\d+\) 办事台 · 示范街道$"))
    clerk.open(row)
    expect(clerk.page.locator(".entry--resident").last).to_contain_text("转人工")
    expect(clerk.side).to_contain_text("居民要人工")
    clerk.press("c")
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
    _asks_for_a_person(resident(), "低保怎么申请")
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
    chat = _asks_for_a_person(resident(), "我要办生育登记")
    clerk = desk(wang)
    _takes(clerk, "准生证")
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
    _asks_for_a_person(resident(), "我想办老年证")
    clerk = desk(wang)
    clerk.open(clerk.waiting("老年证"))
    clerk.press("i")
    clerk.field.fill("他说的是他母亲的事")
    assert "他母亲的事" in clerk.page.evaluate(KEPT)
    clerk.page.get_by_role("button", name="退出").click()
    expect(clerk.page.get_by_label("登录名")).to_be_visible()
    assert "他母亲的事" not in clerk.page.evaluate(KEPT)


def test_the_desk_is_worked_by_keyboard_alone(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    _asks_for_a_person(resident(), "我想办残疾证")
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


def test_a_case_is_accepted_and_what_is_missing_is_told_at_once(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    chat = resident()
    number = _files_a_case(chat)
    clerk, stale = desk(wang), desk(wang)
    for one in (clerk, stale):
        one.open(one.group("cases").filter(has_text=number[-8:]))
        expect(one.side.locator(".number")).to_have_text(number)
    hidden = clerk.side.get_by_role("button", name="显示身份证号")
    expect(clerk.side).not_to_contain_text("330105 1945")
    hidden.click()
    expect(clerk.side).to_contain_text("330105 1945")
    clerk.side.get_by_role("button", name="遮住身份证号").click()
    expect(clerk.side).not_to_contain_text("330105 1945")

    clerk.side.get_by_role("button", name="一次性告知补正").click()
    clerk.dialog.get_by_label("居民身份证").check()
    clerk.dialog.get_by_label("上面没有的").fill("婚姻状况说明")
    clerk.confirm("一次性告知补正")
    expect(clerk.state).to_have_text("补正")
    expect(clerk.side).to_contain_text("婚姻状况说明")
    expect(clerk.side.get_by_role("link", name="一次性告知")).to_be_visible()
    expect(chat.page.locator("#thread")).to_contain_text("婚姻状况说明")
    expect(stale.state).to_have_text("补正")

    clerk.side.get_by_role("button", name="受理", exact=True).click()
    expect(clerk.state).to_have_text("受理")
    expect(clerk.side.locator(".history")).to_contain_text("王敏")


def test_a_page_that_is_stale_says_so_and_shows_what_is_true(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    number = _files_a_case(resident())
    clerk, stale = desk(wang), desk(wang)
    for one in (clerk, stale):
        one.open(one.group("cases").filter(has_text=number[-8:]))
    stale.side.get_by_role("button", name="不予受理").click()
    clerk.side.get_by_role("button", name="受理", exact=True).click()
    expect(clerk.state).to_have_text("受理")
    stale.dialog.get_by_label("理由").fill("不是本街道的人")
    stale.dialog.get_by_role("button", name="不予受理").click()
    expect(stale.dialog.get_by_role("alert")).to_be_visible()
    stale.press("Escape")
    expect(stale.state).to_have_text("受理")


def test_several_cases_are_accepted_in_one_go(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    numbers = [_files_a_case(resident())[-8:] for _ in range(2)]
    clerk = desk(wang)
    clerk.page.get_by_role("button", name="批量").click()
    for number in numbers:
        clerk.page.get_by_role("checkbox", name=number).check()
    clerk.page.get_by_role("group", name="批量办理").get_by_role("button", name="受理").click()
    expect(clerk.page.get_by_text("2 件都办好了。")).to_be_visible()
    for number in numbers:
        row = clerk.group("cases").filter(has_text=number)
        expect(row.locator(".row__wait")).to_have_text("受理")


def test_a_held_reply_is_changed_before_it_goes(
    resident: OpenChat, desk: OpenDesk, service: Service, wang: str
) -> None:
    chat = resident()
    chat.say("您好，请问临时救助怎么办")
    _hold(service, "临时救助怎么办", ["先看看您符不符合。", "临时救助要带户口簿。"])
    clerk = desk(wang)
    clerk.open(clerk.group("held").filter(has_text="临时救助怎么办").last)
    expect(clerk.side).to_contain_text("先看看您符不符合。")
    words = clerk.page.get_by_label("机器人想这样回")
    expect(words).to_have_value("临时救助要带户口簿。")
    words.fill("临时救助要带户口簿和收入证明。")
    clerk.page.get_by_role("button", name="改后发").click()
    chat.hears("临时救助要带户口簿和收入证明。")
    expect(clerk.group("held").filter(has_text="临时救助怎么办")).to_have_count(0)


def test_markup_and_reversed_writing_stay_text(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    chat = resident()
    begin_short(chat)
    hostile = "<img src=x onerror=alert(1)>\u202e反"
    chat.say(hostile)
    chat.say("转人工")
    clerk = desk(wang)
    clerk.open(clerk.waiting("避孕药具"))
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


def test_on_a_telephone_there_is_one_column_at_a_time_with_a_way_back(
    resident: OpenChat, desk: OpenDesk, wang: str
) -> None:
    chat = _asks_for_a_person(resident(), "我想办失业登记")
    clerk = desk(wang, 360, 740)
    queue = clerk.page.get_by_role("region", name="队列")
    clerk.open(clerk.waiting("登记失业"))
    expect(queue).to_be_hidden()
    clerk.page.get_by_role("button", name="资料").click()
    expect(clerk.side).to_contain_text("失业登记")
    assert not clerk.is_wider_than_the_screen()
    clerk.page.get_by_role("button", name="回到队列").locator("visible=true").click()
    expect(queue).to_be_visible()
    assert not clerk.is_wider_than_the_screen()

    clerk.open(clerk.waiting("登记失业"))
    chat.press("不等了，接着跟我办")
    expect(queue).to_be_visible()
    expect(clerk.page.locator("#queue-line")).to_contain_text("没有这一条")


def test_every_view_can_be_used_by_everyone_on_every_screen(resident: OpenChat, desk: OpenDesk, li: str) -> None:
    chat = resident()
    _files_a_case(chat)
    _asks_for_a_person(chat)
    clerk = desk(li)
    _is_accessible(clerk.page, "queue")
    _takes(clerk, "高龄")
    clerk.say("您好")
    clerk.press("Escape", "i")
    clerk.field.fill("给同事的话")
    clerk.field.press("Enter")
    expect(clerk.notes).to_have_count(1)
    _is_accessible(clerk.page, "conversation")
    for key, words in (("t", "转交这个对话"), ("?", "快捷键"), ("/", "常用语")):
        clerk.press("Escape", key)
        expect(clerk.dialog.get_by_role("heading")).to_have_text(words)
        _is_accessible(clerk.page, words)
        clerk.press("Escape")
    clerk.page.set_viewport_size({"width": 360, "height": 740})
    clerk.page.get_by_role("button", name="资料").click()
    _is_accessible(clerk.page, "packet")
    clerk.side.locator(".casebutton").first.click()
    expect(clerk.page.locator("#side-title")).to_be_focused()
    _is_accessible(clerk.page, "case")
    clerk.side.get_by_role("button", name="一次性告知补正").click()
    _is_accessible(clerk.page, "act on a case")


def _is_accessible(page: Page, stage: str) -> None:
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(SMALL) == [], f"{stage}, {width} px"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = Axe().run(page, options=AXE)
            assert found.violations_count == 0, f"{stage}, {width} px, {scheme}:\n{found.generate_report()}"
    page.set_viewport_size({"width": WIDTHS[0][0], "height": WIDTHS[0][1]})


def _hold(service: Service, asked: str, said: list[str]) -> None:
    """Hold a reply in the conversation that was spoken in last, as an item's own mode does."""

    async def hold() -> None:
        use_keys(load_keys(None, service.data_dir / "key"))
        database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'onecall.db'}")
        async with database.session() as session:
            newest = select(Conversation.id).order_by(Conversation.last_turn_at.desc()).limit(1)
            conversation = (await session.scalars(newest)).one()
            bubbles = [{"text": text} for text in said]
            session.add(HeldReply(conversation_id=conversation, item_id="linshi-jiuzhu", asked=asked, bubbles=bubbles))
            await session.commit()
        await database.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, hold()).result()
