"""Cards are read however they are held, and what is wrong with a photograph of one is told apart."""

import logging
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from PIL import Image

from bot.conversation.wording import phrases
from kyc.cards.fields import Back
from kyc.cards.matching import differences
from kyc.cards.ocr import Line, lines_in
from kyc.cards.reading import CardFault, CardReading, read_card, reading_of
from kyc.images import ImageFault, ImageRefused, Pixels
from kyc.workers import Workers
from tests.kyc.cards import drawing
from tests.kyc.cards.drawing import PEOPLE, Somebody, back, front, photographed
from tests.support.photographs import photograph

TODAY = date(2026, 11, 25)
HOLDINGS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "upside down": lambda card: card.rotate(180),
    "tilted": lambda card: drawing.tilted(card, -9).resize((1000, 730)),
    "much tilted": lambda card: drawing.tilted(card, 20).resize((960, 744)),
    "from aside": drawing.from_aside,
    "in poor light": drawing.noisy,
}


_NO_PICTURES = {
    b"": ImageFault.EMPTY,
    b"%PDF-1.7": ImageFault.KIND,
    b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic": ImageFault.HEIC,
    b"nothing that anybody knows": ImageFault.KIND,
}


def _is(reading: CardReading, somebody: Somebody) -> None:
    read = reading.front
    assert read is not None
    assert (reading.fault, reading.back) == (None, None)
    assert (read.name, read.sex, read.born, read.number) == (
        somebody.name,
        somebody.sex,
        somebody.born,
        somebody.number,
    )
    assert read.address == "".join(somebody.address)


@pytest.mark.parametrize("somebody", PEOPLE, ids=lambda somebody: somebody.ethnicity)
def test_a_card_is_read_whole(somebody: Somebody) -> None:
    _is(read_card(photographed(front(somebody)), TODAY), somebody)


@pytest.mark.parametrize("holding", HOLDINGS)
def test_a_card_is_read_however_it_is_held(holding: str) -> None:
    _is(read_card(photographed(HOLDINGS[holding](front(PEOPLE[0]))), TODAY), PEOPLE[0])


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_card_that_stands_on_its_side_is_read(quarters: int) -> None:
    _is(read_card(drawing.written(front(PEOPLE[0]).rotate(90 * quarters, expand=True)), TODAY), PEOPLE[0])


def test_a_card_is_read_as_its_camera_says_it_was_held() -> None:
    content = drawing.written(front(PEOPLE[0]).rotate(90, expand=True), orientation=6)
    _is(read_card(content, TODAY), PEOPLE[0])


@pytest.mark.parametrize("turn", [90, 180])
def test_the_other_side_is_read_however_it_is_held(turn: int) -> None:
    read = read_card(drawing.written(back().rotate(turn, expand=True)), TODAY).back
    assert read == Back("杭州市公安局拱墅分局", date(2015, 3, 1), date(2035, 3, 1))


@pytest.mark.parametrize(("valid", "until"), [("2015.03.01-2035.03.01", date(2035, 3, 1)), ("2010.01.01-长期", None)])
def test_the_other_side_tells_how_long_it_is_valid(valid: str, until: date | None) -> None:
    read = read_card(photographed(back(valid)), TODAY)
    assert (read.front, read.fault) == (None, None)
    assert read.back is not None
    assert (read.back.valid_until, read.back.authority) == (until, "杭州市公安局拱墅分局")


def _spoilt() -> dict[CardFault, bytes]:
    card, someone = front(PEOPLE[0]), PEOPLE[0]
    return {
        CardFault.NOT_CARD: photograph("obama"),
        CardFault.BLURRED: photographed(drawing.blurred(card, 7)),
        CardFault.DARK: drawing.written(drawing.darkened(card, 0.03)),
        CardFault.GLARE: photographed(drawing.with_glare(card)),
        CardFault.CROPPED: drawing.written(card.crop((0, 110, 620, 630))),
        CardFault.NUMBER: photographed(front(someone, someone.number[:-1] + "1")),
        CardFault.MISMATCH: photographed(front(drawing.older(someone), someone.number)),
        CardFault.EXPIRED: photographed(back("2005.01.01-2025.01.01")),
    }


def test_each_fault_is_told_apart_and_has_words() -> None:
    spoilt = _spoilt()
    assert {fault: read_card(content, TODAY).fault for fault, content in spoilt.items()} == {
        fault: fault for fault in CardFault
    }
    assert {f"utter_card_{fault}" for fault in CardFault} <= set(phrases())


def test_a_card_that_was_read_is_that_of_whom_it_was_declared_to_be() -> None:
    card = read_card(photographed(front(PEOPLE[2])), TODAY).front
    assert card is not None
    assert differences(card, "阿依古丽•买买提", PEOPLE[2].number.lower()) == []


@pytest.mark.parametrize(
    "picture",
    [
        drawing.landscape(),
        Image.new("RGB", (800, 600), "white"),
        Image.new("RGB", (3, 900), "grey"),
        Image.new("RGB", (4000, 1), "black").point(lambda _: 90),
        drawing.paper("收据", "今收到王秀英交来押金", "人民币伍佰元整"),
    ],
    ids=["a landscape", "a sheet", "a strip", "a line", "a receipt"],
)
def test_a_picture_of_something_else_is_no_card(picture: Image.Image) -> None:
    assert read_card(drawing.written(picture), TODAY) == CardReading(fault=CardFault.NOT_CARD)


def test_an_upright_card_is_read_in_one_go_and_any_in_two() -> None:
    def goes(card: Image.Image) -> int:
        seen: list[Pixels] = []

        def reader(pixels: Pixels) -> list[Line]:
            seen.append(pixels)
            return lines_in(pixels)

        assert reading_of(np.asarray(card), TODAY, reader).back is not None
        return len(seen)

    assert (goes(back()), goes(back().rotate(180))) == (1, 2)


async def test_it_is_read_in_a_process_of_its_own_and_refusals_come_back() -> None:
    workers = Workers()
    try:
        for content, fault in _NO_PICTURES.items():
            with pytest.raises(ImageRefused) as refused:
                await workers.run(read_card, content, TODAY)
            assert refused.value.fault == fault
        assert (await workers.run(read_card, photographed(back()), TODAY)).back is not None
    finally:
        await workers.close()


def test_nothing_that_was_read_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        read_card(photographed(front(PEOPLE[0])), TODAY)
    told = caplog.text + "".join(capfd.readouterr())
    for secret in (PEOPLE[0].name, PEOPLE[0].number, "文三路"):
        assert secret not in told
