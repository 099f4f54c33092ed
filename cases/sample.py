"""A sample of how an item is applied for, for those who keep the catalogue and those who look at it.

It is told by the same guide, form and phrases as a real conversation; the answers are the form's own examples, and
where they would be somebody's data, only what is to be said.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.conversation.wording import phrase
from cases.form import SELF, UNNAMED, next_question, questions, told, wording
from services_catalog.guide import Topic, named, tell
from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind, FieldType, FormField, Item

RESIDENT = "居民"
ASSISTANT = "助手"

_SAID = {
    FieldType.PERSON_NAME: "（说名字）",
    FieldType.ID_NUMBER: "（说18位身份证号）",
    FieldType.PHONE: "（说电话号码）",
    FieldType.ADDRESS: "（说地址，到门牌号）",
    FieldType.BANK_ACCOUNT: "（说银行卡号）",
    FieldType.DATE: "（说日期，农历也行）",
    FieldType.YES_NO: "是",
    FieldType.FILE: "（拍照发过来）",
}


@dataclass(frozen=True)
class Line:
    """One thing said, and by whom."""

    speaker: str
    text: str


def sample(catalog: Catalog, item: Item, office_hours: str) -> list[Line]:
    """The conversation of a resident who answers every question at once, from the first sentence to the receipt."""
    kind = _who_types(item)
    person = SELF if kind is ApplicantKind.SELF else UNNAMED
    guide = tell(catalog, item, Topic.TOLD_AT_ONCE, office_hours=office_hours, proxy=kind is not ApplicantKind.SELF)
    return [
        Line(RESIDENT, item.opening),
        Line(ASSISTANT, f"{guide}\n{phrase('utter_begin_ask')}"),
        Line(RESIDENT, "好"),
        *_form(catalog, item, kind, person),
        Line(ASSISTANT, f"{phrase('utter_case_filed', item=named(item))}\n{item.next_step}"),
    ]


def _form(catalog: Catalog, item: Item, kind: ApplicantKind, person: str) -> Iterator[Line]:
    values: dict[str, str] = {}
    lines = []
    while (field := next_question(questions(catalog, item, kind, values), values)) is not None:
        yield Line(ASSISTANT, _asked(field, kind, person))
        values[field.key] = _answer(field)
        yield Line(RESIDENT, values[field.key])
        lines.append(f"{field.label}：{values[field.key]}")
    yield Line(ASSISTANT, phrase("utter_summary", item=named(item), lines="\n".join(lines)))
    yield Line(RESIDENT, "确认提交")


def _who_types(item: Item) -> ApplicantKind:
    kinds = [applicant.kind for applicant in item.applicants]
    return ApplicantKind.SELF if ApplicantKind.SELF in kinds else kinds[0]


def _asked(field: FormField, kind: ApplicantKind, person: str) -> str:
    lines = [wording(field, kind, person)]
    if field.help is not None:
        lines.append(told(field.help, kind, person))
    lines += [f"{number}. {choice}" for number, choice in enumerate(field.choices or [], start=1)]
    return "\n".join(lines)


def _answer(field: FormField) -> str:
    if field.choices:
        return field.choices[0]
    return field.example or _SAID.get(field.type, "（照实说）")
