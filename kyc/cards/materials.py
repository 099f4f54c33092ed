"""A first look at a photograph of any other document: advice to the person who sends it, never a decision.

What comes back are codes; nothing of the document's text leaves this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from kyc.cards.ocr import Line, Reader, lines_in, rows_of, slant_of, turned_back
from kyc.cards.picture import picture_of
from kyc.cards.printed import bare_name, folded
from kyc.cards.reading import UPRIGHT
from kyc.images import Pixels, pixels_of

READ_SIDE = 1600
LEAST_TEXT = 8
"""Characters below which a picture shows no document that could be judged."""
SURE = 0.6
"""The reader's score below which a line is guessed."""
ALIKE, SURELY_ALIKE, EXACTLY = 75.0, 90.0, 100.0
"""rapidfuzz's partial ratio: of four characters one may be misread; for another kind of document hardly any."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "身份证": ("居民身份证", "公民身份号码"),
    "户口簿": ("居民户口簿", "户口簿", "户口本", "常住人口登记卡", "与户主关系"),
    "结婚证": ("结婚证", "结婚登记"),
    "离婚证": ("离婚证", "离婚登记"),
    "残疾人证": ("中华人民共和国残疾人证", "残疾人证", "残疾类别"),
    "出生医学证明": ("出生医学证明", "新生儿姓名"),
    "银行卡": ("银联", "UnionPay", "借记卡", "储蓄卡", "银行卡"),
    "诊断证明": ("诊断证明书", "诊断证明", "疾病证明"),
    "死亡证明": ("死亡医学证明", "死亡证明", "居民死亡"),
    "营业执照": ("营业执照", "统一社会信用代码"),
    "不动产权证": ("不动产权证", "房屋所有权证", "不动产登记"),
    "毕业证": ("毕业证书",),
    "驾驶证": ("机动车驾驶证",),
    "社会保障卡": ("社会保障卡", "社会保障号码"),
}
"""Kinds of document with the words that stand on them, as people and catalogues call them."""
WITHOUT_NAME = frozenset({"银行卡"})
"""Kinds on which a name need not stand."""


class MaterialFault(StrEnum):
    """What could be better about a photograph of a document; each has a sentence `utter_material_<fault>`."""

    UNREADABLE = "unreadable"
    BLURRED = "blurred"
    DARK = "dark"
    OTHER_KIND = "other_kind"
    OTHER_NAME = "other_name"


@dataclass(frozen=True)
class MaterialReading:
    """Advice, the gravest first. `right_kind` and `has_name` are None where it cannot be told."""

    advice: tuple[MaterialFault, ...] = ()
    right_kind: bool | None = None
    has_name: bool | None = None


def check_material(content: bytes, kind_words: Sequence[str], name: str | None) -> MaterialReading:
    """Look at a photograph of what is called by any of `kind_words` and belongs to `name`. Raises ImageRefused.

    A kind of which nothing is known is never said to be the wrong one.
    """
    return material_in(pixels_of(content, READ_SIDE), kind_words, name, lines_in)


def material_in(pixels: Pixels, kind_words: Sequence[str], name: str | None, reader: Reader) -> MaterialReading:
    """The same of pixels, by any reader."""
    lines = _sure(reader(pixels))
    slant = slant_of(lines)
    if abs(slant) > UPRIGHT:
        lines = _sure(reader(turned_back(pixels, slant)))
    if sum(len(line.text) for line in lines) < LEAST_TEXT:
        return MaterialReading((_fault_of_picture(pixels),))
    slant = slant_of(lines)
    texts = tuple(folded("".join(rows_of(lines, way))) for way in (slant, slant + 180))
    right_kind = _is_kind(texts, kind_words)
    has_name = _has_name(texts, name) if name and right_kind is not False else None
    if has_name is False and _known(kind_words) & WITHOUT_NAME:
        has_name = None
    advice = []
    if right_kind is False:
        advice.append(MaterialFault.OTHER_KIND)
    if has_name is False:
        advice.append(MaterialFault.OTHER_NAME)
    return MaterialReading(tuple(advice), right_kind, has_name)


def _sure(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.score >= SURE]


def _is_kind(texts: Sequence[str], kind_words: Sequence[str]) -> bool | None:
    wanted = _known(kind_words)
    words = {folded(word) for word in kind_words} | {word for kind in wanted for word in KINDS[kind]}
    alike = _alike(words, texts)
    other = _alike([word for kind, found in KINDS.items() if kind not in wanted for word in found], texts)
    if alike == EXACTLY or alike >= max(ALIKE, other):
        return True
    return False if wanted and other >= SURELY_ALIKE else None


def _known(kind_words: Sequence[str]) -> set[str]:
    """The kinds that are meant by the words: 户口簿 by 申请人户口簿首页."""
    said = [folded(word) for word in kind_words]
    return {kind for kind, words in KINDS.items() if any(each in one for one in said for each in (kind, *words))}


def _has_name(texts: Sequence[str], name: str) -> bool:
    """Whether the name stands anywhere; of three characters one may be misread, of two none."""
    bare = bare_name(name)
    least = len(bare) - (len(bare) > 2)
    return any(
        sum(map(str.__eq__, bare, text[start:])) >= least
        for text in map(bare_name, texts)
        for start in range(len(text))
    )


def _alike(words: Iterable[str], texts: Sequence[str]) -> float:
    """How much the best of the words resembles anything in the texts, up to 100; short words must be there exactly."""
    return max(
        (
            fuzz.partial_ratio(word, text) if len(word) > 3 and len(text) >= len(word) else EXACTLY * (word in text)
            for word in words
            if len(word) > 1
            for text in texts
        ),
        default=0.0,
    )


def _fault_of_picture(pixels: Pixels) -> MaterialFault:
    picture = picture_of(pixels)
    if picture.is_dark:
        return MaterialFault.DARK
    return MaterialFault.BLURRED if picture.is_blurred else MaterialFault.UNREADABLE
