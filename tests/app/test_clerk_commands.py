"""Accounts of the desk are opened, listed, changed and closed by command."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import command_line
from app.database import migrate
from app.settings import settings
from desk import attempts
from desk.models import Clerk
from records.database import Database
from records.encryption import use_keys
from records.keys import load_keys
from tests.desk.conftest import quick_hashes as quick_hashes
from tests.desk.staff import PASSWORD

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An installation without accounts."""
    monkeypatch.setenv("ONECALL_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    use_keys(load_keys(None, tmp_path / "key"))
    url = settings().resolved_database_url()
    asyncio.run(migrate(url))
    yield url
    settings.cache_clear()


def _run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(command_line(["clerk"]), ["clerk", *words], input=typed)


def _added(login: str = "wangmin", *more: str) -> Result:
    return _run("add", login, "--name", "王敏", "--password-stdin", *more, typed=f"{PASSWORD}\n")


def _listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(_run("list", "--json").stdout)
    return found


def _gets_in(url: str, password: str, login: str = "wangmin") -> bool:
    async def work() -> Clerk | None:
        database = Database(url)
        try:
            return await attempts.by_password(database.session, login, password)
        finally:
            await database.close()

    return asyncio.run(work()) is not None


def test_an_account_is_opened_and_gets_in(url: str) -> None:
    assert _run("list").stdout.strip() == "还没有账号。请用 ./onecall clerk add 开一个。"
    added = _added("WangMin")
    assert (added.exit_code, "王敏 可以用 WangMin 在 /desk 登录了" in added.stdout) == (0, True)
    assert _gets_in(url, PASSWORD)
    [told] = _listed()
    assert (told["login"], told["role"], told["windows"], told["departments"]) == ("wangmin", "clerk", ["*"], [])
    assert (told["password"], told["totp"], told["openid"], told["active"]) == (True, False, False, True)
    shown = _run("list").stdout
    assert all(word in shown for word in ("wangmin", "王敏", "办事员", "全部", "密码", "能用"))


def test_a_password_that_is_asked_for_is_asked_twice_and_not_shown(url: str) -> None:
    assert _run("add", "wangmin", "--name", "王敏", typed=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    differs = _run("add", "lijing", "--name", "李静", typed=f"{PASSWORD}\nanother one\n")
    assert (differs.exit_code, "两遍不一样" in differs.output) == (1, True)
    assert PASSWORD not in differs.output
    assert [each["login"] for each in _listed()] == ["wangmin"]


def test_windows_and_departments_are_those_of_the_catalogue(url: str) -> None:
    assert _added("a1", "--window", "chuangkou-2", "--window", "chuangkou-1").exit_code == 0
    assert _added("a2", "--department", "gongan").exit_code == 0
    assert [(each["windows"], each["departments"]) for each in _listed()] == [
        (["chuangkou-1", "chuangkou-2"], []),
        (["*"], ["gongan"]),
    ]
    for wrong, said in (("--window", "没有综合窗口 nowhere"), ("--department", "没有受限部门 nowhere，只有 gongan")):
        refused = _added("a3", wrong, "nowhere")
        assert (refused.exit_code, said in refused.output) == (2, True)
    assert _added("a3", "--department", "minzheng").exit_code == 2, "what is general is not given by department"
    assert len(_listed()) == 2


@pytest.mark.parametrize(
    ("login", "typed", "said"),
    [
        ("wangmin", PASSWORD, "已经有人用了"),
        ("王 敏", PASSWORD, "登录名要"),
        ("lijing", "short", "至少要 10 个字"),
        ("lijing", "", "至少要 10 个字"),
        ("lijing", "1234567890", "太常见"),
        ("lijing2026", "LiJing2026", "不能和登录名一样"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(url: str, login: str, typed: str, said: str) -> None:
    _added()
    refused = _run("add", login, "--name", "李静", "--password-stdin", typed=f"{typed}\n")
    assert (refused.exit_code, said in refused.output) == (1, True)
    assert len(_listed()) == 1


def test_rights_are_changed(url: str) -> None:
    _added()
    assert _run("rights", "wangmin", "--role", "supervisor", "--window", "chuangkou-3").exit_code == 0
    assert [(each["role"], each["windows"]) for each in _listed()] == [("supervisor", ["chuangkou-3"])]
    assert _run("rights", "wangmin", "--department", "gongan").exit_code == 0
    assert [(each["role"], each["windows"], each["departments"]) for each in _listed()] == [
        ("supervisor", ["chuangkou-3"], ["gongan"])
    ]
    assert _run("rights", "wangmin", "--window", "all", "--department", "none").exit_code == 0
    assert [(each["windows"], each["departments"]) for each in _listed()] == [(["*"], [])]


def test_another_password_is_set(url: str) -> None:
    _added()
    assert _run("password", "wangmin", "--password-stdin", typed="another password\n").exit_code == 0
    assert (_gets_in(url, PASSWORD), _gets_in(url, "another password")) == (False, True)


def test_an_account_is_locked_and_unlocked_also_after_too_many_wrong_passwords(url: str) -> None:
    _added()
    assert _run("lock", "wangmin").exit_code == 0
    assert not _gets_in(url, PASSWORD)
    assert "停用" in _run("list").stdout
    assert _run("unlock", "wangmin").exit_code == 0
    assert _gets_in(url, PASSWORD)
    assert [_gets_in(url, "wrong password") for _ in range(5)] == [False] * 5
    assert not _gets_in(url, PASSWORD)
    _run("unlock", "wangmin")
    assert _gets_in(url, PASSWORD)


def test_codes_are_set_up_by_a_picture_and_taken_away(url: str) -> None:
    _added()
    shown = _run("totp", "wangmin")
    assert shown.exit_code == 0
    assert "otpauth://totp/" in shown.stdout and "secret=" in shown.stdout and "▄" in shown.stdout
    assert [each["totp"] for each in _listed()] == [True]
    assert _run("totp", "wangmin", "--off").exit_code == 0
    assert [each["totp"] for each in _listed()] == [False]


def test_an_account_of_the_office_is_bound_and_let_go(url: str) -> None:
    assert _run("add", "wangmin", "--name", "王敏", "--no-password").exit_code == 0
    assert "单位账号，还没用过" in _run("list").stdout
    assert _run("openid", "wangmin", "--subject", "8f2c41").exit_code == 0
    _added("lijing")
    taken = _run("openid", "lijing", "--subject", "8f2c41")
    assert (taken.exit_code, "已经绑定给别人了" in taken.output) == (1, True)
    assert [each["openid"] for each in _listed()] == [False, True]
    assert _run("openid", "wangmin", "--off").exit_code == 0
    assert [each["openid"] for each in _listed()] == [False, False]
    for words in ((), ("--subject", ""), ("--subject", "a", "--off")):
        assert _run("openid", "wangmin", *words).exit_code == 2


@pytest.mark.parametrize("command", ["rights", "lock", "unlock", "totp", "password", "openid"])
def test_an_account_that_is_not_there_is_told(url: str, command: str) -> None:
    more = {"openid": ["--off"], "password": ["--password-stdin"]}.get(command, [])
    told = _run(command, "nobody", *more, typed=f"{PASSWORD}\n")
    assert (told.exit_code, "没有这个账号" in told.output) == (1, True)


@pytest.mark.parametrize("command", ["add", "list", "rights", "password", "lock", "unlock", "totp", "openid"])
def test_every_commands_help_has_an_example(command: str) -> None:
    shown = _run(command, "--help")
    assert (shown.exit_code, f"例：./onecall clerk {command}" in shown.output) == (0, True)
