"""Form fields and readings for these tests."""

from datetime import date
from typing import Any

from cases.answers import Answer, AnswerRefused, read_answer
from services_catalog.schema import FieldType, FormField

TODAY = date(2026, 11, 22)


def field(kind: str, **more: Any) -> FormField:
    if kind in ("text", "number", "amount"):
        more.setdefault("example", "3")
    if kind == "choice":
        more.setdefault("choices", ["儿子或女儿", "丈夫或妻子", "父亲或母亲", "兄弟姐妹", "其他"])
    more.setdefault("label", "标签")
    return FormField(key="answer", type=FieldType(kind), question="请说。", **more)


def read(kind: str, text: str, **more: Any) -> Answer:
    return read_answer(field(kind, **more), text, today=TODAY)


def refusal(kind: str, text: str, **more: Any) -> AnswerRefused:
    try:
        answer = read(kind, text, **more)
    except AnswerRefused as refused:
        return refused
    raise AssertionError(f"{text!r} was read as {answer}")
