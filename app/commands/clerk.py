"""`./onecall clerk`: who may sign in at the desk, and what they may work on."""

import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from app.database_session import in_session
from bot.conversation.duty import EVERY_WINDOW
from desk import accounts
from desk.accounts import AccountRefused
from desk.models import Clerk, Role
from desk.passwords import PasswordFault, PasswordRefused
from desk.trail import COMMAND

Result = TypeVar("Result")

HELP = """管理办事台的账号：谁能登录、办哪些窗口和部门的事。

例：./onecall clerk add wangmin --name 王敏"""

_ROLES = {
    Role.CLERK: "办事员",
    Role.SUPERVISOR: "值班长",
    Role.MAINTAINER: "目录维护员",
    Role.AUDITOR: "审计员",
}
_REFUSALS = {
    "login": "登录名要 2 到 64 个字，只能有文字、数字和 . @ - _",
    "name": "姓名要 1 到 32 个字，不能有看不见的字符",
    "taken": "这个登录名已经有人用了",
    "unknown": "没有这个账号，请看 ./onecall clerk list",
    "subject_taken": "这个单位账号已经绑定给别人了",
    "short": "密码至少要 10 个字",
    "long": "密码最多 256 个字",
    "common": "这个密码太常见，请换一个",
    "password_login": "密码不能和登录名一样",
}

_Login = Annotated[str, typer.Argument(help="登录名")]
_Role = Annotated[
    Role, typer.Option(help="clerk 办事员，supervisor 值班长，maintainer 目录维护员，auditor 审计员", show_default=True)
]
_Windows = Annotated[
    list[str] | None, typer.Option("--window", help="能办哪个综合窗口的事，可以写几次；all 是全部，无差别受理")
]
_Departments = Annotated[
    list[str] | None,
    typer.Option("--department", help="另外能办哪个受限部门的事，例如 gongan，可以写几次；none 是都不办"),
]
_FromStdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读密码，不问")]


def add(
    login: _Login,
    name: Annotated[str, typer.Option(help="姓名，会告诉居民是谁在说话")],
    role: _Role = Role.CLERK,
    windows: _Windows = None,
    departments: _Departments = None,
    password_stdin: _FromStdin = False,
    no_password: Annotated[bool, typer.Option("--no-password", help="不设密码，只能用单位账号登录")] = False,
) -> None:
    """开一个账号。不写窗口就是全部。密码会问两遍，不显示。

    例：./onecall clerk add wangmin --name 王敏 --window chuangkou-1 --window chuangkou-2

    例：./onecall clerk add lijing --name 李静 --department gongan
    """
    may_work = _checked_rights(windows, departments)
    password = None if no_password else _asked_password(password_stdin)

    async def work(session: AsyncSession) -> None:
        await accounts.add(
            session,
            login=login,
            name=name,
            role=role,
            windows=may_work[0],
            departments=may_work[1],
            password=password,
            by=COMMAND,
        )

    _done(work)
    typer.echo(f"{name} 可以用 {login} 在 /desk 登录了，是{_ROLES[role]}。")


