import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import COMMANDS, command_line
from app.commands import up
from app.commands.test import Outcome, Part, _report, counted
from app.doctor import Finding, _key_file, is_well
from app.settings import settings

ROOT = Path(__file__).parents[2]

JUNIT = """<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"></testsuite></testsuites>"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_has_an_example(command: str) -> None:
    shown = CliRunner().invoke(command_line([command]), [command, "--help"])
    assert shown.exit_code == 0
    assert f"./onecall {command}" in shown.output
    assert "例：" in shown.output


def test_help_names_every_command() -> None:
    shown = run("--help").stdout
    assert all(f"  {command} " in shown for command in COMMANDS)


def test_without_a_command_it_shows_the_help() -> None:
    shown = run()
    assert shown.returncode == 0
    assert "./onecall up" in shown.stdout


def test_a_command_that_does_not_exist_is_answered_with_those_that_do() -> None:
    answered = run("upp")
    assert answered.returncode == 2
    assert "没有 upp 这个命令" in answered.stderr
    assert "up、" in answered.stderr


def test_a_port_in_use_is_named_before_anything_is_set_up() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answered = run("up", "--port", str(port))
    assert answered.returncode == 1
    assert f"端口 {port} 已被别的程序占用" in answered.stderr
    assert "--port" in answered.stderr


def test_a_host_that_is_not_this_machine_is_refused() -> None:
    answered = run("up", "--host", "203.0.113.7")
    assert answered.returncode == 1
    assert "不能在地址 203.0.113.7 上提供服务" in answered.stderr


def test_a_wrong_setting_is_named() -> None:
    answered = subprocess.run(
        [sys.executable, "-m", "app", "up", "--port", "59999"],
        cwd=ROOT,
        env={**os.environ, "ONECALL_STREET_CODE": "12"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answered.returncode == 1
    assert "ONECALL_STREET_CODE" in answered.stderr


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),
        ("::1", "http://[::1]:8000/"),
        ("office.example", "http://office.example:8000/"),
    ],
)
def test_the_address_shown_can_be_opened(host: str, address: str) -> None:
    assert address in up._addresses(host, 8000)


# ./onecall test


def test_tests_are_counted_from_what_pytest_wrote(tmp_path: Path) -> None:
    results = tmp_path / "results.xml"
    results.write_text(JUNIT)
    assert counted(results, 1) == Outcome(1, passed=3, failed=2, skipped=2)


def test_a_run_that_broke_before_its_first_test_counts_as_a_failure(tmp_path: Path) -> None:
    assert counted(tmp_path / "none.xml", 4) == Outcome(4, passed=0, failed=1)


def test_the_last_line_sums_up_and_the_first_failure_gives_the_status(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes = [Outcome(0, 1, 0), Outcome(3, 2, 1), Outcome(1, 0, 2)]
    parts = [Part(name, lambda: outcomes[0]) for name in ("甲", "乙", "丙")]
    assert _report(list(zip(parts, outcomes, strict=True))) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "3 passed, 3 failed"
    assert "✗ 乙：通过 2，失败 1" in lines


# ./onecall doctor


def test_a_key_file_that_others_can_read_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECALL_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    try:
        assert [finding.state for finding in _key_file()] == ["made_by_up"]
        (tmp_path / "key").touch(0o644)
        assert [finding.state for finding in _key_file()] == ["broken"]
        (tmp_path / "key").chmod(0o600)
        assert [finding.state for finding in _key_file()] == ["ok"]
    finally:
        settings.cache_clear()


def test_advice_does_not_stop_a_start_but_what_is_missing_does() -> None:
    fine = [Finding("a", "ok", ""), Finding("b", "advice", "")]
    assert is_well(fine)
    assert not is_well([*fine, Finding("c", "made_by_up", "")])
    assert not is_well([*fine, Finding("d", "broken", "")])
