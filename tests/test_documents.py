"""What the documents promise is there: settings, links, commands, and nothing of the machine they were written on."""

import re
from pathlib import Path

import pytest

from app.cli import COMMANDS
from app.settings import PROJECT_DIR, Settings

SETTING = re.compile(r"^\| `ONECALL_(?P<name>[A-Z_]+)` \| (?P<default>.+?) \| (?P<meaning>.+) \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<inline>[^)\s]+)\)|<(?:img|a)\b[^>]*?\b(?:src|href)=\"(?P<html>[^\"]+)\"")
COMMAND = re.compile(r"\./onecall ([a-z][a-z-]*)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
MACHINE_PATH = re.compile(r"(?<![\w.~/])(?:~|/(?:home|root|work|tmp|usr|opt|var|etc|mnt|srv|Users))/|\b[A-Z]:\\")
UNSET = "不填"


def documents() -> list[Path]:
    found = (path.relative_to(PROJECT_DIR) for path in PROJECT_DIR.rglob("*.md"))
    return sorted(path for path in found if not any(part.startswith(".") for part in path.parts))


DOCUMENTS = documents()
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=str)


def text_of(document: Path) -> str:
    return (PROJECT_DIR / document).read_text(encoding="utf-8")


def shown(default: object) -> str:
    if default in (None, "", frozenset()):
        return UNSET
    return f"`{default.relative_to(PROJECT_DIR) if isinstance(default, Path) else default}`"


def test_the_settings_table_is_what_the_program_reads() -> None:
    told = {
        found["name"]: (found["default"], found["meaning"])
        for found in SETTING.finditer(text_of(Path("docs/settings.md")))
    }
    read = {name.upper(): (shown(field.default), field.description) for name, field in Settings.model_fields.items()}
    assert told == read


def test_the_readers_of_each_document_find_it() -> None:
    expected = {"README.md", "README.zh-CN.md", "CONTEXT.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/architecture.md"}
    assert expected <= {document.as_posix() for document in DOCUMENTS}


@every_document
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    prose = CODE.sub("", text_of(document))
    targets = [found["inline"] or found["html"] for found in LINK.finditer(prose)]
    within = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    assert [target for target in within if not (PROJECT_DIR / document.parent / target).exists()] == []


@every_document
def test_every_command_spoken_of_exists(document: Path) -> None:
    assert set(COMMAND.findall(text_of(document))) <= set(COMMANDS)


def test_the_readme_shows_every_command() -> None:
    assert set(COMMAND.findall(text_of(Path("README.md")))) == set(COMMANDS)


@every_document
def test_no_document_names_a_path_outside_the_project(document: Path) -> None:
    assert MACHINE_PATH.findall(text_of(document)) == []


def test_the_decisions_are_numbered_without_gaps() -> None:
    records = sorted((PROJECT_DIR / "docs" / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
