"""The browser that the tests drive: Debian's Chromium, and a font with Chinese characters."""

import os
import shutil
from pathlib import Path

from app.setup.children import answer_of, run
from app.setup.errors import SetupError
from app.setup.paths import Paths
from app.setup.progress import Progress

PACKAGES = ("chromium", "fonts-noto-cjk")
INSTALL = f"sudo apt-get install -y {' '.join(PACKAGES)}"


def find_chromium() -> Path | None:
    """The browser's path, None when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    return None


def has_chinese_font() -> bool:
    """Whether pages show Chinese and not boxes. Without fontconfig the usual folders are looked at."""
    listed = answer_of(["fc-list", ":lang=zh-cn", "family"])
    if listed is not None:
        return bool(listed)
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))


def browser_missing() -> str:
    """What the browser tests lack, in words; empty when they can run."""
    missing = []
    if find_chromium() is None:
        missing.append("Chromium 浏览器")
    if not has_chinese_font():
        missing.append("中文字体")
    return "、".join(missing)


def prepare_browser(paths: Paths, progress: Progress) -> None:
    """Install what is missing as root on a system with apt-get; elsewhere the test says what to do."""
    if not browser_missing() or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    log = paths.logs / "apt.log"
    try:
        with progress.step("安装浏览器和中文字体（只用于测试）", "约一分钟"):
            if not _apt(paths, log) and not _apt(paths, log):
                raise SetupError(f"浏览器安装失败，日志在 {log}。", f"请自己运行：{INSTALL}")
    except SetupError as error:
        progress.problem(error.sentence, error.remedy)


def _apt(paths: Paths, log: Path) -> bool:
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], cwd=paths.root, environment=environment, log=log)
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES]
    return run(command, cwd=paths.root, environment=environment, log=log) == 0
