"""Correcting an earlier answer: 返回, 修改, 电话填错了, 电话改成138…."""

import re

from actions import asking
from actions.base import Heard
from bot.conversation.bubbles import Choice
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from cases.answers import AnswerRefused, read_answer
from cases.models import Case
from services_catalog.schema import FieldType, FormField

_WRONG = re.compile(r"(改|填错|写错|说错|打错|错了|不对|弄错|换成|更正|修改)")
_NEW_VALUE = re.compile(r"(?:改成|改为|换成|应该是|应当是|更正为|是)[:：，,\s]*(.+)$")

_SYNONYMS = {
    FieldType.PHONE: ("电话", "手机", "号码"),
    FieldType.ID_NUMBER: ("身份证",),
    FieldType.PERSON_NAME: ("名字", "姓名"),
    FieldType.ADDRESS: ("地址", "住址", "住的地方"),
    FieldType.BANK_ACCOUNT: ("卡号", "账号", "银行卡", "帐号"),
    FieldType.DATE: ("日期", "时间", "生日"),
    FieldType.AMOUNT: ("金额", "多少钱"),
}


async def correct(turn: Turn, case: Case, heard: Heard) -> bool:
    """Correct the answer that the message says is wrong, with its new value if it has one. False if it says none."""
    if heard.intent != "modify" and not _WRONG.search(turn.text):
        return False
    fields = _answered(turn, case)
    meant = _meant(turn.text, fields)
    if len(meant) > 1:
        _ask_which(turn, meant)
        return True
    if not meant:
        return False
    value = _NEW_VALUE.search(turn.text.replace(meant[0].label, "", 1))  # 是否已购买填错了 does not say 否
    if value is not None and not _WRONG.search(value[1]):
        try:
            answer = read_answer(meant[0], value[1], today=turn.today)
        except AnswerRefused:
            pass
        else:
            drafts.keep(case, meant[0].key, answer, "typed")
            turn.say("utter_corrected", label=meant[0].label, shown=answer.masked)
            await asking.ask_next(turn, case)
            return True
    await change(turn, case, meant[0].key)
    return True


async def change(turn: Turn, case: Case, key: str | None) -> None:
    """Ask the field `key` again, or which one is to be changed."""
    if key == "applicant":
        asking.ask_applicant(turn, asking.kinds(turn.item_of(case)))
        return
    fields = _answered(turn, case)
    field = next((field for field in fields if field.key == key), None)
    if field is not None:
        asking.ask_plainly(turn, case, field)
    elif fields:
        _ask_which(turn, fields)
    else:
        turn.say("utter_nothing_to_change")
        await asking.ask_next(turn, case)


async def back(turn: Turn, case: Case) -> None:
    """Ask the question before the present one again; its answer stands until a new one comes."""
    fields = asking.form_fields(turn, case)
    _, _, key = (turn.state.step or "").partition(":")
    position = next((n for n, field in enumerate(fields) if field.key == key), len(fields))
    before = [field for field in fields[:position] if field.key in case.answers]
    if before:
        answer = drafts.answer_of(case, before[-1].key)
        if answer is not None and answer.value:
            turn.say("utter_back_to", label=before[-1].label, shown=answer.masked)
        asking.ask_plainly(turn, case, before[-1])
    elif case.applicant_kind is not None and len(asking.kinds(turn.item_of(case))) > 1:
        await change(turn, case, "applicant")
    else:
        turn.say("utter_first_question")
        await asking.ask_next(turn, case)


def _answered(turn: Turn, case: Case) -> list[FormField]:
    return [field for field in asking.form_fields(turn, case) if field.key in case.answers]


def _meant(text: str, fields: list[FormField]) -> list[FormField]:
    """The fields a text names: by their whole label if it occurs, else by a common word for their kind."""
    by_label = [field for field in fields if field.label in text]
    if by_label:
        longest = max(len(field.label) for field in by_label)
        return [field for field in by_label if len(field.label) == longest][:1]
    by_kind = [field for field in fields if any(word in text for word in _SYNONYMS.get(field.type, ()))]
    return by_kind or [field for field in fields if _pairs(field.label) & _pairs(text)]


def _pairs(text: str) -> set[str]:
    """Every two neighbouring characters: 收入 is in 月收入."""
    return {text[n : n + 2] for n in range(len(text) - 1)}


def _ask_which(turn: Turn, fields: list[FormField]) -> None:
    choices = [Choice(label=field.label, value=f"change:{field.key}") for field in fields]
    turn.ask(phrase("utter_change_which"), [*choices, Choice(label="不改了", value="continue")])
