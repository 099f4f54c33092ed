"""An encoder that a site brings along: a network in a file, of the ArcFace family's form."""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kyc.faces.encoder import Face, Vector
from kyc.images import Pixels

SIDE = 112
_WHERE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    dtype=np.float64,
)
"""Where eyes, nose and the corners of the mouth stand in a picture of 112 x 112 (Deng et al. 2019, and all since)."""


class ModelRefused(Exception):
    """A file that is no such network; the message is a sentence in Chinese."""


class OnnxEncoder:
    """Turns an aligned face of 112 x 112 into the vector of a network, brought to unit length."""

    def __init__(self, path: Path) -> None:
        """Load the network. Raises ModelRefused."""
        import onnxruntime

        content = _content(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library raises several kinds, none of them documented
            raise ModelRefused(f"{path} 不是能用的 ONNX 模型（{type(error).__name__}）") from None
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or list(inputs[0].shape[1:]) != [3, SIDE, SIDE]:
            raise ModelRefused(f"{path} 的输入应当是 1×3×{SIDE}×{SIDE} 的一张人脸")
        self._input = inputs[0].name
        self.name = name_of(path)

    def encode(self, pixels: Pixels, face: Face) -> Vector:
        """The face as the network's vector."""
        normed = (aligned(pixels, face).astype(np.float32) - 127.5) / 127.5
        (output,) = self._session.run(None, {self._input: normed.transpose(2, 0, 1)[None]})[:1]
        vector = np.asarray(output, dtype=np.float32).reshape(-1)
        length = float(np.linalg.norm(vector))
        return (vector / length).astype(np.float32) if length > 0 else vector


@cache
def name_of(path: Path) -> str:
    """What the vectors of a network are called: after what is in its file. Raises ModelRefused."""
    return f"onnx-{hashlib.sha256(_content(path)).hexdigest()[:12]}"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise ModelRefused(f"读不了人脸模型文件 {path}") from None


def aligned(pixels: Pixels, face: Face) -> Pixels:
    """The face turned, moved and scaled so that its eyes, nose and mouth stand where the network expects them."""
    turned, shift = _similarity(_WHERE, _five_points(face))
    coefficients = (turned[0, 0], turned[0, 1], shift[0], turned[1, 0], turned[1, 1], shift[1])
    image = Image.fromarray(pixels).transform(
        (SIDE, SIDE), Image.Transform.AFFINE, tuple(float(each) for each in coefficients), Image.Resampling.BILINEAR
    )
    return np.asarray(image)


def _five_points(face: Face) -> NDArray[np.float64]:
    points = face.points.astype(np.float64)
    return np.stack([points[36:42].mean(axis=0), points[42:48].mean(axis=0), points[30], points[48], points[54]])


def _similarity(
    given: NDArray[np.float64], wanted: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The turn-and-scale and the shift that bring points nearest to others (Umeyama 1991)."""
    middle, target = given.mean(axis=0), wanted.mean(axis=0)
    centred, goal = given - middle, wanted - target
    left, sizes, right = np.linalg.svd(goal.T @ centred / len(given))
    signs = np.array([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    scale = float((sizes * signs).sum() / centred.var(axis=0).sum())
    turned = scale * (left * signs) @ right
    return turned, target - turned @ middle
