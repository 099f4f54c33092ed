"""The filled application form of a case, as a PDF."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import manimgx_fonts_cjk
import typst

TEMPLATE = Path(__file__).parent / "templates" / "application.typ"


@dataclass(frozen=True)
class Row:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True)
class MaterialRow:
    """A material as printed."""

    name: str
    form: str
    note: str


@dataclass(frozen=True)
class ApplicationForm:
    """Everything the printed form shows, ready to be set."""

    item: str
    street: str
    agency: str
    number: str
    received: str
    status: str
    identity: str
    promise: str
    answers: list[Row]
    materials: list[MaterialRow]


def render_application(form: ApplicationForm) -> bytes:
    """The form as PDF bytes, fonts embedded; about 60 ms a page, so call it off the event loop."""
    data = json.dumps(asdict(form), ensure_ascii=False)
    return typst.compile(str(TEMPLATE), sys_inputs={"case": data}, font_paths=list(_font_paths()))


@lru_cache(maxsize=1)
def _font_paths() -> Iterable[str]:
    return [str(Path(manimgx_fonts_cjk.__file__).parent)]
