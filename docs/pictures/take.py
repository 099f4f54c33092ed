"""Takes the README's pictures of the web chat and the desk from a running service.

    .venv/bin/python docs/pictures/take.py

It starts `./onecall up` with an empty database in a temporary folder, files an application for an invented
resident in Chromium, and writes the PNG files beside this script.
"""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from playwright.sync_api import Browser, expect  # noqa: E402

from tests.e2e.browser import chromium  # noqa: E402
from tests.e2e.chat import Chat, open_chat  # noqa: E402
from tests.e2e.desk import employ, open_desk  # noqa: E402
from tests.e2e.forms import begin_certificate  # noqa: E402
from tests.e2e.people import invented  # noqa: E402
from tests.e2e.service import Service, running_service  # noqa: E402

MOST_BYTES = 300 * 1024


def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, running_service(Path(folder)) as service:
        phone = open_chat(browser, service.url, 360, 740)
        phone.page.get_by_role("heading", name="您好，想办什么事？").wait_for()
        _take(phone, "welcome")
        _apply_for_the_card(phone)
        desk = open_chat(browser, service.url, 1280, 800)
        begin_certificate(desk)
        desk.say("办这个要多久？")
        desk.hears("您父亲叫什么名字？")
        _take(desk, "overview")
        _at_the_desk(browser, service)


def _at_the_desk(browser: Browser, service: Service) -> None:
    """A clerk between two who wait."""
    chats = [open_chat(browser, service.url, 360, 740) for _ in range(3)]
    clerk = open_desk(browser, service.url, employ(service, "王敏"), 1280, 800)
    clerk.page.get_by_role("switch").click()
    expect(clerk.page.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    talking, complaining, asking = chats
    begin_certificate(talking)
    talking.say(invented().name, "转人工")
    talking.hears("工作人员")
    complaining.say("低保怎么申请", "你们办事太慢了，我要投诉")
    complaining.press("找人工")
    asking.say("我想申请公租房", "转人工")
    asking.hears("工作人员")
    clerk.open(clerk.waiting("残疾证"))
    clerk.press("c")
    expect(clerk.field).to_be_focused()
    clerk.say("您好，我是王敏，您填到一半的我都看到了。")
    talking.field.fill("我爸没有评残结论，可以先交吗？")
    talking.field.press("Enter")
    expect(clerk.page.locator(".entry--resident").last).to_contain_text("评残结论")
    clerk.page.screenshot(path=HERE / "desk.png")
    assert (HERE / "desk.png").stat().st_size < MOST_BYTES


def _apply_for_the_card(chat: Chat) -> None:
    """老年证 from the first word to the filed case."""
    person = invented()
    chat.say("我过六十了，想办老年证")
    chat.press("同意，开始办")
    chat.press("给我自己办")
    chat.say(person.name, person.id_number, person.phone)
    chat.hears("外地户口有居住证")
    _take(chat, "form")
    chat.press("浙江户口")
    chat.press("跳过")
    chat.hears("都填好了")
    _show(chat, ".card")
    _take(chat, "summary")
    chat.press("确认提交")
    chat.case_number()
    _show(chat, ".case")
    _take(chat, "case")


def _show(chat: Chat, card: str) -> None:
    """Bring the last card to the top."""
    chat.page.locator(card).last.evaluate("card => card.scrollIntoView({block: 'start'})")


def _take(chat: Chat, name: str) -> None:
    """Write what is on the screen, once nothing is under way."""
    expect(chat.page.locator("#typing")).to_be_hidden()
    chat.page.locator("#newer").evaluate("button => { button.hidden = true; }")
    chat.field.evaluate("field => field.blur()")
    path = HERE / f"{name}.png"
    chat.page.screenshot(path=path)
    assert path.stat().st_size < MOST_BYTES, f"{path.name} is too large"


if __name__ == "__main__":
    main()
