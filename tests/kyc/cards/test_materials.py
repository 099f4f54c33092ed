"""Photographs of documents get advice, and none is refused for what cannot be told."""

import json
import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from app.cli import command_line
from bot.conversation.wording import phrases
from kyc.cards.materials import KINDS, MaterialFault, MaterialReading, check_material, material_in
from kyc.cards.ocr import Line
from kyc.images import ImageRefused, Pixels
from kyc.workers import Workers
from tests.kyc.cards import drawing
from tests.kyc.cards.drawing import PEOPLE, front, photographed

GREY = np.full((60, 80, 3), 128, np.uint8)
MARRIAGE = drawing.paper("结婚证", "持证人 王秀英", "登记日期 1970年5月1日", "结婚证字号 J330105")


def _reads(rows: Sequence[str], pixels: Pixels) -> list[Line]:
    return [Line(text, 300, 50 + 40 * place, 30 * len(text), 30, 0, 0.99) for place, text in enumerate(rows)]


def _of(rows: Sequence[str], kind_words: Sequence[str], name: str | None = None) -> MaterialReading:
    return material_in(GREY, kind_words, name, partial(_reads, rows))


@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_document_is_known_by_its_title_and_its_holder_however_it_is_held(turn: int) -> None:
    content = drawing.written(MARRIAGE.rotate(turn, expand=True))
    assert check_material(content, ["结婚证"], "王秀英") == MaterialReading((), True, True)


def test_another_document_of_somebody_else_is_told() -> None:
    content = drawing.photographed(MARRIAGE)
    assert check_material(content, ["残疾人证"], None).advice == (MaterialFault.OTHER_KIND,)
    assert check_material(content, ["结婚证"], "欧阳建国").advice == (MaterialFault.OTHER_NAME,)


@pytest.mark.parametrize(
    ("picture", "fault"),
    [
        (drawing.landscape(), MaterialFault.UNREADABLE),
        (drawing.blurred(MARRIAGE, 12), MaterialFault.BLURRED),
        (drawing.darkened(MARRIAGE, 0.02), MaterialFault.DARK),
    ],
)
def test_what_cannot_be_read_says_why(picture: Image.Image, fault: MaterialFault) -> None:
    assert check_material(drawing.written(picture), ["结婚证"], "王秀英") == MaterialReading((fault,))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["居民户口簿", "户主姓名 王秀英"], ["户口簿首页"]),
        (["常住人口登记卡", "户主或与户主关系", "公民身份证件编号"], ["户口簿"]),
        (["中华人民共和国残疾人证", "肢体 二级"], ["残疾人证"]),
        (["出生医学证朋", "新生儿姓名"], ["《出生医学证明》"]),
        (["中国工商银行", "UnionPay银联"], ["银行卡"]),
        (["疾病诊断证明書", "患者姓名"], ["医院诊断证明"]),
        (["计划生育服务手册", "拱墅区"], ["计划生育服务手册"]),
    ],
)
def test_the_right_kind_is_known_by_its_words(rows: list[str], words: list[str]) -> None:
    assert _of(rows, words).right_kind is True


@pytest.mark.parametrize("words", [["低保申请书"], ["收入证明"], []])
def test_of_a_kind_that_is_not_known_nothing_is_said(words: list[str]) -> None:
    assert _of(["结婚证", "登记日期一九七〇年"], words) == MaterialReading()


def test_a_known_kind_whose_words_are_not_seen_is_not_said_to_be_another() -> None:
    assert _of(["拱墅区民政局专用章", "二〇二四年"], ["结婚证"]) == MaterialReading()


@pytest.mark.parametrize(
    ("row", "name", "has"),
    [
        ("持证人王秀英", "王秀英", True),
        ("持证人 王 秀 英", "王秀英", True),
        ("持证人王秀芙", "王秀英", True),
        ("持证人阿依古丽买买提", "阿依古丽·买买提", True),
        ("持证人李芳", "王芳", False),
        ("持证人欧阳建国", "王秀英", False),
        ("持证人王秀英", None, None),
    ],
)
def test_a_name_is_found_with_a_character_misread_at_most(row: str, name: str | None, has: bool | None) -> None:
    assert _of(["结婚证结婚登记", row], ["结婚证"], name).has_name is has


def test_a_bank_card_needs_no_name() -> None:
    assert _of(["中国工商银行", "银联储蓄卡"], ["银行卡"], "王秀英") == MaterialReading((), True, None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_known_by_its_own_words_and_not_by_those_of_others(kind: str) -> None:
    for word in KINDS[kind]:
        assert _of([word, "二〇二四年五月一日"], [kind]).right_kind is True
        for other in KINDS:
            assert other == kind or _of([word, "二〇二四年五月一日"], [other]).right_kind is False


async def test_what_is_no_picture_is_refused_out_of_the_process() -> None:
    workers = Workers()
    try:
        with pytest.raises(ImageRefused):
            await workers.run(check_material, b"not a picture", ["结婚证"], None)
    finally:
        await workers.close()


def test_all_advice_has_words_and_nothing_read_is_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    assert {f"utter_material_{fault}" for fault in MaterialFault} <= set(phrases())
    with caplog.at_level(logging.DEBUG):
        reading = check_material(drawing.photographed(MARRIAGE), ["结婚证"], "王秀英")
    told = caplog.text + "".join(capfd.readouterr()) + repr(reading)
    assert "王秀英" not in told and "J330105" not in told


def test_from_the_command_line_advice_is_given_in_words_or_as_codes(tmp_path: Path) -> None:
    picture = tmp_path / "身份证.jpg"
    picture.write_bytes(photographed(front(PEOPLE[0])))
    line = ["kyc", "material", str(picture), "--kind", "户口簿", "--name", "张三"]
    told = CliRunner().invoke(command_line(["kyc"]), line)
    assert (told.exit_code, PEOPLE[0].name in told.output) == (0, False)
    assert "另一种材料" in told.output
    line[4] = "身份证"
    coded = json.loads(CliRunner().invoke(command_line(["kyc"]), [*line, "--json"]).stdout)
    assert coded["advice"] == ["other_name"]
    missing = CliRunner().invoke(command_line(["kyc"]), ["kyc", "material", str(tmp_path / "none.jpg")])
    assert missing.exit_code == 2
