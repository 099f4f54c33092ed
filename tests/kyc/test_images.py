"""Whatever a stranger sends becomes pixels the right way up, or a reason why not."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from bot.conversation.wording import phrases
from kyc.images import LONGEST_SIDE, MAX_BYTES, ImageFault, ImageRefused, pixels_of


def _written(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def _half(first: str = "red", second: str = "blue") -> Image.Image:
    image = Image.new("RGB", (80, 40), first)
    image.paste(second, (40, 0, 80, 40))
    return image


def _bomb(side: int) -> bytes:
    """A PNG that claims to be far larger than it is."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(side)))]
    written = (
        struct.pack(">I", len(each)) + name + each + struct.pack(">I", zlib.crc32(name + each)) for name, each in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def test_a_picture_held_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the right
    pixels = pixels_of(_written(_half(), "JPEG", exif=exif, quality=95))
    assert pixels.shape == (80, 40, 3)
    top, bottom = pixels[10, 20], pixels[70, 20]
    assert top[0] > 200 > top[2]
    assert bottom[2] > 200 > bottom[0]


def test_large_pictures_become_smaller_and_small_ones_stay() -> None:
    assert max(pixels_of(_written(Image.new("RGB", (4000, 3000)))).shape) == LONGEST_SIDE
    assert pixels_of(_written(_half())).shape == (40, 80, 3)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "1", "CMYK", "I;16"])
def test_every_kind_of_colour_becomes_red_green_and_blue(mode: str) -> None:
    image = Image.new(mode, (20, 20)) if mode == "I;16" else _half().convert(mode)
    assert pixels_of(_written(image, "JPEG" if mode == "CMYK" else "PNG")).shape[2] == 3


def test_what_is_seen_through_becomes_white() -> None:
    assert (pixels_of(_written(Image.new("RGBA", (9, 9), (0, 0, 0, 0)))) == 255).all()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", ImageFault.EMPTY),
        (b"\xff\xd8\xff" + b"0" * MAX_BYTES, ImageFault.LARGE),
        (_bomb(60_000), ImageFault.LARGE),
        (_bomb(8_000), ImageFault.LARGE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", ImageFault.HEIC),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", ImageFault.KIND),
        (b"GIF89a" + b"\x00" * 40, ImageFault.KIND),
        (b"%PDF-1.7", ImageFault.KIND),
        (_written(_half(), "JPEG")[:300], ImageFault.BROKEN),
        (_written(_half())[:60], ImageFault.BROKEN),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason_that_has_words(content: bytes, fault: ImageFault) -> None:
    with pytest.raises(ImageRefused) as refused:
        pixels_of(content)
    assert refused.value.fault is fault


def test_every_reason_has_words() -> None:
    assert {f"utter_image_{fault}" for fault in ImageFault} <= set(phrases())


@given(
    start=st.sampled_from([b"", b"\xff\xd8\xff\xe0", _written(_half())[:33], _written(_half(), "WEBP")[:20]]),
    rest=st.binary(),
)
@example(start=_written(_half(), "JPEG")[:-2], rest=b"\x00")
def test_whatever_bytes_come_there_are_pixels_or_one_exception(start: bytes, rest: bytes) -> None:
    try:
        pixels = pixels_of(start + rest)
    except ImageRefused:
        return
    assert pixels.dtype == np.uint8
    assert pixels.ndim == 3
