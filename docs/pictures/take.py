"""Takes the README's pictures of the web chat from a running service.

    .venv/bin/python docs/pictures/take.py

It starts `./onecall up` with an empty database in a temporary folder, files an application for an invented
resident in Chromium, and writes the PNG files beside this script.
"""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from playwright.sync_api import expect  # noqa: E402

from tests.e2e.browser import chromium  # noqa: E402
from tests.e2e.chat import Chat, open_chat  # noqa: E402
from tests.e2e.forms import begin_certificate  # noqa: E402
from tests.e2e.people import invented  # noqa: E402
from tests.e2e.service import running_service  # noqa: E402

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
