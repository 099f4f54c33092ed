"""The `onecall` script, run by a real shell in a folder of its own with only the programs it is given."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ONECALL = Path(__file__).parents[2] / "onecall"
TOOLS = (
    "awk",
    "cat",
    "chmod",
    "cut",
    "df",
    "env",
    "flock",
    "ln",
    "mkdir",
    "readlink",
    "rm",
    "sh",
    "sha256sum",
    "sleep",
    "touch",
)

FAKE_UV = """#!/bin/sh
[ "$1" = --version ] && { echo "uv ${FAKE_UV_VERSION:-0.13.9}"; exit 0; }
echo "$*" >>"$FAKE_LOG"
env >"$FAKE_LOG.env"
sleep "${FAKE_UV_SLEEP:-0}"
mkdir -p "$ROOT/.venv/bin"
[ -n "${FAKE_UV_FAILS:-}" ] && exit 2
printf '#!/bin/sh\\nexec "%s" "$@"\\n' "$REAL_PYTHON" >"$ROOT/.venv/bin/python"
chmod 755 "$ROOT/.venv/bin/python"
"""

APP = """import os, sys
print("app", *sys.argv[1:], os.environ.get("VIRTUAL_ENV", "-"), sep="|")
"""


class Clone:
    """A clean clone with a space in its path, and the person who starts it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "一个 clone"
        (self.root / "app").mkdir(parents=True)
        (self.root / "app" / "__init__.py").touch()
        (self.root / "app" / "__main__.py").write_text(APP)
        (self.root / "pyproject.toml").write_text("[project]\n")
        (self.root / "uv.lock").write_text("version = 1\n")
        shutil.copy2(ONECALL, self.root / "onecall")
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            if found := shutil.which(tool, path="/usr/bin:/bin"):
                (self.bin / tool).symlink_to(found)
        self.log = folder / "uv.log"
        self.environment = {
            "PATH": str(self.bin),
            "HOME": str(folder),
            "PYENV_ROOT": str(folder / "no-pyenv"),
            "FAKE_LOG": str(self.log),
            "ROOT": str(self.root),
            "REAL_PYTHON": sys.executable,
            "HTTPS_PROXY": "http://127.0.0.1:9",
        }

    def script(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def with_uv(self) -> "Clone":
        self.script(self.bin / "uv", FAKE_UV)
        return self

    def with_python(self) -> "Clone":
        self.script(self.bin / "python3", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        return self

    def start(
        self, *arguments: str, program: Path | None = None, cwd: Path | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(program or self.root / "onecall"), *arguments],
            env={**self.environment, **extra},
            cwd=cwd or self.root.parent,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    @property
    def syncs(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_the_first_start_syncs_and_the_second_needs_no_uv(clone: Clone) -> None:
    first = clone.with_uv().with_python().start("up", "--port", "1 2")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "app|up|--port|1 2|-\n"
    (clone.bin / "uv").unlink()
    assert clone.start("up").stdout == "app|up|-\n"
    assert clone.syncs == 1


def test_a_changed_lock_is_synced(clone: Clone) -> None:
    clone.with_uv().with_python().start()
    (clone.root / "uv.lock").write_text("version = 2\n")
    clone.start()
    clone.start()
    assert clone.syncs == 2


def test_a_sync_that_was_killed_is_done_again(clone: Clone) -> None:
    broken = clone.with_uv().with_python().start(FAKE_UV_FAILS="1")
    assert broken.returncode == 1
    assert "pypi.org" in broken.stderr
    assert clone.start().returncode == 0
    assert clone.syncs == 2


def test_an_environment_whose_python_is_gone_is_made_anew(clone: Clone) -> None:
    clone.with_uv().with_python().start()
    leftover = clone.root / ".venv" / "leftover"
    leftover.touch()
    (clone.root / ".venv" / "bin" / "python").unlink()
    assert clone.start().returncode == 0
    assert not leftover.exists()


def test_symlinks_lead_to_the_clone_from_any_folder(clone: Clone, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    (elsewhere / "app").mkdir(parents=True)
    (elsewhere / "app" / "__main__.py").write_text("print('somebody else')")
    (elsewhere / "absolute").symlink_to(clone.root / "onecall")
    (elsewhere / "relative").symlink_to(Path("absolute"))
    started = clone.with_uv().with_python().start("x", program=elsewhere / "relative", cwd=elsewhere)
    assert started.stdout == "app|x|-\n", started.stderr


def test_a_uv_that_only_pretends_is_passed_over(clone: Clone, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    clone.with_uv().with_python().script(shims / "uv", '#!/bin/sh\necho "uv: command not found" >&2\nexit 127\n')
    assert clone.start(PATH=f"{shims}:{clone.bin}").returncode == 0
    assert clone.syncs == 1


def test_a_uv_too_old_for_dependency_groups_is_passed_over(clone: Clone) -> None:
    found = clone.with_uv().start("--find-uv", FAKE_UV_VERSION="0.4.30")
    assert (found.returncode, found.stdout) == (1, "")
    assert clone.start("--find-uv").stdout == f"{clone.bin / 'uv'}\n"


def test_uv_is_installed_where_there_is_none(clone: Clone) -> None:
    clone.script(clone.root.parent / "new-uv", FAKE_UV)
    clone.script(
        clone.bin / "python3",
        f"""#!/bin/sh
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" && ln -s "$0" "$3/bin/python" ;;
  "-m pip install "*) cat "{clone.root.parent / "new-uv"}" >"${{0%/*}}/uv" && chmod 755 "${{0%/*}}/uv" ;;
  *_base_executable*) echo "$0" ;;
  *) exec "{sys.executable}" "$@" ;;
esac
""",
    )
    started = clone.start()
    assert started.returncode == 0, started.stderr
    assert clone.start("--find-uv").stdout == f"{clone.root / '.local' / 'uv' / 'bin' / 'uv'}\n"


def test_without_python_and_uv_it_says_what_to_install(clone: Clone) -> None:
    started = clone.start("up")
    assert started.returncode == 1
    assert "没有找到 Python 3.11" in started.stderr
    assert "sudo apt-get install -y python3" in started.stderr


def test_a_python_that_is_too_old_does_not_count(clone: Clone) -> None:
    clone.script(clone.bin / "python3", "#!/bin/sh\nexit 1\n")
    assert "没有找到 Python 3.11" in clone.start().stderr


def test_the_environment_of_another_project_does_not_disturb(clone: Clone, tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "other")
    started = (
        clone.with_uv()
        .with_python()
        .start(VIRTUAL_ENV=elsewhere, UV_PROJECT_ENVIRONMENT=elsewhere, PYTHONPATH=elsewhere, PYTHONHOME=elsewhere)
    )
    assert started.stdout == "app|-\n", started.stderr
    assert elsewhere not in Path(f"{clone.log}.env").read_text()


def test_two_starts_at_once_sync_once(clone: Clone) -> None:
    clone.with_uv().with_python()
    results: list[int] = []
    starts = [
        threading.Thread(target=lambda: results.append(clone.start(FAKE_UV_SLEEP="0.4").returncode)) for _ in range(3)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert results == [0, 0, 0]
    assert clone.syncs == 1


def test_a_folder_that_cannot_be_written_is_named(clone: Clone) -> None:
    clone.with_uv().with_python()
    (clone.root / ".local").write_text("a file where the folder belongs: not even root can write into it")
    started = clone.start()
    assert started.returncode == 1
    assert "不能在" in started.stderr
