"""How often an encoder takes strangers for one person, and one person for strangers, on a site's own pairs."""

import csv
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kyc.faces.encoder import Vector
from kyc.faces.portrait import portrait_of
from kyc.faces.quality import FaceFault
from kyc.faces.scoring import Cohort, Thresholds, score
from kyc.images import ImageRefused

_YES, _NO = ("1", "true", "yes", "y", "是"), ("0", "false", "no", "n", "否")
_Z = 1.959964
"""Standard deviations of a 95 % interval."""


class ListRefused(Exception):
    """A list of pictures that cannot be read; the message names file, line and reason, in Chinese."""


@dataclass(frozen=True)
class Pair:
    """Two pictures, and whether they are of one person."""

    a: Path
    b: Path
    same: bool


@dataclass(frozen=True)
class Rate:
    """A share, with its 95 % interval by Wilson; None where nothing was counted."""

    rate: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, count: int, total: int) -> "Rate":
        """So many of so many."""
        if total == 0:
            return cls(None, None, None)
        share, square = count / total, _Z * _Z
        middle = (share + square / (2 * total)) / (1 + square / total)
        reach = _Z / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
        return cls(share, middle - reach if count else 0.0, middle + reach if count < total else 1.0)


@dataclass(frozen=True)
class Point:
    """What a threshold costs: strangers taken for one person, and persons not recognised."""

    threshold: float
    false_accept: Rate
    false_reject: Rate


@dataclass(frozen=True)
class Scored:
    """Pairs with their scores. `failed` are pictures without exactly one face; pairs with one have no score."""

    genuine: tuple[float, ...]
    impostor: tuple[float, ...]
    pairs: int
    failed: tuple[Path, ...]
    ms_per_image: float

    def at(self, threshold: float) -> Point:
        """The rates at a threshold."""
        accepted = sum(each <= threshold for each in self.impostor)
        refused = sum(each > threshold for each in self.genuine)
        return Point(threshold, Rate.of(accepted, len(self.impostor)), Rate.of(refused, len(self.genuine)))

    def equal_error_rate(self) -> float | None:
        """Where both errors are the same, between the two thresholds next to it; None without pairs of both kinds."""
        if not self.genuine or not self.impostor:
            return None
        genuine, impostor = np.sort(self.genuine), np.sort(self.impostor)
        thresholds = np.concatenate(([-np.inf], np.unique(np.concatenate((genuine, impostor)))))
        accepts = np.searchsorted(impostor, thresholds, side="right") / len(impostor)
        rejects = 1 - np.searchsorted(genuine, thresholds, side="right") / len(genuine)
        after = int(np.argmax(accepts >= rejects))
        if after == 0:
            return float(max(accepts[0], rejects[0]))
        gap_before, gap_after = rejects[after - 1] - accepts[after - 1], accepts[after] - rejects[after]
        share = gap_before / (gap_before + gap_after) if gap_before + gap_after > 0 else 0.0
        return float(accepts[after - 1] + share * (accepts[after] - accepts[after - 1]))

    def proposed(self, false_accept: float, false_reject: float) -> Thresholds | None:
        """The widest acceptance with at most the wanted share of strangers, and a review that loses at most the wanted
        share of persons. None without pairs of both kinds."""
        if not self.genuine or not self.impostor:
            return None
        impostor, genuine = sorted(self.impostor), sorted(self.genuine)
        allowed = min(math.floor(false_accept * len(impostor) + 1e-9), len(impostor) - 1)
        accept = math.floor((impostor[allowed] - 1e-9) * 1000) / 1000
        kept = max(math.ceil((1 - false_reject) * len(genuine) - 1e-9), 1)
        review = math.ceil(genuine[kept - 1] * 1000) / 1000
        return Thresholds(accept, max(accept, review))


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file of tab-separated columns `a`, `b` and `same`. Raises ListRefused."""
    pairs = []
    for line, row in _rows(path):
        said = (row.get("same") or "").strip().lower()
        if said not in (*_YES, *_NO):
            raise ListRefused(f"{path} 第 {line} 行：same 应当是 1（同一个人）或 0（不是）")
        a, b = (_picture(path, line, row.get(name)) for name in ("a", "b"))
        pairs.append(Pair(a, b, said in _YES))
    if not pairs:
        raise ListRefused(f"{path} 里一对照片也没有")
    return pairs


def read_pictures(path: Path) -> list[Path]:
    """The pictures of a list, one a line. Raises ListRefused."""
    return [_picture(path, number, line) for number, line in enumerate(_text(path).splitlines(), 1) if line.strip()]


def scored(
    pairs: Sequence[Pair], model: Path | None, cohort: Cohort | None, on_picture: Callable[[], None] = lambda: None
) -> Scored:
    """Score pairs; each picture is looked at once. Raises ModelRefused."""
    vectors: dict[Path, Vector | None] = {}
    took = 0.0
    for picture in pictures_of(pairs):
        began = time.perf_counter()
        vectors[picture] = vector_of(picture, model)
        took += time.perf_counter() - began
        on_picture()
    genuine, impostor = list[float](), list[float]()
    for pair in pairs:
        a, b = vectors[pair.a], vectors[pair.b]
        if a is not None and b is not None:
            (genuine if pair.same else impostor).append(score(a, b, cohort))
    failed = tuple(picture for picture, vector in vectors.items() if vector is None)
    return Scored(tuple(genuine), tuple(impostor), len(pairs), failed, 1000 * took / len(vectors))


def pictures_of(pairs: Sequence[Pair]) -> list[Path]:
    """The pictures of the pairs, each once."""
    return list(dict.fromkeys(picture for pair in pairs for picture in (pair.a, pair.b)))


def vector_of(picture: Path, model: Path | None) -> Vector | None:
    """The vector of the one face in a picture, or None. Raises ModelRefused."""
    try:
        portrait = portrait_of(picture.read_bytes(), model, strict=False)
    except ImageRefused:
        return None
    return None if isinstance(portrait, FaceFault) else portrait.vector


def cohort_of(pictures: Sequence[Path], model: Path | None) -> Cohort:
    """The cohort of the people in pictures; pictures without exactly one face are left out. Raises ListRefused."""
    vectors = [vector for picture in pictures if (vector := vector_of(picture, model)) is not None]
    if len(vectors) < 2:
        raise ListRefused("对照组里能用的照片不到两张")
    return Cohort(np.stack(vectors))


def _rows(path: Path) -> list[tuple[int, dict[str, str | None]]]:
    reader = csv.DictReader(_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    names = [name.strip() for name in reader.fieldnames or ()]
    if missing := [name for name in ("a", "b", "same") if name not in names]:
        raise ListRefused(f"{path} 第 1 行：缺少栏目 {'、'.join(missing)}（用制表符隔开）")
    reader.fieldnames = names
    return [(reader.line_num, row) for row in reader]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        raise ListRefused(f"读不了 {path}") from None
    except UnicodeDecodeError:
        raise ListRefused(f"{path} 不是 UTF-8 的文本") from None


def _picture(listed_in: Path, line: int, name: str | None) -> Path:
    if not (name or "").strip():
        raise ListRefused(f"{listed_in} 第 {line} 行：缺少照片的文件名")
    picture = listed_in.parent / str(name).strip()
    if not picture.is_file():
        raise ListRefused(f"{listed_in} 第 {line} 行：没有 {picture} 这个文件")
    return picture
