"""Ways to get the item done: identity, levels, windows and modes that go together."""

from collections.abc import Iterator
from pathlib import Path

from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library
from services_catalog.schema import Item, Level, MaterialForm, Mode

FACE_LEVEL = 3
IN_PERSON = {Mode.COUNTER, Mode.HOME_VISIT}
"""Ways of equal weight without a camera, which nobody may be refused (人脸识别技术应用安全管理办法)."""
FROM_AFAR = {Mode.ONLINE, Mode.VIDEO}
RANKS = (Level.COMMUNITY, Level.STREET, Level.DISTRICT)


def check(library: Library) -> Iterator[Spot]:
    """What contradicts itself, or leaves a resident without a way."""
    windows = {each.id: each.window for each in library.reading.departments.values()}
    for number, department in enumerate(library.reading.departments.values()):
        if library.reading.windows and department.window not in library.reading.windows:
            place = library.root / "departments.yml"
            yield Spot("S206", place, ("departments", number, "window"), f"没有 {department.window} 这个窗口")
    for path, item in library.items:
        yield from _identity(path, item)
        yield from _levels(path, item)
        yield from _from_afar(path, item)
        expected = windows.get(item.department, item.window)
        if item.window != expected:
            yield Spot("I704", path, ("window",), f"{item.window} 不是这个部门组的窗口，应当是 {expected}")


def _identity(path: Path, item: Item) -> Iterator[Spot]:
    if item.identity.level == FACE_LEVEL and not IN_PERSON & set(item.modes):
        yield Spot("I701", path, ("modes",), "要人脸那一级的核验，却没有不刷脸的办法")
    if item.identity.face and item.identity.level < FACE_LEVEL:
        yield Spot("I702", path, ("identity",), f"核验等级 {item.identity.level} 用不着刷脸")


def _levels(path: Path, item: Item) -> Iterator[Spot]:
    accept, decide = RANKS.index(item.levels.accept), RANKS.index(item.levels.decide)
    if accept > decide:
        yield Spot("I703", path, ("levels",), f"{item.levels.accept.value}收件，却由{item.levels.decide.value}决定")


def _from_afar(path: Path, item: Item) -> Iterator[Spot]:
    if not item.zero_trip:
        return
    if not FROM_AFAR & set(item.modes):
        yield Spot("I705", path, ("modes",), "跑零次，却没有网上办或视频办")
    for number, material in enumerate(item.materials):
        if material.form is MaterialForm.ORIGINAL and material.waived is None and not material.deferrable:
            yield Spot("I706", path, ("materials", number), f"跑零次，却要交“{material.name}”的原件")
