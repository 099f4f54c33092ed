"""Recordings are judged from the command line: a folder of frames, named or not, and a video."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from app.cli import command_line
from kyc.liveness.challenge import Action
from tests.support.acting import acting, person, recorded

STEPS = (Action.LOOK, Action.EYES, Action.MOUTH, Action.LEFT)


def _judged(recording: Path, actions: str, *more: str) -> Result:
    line = ["kyc", "liveness", str(recording), "--actions", actions, "--json", *more]
    return CliRunner().invoke(command_line(["kyc"]), line)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = tmp_path_factory.mktemp("frames")
    for number, (step, _, content) in enumerate(recorded(person("obama"), STEPS)):
        (frames / f"{number:03}-{step}.jpg").write_bytes(content)
    return frames


def test_a_folder_whose_names_tell_the_steps(folder: Path) -> None:
    result = _judged(folder, "eyes,mouth,left")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"passed": True, "faults": [], "suspicious": False, "quality": None}


def test_another_order_than_asked_is_suspicious(folder: Path) -> None:
    result = _judged(folder, "mouth,eyes,left")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["suspicious"] is True


def test_a_video_falls_into_steps_of_one_length(tmp_path: Path) -> None:
    someone = person("obama")
    height, width = someone.pixels.shape[:2]
    video = cv2.VideoWriter(str(tmp_path / "acting.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 12, (width, height))
    chance = np.random.default_rng(1)
    for step, seconds in zip(STEPS, (1.2, 1.0, 1.0, 1.0), strict=True):
        for _ in range(round(seconds * 12)):
            noisy = acting(someone, step).astype(np.int16) + chance.normal(0, 2, (height, width, 1)).round()
            video.write(np.clip(noisy, 0, 255).astype(np.uint8)[:, :, ::-1].copy())
    video.release()
    result = _judged(tmp_path / "acting.avi", "eyes,mouth,left")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("name", "actions", "said"),
    [
        ("nowhere", "eyes", "没有"),
        ("text.mp4", "eyes", "不是能用的录像"),
        ("empty", "eyes", "里没有照片"),
        ("empty", "dance", "动作只能是"),
        ("empty", "eyes,eyes", "写一次"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(tmp_path: Path, name: str, actions: str, said: str) -> None:
    (tmp_path / "text.mp4").write_text("nothing")
    (tmp_path / "empty").mkdir()
    result = _judged(tmp_path / name, actions)
    assert result.exit_code == 2
    assert said in result.output
