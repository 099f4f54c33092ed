"""Scripts of the engine room, run in the engine's own interpreter: a JSON file in, a JSON file out."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.setup.children import run
from app.setup.errors import SetupError
from app.setup.paths import Paths


def answer_of_script(
    paths: Paths, name: str, asked: Any, *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> Any:
    """What the script `bot.engine.<name>` answers to `asked`. The files lie in a temporary folder of ours alone.

    `environment` goes before the usual one, which has the project's index and one thread. Raises SetupError where
    the script ends with an error.
    """
    log = paths.logs / f"{name}.log"
    log.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"onecall-{name}-") as folder:
        source, target = Path(folder, "asked.json"), Path(folder, "answer.json")
        source.write_text(json.dumps(asked), encoding="utf-8")
        command = [paths.engine_python, "-m", f"bot.engine.{name}", source, target, *arguments]
        if run(command, cwd=paths.root, environment={**_environment(paths), **(environment or {})}, log=log) != 0:
            raise SetupError(f"引擎的程序 {name} 没有成功，日志在 {log}。", "请运行 ./onecall doctor 检查。")
        return json.loads(target.read_text(encoding="utf-8"))


def _environment(paths: Paths) -> dict[str, str]:
    return {
        "PYTHONPATH": str(paths.root),
        "ONECALL_INDEX": str(paths.index),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "OMP_NUM_THREADS": "1",
    }
