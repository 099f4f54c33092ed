"""A checkout with an engine that is a script."""

import sys
from pathlib import Path

import pytest

from app.setup.paths import Paths

FAKE_RASA = Path(__file__).parent / "fake_rasa.py"


def write_script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Paths:
    root = tmp_path / "a checkout"
    for name in ("domain/responses", "bot/training", "bot/engine/components"):
        (root / name).mkdir(parents=True)
    (root / "config.yml").write_text("recipe: default.v1\n")
    (root / "domain" / "responses" / "talk.yml").write_text("responses: {}\n")
    (root / "bot" / "training" / "rules.yml").write_text("rules: []\n")
    (root / "bot" / "engine" / "uv.lock").write_text("version = 1\n")
    (root / "bot" / "engine" / "pyproject.toml").write_text("[project]\n")
    return Paths(root, root / ".local")


@pytest.fixture
def checkout_with_engine(checkout: Paths) -> Paths:
    write_script(checkout.engine_python, f'#!/bin/sh\nexec "{sys.executable}" "{FAKE_RASA}" "$@"\n')
    return checkout
