"""Identity cards that nobody has: drawn, and photographed well or badly."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import cv2
import manimgx_fonts_cjk
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from stdnum.cn import ric

from kyc.images import Pixels

_SIZE = (1000, 630)
_INK, _LABEL = (15, 15, 15), (40, 80, 140)


@dataclass(frozen=True)
class Somebody:
    """Whose card it is."""

    name: str = "王秀英"
    sex: str = "女"
    ethnicity: str = "汉"
    born: date = date(1945, 3, 5)
    address: tuple[str, ...] = ("浙江省杭州市拱墅区文三路100", "号3幢2单元501室")

    @property
    def number(self) -> str:
        """A number that passes every check."""
        stem = f"330105{self.born:%Y%m%d}00{'1' if self.sex == '男' else '2'}"
        return stem + str(ric.calc_check_digit(stem + "0"))


PEOPLE = (
    Somebody(),
    Somebody("欧阳建国", "男", "回", date(1958, 12, 31), ("浙江省杭州市拱墅区湖墅南路9号",)),
    Somebody("阿依古丽·买买提", "女", "维吾尔", date(1990, 1, 20), ("新疆喀什市解放北路1号院2", "单元3层")),
)


def front(somebody: Somebody, number: str | None = None, portrait: Pixels | None = None) -> Image.Image:
    """The side with the portrait, if there is one."""
    card, write = _blank()
    write(60, 70, "姓 名", 30, _LABEL)
    write(190, 64, somebody.name, 42, _INK)
    write(60, 150, "性 别", 30, _LABEL)
    write(190, 146, somebody.sex, 38, _INK)
    write(300, 150, "民 族", 30, _LABEL)
    write(420, 146, somebody.ethnicity, 38, _INK)
    write(60, 230, "出 生", 30, _LABEL)
    write(190, 226, str(somebody.born.year), 38, _INK)
    write(290, 230, "年", 30, _LABEL)
    write(345, 226, str(somebody.born.month), 38, _INK)
    write(400, 230, "月", 30, _LABEL)
    write(450, 226, str(somebody.born.day), 38, _INK)
    write(510, 230, "日", 30, _LABEL)
    write(60, 316, "住 址", 30, _LABEL)
    for place, line in enumerate(somebody.address):
        write(190, 310 + 52 * place, line, 36, _INK)
    write(60, 530, "公民身份号码", 30, _LABEL)
    write(330, 522, number or somebody.number, 46, _INK)
    if portrait is not None:
        card.paste(Image.fromarray(portrait).resize((300, 300)), (660, 110))
    return card


def back(valid: str = "2015.03.01-2035.03.01") -> Image.Image:
    """The side with the emblem."""
    card, write = _blank()
    write(330, 120, "中华人民共和国", 52, _INK)
    write(300, 220, "居 民 身 份 证", 64, _INK)
    write(180, 430, "签发机关", 32, _LABEL)
    write(360, 426, "杭州市公安局拱墅分局", 36, _INK)
    write(180, 510, "有效期限", 32, _LABEL)
    write(360, 506, valid, 36, _INK)
    return card


def photographed(card: Image.Image, quality: int = 88, **exif: int) -> bytes:
    """The card on a table, as a JPEG."""
    table = Image.new("RGB", (1280, 860), (120, 100, 80))
    table.paste(card, (140, 115))
    return written(table, quality, **exif)


def written(picture: Image.Image, quality: int = 88, **exif: int) -> bytes:
    """A picture as a JPEG; `orientation` as a camera notes it."""
    content, notes = io.BytesIO(), Image.Exif()
    if "orientation" in exif:
        notes[0x0112] = exif["orientation"]
    picture.convert("RGB").save(content, "JPEG", quality=quality, exif=notes)
    return content.getvalue()


def tilted(card: Image.Image, degrees: float) -> Image.Image:
    """Not held straight."""
    return card.rotate(degrees, expand=True, fillcolor=(120, 100, 80), resample=Image.Resampling.BICUBIC)


def from_aside(card: Image.Image) -> Image.Image:
    """Seen from one side."""
    width, height = card.size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    seen = np.array([[40, 60], [width - 10, 0], [width - 30, height], [0, height - 70]], dtype=np.float32)
    moved = cv2.warpPerspective(np.asarray(card), cv2.getPerspectiveTransform(corners, seen), card.size)
    return Image.fromarray(np.asarray(moved, dtype=np.uint8))


def noisy(card: Image.Image) -> Image.Image:
    """In poor light, at a high sensitivity."""
    chance = np.random.default_rng(3)
    pixels = np.asarray(card, dtype=np.int16) + chance.normal(0, 14, (*card.size[::-1], 1)).astype(np.int16)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def blurred(card: Image.Image, sigma: float) -> Image.Image:
    """Out of focus."""
    return card.filter(ImageFilter.GaussianBlur(sigma))


def darkened(card: Image.Image, share: float) -> Image.Image:
    """With hardly any light."""
    return card.point(lambda value: value * share)


def with_glare(card: Image.Image) -> Image.Image:
    """A lamp reflected over name and number."""
    spotted = card.copy()
    drawing = ImageDraw.Draw(spotted)
    drawing.ellipse((150, 40, 620, 280), fill=(255, 255, 255))
    drawing.ellipse((500, 480, 990, 620), fill=(255, 255, 255))
    return spotted


def paper(*lines: str) -> Image.Image:
    """Any other document: what stands on it, line below line."""
    page, write = _blank()
    for place, line in enumerate(lines):
        write(120, 60 + 90 * place, line, 56 if place == 0 else 38, _INK)
    return page


def landscape() -> Image.Image:
    """Hills below a sky, and not a word."""
    y, x = np.mgrid[0:860, 0:1280]
    hills = (y > 430 + 90 * np.sin(x / 140)) | (y > 600 + 60 * np.sin(x / 75 + 1))
    grass = np.random.default_rng(5).normal(0, 18, (860, 1280, 1))
    picture = np.where(hills[..., None], np.array([70, 120, 60]) + grass, np.array([150, 180, 220]) - y[..., None] / 20)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def older(somebody: Somebody) -> Somebody:
    """The same with another birth date printed."""
    return replace(somebody, born=somebody.born.replace(year=somebody.born.year + 1))


def _blank() -> tuple[Image.Image, Callable[[int, int, str, int, tuple[int, int, int]], None]]:
    card = Image.new("RGB", _SIZE, (226, 234, 240))
    drawing = ImageDraw.Draw(card)

    def write(x: int, y: int, text: str, size: int, ink: tuple[int, int, int]) -> None:
        drawing.text((x, y), text, font=_font(size), fill=ink)

    return card, write


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    (path,) = Path(manimgx_fonts_cjk.__file__).parent.rglob("*.ttc")
    # The collection's faces differ by region; the third is that of the mainland.
    return ImageFont.truetype(str(path), size, index=2)
