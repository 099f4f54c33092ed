"""A network that a site brings along, here one that the test makes: the mean colour of nine tiles of an aligned face."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from kyc.faces.onnx import SIDE, ModelRefused, OnnxEncoder, aligned
from kyc.faces.portrait import Portrait, portrait_of
from kyc.faces.scoring import distance
from tests.support.acting import person
from tests.support.photographs import photograph


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _network(tmp_path_factory.mktemp("model") / "tiles.onnx", side=SIDE)


def _network(path: Path, side: int) -> Path:
    face = helper.make_tensor_value_info("face", TensorProto.FLOAT, ["n", 3, side, side])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", 27])
    nodes = [
        helper.make_node("AveragePool", ["face"], ["tiles"], kernel_shape=[37, 37], strides=[37, 37]),
        helper.make_node("Flatten", ["tiles"], ["vector"]),
    ]
    graph = helper.make_graph(nodes, "tiles", [face], [vector])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path


def test_a_face_becomes_a_vector_of_unit_length_named_after_the_file(model: Path) -> None:
    found = portrait_of(photograph("obama"), model)
    assert isinstance(found, Portrait)
    assert found.vector.shape == (27,)
    assert np.linalg.norm(found.vector) == pytest.approx(1.0, abs=1e-5)
    assert found.encoder == OnnxEncoder(model).name
    assert found.encoder.startswith("onnx-")


def test_one_person_is_nearer_to_themselves_even_by_their_colours(model: Path) -> None:
    vectors = {}
    for name in ("obama", "obama2", "biden"):
        found = portrait_of(photograph(name), model, strict=False)
        assert isinstance(found, Portrait)
        vectors[name] = found.vector
    assert distance(vectors["obama"], vectors["obama"]) == 0
    assert distance(vectors["obama"], vectors["biden"]) > 0


def test_eyes_stand_where_the_network_expects_them() -> None:
    someone = person("obama")
    side = aligned(someone.pixels, someone.face)
    assert side.shape == (SIDE, SIDE, 3)
    marked = someone.pixels.copy()
    for eye in (slice(36, 42), slice(42, 48)):
        x, y = someone.face.points[eye].mean(axis=0).round().astype(int)
        marked[y - 4 : y + 5, x - 4 : x + 5] = (0, 255, 0)
    green = (aligned(marked, someone.face).astype(int) @ (-1, 2, -1)) > 300
    rows, columns = np.nonzero(green)
    left, right = columns < SIDE / 2, columns >= SIDE / 2
    found = [rows.mean(), columns[left].mean(), columns[right].mean()]
    assert np.abs(np.array(found) - (51.6, 38.3, 73.5)).max() < 4


def test_what_is_no_such_network_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("nothing")
    wrong = _network(tmp_path / "small.onnx", side=64)
    for path in (tmp_path / "text.onnx", tmp_path / "none.onnx", wrong):
        with pytest.raises(ModelRefused, match=path.name):
            OnnxEncoder(path)
