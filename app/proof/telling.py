"""A proof's findings in Chinese: what is wrong, and the conversation that shows it."""

from collections.abc import Sequence

from app.proof.flow import Aside, Flow, Place, Step
from bot.conversation.wording import phrase
from cases import form
from services_catalog.schema import ApplicantKind

_SENTENCES = {
    "no_way_to_done": "走到“{step}”就办不成了：居民怎么答都到不了提交",
    "no_way_to_person": "走到“{step}”找不到人工",
    "no_way_to_cancel": "走到“{step}”取消不了",
    "no_answer": "“{field}”答不了：照着它自己的例子说也不收，又不能跳过",
    "never_asked": "“{field}”永远不会问到：没有一种申请人和回答会走到它",
    "later_condition": "“{field}”要看“{on}”的回答，可是“{on}”不在它前面问",
    "impossible_condition": "“{field}”只在“{on}”答“{value}”时才问，可是没有人能答出“{value}”",
    "choice_not_taken": "“{field}”的选项“{choice}”照着说，会被当成“{taken}”",
    "retries_without_end": "在“{step}”一直没听懂，也没有给出找人工的选项",
    "too_many_places": "这张表的走法超过{most}种，条件太多太乱，证明不完，居民也填不完",
}
_STEPS = {
    Step.CONFIRM: "（把填好的都念一遍）没问题就说“确认提交”。",
    Step.IDENTITY: "（要核验身份，列出各种办法）",
    Step.CAMERA: "（要拍证件、刷脸，旁边有“换个办法”）",
    Step.KEPT: "（存好了，哪天都能接着办）",
    Step.DONE: "（提交了，给出办件编号）",
    Step.CANCELLED: "（不办了，填过的都删掉）",
}
_ASIDES = {
    Aside.WHICH: "（问要改哪一项）",
    Aside.CANCEL: "（问是先存着，还是不办了）",
    Aside.WAITING: "（转给人工，排上队）",
}


def sentence(fault: str, **values: object) -> str:
    """What is wrong."""
    return _SENTENCES[fault].format(**values)


def conversation(flow: Flow, way: Sequence[tuple[Place, str]], last: Place, then: str) -> tuple[str, ...]:
    """The lines of a conversation that goes that way to its `last` place, where `then` is said at the end."""
    lines = [f"居民：我想办{flow.item.call_it}"]
    for place, said in way:
        lines += [f"助手：{_asked(flow, place)}", f"居民：{said}"]
    lines.append(f"助手：{_asked(flow, last)}")
    if then:
        lines.append(f"居民：{then}")
    return tuple(lines)


def _asked(flow: Flow, place: Place) -> str:
    if place.aside != Aside.NOTHING:
        return _ASIDES[place.aside]
    if place.field is not None:
        return form.wording(flow.field(place.field), ApplicantKind(place.kind or ApplicantKind.SELF), form.UNNAMED)
    return phrase("utter_ask_applicant") if place.step == Step.APPLICANT else _STEPS[place.step]
