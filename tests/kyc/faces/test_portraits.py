"""Faces are found in real photographs, judged, and told apart."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFilter

from bot.conversation.wording import phrases
from kyc.faces.encoder import faces_in
from kyc.faces.portrait import Portrait, portrait_of
from kyc.faces.quality import FaceFault, fault_of
from kyc.faces.scoring import distance
from kyc.images import Pixels, pixels_of
from tests.support.acting import person, side_by_side
from tests.support.photographs import photograph


def _fault(pixels: Pixels) -> FaceFault | None:
    return fault_of(pixels, faces_in(pixels))


def _vector(name: str) -> Portrait:
    found = portrait_of(photograph(name), None, strict=False)
    assert isinstance(found, Portrait)
    return found


def test_one_person_is_nearer_to_themselves_than_to_another() -> None:
    one, again, third, other = (_vector(name) for name in ("obama", "obama2", "obama3", "biden"))
    same = [distance(one.vector, again.vector), distance(one.vector, third.vector)]
    different = [distance(each.vector, other.vector) for each in (one, again, third)]
    assert max(same) <= 0.40
    assert min(different) > 0.50
    assert {each.encoder for each in (one, again, other)} == {"dlib-resnet-1"}


def test_a_photograph_with_see_through_parts_is_read() -> None:
    assert isinstance(portrait_of(photograph("32bit"), None, strict=False), Portrait)


def test_a_photograph_that_lies_on_its_side_is_read_once_its_camera_says_so() -> None:
    upright = Image.open(io.BytesIO(photograph("obama")))
    exif = Image.Exif()
    exif[0x0112] = 8
    turned = io.BytesIO()
    upright.rotate(-90, expand=True).save(turned, "JPEG", exif=exif)
    found = portrait_of(turned.getvalue(), None)
    assert isinstance(found, Portrait)
    assert distance(found.vector, _vector("obama").vector) < 0.2


def test_a_good_picture_has_no_fault() -> None:
    assert _fault(person("obama").pixels) is None


def test_each_fault_is_told_apart() -> None:
    good = person("obama").pixels
    small = np.full((480, 640, 3), 200, np.uint8)
    small[40:130, 60:150] = np.asarray(Image.fromarray(good).resize((90, 90)))
    faults = {
        FaceFault.NONE: np.full((480, 640, 3), 90, np.uint8),
        FaceFault.MANY: side_by_side(good, person("biden").pixels),
        FaceFault.SMALL: small,
        FaceFault.DARK: (good * 0.18).astype(np.uint8),
        FaceFault.BRIGHT: np.clip(good.astype(np.int32) + 125, 0, 255).astype(np.uint8),
        FaceFault.BLURRED: np.asarray(Image.fromarray(good).filter(ImageFilter.GaussianBlur(5))),
        FaceFault.TURNED: pixels_of(photograph("obama2"), 800),
    }
    assert {fault: _fault(pixels) for fault, pixels in faults.items()} == {fault: fault for fault in faults}
    assert set(faults) == set(FaceFault)


def test_every_fault_has_words() -> None:
    assert {f"utter_face_{fault}" for fault in FaceFault} <= set(phrases())


@pytest.mark.parametrize("strict", [True, False])
def test_a_picture_without_a_face_gives_no_portrait(strict: bool) -> None:
    blank = io.BytesIO()
    Image.new("RGB", (300, 300), "grey").save(blank, "PNG")
    assert portrait_of(blank.getvalue(), None, strict=strict) is FaceFault.NONE
