"""What an editor is told of the catalogue's files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from services_catalog.json_schema import SCHEMA_DIR, header, schemas, write_schemas
from services_catalog.loader import CATALOG_DIR

FILES = [
    *sorted(CATALOG_DIR.glob("items/*/*.yml")),
    *sorted(CATALOG_DIR.glob("utterances/*/*.yml")),
    *(CATALOG_DIR / f"{name}.yml" for name in ("departments", "windows", "fields")),
]
ITEM = CATALOG_DIR / "items" / "canlian" / "canji-zheng-shenling.yml"


def _data(path: Path) -> Any:
    """A file as an editor sees it: dates are texts."""
    return json.loads(json.dumps(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader), default=str))


def _wrong(data: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schemas()["item.schema.json"]).iter_errors(data)]


def test_the_schemas_in_the_repository_are_current() -> None:
    for name, schema in schemas().items():
        Draft202012Validator.check_schema(schema)
        written = (CATALOG_DIR / SCHEMA_DIR / name).read_text(encoding="utf-8")
        assert json.loads(written) == schema, f"{name}：请运行 ./onecall catalog schema"


def test_every_file_names_its_schema_in_its_first_line_and_keeps_to_it() -> None:
    validators = {name: Draft202012Validator(schema) for name, schema in schemas().items()}
    for path in FILES:
        first = path.read_text(encoding="utf-8").splitlines(keepends=True)[0]
        assert first == header(path), path
        named = path.parent / first.strip().partition("=")[2]
        assert named.resolve().exists(), path
        assert [error.message for error in validators[named.name].iter_errors(_data(path))] == [], path


def test_every_key_is_explained_in_chinese() -> None:
    for name, schema in schemas().items():
        for key, entry in _properties(schema):
            described = entry.get("description", "")
            assert described and not described.isascii(), f"{name}: {key}"


def _properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, list):
        for each in schema:
            yield from _properties(each)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for each in schema.values():
            yield from _properties(each)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": "红"}, "colour"),
        ({"levels": {"accept": "省", "decide": "区"}}, "省"),
        ({"fields": [{"use": "fax"}]}, "fax"),
        ({"fields": [{"key": "x"}]}, "question"),
        ({"identity": {"level": 4}}, "4"),
        ({"conditions": []}, "[]"),
    ],
)
def test_an_editor_marks_what_the_loader_would_refuse(change: dict[str, Any], told: str) -> None:
    data = _data(ITEM)
    assert _wrong(data) == []
    assert any(told in message for message in _wrong(data | change))


def test_a_shared_field_needs_nothing_but_its_name_and_may_lose_a_key() -> None:
    assert _wrong(_data(ITEM) | {"fields": [{"use": "name"}, {"use": "phone", "prefill": None}]}) == []


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "fields.yml").write_text((CATALOG_DIR / "fields.yml").read_text(encoding="utf-8"), encoding="utf-8")
    assert {path.name for path in write_schemas(tmp_path)} == set(schemas())
    assert write_schemas(tmp_path) == []
