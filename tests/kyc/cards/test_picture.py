"""Light, sharpness and glare of a photograph are told apart."""

import numpy as np
import pytest
from PIL import Image

from kyc.cards.picture import picture_of
from tests.kyc.cards import drawing


@pytest.fixture(scope="module")
def card() -> Image.Image:
    return drawing.front(drawing.PEOPLE[0])


def test_a_good_photograph_has_no_fault(card: Image.Image) -> None:
    picture = picture_of(np.asarray(card))
    assert (picture.is_dark, picture.is_blurred, picture.has_glare) == (False, False, False)


def test_more_blur_is_less_sharp(card: Image.Image) -> None:
    seen = [picture_of(np.asarray(drawing.blurred(card, sigma))).sharpness for sigma in (0.1, 1, 2, 4, 7)]
    assert seen == sorted(seen, reverse=True)
    assert picture_of(np.asarray(drawing.blurred(card, 7))).is_blurred


def test_little_light_and_too_much_are_seen(card: Image.Image) -> None:
    assert picture_of(np.asarray(drawing.darkened(card, 0.1))).is_dark
    assert picture_of(np.asarray(drawing.with_glare(card))).has_glare


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3), (640, 480)])
def test_pictures_of_any_shape_are_measured_and_a_plain_one_is_not_called_blurred(size: tuple[int, int]) -> None:
    picture = picture_of(np.full((*size, 3), 128, np.uint8))
    assert picture.brightness == pytest.approx(128)
    assert not picture.is_blurred
