"""The command line. Only the module of the command that was asked for is imported, so that it starts fast."""

import functools
import importlib
import signal
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import typer

from app.settings import SettingsError
from app.setup.errors import SetupError

COMMANDS = (
    "up",
    "doctor",
    "chat",
    "simulate",
    "bench",
    "wechat",
    "outbox",
    "kyc",
    "resident",
    "case",
    "catalog",
    "nlu",
    "clerk",
    "crash",
    "dev",
    "test",
)

Command = Callable[..., Any]

_HELP = """1call办：街道办事对话助手。

第一次使用：./onecall up"""


def main() -> None:
    """Run the command asked for. SIGTERM unwinds like Ctrl-C, so that children end."""
    signal.signal(signal.SIGTERM, _terminated)
    asked = sys.argv[1] if len(sys.argv) > 1 else "--help"
    if asked not in COMMANDS and not asked.startswith("-"):
        typer.echo(f"没有 {asked} 这个命令。可用的命令：{'、'.join(COMMANDS)}", err=True)
        sys.exit(2)
    line = command_line([asked] if asked in COMMANDS else COMMANDS)
    line(args=sys.argv[1:] or ["--help"], prog_name="./onecall")


def command_line(names: list[str] | tuple[str, ...] = COMMANDS) -> typer.Typer:
    """The command line with the commands of those names."""
    line = typer.Typer(
        help=_HELP,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    line.callback()(lambda: None)
    for name in names:
        _add(line, name, importlib.import_module(f"app.commands.{name}"))
    return line


def _add(line: typer.Typer, name: str, module: ModuleType) -> None:
    """Add the command of a module, or, where it has `COMMANDS`, a group of them by name."""
    commands: dict[str, Command | dict[str, Command]] | None = getattr(module, "COMMANDS", None)
    if commands is None:
        line.command(name, help=module.HELP)(_explained(module.run))
    else:
        line.add_typer(_group(commands), name=name, help=module.HELP)


def _group(commands: Mapping[str, Command | dict[str, Command]]) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for name, command in commands.items():
        if isinstance(command, dict):
            group.add_typer(_group(command), name=name)
        else:
            group.command(name)(_explained(command))
    return group


def _explained(run: Callable[..., Any]) -> Callable[..., Any]:
    """The command, with a sentence where it would end in an expected error: exit 1, or 130 after Ctrl-C."""

    @functools.wraps(run)
    def explained(*arguments: Any, **options: Any) -> Any:
        try:
            return run(*arguments, **options)
        except SetupError as error:
            typer.echo(f"✗ {error.sentence}\n  {error.remedy}".rstrip(), err=True)
        except SettingsError as error:
            typer.echo(f"✗ {error}", err=True)
        except KeyboardInterrupt:
            typer.echo("已停止。", err=True)
            raise typer.Exit(130) from None
        except Exception as error:
            sentence = _sentence(error)
            if sentence is None:
                raise
            typer.echo(f"✗ {sentence}\n  请运行 ./onecall doctor 检查。", err=True)
        raise typer.Exit(1)

    return explained


def _sentence(error: Exception) -> str | None:
    """What a failed start says of itself, where that is meant for people. Imported late, to start fast."""
    from app.engine_process import EngineError
    from bot.channels.wechat.menu import MenuFault
    from records.keys import KeyFault
    from services_catalog.loader import CatalogErrors

    return str(error) if isinstance(error, EngineError | KeyFault | CatalogErrors | MenuFault) else None


def _terminated(*_: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)
