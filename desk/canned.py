"""Canned replies: sentences clerks say often, with what is known of the matter filled in."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from desk.views import CannedReply

CANNED = Path(__file__).parent / "canned.yml"
VARIABLES = frozenset({"item", "number", "promised", "window", "hours", "me"})
_VARIABLE = re.compile(r"\{(\w+)\}")


class Template(BaseModel):
    """A canned reply as maintainers write it."""

    model_config = ConfigDict(extra="forbid")

    key: str
    title: str
    text: str

    @property
    def variables(self) -> set[str]:
        """The variables in its text."""
        return set(_VARIABLE.findall(self.text))


@lru_cache(maxsize=1)
def templates() -> list[Template]:
    """The replies of `canned.yml`. Raises ValueError, naming the reply, where one has an unknown variable."""
    found = [Template.model_validate(entry) for entry in yaml.safe_load(CANNED.read_text(encoding="utf-8"))]
    for template in found:
        if unknown := template.variables - VARIABLES:
            raise ValueError(f"canned.yml 的 {template.key} 里有不认识的变量：{'、'.join(sorted(unknown))}")
    return found


def filled(values: Mapping[str, str | None]) -> list[CannedReply]:
    """Those replies all of whose variables are known, filled."""
    known = {key: value for key, value in values.items() if value}
    return [
        CannedReply(key=template.key, title=template.title, text=template.text.format(**known))
        for template in templates()
        if template.variables <= known.keys()
    ]
