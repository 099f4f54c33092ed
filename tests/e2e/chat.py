"""The chat page as a resident uses it."""

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.e2e.browser import PATIENCE_MS

_IS_WIDE = """[document.documentElement, document.getElementById("conversation")]
    .some((element) => element.scrollWidth > element.clientWidth)"""


class Chat:
    """One resident's page. What the browser complains about is kept in `troubles`."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.page = context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(url)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"{message.text} {message.location.get('url', '')}")

    @property
    def field(self) -> Locator:
        """Where the resident types."""
        return self.page.get_by_label("输入您想办的事")

    @property
    def bot(self) -> Locator:
        """Everything the bot has said, in words."""
        return self.page.locator(".message--bot .bubble__words")

    @property
    def own(self) -> Locator:
        """Everything the resident has said."""
        return self.page.locator(".message--resident .bubble__words")

    @property
    def cases(self) -> Locator:
        """The case cards in the thread."""
        return self.page.locator(".case")

    def say(self, *texts: str) -> None:
        """Type and send, one after the other, each when the former has its answer."""
        for text in texts:
            answered = self.page.locator(".message--bot").count()
            self.type(text)
            expect(self.page.locator(".message--bot").nth(answered)).to_be_visible()

    def type(self, text: str) -> None:
        """Type and send without waiting for an answer."""
        self.field.fill(text)
        self.field.press("Enter")

    def choice(self, label: str) -> Locator:
        """The open choice with that label."""
        whole = re.compile(f"^{re.escape(label)}$")
        return self.page.locator(".choice:not([aria-disabled])").filter(has_text=whole)

    def press(self, label: str) -> None:
        """Take an open choice and wait for what it brings."""
        answered = self.page.locator(".message--bot").count()
        self.choice(label).click()
        expect(self.page.locator(".message--bot").nth(answered)).to_be_visible()

    def hears(self, words: str) -> None:
        """The last thing the bot says holds `words`."""
        expect(self.bot.last).to_contain_text(words)

    def is_at_step(self, step: int, total: int) -> None:
        """The question last asked is this step of the form."""
        expect(self.page.locator(".steps").last).to_have_text(f"第 {step} 步 / 共 {total} 步")

    def case_number(self) -> str:
        """The number on the last case card."""
        expect(self.cases.last).to_be_visible()
        number = self.cases.last.locator(".case__number b").inner_text()
        assert re.fullmatch(r"\d{22}", number)
        return number

    def send_file(self, path: Path) -> None:
        """Pick a file and send it."""
        self.page.get_by_label("选择照片").set_input_files(path)
        self.page.get_by_role("button", name="发这张").click()

    def is_wider_than_the_screen(self) -> bool:
        """Whether anything must be scrolled to the side."""
        return bool(self.page.evaluate(_IS_WIDE))


def open_chat(browser: Browser, url: str, width: int = 360, height: int = 740) -> Chat:
    """The chat as a new resident sees it, on a telephone or, from 1024 px, on a computer."""
    is_phone = width < 1024
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if is_phone else 1,
        is_mobile=is_phone,
        has_touch=is_phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE_MS)
    return Chat(context, url)


def another_tab(chat: Chat, url: str) -> Chat:
    """The same resident's chat in a second tab."""
    page: Page = chat.page
    assert page.context is chat.context
    return Chat(chat.context, url)
