"""A recording of somebody acting before a camera, to be judged without a service: a video, or a folder of frames."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from kyc.faces.scoring import Thresholds
from kyc.images import ImageRefused
from kyc.liveness.attempt import Attempt, Comparison, Frame, examined
from kyc.liveness.challenge import FRAMES_PER_SECOND, LOOK_SECONDS, Action, Challenge
from kyc.liveness.judging import MOST_FRAMES

_PICTURES = (".jpg", ".jpeg", ".png", ".webp")
_SWAP = Thresholds(0.40, 0.50)


class RecordingRefused(Exception):
    """A recording that cannot be judged; the message is a sentence in Chinese."""


def attempt_of(recording: Path, actions: str, frames_per_second: float) -> Attempt:
    """Judge a recording, without comparing the face. Raises RecordingRefused."""
    challenge = Challenge("recording", _actions(actions))
    if recording.is_dir():
        frames = _in_folder(recording, challenge, frames_per_second)
    elif recording.is_file():
        frames = _with_steps(list(_in_video(recording)), challenge)
    else:
        raise RecordingRefused(f"没有 {recording} 这个文件或文件夹")
    try:
        return examined(challenge, frames, Comparison((), _SWAP, _SWAP), None, None)
    except ImageRefused as refused:
        raise RecordingRefused(f"{recording} 里有一张不是能用的照片（{refused.fault}）") from None


def _actions(words: str) -> tuple[Action, ...]:
    try:
        actions = tuple(Action(word.strip()) for word in words.split(","))
    except ValueError:
        raise RecordingRefused(f"动作只能是 eyes、mouth、left、right，不能是 {words}") from None
    if Action.LOOK in actions or len(set(actions)) < len(actions):
        raise RecordingRefused("每个动作写一次，look 不用写")
    return actions


def _in_folder(folder: Path, challenge: Challenge, frames_per_second: float) -> list[Frame]:
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in _PICTURES)
    if not pictures:
        raise RecordingRefused(f"{folder} 里没有照片")
    taken = [(number * 1000 / frames_per_second, path.read_bytes()) for number, path in enumerate(pictures)]
    named = [_named(path) for path in pictures]
    if all(step is not None for step in named):
        return [
            Frame(step, at_ms, content) for step, (at_ms, content) in zip(named, taken, strict=True) if step is not None
        ]
    return _with_steps(taken, challenge)


def _named(path: Path) -> Action | None:
    words = path.stem.replace("_", "-").split("-")
    return next((action for action in Action if action.value in words), None)


def _with_steps(taken: list[tuple[float, bytes]], challenge: Challenge) -> list[Frame]:
    """Frames with the step each falls into: the first look, then the actions, each as long as the other."""
    if not taken:
        return []
    end = taken[-1][0] + 1
    rest = max(end - LOOK_SECONDS * 1000, 1)
    frames = []
    for at_ms, content in taken:
        place = int((at_ms - LOOK_SECONDS * 1000) / rest * len(challenge.actions)) + 1
        step = Action.LOOK if at_ms < LOOK_SECONDS * 1000 else challenge.steps[place]
        frames.append(Frame(step, at_ms, content))
    return frames


def _in_video(path: Path) -> Iterator[tuple[float, bytes]]:
    """The frames of a video, as many a second as the capture page takes, with their times in milliseconds."""
    video = cv2.VideoCapture(str(path))
    try:
        rate = video.get(cv2.CAP_PROP_FPS) or 0.0
        if not video.isOpened() or not 0 < rate < 1000:
            raise RecordingRefused(f"{path} 不是能用的录像")
        count, due = 0, 0.0
        number = 0
        while count <= MOST_FRAMES:
            there, picture = video.read()
            if not there:
                return
            at_ms = number * 1000 / rate
            number += 1
            if at_ms + 1e-6 >= due:
                due += 1000 / FRAMES_PER_SECOND
                count += 1
                written, content = cv2.imencode(".jpg", np.asarray(picture), [cv2.IMWRITE_JPEG_QUALITY, 92])
                if written:
                    yield at_ms, content.tobytes()
    finally:
        video.release()
