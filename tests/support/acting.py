"""People before a camera, made from photographs: eyes closed with paint, mouths opened and heads turned by moving
pixels.

What comes out is to the measures what a person is who acts; it is no proof of how real people fare.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kyc.faces.encoder import Face, faces_in
from kyc.faces.quality import turn_of
from kyc.images import Pixels, pixels_of
from kyc.liveness.challenge import Action
from tests.support.photographs import photograph

SIDE = 480
FRAME_MS = 1000 / 6


@dataclass(frozen=True)
class Person:
    """A photograph of somebody looking ahead, at a camera's size, and their face in it.

    `turns` is how far their face has to be moved to look turned: who looks aside already needs less.
    """

    pixels: Pixels
    face: Face
    turns: float


@cache
def person(name: str) -> Person:
    """Somebody from a photograph, as near to the camera as on a phone."""
    whole = pixels_of(photograph(name))
    box = faces_in(whole)[0].box
    half, middle = round(box.width * 1.1), ((box.left + box.right) // 2, (box.top + box.bottom) // 2)
    left, top = max(middle[0] - half, 0), max(middle[1] - half, 0)
    near = Image.fromarray(whole[top : middle[1] + half, left : middle[0] + half]).resize((SIDE, SIDE))
    pixels = np.asarray(near)
    (face,) = faces_in(pixels)
    return Person(pixels, face, 0.74 if abs(turn_of(face) - 0.5) < 0.05 else 0.58)


def acting(someone: Person, action: Action) -> Pixels:
    """The person doing an action, at its height."""
    return _MOVES[action](someone)


def jpeg(pixels: Pixels, noise: int, quality: int = 88) -> bytes:
    """A frame as a camera gives it: never twice the same."""
    chance = np.random.default_rng(noise)
    noisy = np.clip(pixels.astype(np.int16) + chance.normal(0, 2.0, pixels.shape).round(), 0, 255).astype(np.uint8)
    content = io.BytesIO()
    Image.fromarray(noisy).save(content, "JPEG", quality=quality)
    return content.getvalue()


def recorded(
    someone: Person, steps: Sequence[Action], does: Callable[[Action], Action] = lambda asked: asked, frames: int = 5
) -> list[tuple[Action, float, bytes]]:
    """An attempt: for each step its frames, of which the first shows the person still at rest. `does` is what they do
    when asked for an action."""
    pictures = {action: acting(someone, action) for action in Action}
    taken = list[tuple[Action, float, bytes]]()
    for step in steps:
        for place in range(frames):
            shown = pictures[does(step)] if place > 0 else pictures[Action.LOOK]
            number = len(taken)
            taken.append((step, number * FRAME_MS, jpeg(shown, noise=number)))
    return taken


def tilted(pixels: Pixels, degrees: float) -> Pixels:
    """A photograph held at an angle before the camera."""
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def side_by_side(one: Pixels, other: Pixels) -> Pixels:
    """Two people in one frame."""
    height = min(one.shape[0], other.shape[0])
    return np.concatenate([one[:height], other[:height]], axis=1)


def _at_rest(someone: Person) -> Pixels:
    return someone.pixels


def _closes_eyes(someone: Person) -> Pixels:
    """A lid of the cheek's colour lies over each eye, with its lashes along the lower edge."""
    painted = someone.pixels.copy()
    for eye in (slice(36, 42), slice(42, 48)):
        points = someone.face.points[eye].astype(np.float64)
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        middle, width, height = (left + right) / 2, right - left, bottom - top
        cheek = painted[int(bottom + height * 0.9) : int(bottom + height * 1.6), int(left) : int(right)]
        skin = [int(each) for each in np.median(cheek.reshape(-1, 3), axis=0)]
        cv2.ellipse(
            painted,
            (int(middle), int((top + bottom) / 2)),
            (int(width * 0.65), int(height * 0.65)),
            0,
            0,
            360,
            skin,
            -1,
        )
        lashes = [
            (left - 2, bottom - height * 0.35),
            (middle - width / 4, bottom - height * 0.08),
            (middle, bottom),
            (middle + width / 4, bottom - height * 0.08),
            (right + 2, bottom - height * 0.35),
        ]
        cv2.polylines(painted, [np.array(lashes).astype(np.int32)], False, (45, 30, 25), 4, cv2.LINE_AA)
        softened = cv2.GaussianBlur(painted, (0, 0), 1.2)
        rows, columns = slice(int(top - height), int(bottom + height)), slice(int(left) - 4, int(right) + 4)
        painted[rows, columns] = softened[rows, columns]
    return painted


def _opens_mouth(someone: Person) -> Pixels:
    """What lies below the lips' line goes down, and the gap is dark."""
    points = someone.face.points.astype(np.float64)
    line = points[60:68, 1].mean()
    left, right = points[48, 0], points[54, 0]
    drop = 0.55 * (right - left)
    moved = _grid(someone)
    xs, ys = moved[0].copy(), moved[1].copy()
    middle, half = (left + right) / 2, (right - left) / 2
    depth = drop * np.clip(1 - ((xs - middle) / (half * 1.6)) ** 2, 0, 1)
    below = ys > line
    fade = np.clip(1 - (ys - line - depth) / (points[8, 1] - line + drop), 0, 1)
    moved[1] = np.where(below, np.maximum(ys - depth * np.where(ys > line + depth, fade, 1), line), ys)
    pixels = _moved(someone, moved).copy()
    gap = (ys > line + 1) & (ys < line + depth - 1) & (np.abs(xs - middle) < half * 0.85)
    pixels[gap] = (40, 15, 20)
    return pixels


def _turns(towards: float) -> Callable[[Person], Pixels]:
    """The middle of the face moves to one side of the picture, and its outline stays."""

    def turn(someone: Person) -> Pixels:
        points = someone.face.points.astype(np.float64)
        left, right = points[0, 0], points[16, 0]
        middle, half = (left + right) / 2, (right - left) / 2
        top, bottom = points[17:27, 1].min() - half, points[8, 1] + half * 0.3
        moved = _grid(someone)
        xs, ys = moved[0].copy(), moved[1]
        across = np.clip(1 - ((xs - middle - towards * half * 0.25) / (half * 1.05)) ** 2, 0, 1)
        down = np.clip(1 - ((ys - (top + bottom) / 2) / ((bottom - top) / 1.6)) ** 2, 0, 1)
        moved[0] = xs - towards * half * someone.turns * across * down
        return _moved(someone, moved)

    return turn


def _grid(someone: Person) -> NDArray[np.float64]:
    height, width = someone.pixels.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float64)
    return np.stack([xs, ys])


def _moved(someone: Person, source: NDArray[np.float64]) -> Pixels:
    """Each pixel from where `source` says."""
    xs, ys = source.astype(np.float32)
    return np.asarray(cv2.remap(someone.pixels, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)


_MOVES: dict[Action, Callable[[Person], Pixels]] = {
    Action.LOOK: _at_rest,
    Action.EYES: _closes_eyes,
    Action.MOUTH: _opens_mouth,
    Action.LEFT: _turns(1.0),
    Action.RIGHT: _turns(-1.0),
}
