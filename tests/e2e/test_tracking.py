from playwright.sync_api import expect

from tests.e2e.conftest import OpenChat
from tests.e2e.forms import file_short
from tests.e2e.people import invented


def test_anyone_with_number_and_last_four_digits_sees_a_case_and_nobody_else(resident: OpenChat) -> None:
    person = invented()
    number = file_short(resident(), person)

    family = resident()
    family.say("查一下我的办件")
    family.hears("办件编号是多少")
    family.say(number)
    family.hears("电话，最后四位")
    family.say("9998" if person.last_four != "9998" else "9997")
    family.hears("没有查到")
    expect(family.cases).to_have_count(0)
    family.say(number, person.last_four)
    assert family.case_number() == number
    expect(family.cases.last).to_contain_text("收件")
    expect(family.page.locator("#thread")).not_to_contain_text(person.name)
    expect(family.page.locator("#thread")).not_to_contain_text(person.id_number)


def test_a_link_to_the_form_opens_for_its_holder_and_a_forged_one_does_not(resident: OpenChat) -> None:
    chat = resident()
    file_short(chat, invented())
    address = str(chat.cases.last.get_by_role("link", name="下载申请表").evaluate("link => link.href"))
    assert chat.page.request.get(address).status == 200
    head, token = address.rsplit("/", 1)
    forged = chat.page.request.get(f"{head}/{token[:-6]}AA.pdf")
    assert forged.status == 404 and "查办件" in forged.json()["detail"]
