"""`./onecall catalog`: is the catalogue right, how good is it, and all that its maintainers do with it."""

from typing import Annotated

import typer

HELP = """检查和维护事项目录。

例：./onecall catalog lint"""


def lint(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")] = False,
) -> None:
    """检查事项目录，一次列出全部问题。

    例：./onecall catalog lint
    """


COMMANDS = {
    "lint": lint,
    # Commands that change or publish the catalogue stand in modules of their own: **catalog_editing.COMMANDS, ...
}
