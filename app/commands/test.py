"""`./onecall test`: every check and every test of the project, in sequence."""

import os
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.settings import settings
from app.setup import Paths, Progress, prepare, project_paths
from app.setup.browser import INSTALL, browser_missing, prepare_browser
from app.setup.children import run as run_child
from app.setup.photographs import prepare_photographs

HELP = """准备好一切并运行全部检查和测试。

例：./onecall test

只运行一部分应用测试（-- 后面的交给 pytest）：./onecall test -- -k 名字"""

_MOST_WORKERS = 4
"""Each may come to have a service and a browser of its own, of about 1.5 GB."""
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Outcome:
    """What a part came to; `status` is the exit status of its program."""

    status: int
    passed: int
    failed: int
    skipped: int = 0


@dataclass(frozen=True)
class Part:
    """One heading of the run."""

    name: str
    run: Callable[[], Outcome]


def run(
    arguments: Annotated[list[str] | None, typer.Argument(metavar="-- PYTEST参数", help="交给 pytest 的参数")] = None,
) -> None:
    """Run every part, whatever fails, and exit with the status of the first that failed.

    The last line is `N passed, N failed`, where a linter counts as one check.
    """
    paths, progress = project_paths(), Progress()
    prepare(paths, progress)
    prepare_browser(paths, progress)
    prepare_photographs(paths, progress)
    parts = _chosen(paths, arguments) if arguments else _all(paths)
    outcomes: list[tuple[Part, Outcome]] = []
    for part in parts:
        print(f"\n━━ {part.name} ━━", flush=True)
        outcomes.append((part, part.run()))
    raise typer.Exit(_report(outcomes))


def _report(outcomes: list[tuple[Part, Outcome]]) -> int:
    print("\n━━ 结果 ━━")
    for part, outcome in outcomes:
        skipped = f"，跳过 {outcome.skipped}" if outcome.skipped else ""
        mark = "✓" if outcome.status == 0 else "✗"
        print(f"{mark} {part.name}：通过 {outcome.passed}，失败 {outcome.failed}{skipped}")
    passed = sum(outcome.passed for _, outcome in outcomes)
    failed = sum(outcome.failed for _, outcome in outcomes)
    print(f"{passed} passed, {failed} failed", flush=True)
    return next((outcome.status for _, outcome in outcomes if outcome.status), 0)


def _all(paths: Paths) -> list[Part]:
    parts = [
        _check(paths, "代码规则（ruff check）", "-m", "ruff", "check", "."),
        _check(paths, "代码格式（ruff format）", "-m", "ruff", "format", "--check", "."),
        _check(paths, "类型（mypy）", "-m", "mypy", "."),
        _check(paths, "模块层次（import-linter）", "-c", _LINT_IMPORTS),
        Part("浏览器（测试用）", _browser),
    ]
    if (paths.engine / "tests").is_dir():
        tests = ["bot/engine/tests"]
        parts.append(Part("引擎组件测试", lambda: _pytest(paths, "engine", paths.engine_python, tests)))
    whole = ["tests", "-n", str(_workers()), "--dist", "worksteal"]
    parts.append(Part("应用测试和端到端测试", lambda: _pytest(paths, "application", Path(sys.executable), whole)))
    return parts


def _workers() -> int:
    """As many as there are cores: with more, what stands before a camera or a clock is starved now and then."""
    return max(2, min(os.cpu_count() or 1, _MOST_WORKERS))


def _chosen(paths: Paths, arguments: list[str]) -> list[Part]:
    return [Part("应用测试（部分）", lambda: _pytest(paths, "chosen", Path(sys.executable), arguments))]


def _check(paths: Paths, name: str, *command: str) -> Part:
    def check() -> Outcome:
        status = run_child([sys.executable, *command], cwd=paths.root)
        return Outcome(status, passed=int(status == 0), failed=int(status != 0))

    return Part(name, check)


def _browser() -> Outcome:
    missing = browser_missing()
    if missing:
        print(f"缺少{missing}，网页测试不能运行。请运行：{INSTALL}")
        return Outcome(1, passed=0, failed=1)
    print("有 Chromium 和中文字体")
    return Outcome(0, passed=1, failed=0)


def _pytest(paths: Paths, name: str, python: Path, arguments: list[str]) -> Outcome:
    results = paths.local / "test" / f"{name}.xml"
    results.unlink(missing_ok=True)
    environment = {
        "PYTHONPATH": str(paths.root),
        "PYTHONUTF8": "1",
        "ONECALL_LOCAL_DIR": str(settings().local_dir),
        "ONECALL_INDEX": str(paths.index),
    }
    command: list[str | Path] = [python, "-m", "pytest", *arguments, f"--junitxml={results}"]
    status = run_child(command, cwd=paths.root, environment=environment)
    return counted(results, status)


def counted(results: Path, status: int) -> Outcome:
    """The outcome told by a JUnit XML file. A run that fails without naming a test counts as one failure."""
    tests = failed = skipped = 0
    if results.is_file():
        for suite in ElementTree.parse(results).getroot().iter("testsuite"):  # noqa: S314 - pytest wrote it
            tests += int(suite.get("tests", 0))
            failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped += int(suite.get("skipped", 0))
    passed = max(tests - failed - skipped, 0)
    return Outcome(status, passed, max(failed, int(status != 0)), skipped)
