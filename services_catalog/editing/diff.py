"""What a change of the catalogue means for residents, in sentences, item by item."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import TypeVar

from services_catalog.editing.wording import LEVELS, TYPES, audience, days_changed, material
from services_catalog.guide import named
from services_catalog.index import read_utterances
from services_catalog.loader import Catalog, load_catalog
from services_catalog.schema import Confusable, FormField, Item, Material, Question

Entry = TypeVar("Entry")
EVERYTHING = "整个目录"

Compared = Callable[[Item, Item], Iterator[str]]


@dataclass(frozen=True)
class Change:
    """What changed of an item, or of what all items share; then `item` is empty."""

    item: str
    name: str
    sentences: tuple[str, ...]


def changes(before: Path, after: Path) -> list[Change]:
    """What is different in the catalogue below `after`, for residents, from the one below `before`.

    Raises CatalogErrors where one of them does not load.
    """
    old, new = load_catalog(before), load_catalog(after)
    found = [Change("", EVERYTHING, tuple(_shared(old, new, before, after)))]
    for item_id in sorted({*old.items, *new.items}):
        was, now = old.items.get(item_id), new.items.get(item_id)
        if was is None and now is not None:
            found.append(Change(item_id, now.call_it, (f"新的事项：居民可以办{named(now)}了，{now.summary}",)))
        elif was is not None and now is None:
            found.append(Change(item_id, was.call_it, (f"没有{named(was)}这个事项了，居民问起来会说办不了",)))
        elif was is not None and now is not None:
            sentences = (*item_changes(was, now), *_said(was, now, before, after))
            found.append(Change(item_id, now.call_it, sentences))
    return [change for change in found if change.sentences]


def item_changes(was: Item, now: Item) -> Iterator[str]:
    """What changed from one version of an item to the next. Every difference is told by at least one sentence."""
    told: set[str] = set()
    for keys, compared in _COMPARED.items():
        told.update(keys)
        yield from compared(was, now)
    for key, info in Item.model_fields.items():
        if key not in told and getattr(was, key) != getattr(now, key):
            yield f"改了 {key}（{info.description or key}）"


def _names(was: Item, now: Item) -> Iterator[str]:
    if was.name != now.name:
        yield f"正式名称从“{was.name}”改成“{now.name}”"
    if was.call_it != now.call_it:
        yield f"以前跟居民叫它“{was.call_it}”，现在叫“{now.call_it}”"
    for name in _added(was.spoken_names, now.spoken_names):
        yield f"居民说“{name}”，也认得是它了"
    for name in _added(now.spoken_names, was.spoken_names):
        yield f"居民说“{name}”，不再认得是它"
    if was.summary != now.summary:
        yield f"介绍换成：{now.summary}"
    if was.opening != now.opening:
        yield "模拟居民换了一句开场白，居民看不到"


def _who_decides(was: Item, now: Item) -> Iterator[str]:
    if was.department != now.department:
        yield f"部门组从 {was.department} 换到 {now.department}"
    if was.agency != now.agency:
        yield f"主管单位从{was.agency}换成{now.agency}"
    if was.window != now.window:
        yield f"窗口从 {was.window} 换到 {now.window}"
    if was.type != now.type:
        yield f"事项类型从{was.type}改成{now.type}"
    if was.levels.accept is not now.levels.accept:
        yield f"以前{was.levels.accept.value}收件，现在{now.levels.accept.value}收件"
    if was.levels.decide is not now.levels.decide:
        yield f"以前{was.levels.decide.value}决定，现在{now.levels.decide.value}决定"
    if was.four_eyes != now.four_eyes:
        yield "决定以前要两个人看了" if now.four_eyes else "决定以前不再要两个人看"
    if was.replies_approved != now.replies_approved:
        yield (
            "机器人讲这件事的话，要办事员看过才发了" if now.replies_approved else "机器人讲这件事的话，不用办事员先看了"
        )


def _ways(was: Item, now: Item) -> Iterator[str]:
    for mode in _added(was.modes, now.modes):
        yield f"多一种办法：{mode.value}"
    for mode in _added(now.modes, was.modes):
        yield f"少一种办法：{mode.value}"
    if sorted(was.modes) == sorted(now.modes) and was.modes != now.modes:
        yield f"办法换了先后：{'、'.join(now.modes)}"
    applied = {(each.kind, each.label) for each in was.applicants}
    apply = {(each.kind, each.label) for each in now.applicants}
    for each in now.applicants:
        if (each.kind, each.label) not in applied:
            yield f"{each.label}可以来办了"
    for each in was.applicants:
        if (each.kind, each.label) not in apply:
            yield f"{each.label}不能来办了"
    if applied == apply and was.applicants != now.applicants:
        yield "“给谁办”的选项换了先后"
    if was.identity.level != now.identity.level:
        yield f"核验从“{LEVELS[was.identity.level]}”变成“{LEVELS[now.identity.level]}”"
    if was.identity.face != now.identity.face:
        yield "可以用人脸核验了" if now.identity.face else "不再用人脸核验"
    if was.identity.yearly != now.identity.yearly:
        yield "每年要再办一次，上次填的会带出来" if now.identity.yearly else "不再按每年一次来办"


def _time_and_fee(was: Item, now: Item) -> Iterator[str]:
    if was.time_limit.promised != now.time_limit.promised:
        yield days_changed(was.time_limit, now.time_limit)
    before, after = was.time_limit.statutory, now.time_limit.statutory
    if before != after:
        yield "不再说法定时限" if after is None else f"法定最长时间现在是{after.days}个工作日"
    if was.time_limit.note != now.time_limit.note:
        yield f"说时间的时候补一句：{now.time_limit.note}" if now.time_limit.note else "说时间的时候不再补那一句"
    if was.fee.free != now.fee.free:
        yield "以前收费，现在不收费" if now.fee.free else "以前不收费，现在收费"
    if was.fee.note != now.fee.note:
        yield f"说费用的时候补一句：{now.fee.note}" if now.fee.note else "说费用的时候不再补那一句"


def _conditions(was: Item, now: Item) -> Iterator[str]:
    yield from _lines(was.conditions, now.conditions, "条件")
    yield from _lines(was.legal_basis, now.legal_basis, "文件依据")
    yield from _lines(was.unknown, now.unknown, "还不清楚、要问窗口的事")
    if was.next_step != now.next_step:
        yield f"提交以后的话换成：{now.next_step}"


def _materials(was: Item, now: Item) -> Iterator[str]:
    before, after = _by_name(was.materials), _by_name(now.materials)
    for name, each in after.items():
        if name not in before:
            yield f"办{now.call_it}多要一样材料：{material(each)}"
        elif before[name] != each:
            yield f"材料从“{material(before[name])}”改成“{material(each)}”"
    for name, each in before.items():
        if name not in after:
            yield f"办{now.call_it}少要一样材料：{each.name}"
    if before == after and was.materials != now.materials:
        yield "材料换了先后"


def _by_name(materials: Sequence[Material]) -> dict[str, Material]:
    """The materials by name, one of a name that is there twice by its number, too."""
    found: dict[str, Material] = {}
    for each in materials:
        same = sum(known.name == each.name for known in found.values())
        found[f"{each.name} {same}"] = each
    return found


def _fields(was: Item, now: Item) -> Iterator[str]:
    yield from field_changes(was.fields, now.fields)


def field_changes(was: Sequence[FormField], now: Sequence[FormField]) -> Iterator[str]:
    """What changed in the questions of a form; a question is counted where it stands now."""
    before = {each.key: each for each in was}
    for number, each in enumerate(now, start=1):
        old = before.pop(each.key, None)
        if old is None:
            yield f"多问一句（第{number}个问题）：{each.question}"
        elif old != each:
            yield from _field(number, old, each)
    for each in before.values():
        yield f"不再问“{each.label}”：{each.question}"
    kept = {each.key for each in now}
    order = [each.key for each in was if each.key in kept]
    if order != [each.key for each in now if each.key in order]:
        yield "问题换了先后"


def _field(number: int, was: FormField, now: FormField) -> Iterator[str]:
    which = f"第{number}个问题"
    if was.question != now.question:
        yield f"{which}换了问法：{now.question}"
    if was.label != now.label:
        yield f"{which}在申请表上从“{was.label}”改叫“{now.label}”"
    if was.type is not now.type:
        yield f"{which}从填{TYPES[was.type]}改成填{TYPES[now.type]}"
    for choice in _added(was.choices or [], now.choices or []):
        yield f"{which}多一个选项：{choice}"
    for choice in _added(now.choices or [], was.choices or []):
        yield f"{which}少一个选项：{choice}"
    if sorted(was.choices or []) == sorted(now.choices or []) and was.choices != now.choices:
        yield f"{which}的选项换了先后"
    if was.skippable != now.skippable:
        yield f"{which}可以跳过了" if now.skippable else f"{which}不能再跳过"
    if was.help != now.help:
        yield f"{which}的解释换成：{now.help}" if now.help else f"{which}不再解释"
    if was.example != now.example:
        yield f"{which}的例子换成：{now.example}" if now.example else f"{which}不再举例子"
    if was.only_for is not now.only_for:
        yield f"{which}现在问：{audience(now.only_for)}"
    if was.ask_if != now.ask_if:
        when = "每次都问" if now.ask_if is None else f"前面答了{'或'.join(now.ask_if.is_)}才问"
        yield f"{which}现在{when}"
    if was.prefill != now.prefill:
        yield f"{which}的回答以后帮居民记着" if now.prefill else f"{which}的回答不再帮居民记着"
    told = {"question", "label", "type", "choices", "skippable", "help", "example", "only_for", "ask_if", "prefill"}
    for key, info in FormField.model_fields.items():
        if key not in told and getattr(was, key) != getattr(now, key):
            yield f"{which}改了 {key}（{info.description}）"


def _questions(was: Item, now: Item) -> Iterator[str]:
    yield from _lines(_asked(was.questions), _asked(now.questions), "常见问答")
    yield from _lines(_apart(was.confusable_with), _apart(now.confusable_with), "容易弄混的说明")


def _asked(questions: Sequence[Question]) -> list[str]:
    return [f"{each.question} {each.answer}" for each in questions]


def _apart(others: Sequence[Confusable]) -> list[str]:
    return [f"{each.item}：{each.tell_apart}" for each in others]


def _reviewed(was: Item, now: Item) -> Iterator[str]:
    if was.source != now.source:
        yield f"出处从“{was.source}”改成“{now.source}”"
    if was.last_reviewed != now.last_reviewed:
        yield f"核对日期从{was.last_reviewed}改成{now.last_reviewed}"
    if was.confidence is not now.confidence:
        yield f"把握从 {was.confidence.value} 改成 {now.confidence.value}，居民看不到"


_COMPARED: dict[tuple[str, ...], Compared] = {
    ("id", "name", "call_it", "spoken_names", "summary", "opening"): _names,
    ("department", "agency", "window", "type", "levels", "four_eyes", "replies_approved"): _who_decides,
    ("modes", "zero_trip", "kiosk", "applicants", "identity"): _ways,
    ("time_limit", "fee"): _time_and_fee,
    ("conditions", "legal_basis", "unknown", "next_step"): _conditions,
    ("materials",): _materials,
    ("fields",): _fields,
    ("questions", "confusable_with"): _questions,
    ("source", "last_reviewed", "confidence"): _reviewed,
}


def _shared(old: Catalog, new: Catalog, before: Path, after: Path) -> Iterator[str]:
    for sentence in field_changes(old.proxy_fields, new.proxy_fields):
        yield f"替别人办的时候，{sentence}"
    for what, olds, news in (("部门组", old.departments, new.departments), ("窗口", old.windows, new.windows)):
        for key in sorted({*olds, *news}):
            if olds.get(key) != news.get(key):
                yield f"{what} {key} " + ("是新的" if key not in olds else "没有了" if key not in news else "改了")
    names = {path.name for root in (before, after) for path in (root / "templates").glob("*.j2")}
    for name in sorted(names):
        if _text(before / "templates" / name) != _text(after / "templates" / name):
            yield f"介绍事项时说的话改了：{name}"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _said(was: Item, now: Item, before: Path, after: Path) -> Iterator[str]:
    old = {text for said in read_utterances(was, before).values() for text in said}
    new = {text for said in read_utterances(now, after).values() for text in said}
    more, fewer = len(new - old), len(old - new)
    if more or fewer:
        counts = [f"多了{more}句" if more else "", f"少了{fewer}句" if fewer else ""]
        yield f"给机器人学的居民说法{'，'.join(filter(None, counts))}"


def _lines(was: Sequence[str], now: Sequence[str], what: str) -> Iterator[str]:
    if sorted(was) == sorted(now) and list(was) != list(now):
        yield f"{what}换了先后"
        return
    for step, a, a_end, b, b_end in SequenceMatcher(None, was, now, False).get_opcodes():
        if step == "equal":
            continue
        common = min(a_end - a, b_end - b)
        for n in range(common):
            yield f"{what}从“{was[a + n]}”改成“{now[b + n]}”"
        for line in was[a + common : a_end]:
            yield f"少一条{what}：{line}"
        for line in now[b + common : b_end]:
            yield f"多一条{what}：{line}"


def _added(was: Sequence[Entry], now: Sequence[Entry]) -> list[Entry]:
    return [each for each in now if each not in was]
