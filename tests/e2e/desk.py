"""The clerks' desk as a clerk uses it."""

import re
from itertools import count

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, expect

from tests.desk.staff import PASSWORD
from tests.e2e.browser import PATIENCE_MS
from tests.e2e.service import Service

_numbers = count(1)
_IS_WIDE = """[document.documentElement, ...document.querySelectorAll(".queue, .talk, .talk__view, .side__inside")]
    .some((element) => element.scrollWidth > element.clientWidth)"""
_OFF_DUTY = """async () => {
    const csrf = document.querySelector("meta[name=csrf]");
    const headers = {"Content-Type": "application/json", "X-CSRF": csrf && csrf.content};
    if (csrf) await fetch("/desk/api/duty", {method: "POST", headers, body: '{"on": false}'});
}"""
_BROKEN_LINE = re.compile(r"ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED|FAILED)|status of (401|404|409)")
"""What a browser always writes of a line that is down and of a request that was refused."""


class Desk:
    """One clerk's page. What the browser complains about is kept in `troubles`."""

    def __init__(self, context: BrowserContext, url: str, login: str) -> None:
        self.context = context
        self.page = context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(f"{url}/desk")
        self.page.get_by_label("登录名").fill(login)
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("switch")).to_be_enabled()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _BROKEN_LINE.search(message.text):
            self.troubles.append(f"{message.text} {message.location.get('url', '')}")

    @property
    def field(self) -> Locator:
        """Where the clerk types."""
        return self.page.locator("#text")

    @property
    def entries(self) -> Locator:
        """Everything said in the open conversation."""
        return self.page.locator(".entry")

    @property
    def own(self) -> Locator:
        """What clerks have said in the open conversation, in words."""
        return self.page.locator(".entry--clerk .entry__words")

    @property
    def notes(self) -> Locator:
        """The notes among clerks."""
        return self.page.locator(".entry--note .entry__words")

    @property
    def side(self) -> Locator:
        """The packet or the case beside the conversation."""
        return self.page.locator("#side")

    @property
    def state(self) -> Locator:
        """How the open case stands."""
        return self.side.locator(".case__state .mark").first

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.locator("dialog[open]")

    def group(self, name: str) -> Locator:
        """The rows of a group: waiting, mine, others, held or cases."""
        return self.page.locator(f".group--{name} .row")

    def opened(self) -> Locator:
        """The row of what is open."""
        return self.page.locator('.row[aria-current="true"]')

    def open(self, row: Locator) -> None:
        """Open a row and wait for it."""
        row.click()
        expect(self.page.locator("#talk-title, #side-title").locator("visible=true").first).to_be_focused()

    def waiting(self, item: str) -> Locator:
        """The row of whoever began to wait last with that item."""
        rows = self.group("waiting").filter(has_text=item)
        expect(rows.or_(self._more).first).to_be_visible()
        if self._more.is_visible():
            self._more.click()
        return rows.last

    @property
    def _more(self) -> Locator:
        return self.page.locator(".group--waiting .group__more")

    def press(self, *keys: str) -> None:
        """Press single keys, as outside any field."""
        for key in keys:
            self.page.keyboard.press(key)

    def say(self, text: str) -> None:
        """Reply, and wait until it has arrived."""
        self.press("Escape", "r")
        self.field.fill(text)
        self.field.press("Enter")
        self.is_sent(text)

    def is_sent(self, text: str) -> None:
        """The clerk's words have arrived: there is nothing more to be told of them."""
        expect(self.own.filter(has_text=text)).to_have_count(1)
        entry = self.page.locator(".entry--clerk").filter(has_text=text)
        expect(entry.locator(".entry__delivery")).to_be_hidden()

    def confirm(self, button: str) -> None:
        """Press the button of the open dialog, which then is gone."""
        self.dialog.get_by_role("button", name=button, exact=True).click()
        expect(self.dialog).to_have_count(0)

    def leave(self) -> None:
        """Go off duty, for other tests count on nobody being there, and close the browser."""
        self.context.set_offline(False)
        self.page.evaluate(_OFF_DUTY)
        self.context.close()

    def is_wider_than_the_screen(self) -> bool:
        """Whether anything must be scrolled to the side."""
        return bool(self.page.evaluate(_IS_WIDE))


def employ(service: Service, name: str, role: str = "clerk") -> str:
    """An account at the desk, made by the command; gives its login."""
    login = f"clerk{next(_numbers)}"
    service.command("clerk", "add", login, "--name", name, "--role", role, "--password-stdin", said=f"{PASSWORD}\n")
    return login


def open_desk(browser: Browser, url: str, login: str, width: int = 1280, height: int = 800) -> Desk:
    """The desk of that clerk in a browser of their own."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    return Desk(context, url, login)
