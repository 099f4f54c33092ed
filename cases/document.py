"""The papers of a case as PDFs: the filled application form, and notices."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import manimgx_fonts_cjk
import typst

TEMPLATES = Path(__file__).parent / "templates"


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


@dataclass(frozen=True)
class NoticeDocument:
    """Everything a printed notice shows, ready to be set. The applicant's name is masked."""

    title: str
    street: str
    agency: str
    number: str
    item: str
    applicant: str
    made_on: str
    clerk: str
    paragraphs: list[str]
    materials: list[str]
    office: str
    validity: str


def render_application(form: ApplicationForm) -> bytes:
    """The form as PDF bytes, fonts embedded; about 60 ms a page, so call it off the event loop."""
    return _render("application.typ", "case", asdict(form))


def render_notice(notice: NoticeDocument) -> bytes:
    """A notice as PDF bytes, in the same way."""
    return _render("notice.typ", "notice", asdict(notice))


def _render(template: str, name: str, values: dict[str, Any]) -> bytes:
    data = json.dumps(values, ensure_ascii=False)
    return typst.compile(str(TEMPLATES / template), sys_inputs={name: data}, font_paths=list(_font_paths()))


@lru_cache(maxsize=1)
def _font_paths() -> Iterable[str]:
    return [str(Path(manimgx_fonts_cjk.__file__).parent)]
