"""One face from one picture, in a worker's process: the encoder's vector, or what is wrong with the picture."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kyc.faces.encoder import DlibEncoder, FaceEncoder, Vector, faces_in
from kyc.faces.quality import FaceFault, fault_of
from kyc.images import pixels_of

LONGEST_SIDE = 800
"""Pixels at which a portrait is looked at."""


@dataclass(frozen=True)
class Portrait:
    """A face's vector and the name of the encoder that made it."""

    encoder: str
    vector: Vector


def portrait_of(content: bytes, model: Path | None, *, strict: bool = True) -> Portrait | FaceFault:
    """The one face in a picture, or why there is none to compare. Raises ImageRefused, ModelRefused.

    Without `strict` only its being one face matters, as for a collection of pictures that are what they are.
    """
    pixels = pixels_of(content, LONGEST_SIDE)
    faces = faces_in(pixels)
    fault = fault_of(pixels, faces)
    if fault is not None and (strict or fault in (FaceFault.NONE, FaceFault.MANY)):
        return fault
    encoder = encoder_of(model)
    return Portrait(encoder.name, encoder.encode(pixels, faces[0]))


@cache
def encoder_of(model: Path | None) -> FaceEncoder:
    """The encoder in use, loaded once a process. Raises ModelRefused."""
    if model is None:
        return DlibEncoder()
    from kyc.faces.onnx import OnnxEncoder

    return OnnxEncoder(model)


def encoder_name(model: Path | None) -> str:
    """The name of the encoder in use, without loading it. Raises ModelRefused."""
    if model is None:
        return DlibEncoder.name
    from kyc.faces.onnx import name_of

    return name_of(model)
