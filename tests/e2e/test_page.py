from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.service import Service


def test_large_type_is_remembered(resident: OpenChat) -> None:
    chat = resident()
    switch = chat.page.get_by_role("button", name="大字")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    assert chat.page.evaluate(size) == 18
    switch.click()
    assert chat.page.evaluate(size) == 24
    chat.page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert chat.page.evaluate(size) == 24
    assert not chat.is_wider_than_the_screen()
    switch.click()
    assert chat.page.evaluate(size) == 18


def test_markup_is_shown_as_it_was_typed(resident: OpenChat) -> None:
    chat = resident()
    said = '<img src=x onerror="document.title=1"><script>document.title=1</script>&lt;b&gt;'
    chat.say(said)
    expect(chat.own.last).to_have_text(said)
    chat.page.reload()
    expect(chat.own.last).to_have_text(said)
    assert chat.page.locator("#thread img, #thread script, #thread b").count() == 0
    expect(chat.page).to_have_title("示范街道办事助手")


def test_words_after_a_slash_command_nothing(resident: OpenChat) -> None:
    chat = resident()
    chat.say("/restart", "/choose", '/send_file{"turn": "1"}', "／answer", "/")
    chat.say("我想办残疾证")
    chat.hears("残疾人证申领")


def test_a_text_of_ten_thousand_characters_is_answered_kindly(resident: OpenChat, service: Service) -> None:
    chat = resident()
    chat.page.get_by_role("heading", name="您好，想办什么事？").wait_for()
    chat.type("长" * 10_000)
    expect(chat.page.locator("#length")).to_have_text("太长了：一次最多 2000 个字，多了 8000 个。请分成两条发。")
    expect(chat.field).to_have_value("长" * 10_000)
    expect(chat.own).to_have_count(0)
    chat.field.fill("")
    expect(chat.page.locator("#length")).to_be_hidden()

    words = {"client_id": "long-words-1", "text": "长" * 10_000}
    refused = chat.page.request.post(f"{service.url}/chat/messages", data=words)
    assert refused.status == 413 and "太长了" in refused.json()["detail"]
    chat.say("长" * 2000)
    chat.say("我想办残疾证")
    chat.hears("残疾人证申领")


def test_the_welcome_says_what_can_be_asked_and_a_tap_asks_it(resident: OpenChat) -> None:
    chat = resident()
    welcome = chat.page.locator("#welcome")
    expect(welcome).to_contain_text("工作日")
    welcome.get_by_role("button", name="我想办残疾证").click()
    chat.hears("残疾人证申领")
    expect(welcome).to_be_hidden()


def test_without_scripts_the_page_says_where_else_to_go(resident: OpenChat, service: Service) -> None:
    chat = resident()
    browser = chat.context.browser
    assert browser is not None
    bare = browser.new_context(java_script_enabled=False)
    page = bare.new_page()
    page.goto(service.url)
    expect(page.locator("noscript a[href='tel:12345']")).to_be_visible()
    bare.close()
