import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests.e2e.chat import Chat
from tests.e2e.conftest import OpenChat
from tests.e2e.people import invented
from tests.e2e.service import Service

REFUSED = "Failed to load resource: the server responded with a status of 400"


def test_a_photo_is_asked_for_looked_at_and_sent(resident: OpenChat, tmp_path: Path) -> None:
    person = invented()
    chat = resident()
    _come_to_the_photo(chat, person.name, person.id_number, person.phone)
    expect(chat.page.locator("#notice")).to_have_text("请点下面的“拍照”，拍一张或选一张图。")
    chat.page.get_by_label("选择照片").set_input_files(_photo(tmp_path))
    tray = chat.page.get_by_label("选好的照片")
    expect(tray.locator("canvas")).to_be_visible()
    tray.get_by_role("button", name="不发了").click()
    expect(tray).to_be_hidden()
    chat.send_file(_photo(tmp_path))
    chat.hears("都填好了")
    expect(chat.page.locator(".card").last).to_contain_text("已上传")
    expect(chat.own).not_to_have_count(0)
    expect(chat.page.locator(".message--resident .file").last).to_have_text("照片.png")
    chat.press("确认提交")
    chat.case_number()
    chat.page.reload()
    expect(chat.page.locator(".message--resident .file").last).to_have_text("照片.png")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("照片.png", b"", "这个文件是空的"),
        ("照片.png", b"MZ not a picture", "我只能收照片"),
        ("页面.html", b"<script>alert(1)</script>", "我只能收照片"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "我只能收照片"),
    ],
)
def test_other_kinds_are_refused_with_the_reason(
    resident: OpenChat, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    chat = resident()
    chat.page.get_by_role("heading", name="您好，想办什么事？").wait_for()
    path = tmp_path / name
    path.write_bytes(content)
    chat.send_file(path)
    expect(chat.page.locator(".message--failed")).to_contain_text(sentence)
    chat.page.locator(".message--failed").get_by_role("button", name="不发了").click()
    expect(chat.page.locator(".message--failed")).to_have_count(0)
    chat.troubles = [trouble for trouble in chat.troubles if not trouble.startswith(REFUSED)]


def test_a_photo_of_more_than_ten_megabytes_is_refused(resident: OpenChat, service: Service) -> None:
    chat = resident()
    chat.page.get_by_role("heading", name="您好，想办什么事？").wait_for()
    for size, status in ((10 * 1024 * 1024 + 1, 400), (13 * 1024 * 1024, 413)):
        photo = FilePayload(name="照片.jpg", mimeType="image/jpeg", buffer=b"\xff\xd8\xff" + bytes(size - 3))
        answer = chat.page.request.post(
            f"{service.url}/chat/files", multipart={"client_id": f"large-{size}", "file": photo}
        )
        assert (answer.status, "10MB" in answer.json()["detail"]) == (status, True)


def test_a_photo_nobody_asked_for_is_kept_and_asked_about(resident: OpenChat, tmp_path: Path) -> None:
    chat = resident()
    chat.page.get_by_role("heading", name="您好，想办什么事？").wait_for()
    chat.send_file(_photo(tmp_path))
    chat.hears("收到您的照片或文件了。您想办哪件事？")


def _come_to_the_photo(chat: Chat, name: str, id_number: str, phone: str) -> None:
    chat.say("我想办老年证")
    chat.press("同意，开始办")
    chat.press("给我自己办")
    chat.hears("您叫什么名字？")
    chat.say(name)
    chat.hears("您的身份证号")
    chat.say(id_number)
    chat.hears("您的联系电话")
    chat.say(phone)
    chat.press("浙江户口")
    chat.hears("一寸照片")


def _photo(folder: Path) -> Path:
    """A PNG of 40 x 56 pixels, made here byte by byte."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes((60 + y, 90, 120)) * 40 for y in range(56))
    header = struct.pack(">IIBBBBB", 40, 56, 8, 2, 0, 0, 0)
    path = folder / "照片.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    return path
