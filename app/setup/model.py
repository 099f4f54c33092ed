"""What the engine answers with: the catalogue index, and a model trained for exactly the present content."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from app.setup.children import last_lines, run
from app.setup.disk import TRAINING_BYTES, require_free
from app.setup.errors import SetupError
from app.setup.paths import Paths
from app.setup.progress import Progress

KEPT_MODELS = 3
_UNFINISHED = "unfinished-"


def write_engine_files(paths: Paths, catalogue: Path | None = None) -> None:
    """Write the catalogue index and the training examples made from the catalogue, or from the one in that folder.

    They are derived from files in the checkout, so they are written at every start. Raises SetupError with
    every finding when the catalogue breaks its schema.
    """
    from services_catalog.index import write_index, write_training_data
    from services_catalog.loader import CATALOG_DIR, CatalogErrors, load_catalog
    from services_catalog.yaml_source import CatalogError

    root = catalogue or CATALOG_DIR
    try:
        catalog = load_catalog(root)
        write_index(catalog, paths.index, root)
        write_training_data(catalog, paths.training, root)
    except CatalogError as error:
        raise SetupError(f"事项目录有错误：{error}", "请改正后再启动。") from error
    except CatalogErrors as error:
        raise SetupError(f"事项目录有 {len(error.findings)} 处错误：\n{error}", "请改正后再启动。") from error


def content_hash(paths: Paths) -> str:
    """A name for everything a model is made from: the same content gives the same name on every machine."""
    digest = hashlib.sha256()
    for name, path in sorted(_content(paths)):
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _content(paths: Paths) -> Iterator[tuple[str, Path]]:
    roots = {
        "config.yml": paths.root / "config.yml",
        "domain": paths.root / "domain",
        "training": paths.root / "bot" / "training",
        "components": paths.engine / "components",
        "uv.lock": paths.engine / "uv.lock",
        "generated": paths.training,
        "index": paths.index,
    }
    for name, root in roots.items():
        for path in (root, *root.rglob("*")):
            if path.parent.name == "responses":
                continue  # the application says these phrases itself, a change of wording needs no training
            if path.is_file() and path.suffix in {".yml", ".yaml", ".py", ".json", ".lock", ".txt", ".csv"}:
                yield f"{name}/{path.relative_to(root).as_posix()}", path


def model_path(paths: Paths) -> Path:
    """Where the model for the present content is, or will be once trained."""
    return paths.models / f"{content_hash(paths)}.tar.gz"


def prepare_model(paths: Paths, progress: Progress) -> Path:
    """Train when there is no model for the present content; gives back the model's path. Raises SetupError.

    Rasa writes under a provisional name and only a finished model gets its own, so that a training killed
    midway leaves nothing that looks like a model.
    """
    model = model_path(paths)
    if not model.exists():
        require_free(paths.local, TRAINING_BYTES)
        with progress.step("训练对话模型", "一两分钟"):
            _train(paths, model)
    model.touch()
    _forget_old_models(paths)
    return model


def _train(paths: Paths, model: Path) -> None:
    paths.models.mkdir(parents=True, exist_ok=True)
    provisional = f"{_UNFINISHED}{model.name.removesuffix('.tar.gz')}"
    log = paths.logs / "train.log"
    log.unlink(missing_ok=True)
    command: list[str | Path] = [
        paths.engine_python, "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain",
        "--data", "bot/training", paths.training, "--out", paths.models, "--fixed-model-name", provisional,
        "--skip-validation",  # reads all sentences once more, and warns only of what tests hold here
    ]  # fmt: skip
    environment = {
        "PYTHONPATH": str(paths.root),
        "ONECALL_INDEX": str(paths.index),
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(paths.training_cache),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TQDM_DISABLE": "1",
        "NO_COLOR": "1",
    }
    trained = paths.models / f"{provisional}.tar.gz"
    trained.unlink(missing_ok=True)
    status = run(command, cwd=paths.root, environment=environment, log=log)
    if status != 0 or not trained.exists():
        raise SetupError(f"训练对话模型失败，日志在 {log}：\n{last_lines(log)}", "请按日志改正后再运行一次。")
    trained.rename(model)


def _forget_old_models(paths: Paths) -> None:
    for leftover in paths.models.glob(f"{_UNFINISHED}*"):
        leftover.unlink(missing_ok=True)
    models = sorted(paths.models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in models[KEPT_MODELS:]:
        old.unlink(missing_ok=True)
