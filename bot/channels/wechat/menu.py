"""The account's menu: written by maintainers as words to say, told to WeChat as buttons."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

MENU_FILE = Path(__file__).with_name("menu.yml")
MOST_BUTTONS, MOST_ITEMS = 3, 5
MOST_NAME_BYTES, MOST_ITEM_NAME_BYTES, MOST_KEY_BYTES = 16, 60, 128
"""WeChat's limits, in UTF-8 bytes."""


class MenuFault(Exception):
    """The menu file cannot be used; a sentence that names the entry."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    say: str | None = None


class _Button(_Entry):
    items: list[_Entry] = []

    @model_validator(mode="after")
    def _says_or_opens(self) -> "_Button":
        if bool(self.items) == bool(self.say):
            raise ValueError(f"“{self.name}”要么写 say，要么写 items")
        return self


def load_menu(path: Path = MENU_FILE) -> dict[str, Any]:
    """The menu as WeChat takes it. Raises MenuFault."""
    try:
        buttons = TypeAdapter(list[_Button]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise MenuFault(f"{path.name} 读不了：{error}") from None
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise MenuFault(f"{path.name} 应当有 1 到 {MOST_BUTTONS} 个大项")
    return {"button": [_button(button, path.name) for button in buttons]}


def _button(button: _Button, file: str) -> dict[str, Any]:
    _within(button.name, MOST_NAME_BYTES, file)
    if button.say:
        return _click(button, file)
    if len(button.items) > MOST_ITEMS:
        raise MenuFault(f"{file} 里“{button.name}”下面最多 {MOST_ITEMS} 个小项")
    for item in button.items:
        _within(item.name, MOST_ITEM_NAME_BYTES, file)
    return {"name": button.name, "sub_button": [_click(item, file) for item in button.items]}


def _click(entry: _Entry, file: str) -> dict[str, Any]:
    """A button whose key is what it says, so that a click reads like a message."""
    if not entry.say:
        raise MenuFault(f"{file} 里“{entry.name}”没有写 say")
    _within(entry.say, MOST_KEY_BYTES, file)
    return {"type": "click", "name": entry.name, "key": entry.say}


def _within(text: str, most: int, file: str) -> None:
    if not 1 <= len(text.encode()) <= most:
        raise MenuFault(f"{file} 里“{text}”太长或是空的，最多 {most // 3} 个字")
