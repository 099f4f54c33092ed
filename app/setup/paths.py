"""Where set-up puts what it makes."""

from dataclasses import dataclass
from pathlib import Path

from app.settings import PROJECT_DIR, settings


@dataclass(frozen=True)
class Paths:
    """The project's folder and, below it, the folder of things that can be deleted and made again."""

    root: Path
    local: Path

    @property
    def engine(self) -> Path:
        """Rasa's project folder, with its own lock and environment."""
        return self.root / "bot" / "engine"

    @property
    def engine_environment(self) -> Path:
        """The engine's virtual environment."""
        return self.engine / ".venv"

    @property
    def engine_python(self) -> Path:
        """The interpreter that runs Rasa."""
        return self.engine_environment / "bin" / "python"

    @property
    def index(self) -> Path:
        """The catalogue index, which the engine's item finder reads."""
        return self.local / "engine" / "index.json"

    @property
    def training(self) -> Path:
        """Training examples generated from the catalogue."""
        return self.local / "engine" / "training"

    @property
    def training_cache(self) -> Path:
        """Rasa's cache of trained components; it makes a training after a small change fast."""
        return self.local / "engine" / "cache"

    @property
    def models(self) -> Path:
        """Trained models, one file a content: `<hash>.tar.gz`."""
        return self.local / "models"

    @property
    def logs(self) -> Path:
        """Logs of the processes we start."""
        return self.local / "log"


def project_paths() -> Paths:
    """The paths of this checkout, with the settings' local folder."""
    return Paths(PROJECT_DIR, settings().local_dir.resolve())
