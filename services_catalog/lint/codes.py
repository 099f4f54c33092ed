"""The codes of findings, each explained once, in `codes.yml`; a code once given keeps its meaning."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from services_catalog.lint.finding import Severity


class Code(BaseModel):
    """What a code means. `wrong` and `right` are keys of an item, or, by `file`, a whole file; tests lint both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    severity: Severity
    summary: str
    remedy: str
    wrong: str | None = None
    right: str | None = None
    file: str | None = None


@cache
def codes() -> Mapping[str, Code]:
    """Every code with its explanation, in the order in which they are explained."""
    content = (Path(__file__).parent / "codes.yml").read_text(encoding="utf-8")
    entries = TypeAdapter(list[Code]).validate_python(yaml.safe_load(content))
    return MappingProxyType({entry.code: entry for entry in entries})
