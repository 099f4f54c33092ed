"""JSON Schemas of the catalogue's files, so that a maintainer's editor completes keys and marks what is wrong.

They are made from the pydantic models. What only the loader can tell, such as a key given twice, is not in them.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services_catalog.loader import CATALOG_DIR
from services_catalog.schema import Department, FormField, Item, Window
from services_catalog.yaml_source import read_mapping

SCHEMA_DIR = "schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def header(path: Path, root: Path = CATALOG_DIR) -> str:
    """The first line of a catalogue file, naming its schema by a relative path, as editors look for it."""
    relative = path.relative_to(root)
    kind = {"items": "item", "utterances": "utterances"}.get(relative.parts[0], path.stem)
    return f"# yaml-language-server: $schema={'../' * (len(relative.parts) - 1)}{SCHEMA_DIR}/{kind}.schema.json\n"


def write_schemas(root: Path = CATALOG_DIR) -> list[Path]:
    """Write every schema below `root` and give the paths of those that changed. Raises CatalogError of fields.yml."""
    folder = root / SCHEMA_DIR
    folder.mkdir(exist_ok=True)
    changed = []
    for name, schema in schemas(root).items():
        path, content = folder / name, json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            changed.append(path)
    return changed


def schemas(root: Path = CATALOG_DIR) -> dict[str, Schema]:
    """The schema of each kind of file by file name; `use` takes the names in fields.yml, which is read."""
    shared = read_mapping(root / "fields.yml").get("shared")
    labels = {
        str(name): str(field.get("label", name)) if isinstance(field, dict) else str(name)
        for name, field in (shared.items() if isinstance(shared, dict) else ())
    }
    return {
        "item.schema.json": _item(labels),
        "fields.schema.json": _fields(),
        "departments.schema.json": _list_of(Department, "departments", "部门组", "12 个部门组"),
        "windows.schema.json": _list_of(Window, "windows", "综合窗口", "便民服务中心的综合窗口"),
        "utterances.schema.json": _utterances(),
    }


def _item(labels: dict[str, str]) -> Schema:
    schema = _root(Item, "事项", "一个事项：居民听到的、被问到的，都从这里来")
    schema["properties"]["fields"]["items"] = {
        "if": {"type": "object", "required": ["use"]},
        "then": {"$ref": "#/$defs/SharedField"},
        "else": {"$ref": "#/$defs/FormField"},
    }
    schema["$defs"]["FormField"] = _may_be_null(schema["$defs"]["FormField"])
    schema["$defs"]["SharedField"] = _shared_field(schema["$defs"]["FormField"], labels)
    return schema


def _shared_field(own: Schema, labels: dict[str, str]) -> Schema:
    """A field taken from fields.yml: nothing but `use` is needed, and any key may be changed."""
    use = {
        "type": "string",
        "enum": list(labels),
        "description": "用 fields.yml 里的共用问题："
        + "、".join(f"{name} {label}" for name, label in labels.items())
        + "；后面写的键改掉其中几项",
    }
    return {**own, "properties": {"use": use, **own["properties"]}, "required": ["use"]}


def _may_be_null(own: Schema) -> Schema:
    """A field whose optional keys may say null, as the loader takes it: so a shared one is taken away."""
    nullable = {
        key: {
            "anyOf": [{k: v for k, v in entry.items() if k != "description"}, {"type": "null"}],
            **_description(entry),
        }
        for key, entry in own["properties"].items()
        if key not in own["required"] and "default" not in entry
    }
    return {**own, "properties": {**own["properties"], **nullable}}


def _description(entry: Schema) -> Schema:
    return {key: value for key, value in entry.items() if key == "description"}


def _fields() -> Schema:
    schema = _wrapped(FormField)
    own = schema["$defs"]["FormField"]
    unnamed = {key: value for key, value in own["properties"].items() if key != "key"}
    required = [key for key in own["required"] if key != "key"]
    schema["$defs"]["Shared"] = {**own, "properties": unnamed, "required": required}
    properties = {
        "shared": {
            "type": "object",
            "additionalProperties": {"$ref": "#/$defs/Shared"},
            "description": "各事项共用的问题，按名字；事项里写 use: 名字",
        },
        "proxy": {
            "type": "array",
            "items": {"$ref": "#/$defs/FormField"},
            "description": "替别人办的时候，再问代办人的问题",
        },
    }
    return {**schema, "title": "共用问题", **_object(properties)}


def _list_of(model: type[BaseModel], key: str, title: str, description: str) -> Schema:
    entries = {"type": "array", "items": {"$ref": f"#/$defs/{model.__name__}"}, "description": description}
    return {**_wrapped(model), "title": title, **_object({key: entries})}


def _utterances() -> Schema:
    sentences = {"type": "array", "items": {"type": "string", "minLength": 1}, "description": "居民会说的话，一条一句"}
    by_intent = {
        "type": "object",
        "additionalProperties": sentences,
        "description": "按意图：apply 想办、ask_conditions 问条件、ask_materials 问材料、ask_time 问多久……",
    }
    by_voice = {
        "type": "object",
        "additionalProperties": by_intent,
        "description": "按口气写的说法：谁在说（grandma 奶奶、son 急性子的儿子……），下面按意图",
    }
    properties = {"utterances": by_intent, "voices": by_voice}
    return {"$schema": DIALECT, "title": "居民说法", **_object(properties), "required": ["utterances"]}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _root(model: type[BaseModel], title: str, description: str) -> Schema:
    wrapped = _wrapped(model)
    own = wrapped["$defs"].pop(model.__name__)
    return {"$schema": DIALECT, "title": title, "description": description, **own, "$defs": wrapped["$defs"]}


def _wrapped(model: type[BaseModel]) -> Schema:
    _, schema = models_json_schema([(model, "validation")], ref_template="#/$defs/{model}")
    definitions = {name: _for_editors(entry) for name, entry in schema["$defs"].items()}
    for entry in definitions.values():
        entry.pop("description", None)  # the models' docstrings are for programmers
    return {"$schema": DIALECT, "$defs": definitions}


def _for_editors(schema: Any, *, names: bool = False) -> Any:
    """Without pydantic's titles, and without null, which nobody has to write: a key is left out instead.

    With `names` the keys are those of a maintainer, among which `title` is a key like others.
    """
    if isinstance(schema, list):
        return [_for_editors(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if names:
        return {key: _for_editors(value) for key, value in schema.items()}
    kept = {
        key: _for_editors(value, names=key == "properties")
        for key, value in schema.items()
        if key != "title" and not (key == "default" and value is None)
    }
    choices = [each for each in kept.get("anyOf", []) if each != {"type": "null"}]
    if len(choices) == 1 and "anyOf" in kept:
        del kept["anyOf"]
        return {**choices[0], **kept}
    return kept
