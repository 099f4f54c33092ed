from playwright.sync_api import Page, expect

from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenChat
from tests.e2e.forms import SHORT
from tests.e2e.people import invented

FOCUSED = "(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()"


def test_a_case_is_filed_with_tab_and_enter_alone(resident: OpenChat) -> None:
    person = invented()
    chat = resident(1280)
    expect(chat.field).to_be_focused()
    _type(chat, SHORT)
    _choose(chat, "同意，开始办")
    chat.hears("您叫什么名字？")
    _type(chat, person.name)
    chat.hears("身份证号")
    _type(chat, person.id_number)
    chat.hears("联系电话")
    _type(chat, person.phone)
    _choose(chat, "避孕套")
    chat.hears("几盒")
    _type(chat, "1")
    _choose(chat, "修改数量")
    chat.hears("几盒")
    _type(chat, "2")
    _choose(chat, "确认提交")
    chat.case_number()


def _type(chat: Chat, text: str) -> None:
    """Go to the field and send a text."""
    _go_to(chat.page, "Tab", "document.activeElement.id === 'text'")
    chat.page.keyboard.type(text)
    chat.page.keyboard.press("Enter")
    expect(chat.own.last).to_have_text(text)


def _choose(chat: Chat, label: str) -> None:
    """Go back from the field to what can be pressed above it."""
    expect(chat.page.get_by_role("button", name=label, exact=True).last).to_be_enabled()
    _go_to(chat.page, "Shift+Tab", f"{FOCUSED} === '{label}'")
    chat.page.keyboard.press("Enter")


def _go_to(page: Page, key: str, there: str) -> None:
    for _ in range(25):
        if page.evaluate(there):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {there}")