def show(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，给程序读")] = False) -> None:
    """列出全部账号。

    例：./onecall clerk list --json
    """
    found = in_session(accounts.everybody)
    if as_json:
        typer.echo(json.dumps([_told(each) for each in found], ensure_ascii=False, indent=1))
        return
    if not found:
        typer.echo("还没有账号。请用 ./onecall clerk add 开一个。")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("登录名", "姓名", "角色", "窗口", "受限部门", "怎么登录", "状态")
    for each in found:
        windows = "全部" if "*" in each.windows else "、".join(each.windows)
        state = "能用" if each.active else "停用"
        table.add_row(
            each.login, each.name, _ROLES[Role(each.role)], windows, "、".join(each.departments), _ways(each), state
        )
    Console().print(table)


def rights(
    login: _Login,
    role: Annotated[Role | None, typer.Option(help="换一个角色；不写就不变")] = None,
    windows: _Windows = None,
    departments: _Departments = None,
) -> None:
    """换一个账号的角色、能办的窗口和受限部门，马上生效。没有写的一样不变；写了窗口，原来的窗口就不能办了，部门也一样。

    例：./onecall clerk rights wangmin --window chuangkou-3 --department none

    例：./onecall clerk rights lijing --role supervisor --window all
    """
    may_work = _checked_rights(windows, departments)

    async def work(session: AsyncSession) -> None:
        account = await accounts.known(session, login)
        accounts.set_rights(
            session,
            account,
            role=role or Role(account.role),
            windows=account.windows if windows is None else may_work[0],
            departments=account.departments if departments is None else may_work[1],
            by=COMMAND,
        )

    _done(work)
    typer.echo(f"{login} 的权限改好了。")


def password(login: _Login, password_stdin: _FromStdin = False) -> None:
    """给一个账号换密码。已经登录的地方都要重新登录。

    例：./onecall clerk password wangmin
    """
    _done(lambda session: accounts.known(session, login))
    fresh = _asked_password(password_stdin)

    async def work(session: AsyncSession) -> None:
        await accounts.set_password(session, await accounts.known(session, login), fresh, by=COMMAND)

    _done(work)
    typer.echo(f"{login} 的密码换好了。")


def lock(login: _Login) -> None:
    """停用一个账号：马上退出，不能再登录。办过的事照样留着记录。

    例：./onecall clerk lock wangmin
    """

    async def work(session: AsyncSession) -> None:
        await accounts.deactivate(session, await accounts.known(session, login), by=COMMAND)

    _done(work)
    typer.echo(f"{login} 停用了。")


def unlock(login: _Login) -> None:
    """让停用的、或者密码错了太多次的账号，马上又能登录。

    例：./onecall clerk unlock wangmin
    """

    async def work(session: AsyncSession) -> None:
        accounts.activate(session, await accounts.known(session, login), by=COMMAND)

    _done(work)
    typer.echo(f"{login} 可以登录了。")


def totp(
    login: _Login,
    off: Annotated[bool, typer.Option("--off", help="以后登录不再要验证码")] = False,
) -> None:
    """登录时另外要一个手机验证器上的验证码：显示二维码，请本人当场扫。再运行一次就换一个，旧的作废。

    例：./onecall clerk totp wangmin
    """
    from app.settings import settings
    from desk.totp import address

    async def work(session: AsyncSession) -> str | None:
        account = await accounts.known(session, login)
        secret = await accounts.set_totp(session, account, wanted=not off, by=COMMAND)
        return None if secret is None else address(secret, account.login, f"{settings().street_name}办事台")

    shown = _done(work)
    if shown is None:
        typer.echo(f"{login} 登录不再要验证码了。")
        return
    import segno

    typer.echo("请本人用手机上的验证器扫这个二维码。它只显示这一次，看到的人都能用，扫完请清屏。\n")
    segno.make(shown, error="m").terminal(out=sys.stdout, border=2, compact=True)
    typer.echo(f"\n{shown}")


def openid(
    login: _Login,
    subject: Annotated[str | None, typer.Option(help="单位账号在统一身份认证里的编号（sub）")] = None,
    off: Annotated[bool, typer.Option("--off", help="解除绑定，下次用单位账号登录时重新按登录名认")] = False,
) -> None:
    """绑定单位账号，或者解除绑定。不绑定的，第一次用单位账号登录时按登录名认。

    例：./onecall clerk openid wangmin --subject 8f2c41

    例：./onecall clerk openid wangmin --off
    """
    if (subject is None) != off or subject == "":
        raise _usage("要么写 --subject，要么写 --off。")

    async def work(session: AsyncSession) -> None:
        await accounts.set_openid(session, await accounts.known(session, login), subject, by=COMMAND)

    _done(work)
    typer.echo(f"{login} {'解除了绑定' if off else '绑定好了'}。")


def _done(work: Callable[[AsyncSession], Awaitable[Result]]) -> Result:
    """Do it and commit it; where it is refused, say why and end with 1."""
    with _explained():
        return in_session(work)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (AccountRefused, PasswordRefused) as refused:
        name = "password_login" if refused.fault is PasswordFault.LOGIN else refused.fault.value
        typer.echo(f"✗ {_REFUSALS[name]}。", err=True)
        raise typer.Exit(1) from None


def _checked_rights(windows: list[str] | None, departments: list[str] | None) -> tuple[list[str], list[str]]:
    """Windows and departments that are in the catalogue; without windows all of them, without departments none."""
    from services_catalog.loader import load_catalog

    wanted_windows = [] if windows == ["all"] else windows or []
    wanted_departments = [] if departments == ["none"] else departments or []
    if wanted_windows or wanted_departments:
        catalog = load_catalog()
        for given, known, what in (
            (wanted_windows, list(catalog.windows), "综合窗口"),
            (wanted_departments, sorted(catalog.restricted), "受限部门"),
        ):
            unknown = [each for each in given if each not in known]
            if unknown:
                raise _usage(f"没有{what} {'、'.join(unknown)}，只有 {'、'.join(known)}。")
    return sorted(set(wanted_windows)) or [EVERY_WINDOW], sorted(set(wanted_departments))


def _asked_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first, second = (str(typer.prompt(asked, hide_input=True)) for asked in ("密码（至少 10 个字）", "再输一遍"))
    if first != second:
        typer.echo("✗ 两遍不一样。", err=True)
        raise typer.Exit(1)
    return first


def _ways(account: Clerk) -> str:
    ways = {
        "密码": account.password_hash is not None,
        "验证码": account.totp_secret is not None,
        "单位账号": account.openid_subject is not None,
    }
    return "、".join(way for way, there in ways.items() if there) or "单位账号，还没用过"


def _told(account: Clerk) -> dict[str, object]:
    return {
        "login": account.login,
        "name": account.name,
        "role": account.role,
        "windows": account.windows,
        "departments": account.departments,
        "password": account.password_hash is not None,
        "totp": account.totp_secret is not None,
        "openid": account.openid_subject is not None,
        "active": account.active,
        "created_at": account.created_at.isoformat(),
    }


def _usage(sentence: str) -> typer.Exit:
    typer.echo(f"✗ {sentence}", err=True)
    return typer.Exit(2)


COMMANDS = {
    "add": add,
    "list": show,
    "rights": rights,
    "password": password,
    "lock": lock,
    "unlock": unlock,
    "totp": totp,
    "openid": openid,
}
