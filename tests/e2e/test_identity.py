"""The yearly certification of the high-age allowance, from one sentence to the filed case, by each way."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kyc.images import pixels_of
from tests.e2e.camera import stand_before
from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenChat
from tests.e2e.people import Person, invented
from tests.e2e.service import Service
from tests.kyc.cards.drawing import Somebody, front, photographed
from tests.support.photographs import photograph

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
"""How the pictures that were sent begin."""


def _come_to_the_question(chat: Chat) -> Person:
    """Fill the form and confirm; gives who it was filled for."""
    someone = invented()
    chat.say("我来做尊老金认证")
    chat.hears("高龄津贴认证")
    chat.press("同意，开始办")
    chat.press("给我自己办")
    chat.hears("您叫什么名字")
    chat.say(someone.name, someone.id_number, someone.phone, "文三路100号3幢2单元501室")
    chat.hears("停发")
    chat.press("否")
    chat.hears("都填好了")
    chat.press("确认提交")
    chat.hears("下面哪一种都行")
    return someone


def _ask_for_the_camera(chat: Chat, someone: Person, folder: Path) -> Page:
    """Send the card, open the link."""
    sex = "男" if int(someone.id_number[16]) % 2 else "女"
    drawn = Somebody(someone.name, sex, born=date(1945, 3, 5))
    portrait = pixels_of(photograph("obama3"), 800)[:480]
    chat.press("用手机刷脸")
    chat.hears("不同意也没关系")
    chat.press("同意刷脸")
    chat.hears("身份证有头像的那一面")
    card = folder / "身份证.jpg"
    card.write_bytes(photographed(front(drawn, someone.id_number, portrait)))
    chat.send_file(card)
    chat.hears("点下面的链接")
    chat.page.get_by_role("link", name="去刷脸").click()
    return chat.page


def _goes_through(page: Page) -> None:
    page.get_by_role("button", name="同意，开始刷脸").click()
    page.get_by_role("button", name="准备好了，开始").click()


def test_by_face_the_chat_goes_on_by_itself(resident: OpenChat, service: Service, tmp_path: Path) -> None:
    chat = resident()
    stand_before(chat.context, "obama")
    someone = _come_to_the_question(chat)
    page = _ask_for_the_camera(chat, someone, tmp_path)
    expect(page.get_by_role("heading", name="刷脸前，先看几句话")).to_be_visible()
    expect(page.locator("main")).to_contain_text("您本人")
    _goes_through(page)
    expect(page.get_by_role("heading", name="核对通过了")).to_be_visible(timeout=90_000)
    assert page.evaluate("document.getElementById('video').srcObject === null")
    link = page.url
    page.get_by_role("link", name="回到聊天里继续").click()
    number = chat.case_number()
    expect(chat.bot.filter(has_text="刷脸核对好了，是本人")).to_be_visible()
    assert number.startswith("330105001")
    gone = page.goto(link)
    assert gone is not None and gone.status == 410
    expect(page.get_by_role("heading", name="这个链接用不了了")).to_be_visible()
    chat.troubles.clear()  # the browser notes that the page is gone
    ended = gone.text()
    kept = _everything_kept(service)
    for secret in (someone.name, someone.id_number, someone.phone, "文三路", link.rsplit("/", 1)[-1]):
        assert secret not in service.log, "what is personal reaches no log"
        assert secret not in ended, "nor a page that says that something is over"
        assert secret.encode() not in kept, "nor the disk in the clear"
    assert JPEG not in kept, "no frame and no photograph lies on the disk as it is"


def _everything_kept(service: Service) -> bytes:
    """Every byte that the service has written."""
    return b"".join(path.read_bytes() for path in service.data_dir.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("到窗口核对", "让本人到窗口"),
        ("到自助机核对", "本人到自助机上核对"),
        ("请社区上门核对", "打电话跟您约时间上门"),
        ("请工作人员在聊天里核对", "请工作人员来跟您核对"),
    ],
)
def test_every_other_way_files_the_case_too(resident: OpenChat, way: str, words: str) -> None:
    chat = resident()
    _come_to_the_question(chat)
    chat.press(way)
    chat.case_number()
    expect(chat.bot.filter(has_text=words)).to_be_visible()


def test_another_face_is_told_what_to_do_and_another_way_is_at_hand(resident: OpenChat, tmp_path: Path) -> None:
    chat = resident()
    stand_before(chat.context, "biden")
    page = _ask_for_the_camera(chat, _come_to_the_question(chat), tmp_path)
    _goes_through(page)
    expect(page.get_by_role("heading", name=re.compile("这次没拍好|没有核对上"))).to_be_visible(timeout=90_000)
    expect(page.locator("#result-tries")).to_contain_text("4")
    page.get_by_role("button", name="换一种方式").click()
    page.get_by_role("button", name="不刷脸，换别的").click()
    page.get_by_role("link", name="回到聊天里继续").click()
    chat.hears("下面哪一种都行")
    chat.press("到窗口核对")
    chat.case_number()


def test_the_link_of_another_browser_leads_nowhere(resident: OpenChat, tmp_path: Path) -> None:
    chat = resident()
    stand_before(chat.context, "obama")
    page = _ask_for_the_camera(chat, _come_to_the_question(chat), tmp_path)
    page.get_by_role("button", name="同意，开始刷脸").click()
    expect(page.get_by_role("button", name="准备好了，开始")).to_be_visible()
    stranger = resident()
    answer = stranger.page.goto(page.url)
    assert answer is not None and answer.status == 403
    expect(stranger.page.locator("main")).to_contain_text("另一台手机")
    stranger.troubles.clear()


def test_without_a_camera_a_photograph_goes_to_a_clerk(resident: OpenChat, tmp_path: Path) -> None:
    chat = resident()
    chat.context.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }"
    )
    page = _ask_for_the_camera(chat, _come_to_the_question(chat), tmp_path)
    page.get_by_role("button", name="同意，开始刷脸").click()
    expect(page.get_by_role("heading", name="镜头没有打开")).to_be_visible()
    portrait = tmp_path / "照片.jpg"
    portrait.write_bytes(photograph("obama"))
    page.get_by_label("选择照片").set_input_files(portrait)
    page.get_by_role("button", name="发这张").click()
    expect(page.get_by_role("heading", name="交给工作人员看")).to_be_visible()
    page.get_by_role("link", name="回到聊天里继续").click()
    chat.case_number()
    expect(chat.bot.filter(has_text="请工作人员再看一眼")).to_be_visible()


def test_for_one_s_mother_the_page_says_whose_face_is_wanted(resident: OpenChat, tmp_path: Path) -> None:
    chat = resident()
    mother, child = invented(), invented()
    chat.say("我妈的尊老金要认证了")
    chat.press("同意，开始办")
    chat.press("给母亲办")
    chat.hears("您母亲叫什么名字")
    chat.say(mother.name, mother.id_number, mother.phone, "文三路100号3幢2单元501室")
    chat.hears("停发")
    chat.press("否")
    chat.hears("您自己叫什么名字")
    chat.say(child.name, child.id_number, child.phone)
    chat.hears("同意您来代办吗")
    chat.press("是")
    chat.hears("都填好了")
    chat.press("确认提交")
    page = _ask_for_the_camera(chat, mother, tmp_path)
    expect(page.locator("main")).to_contain_text("您母亲")
    expect(page.locator("main")).to_contain_text("请把手机交给本人看")
