"""What is present and what is missing, in words, and how to mend it. Changes nothing."""

import asyncio
import dataclasses
import datetime
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.settings import settings
from app.setup.browser import INSTALL, browser_missing, find_chromium
from app.setup.children import answer_of
from app.setup.disk import ENGINE_BYTES, GIB, TRAINING_BYTES, free_bytes
from app.setup.engine_environment import engine_is_current
from app.setup.errors import SetupError
from app.setup.interpreters import find_python310, find_uv
from app.setup.model import model_path, write_engine_files
from app.setup.paths import Paths
from app.setup.port import require_listenable

State = Literal["ok", "made_by_up", "advice", "broken"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `code` is stable; `made_by_up` is missing but made by the next `./onecall up`."""

    code: str
    state: State
    sentence: str
    remedy: str = ""


def examine(paths: Paths, port: int) -> list[Finding]:
    """Everything that `up` and `test` need, in the order in which they need it."""
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _interpreters(paths),
        lambda: _disk(paths),
        lambda: _engine(paths),
        _catalogue,
        lambda: _model(paths),
        _key_file,
        _database,
        lambda: _port(port),
        _calendar,
        _browser,
    )
    return [finding for check in checks for finding in check()]


def is_well(findings: list[Finding]) -> bool:
    """Whether `./onecall up` would serve now, without more set-up."""
    return all(finding.state in {"ok", "advice"} for finding in findings)


def _interpreters(paths: Paths) -> Iterator[Finding]:
    uv = find_uv(paths)
    if uv:
        yield Finding("uv", "ok", f"有 {answer_of([uv, '--version'])}（{uv}）")
    else:
        yield Finding("uv", "made_by_up", "没有 uv", "./onecall up 会安装它，需要网络")
    yield Finding("application", "ok", f"应用的 Python 环境可用（{paths.root / '.venv'}）")
    python = find_python310(uv)
    if python:
        yield Finding("python310", "ok", f"有 Python 3.10（{python}）")
    else:
        yield Finding("python310", "made_by_up", "没有 Python 3.10，对话引擎要用", "./onecall up 会下载它，需要网络")


def _disk(paths: Paths) -> Iterator[Finding]:
    needed = TRAINING_BYTES if engine_is_current(paths) else ENGINE_BYTES
    free = free_bytes(paths.local)
    sentence = f"磁盘剩余 {free / GIB:.1f} GB，需要 {needed / GIB:.1f} GB"
    yield Finding("disk", "ok" if free >= needed else "broken", sentence, "" if free >= needed else "请腾出空间")


def _engine(paths: Paths) -> Iterator[Finding]:
    if engine_is_current(paths):
        yield Finding("engine", "ok", f"对话引擎已安装（{paths.engine_environment}）")
    else:
        yield Finding("engine", "made_by_up", "对话引擎还没有装好，或版本已更新", "请运行 ./onecall up")


def _catalogue() -> Iterator[Finding]:
    from app.publishing import refuse_errors
    from services_catalog.loader import CATALOG_DIR, CatalogErrors, load_catalog

    readable = False
    try:
        catalog = load_catalog(CATALOG_DIR)
        readable = True
        refuse_errors(CATALOG_DIR)
    except CatalogErrors as error:
        served = _served_instead()
        instead = "" if served is None else f"，没有发布，服务用最近发布的第 {served} 版"
        yield Finding(
            "catalogue",
            "broken" if served is None and not readable else "advice",
            f"事项目录有 {len(error.findings)} 处错误{instead}：\n{error}",
            "请按上面的文件和行号改正",
        )
    else:
        yield Finding("catalogue", "ok", f"事项目录可读，共 {len(catalog.items)} 个事项")


def _served_instead() -> int | None:
    """The version that is served while the files are broken; None where none is kept, or no database is there."""
    from sqlalchemy.exc import SQLAlchemyError

    from app.database_session import in_session
    from services_catalog.versions import newest

    no_key = settings().data_key is None and not (settings().data_dir / "key").exists()
    no_database = not settings().database_url and not (settings().data_dir / "onecall.db").exists()
    if no_key or no_database:
        return None
    try:
        return in_session(newest)
    except (SetupError, SQLAlchemyError, OSError):
        return None


def _model(paths: Paths) -> Iterator[Finding]:
    # The generated part is made afresh elsewhere: what `up` wrote last may be older than the catalogue.
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = dataclasses.replace(paths, local=Path(folder))
        try:
            write_engine_files(elsewhere)
        except SetupError:
            return  # the catalogue's own finding says why
        model = paths.models / model_path(elsewhere).name
    if model.is_file():
        yield Finding("model", "ok", f"对话模型与现在的内容一致（{model.name}）")
    else:
        yield Finding("model", "made_by_up", "现在的内容还没有训练过对话模型", "请运行 ./onecall up，训练约一两分钟")


def _key_file() -> Iterator[Finding]:
    if settings().data_key is not None:
        yield Finding("key", "ok", "密钥由 ONECALL_DATA_KEY 给出")
        return
    key_file = settings().data_dir / "key"
    if not key_file.exists():
        yield Finding("key", "made_by_up", f"还没有密钥文件 {key_file}", "请运行 ./onecall up，会自动建立；之后请备份")
    elif key_file.stat().st_mode & 0o077:
        yield Finding("key", "broken", f"密钥文件 {key_file} 别人也能读", f"请运行 chmod 600 '{key_file}'")
    else:
        yield Finding("key", "ok", f"密钥文件只有本人能读（{key_file}）")


def _database() -> Iterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from app.database import is_current

    url = settings().resolved_database_url()
    if url.startswith("sqlite") and not (settings().data_dir / "onecall.db").exists() and not settings().database_url:
        yield Finding("database", "made_by_up", "还没有数据库", "请运行 ./onecall up，会自动建立")
        return
    try:
        current = asyncio.run(is_current(url))
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        yield Finding("database", "broken", f"连不上数据库：{reason}", "请检查 ONECALL_DATABASE_URL 和数据库服务")
        return
    if current:
        yield Finding("database", "ok", "数据库可用，表结构是最新的")
    else:
        yield Finding("database", "made_by_up", "数据库的表结构要升级", "请先备份，再运行 ./onecall up，会自动升级")


def _port(port: int) -> Iterator[Finding]:
    try:
        require_listenable("127.0.0.1", port)
    except SetupError as error:
        yield Finding("port", "broken", f"{error.sentence}如果是 1call 自己正在运行，就不用管", error.remedy)
    else:
        yield Finding("port", "ok", f"端口 {port} 可用")


def _calendar() -> Iterator[Finding]:
    from chinese_calendar.constants import holidays, workdays

    last = max((*holidays, *workdays)).year
    this = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).year
    if last >= this:
        yield Finding("calendar", "ok", f"工作日历知道到 {last} 年底的放假和调休")
    else:
        remedy = "请升级 chinesecalendar：uv lock --upgrade-package chinesecalendar，再运行 ./onecall up"
        yield Finding("calendar", "advice", f"工作日历不知道 {this} 年的放假安排，期限会按周一到周五算", remedy)


def _browser() -> Iterator[Finding]:
    if missing := browser_missing():
        yield Finding("browser", "advice", f"缺少{missing}，只有运行测试时才需要", INSTALL)
    else:
        yield Finding("browser", "ok", f"有测试用的浏览器和中文字体（{find_chromium()}）")
