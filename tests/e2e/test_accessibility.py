from tests.e2e.accessible import axe_finds_nothing
from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenChat
from tests.e2e.forms import begin_certificate, begin_short, fill_short
from tests.e2e.people import invented

SMALL_TARGETS = """[...document.querySelectorAll("button, a[href], textarea")]
    .filter((e) => e.checkVisibility() && !e.matches(".skip") && !e.hasAttribute("aria-disabled"))
    .filter((e) => e.getBoundingClientRect().height < 47.5 || e.getBoundingClientRect().width < 47.5)
    .map((e) => e.outerHTML.slice(0, 120))"""


def test_every_stage_of_an_application_can_be_used_by_everyone(resident: OpenChat) -> None:
    chat = resident(360)
    chat.page.get_by_role("heading", name="您好，想办什么事？").wait_for()
    _is_accessible(chat, "welcome")
    begin_short(chat)
    chat.say("不告诉你123")
    _is_accessible(chat, "a refused answer")
    fill_short(chat, invented())
    _is_accessible(chat, "summary")
    chat.press("确认提交")
    chat.case_number()
    _is_accessible(chat, "case")
    chat.say("人工")
    _is_accessible(chat, "waiting")


def test_choices_and_progress_in_the_middle_of_a_form_can_be_used_by_everyone(resident: OpenChat) -> None:
    chat = resident(360)
    begin_certificate(chat)
    person = invented()
    chat.say(person.name, person.id_number, person.phone)
    chat.hears("哪一方面的残疾")
    _is_accessible(chat, "choices")
    chat.page.get_by_role("button", name="大字").click()
    assert not chat.is_wider_than_the_screen()
    _is_accessible(chat, "choices in large type")


def _is_accessible(chat: Chat, stage: str) -> None:
    for width, height in ((360, 740), (1280, 800)):
        chat.page.set_viewport_size({"width": width, "height": height})
        assert chat.page.evaluate(SMALL_TARGETS) == [], f"{stage}, {width} px"
        assert not chat.is_wider_than_the_screen(), f"{stage}, {width} px"
        axe_finds_nothing(chat.page, f"{stage}, {width} px", enhanced=True)
