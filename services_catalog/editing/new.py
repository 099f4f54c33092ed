"""A new item: what a maintainer is asked, and the file that comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from services_catalog.editing.yaml_edit import entry
from services_catalog.json_schema import header
from services_catalog.loader import CATALOG_DIR, Catalog, expanded, reason_of
from services_catalog.schema import Item, Level, MaterialForm, Mode
from services_catalog.yaml_source import read_mapping

APPLICANTS = {
    "本人": "self",
    "监护人": "guardian",
    "家属代办": "family",
    "社区代办": "community",
    "单位经办人": "organisation",
}
TYPES = ("行政给付", "行政确认", "行政许可", "公共服务", "其他")
LEVELS = ("自己申报就行", "核对身份证", "确认是本人，刷脸或同等的办法")
NOT_KNOWN = "承诺办结的天数"


@dataclass(frozen=True)
class Ask:
    """One question to the maintainer.

    `many` takes several answers, one after the other, or several of `choices`; what may stay open is `optional`.
    """

    key: str
    question: str
    choices: tuple[str, ...] = ()
    many: bool = False
    optional: bool = False


def asks(catalog: Catalog) -> tuple[Ask, ...]:
    """The questions, in order."""
    departments = tuple(f"{each.id} {each.name}" for each in catalog.departments.values())
    levels = tuple(Level)
    return (
        Ask("id", "事项代号：拼音小写，词与词之间用连字符，例如 canji-zheng-shenling"),
        Ask("department", "归哪个部门组", departments),
        Ask("name", "正式名称"),
        Ask("call_it", "居民平时怎么叫它"),
        Ask("spoken_names", "还有哪些叫法，错别字也算", many=True),
        Ask("summary", "一句大白话：给谁的，办了有什么用"),
        Ask("agency", "主管单位"),
        Ask("type", "事项类型", TYPES),
        Ask("accept", "哪一级收件", levels),
        Ask("decide", "哪一级决定", levels),
        Ask("modes", "可以怎样办", tuple(Mode), many=True),
        Ask("days", "承诺几个工作日办好，0 是当场办结；不知道就不填", optional=True),
        Ask("free", "收不收费", ("不收费", "收费")),
        Ask("level", "要哪一级核验", LEVELS),
        Ask("applicants", "谁可以来办", tuple(APPLICANTS), many=True),
        Ask("conditions", "办理条件", many=True),
        Ask(
            "materials",
            f"要交的材料，例如 户口簿 原件；形式是 {'、'.join(MaterialForm)} 之一",
            many=True,
            optional=True,
        ),
        Ask("next_step", "提交以后会怎样，给居民看"),
        Ask("legal_basis", "文件依据", many=True, optional=True),
        Ask("source", "这些内容从哪里来，会告诉居民"),
        Ask("opening", "居民会怎么开口，一句话，不要带正式名称"),
    )


def wrong(catalog: Catalog, ask: Ask, answer: Any, given: Mapping[str, Any]) -> str | None:
    """Why an answer cannot be taken, in Chinese; None if it can. `given` are the answers before it."""
    key = ask.key
    if key == "id" and answer in catalog.items:
        return f"已经有 {answer} 了，换一个代号"
    if key == "name" and answer in {item.name for item in catalog.items.values()}:
        return "已经有一个事项叫这个名称"
    if key == "opening" and given["name"] in answer:
        return "开场白里不能有正式名称"
    if key == "days":
        return None if not answer or (answer.isdecimal() and int(answer) <= 365) else "应当是 0 到 365 的整数"
    if key == "materials":
        return next((f"“{line}”后面要写形式，例如 户口簿 原件" for line in answer if _material(line) is None), None)
    if key not in Item.model_fields or ask.choices:
        return None
    info = Item.model_fields[key]
    try:
        TypeAdapter(Annotated[info.annotation, Field(), *info.metadata]).validate_python(answer)
    except ValidationError as error:
        return reason_of(error.errors(include_url=False, include_input=False)[0])
    return None


def drafted(
    catalog: Catalog, given: Mapping[str, Any], today: date, like: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The entries of a new item's file from the answers to `asks`, all of them taken.

    `like` is what another item's file says: its form and what is not asked are taken over.
    """
    department = str(given["department"]).split()[0]
    modes, days = list(given["modes"]), str(given["days"])
    level = LEVELS.index(given["level"]) + 1
    base = {
        key: value for key, value in (like or {}).items() if key in ("fields", "questions", "four_eyes", "eligibility")
    }
    unknown = [] if days else [NOT_KNOWN]
    return {
        "id": given["id"],
        "name": given["name"],
        "call_it": given["call_it"],
        "spoken_names": list(dict.fromkeys(given["spoken_names"])),
        "summary": given["summary"],
        "department": department,
        "agency": given["agency"],
        "window": catalog.departments[department].window,
        "type": given["type"],
        "levels": {"accept": str(given["accept"]), "decide": str(given["decide"])},
        "modes": [str(mode) for mode in modes],
        "zero_trip": Mode.ZERO_TRIP in modes,
        "kiosk": Mode.KIOSK in modes,
        "time_limit": {"promised": {"days": int(days)}} if days else {},
        "fee": {"free": given["free"] == "不收费"},
        "identity": {"level": level, "face": level == 3},
        "applicants": [{"kind": APPLICANTS[label], "label": label} for label in given["applicants"]],
        "conditions": list(given["conditions"]),
        "materials": [_material(line) for line in given["materials"]],
        "fields": [{"use": "name"}, {"use": "id_number"}, {"use": "phone"}],
        "next_step": given["next_step"],
        **base,
        **({"unknown": unknown} if unknown else {}),
        "legal_basis": list(given["legal_basis"]),
        "confidence": "low",
        "source": given["source"],
        "last_reviewed": today,
        "opening": given["opening"],
    }


def write_new(raw: Mapping[str, Any], root: Path = CATALOG_DIR) -> Path:
    """Write a new item's file and give its path. Nothing that is there is overwritten: raises FileExistsError.

    Raises ValidationError where the item would not load, and writes nothing then.
    """
    shared = read_mapping(root / "fields.yml")["shared"]
    Item.model_validate({**raw, "fields": [expanded(each, shared) for each in raw["fields"]]})
    path = root / "items" / str(raw["department"]) / f"{raw['id']}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(written_item(raw, path, root))
    return path


def written_item(raw: Mapping[str, Any], path: Path, root: Path = CATALOG_DIR) -> str:
    """The text of a new item's file, its keys in the order of the schema."""
    order = list(Item.model_fields)
    keys = sorted(raw, key=lambda key: order.index(key) if key in order else len(order))
    return header(path, root) + "".join(entry(key, raw[key]) for key in keys)


def _material(line: str) -> dict[str, str] | None:
    name, _, form = line.strip().rpartition(" ")
    return {"name": name.strip(), "form": form} if name.strip() and form in set(MaterialForm) else None
