"""`tools/landmark_network.py`: the faster form of MediaPipe's landmark network."""

import importlib.util
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.landmarks import bundle
from gaze_demo.landmarks.network import TfliteNetwork

POINTS, FACE = (1, 1, 1, 1434), (1, 1, 1, 1)


@pytest.fixture(scope="module")
def tool(repository: Path) -> ModuleType:
    pytest.importorskip("ai_edge_litert")
    pytest.importorskip("flatbuffers")
    spec = importlib.util.spec_from_file_location("landmark_network", repository / "tools" / "landmark_network.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answers(network: bytes, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    runs = TfliteNetwork(network)
    runs.run(lambda tensor: np.copyto(tensor[0], picture))
    return runs.read(POINTS).ravel(), runs.read(FACE).ravel()


@pytest.mark.parametrize("person", ["amara", "finn", "noor", "otto"])
def test_the_shipped_form_gives_the_landmarks_of_the_network_in_the_bundle(
    tool: ModuleType, repository: Path, person: str
) -> None:
    image = cv2.imread(str(repository / "assets" / f"person_{person}.jpg"))
    picture = cv2.resize(image, (256, 256))[..., ::-1].astype(np.float32) / 255
    old, new = (
        answers(network, picture)
        for network in (bundle.Bundle().network("face_landmarks_detector"), bundle.landmark_network())
    )
    assert np.ptp(old[0]) > 100
    assert np.abs(new[0] - old[0]).max() < 1e-3  # in px of the picture; on x86-64 the same to the last bit
    assert new[1] == pytest.approx(old[1], abs=1e-3)


def test_the_tool_makes_the_shipped_form(tool: ModuleType) -> None:
    made = tool.faster(bundle.Bundle().network("face_landmarks_detector"))
    picture = np.random.default_rng(1).random((256, 256, 3), np.float32)
    for one, other in zip(answers(made, picture), answers(bundle.landmark_network(), picture), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_nothing_but_the_activations_is_changed(tool: ModuleType) -> None:
    kinds = []
    for network in (bundle.Bundle().network("face_landmarks_detector"), bundle.landmark_network()):
        graph = tool._Graph(network)
        kinds.append([graph.kind(operator) for operator in graph.take_operators()])
    changed = {tool._Ops.PRELU, tool._Ops.RESHAPE, tool._Ops.MUL, tool._Ops.MAXIMUM}
    assert [kind for kind in kinds[0] if kind not in changed] == [kind for kind in kinds[1] if kind not in changed]
    activations = [kinds[n].count(tool._Ops.PRELU) + kinds[n].count(tool._Ops.MAXIMUM) for n in (0, 1)]
    assert activations == [69, 69]


def test_a_network_that_is_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.tflite").write_bytes(b"TFL3")
    for name in ("none.tflite", "other.tflite"):
        with pytest.raises(UserError, match="missing or not the expected file"):
            bundle.landmark_network(tmp_path / name)
