"""Starting other programs: with an environment of our own choosing, and never outliving us."""

import ctypes
import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.setup.errors import SetupError

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1

# What a child may inherit: where programs and the person's files are, and how to reach the network. None of
# the application's settings (ONECALL_...), for they carry its secrets, nothing that redirects Python or uv.
_INHERITED = (
    "PATH", "HOME", "USER", "TMPDIR", "TERM", "PYENV_ROOT", "DEBIAN_FRONTEND",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "UV_CACHE_DIR", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_OFFLINE", "UV_NATIVE_TLS",
    "UV_PYTHON_INSTALL_MIRROR", "UV_PYTHON_INSTALL_DIR",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
)  # fmt: skip


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: only what is known to be harmless, a UTF-8 locale, and `extra`."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", **(extra or {})}


def dies_with_us() -> Callable[[], None]:
    """What a child runs before its program so that the kernel (Linux) kills it when we die, even by SIGKILL.

    Without it an engine of 0.8 GB would stay behind after every crash.
    """
    parent = os.getpid()

    def bind() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # we died before the call above
            os._exit(1)

    return bind


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> int:
    """Run a program to its end and give back its exit status; `environment` is added to the clean one.

    With `log` its output goes to that file, otherwise to the terminal. The program gets a process group of
    its own, which is ended when we are interrupted. Raises SetupError when it cannot be started.
    """
    words = [str(word) for word in command]
    try:
        if log is None:
            return _wait(words, cwd, environment, None)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            output.write(f"$ {shlex.join(words)}\n".encode())
            output.flush()
            return _wait(words, cwd, environment, output.fileno())
    except OSError as error:
        raise SetupError(f"运行 {words[0]} 失败：{error.strerror}。", "请检查权限和磁盘空间。") from error


def _wait(words: list[str], cwd: Path, environment: Mapping[str, str] | None, output: int | None) -> int:
    process = subprocess.Popen(  # noqa: S603 - the words are ours, not a shell's
        words,
        cwd=cwd,
        env=clean_environment(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        process_group=0,
        preexec_fn=dies_with_us(),
    )
    try:
        return process.wait()
    finally:
        if process.returncode is None:
            end_group(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                end_group(process.pid, signal.SIGKILL)
                process.wait()


def end_group(pid: int, sign: signal.Signals) -> None:
    """Send a signal to a child's whole process group; one that is gone already is no error."""
    try:
        os.killpg(pid, sign)
    except ProcessLookupError:
        return


def answer_of(command: Sequence[str | Path], timeout_s: float = 20) -> str | None:
    """What a program printed, stripped; None when it is missing, fails or takes over `timeout_s` seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours, not a shell's
            [str(word) for word in command],
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for a person to see why a program failed; empty when there is none."""
    try:
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-count:])
    except OSError:
        return ""
