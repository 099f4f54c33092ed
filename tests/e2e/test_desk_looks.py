"""The clerks' desk on every screen: one column at a time on a telephone, and usable by everyone."""

from playwright.sync_api import Page, expect

from tests.e2e.accessible import axe_finds_nothing
from tests.e2e.conftest import OpenChat, OpenDesk
from tests.e2e.handing_over import ask_for_a_person, file_a_case, take

WIDTHS = ((1280, 800), (1024, 768), (360, 740))
SMALL = """[...document.querySelectorAll("button, select, textarea, a.button")]
    .filter((e) => e.checkVisibility())
    .filter((e) => e.getBoundingClientRect().height < 31.5 && !e.matches(".facts .button--small"))
    .map((e) => e.outerHTML.slice(0, 120))"""


def test_on_a_telephone_there_is_one_column_at_a_time_with_a_way_back(
    resident: OpenChat, desk: OpenDesk, wang: str
) -> None:
    chat = ask_for_a_person(resident(), "我想办失业登记")
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
    file_a_case(chat)
    ask_for_a_person(chat)
    clerk = desk(li)
    _is_accessible(clerk.page, "queue")
    take(clerk, "高龄")
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
        axe_finds_nothing(page, f"{stage}, {width} px")
    page.set_viewport_size({"width": WIDTHS[0][0], "height": WIDTHS[0][1]})
