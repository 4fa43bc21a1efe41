from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from gaze_demo.errors import UserError
from gaze_demo.model.contract import METADATA_KEY, Training, parse_contract
from gaze_training import export
from gaze_training.config import OptimiserConfig, RunConfig
from gaze_training.export import Description, export_int8, export_onnx, worst_difference_rad
from gaze_training.eyes import Eyes
from gaze_training.metrics import predict
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.networks.store import StoredNetwork
from gaze_training.onnx_run import EYES, HEAD, open_session, run_onnx
from gaze_training.trainer import Trainer
from training.drawn_eyes import drawn_faces

DESCRIPTION = Description("A student", "student", "Apache-2.0", Training())
MOBILENET = NetworkSpec(kind="mobilenet", width=0.125, depth=0.5, auxiliary=True)
RESIDUAL = NetworkSpec(kind="residual", width=0.25)
SURE = NetworkSpec(kind="residual", width=0.25, confidence=True)
SPECS = [MOBILENET, RESIDUAL, NetworkSpec(kind="ensemble", members=(MOBILENET, RESIDUAL)), SURE]


def stored(spec: NetworkSpec) -> StoredNetwork:
    torch.manual_seed(0)
    network = build_network(spec)
    with torch.no_grad():  # batch statistics unlike those that a folded batch norm begins with
        for _ in range(3):
            network(torch.rand(16, 1, 36, 60) * 255, torch.randn(16, 2) * 0.2)
    return StoredNetwork(network.eval(), spec, {})


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_onnx_says_what_torch_says(tmp_path: Path, spec: NetworkSpec) -> None:
    model, path = stored(spec), tmp_path / "a.onnx"
    export_onnx(model, path, DESCRIPTION)
    assert worst_difference_rad(model.network, path) < 1e-4
    eyes = Eyes.from_faces(drawn_faces(5))
    assert torch.allclose(run_onnx(path, eyes), predict(model.network, eyes), atol=1e-4)


def test_the_contract_lies_in_the_file_and_counts_both_eyes(tmp_path: Path) -> None:
    written = export_onnx(stored(MOBILENET), tmp_path / "a.onnx", DESCRIPTION)
    properties = {entry.key: entry.value for entry in onnx.load(tmp_path / "a.onnx").metadata_props}
    read = parse_contract(properties[METADATA_KEY], "a.onnx")
    assert read == written
    assert read.parameters == sum(p.numel() for p in stored(MOBILENET).network.parameters())
    assert read.role == "student"


@pytest.mark.parametrize("spec", [SURE, NetworkSpec(kind="ensemble", members=(SURE, SURE))], ids=lambda s: s.kind)
def test_condition_and_covariance_are_told_as_the_contract_says(tmp_path: Path, spec: NetworkSpec) -> None:
    model, path = stored(spec), tmp_path / "a.onnx"
    answers = export_onnx(model, path, DESCRIPTION).output
    assert answers.condition is not None
    assert answers.covariance is not None
    eyes = Eyes.from_faces(drawn_faces(5)).select(slice(0, 2))
    feed = {EYES: eyes.crops.float().numpy(), HEAD: eyes.head.numpy()}
    condition, covariance = open_session(path).run([answers.condition.tensor, answers.covariance.tensor], feed)
    assert condition.shape == (2, len(answers.condition.components))
    assert ((condition > 0) & (condition < 1)).all()
    assert (covariance[:, 0] * covariance[:, 1] > covariance[:, 2] ** 2).all()
    with torch.no_grad():
        assert np.allclose(covariance, model.network(eyes.crops, eyes.head).covariance, atol=1e-5)


def test_a_network_that_tells_only_the_gaze_says_so(tmp_path: Path) -> None:
    answers = export_onnx(stored(MOBILENET), tmp_path / "a.onnx", DESCRIPTION).output
    assert answers.condition is None
    assert answers.covariance is None


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MAX_BYTES", 1000)
    with pytest.raises(UserError, match="smaller"):
        export_onnx(stored(MOBILENET), tmp_path / "a.onnx", DESCRIPTION)


def test_a_wrong_export_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "TOLERANCE_RAD", -1.0)
    with pytest.raises(UserError, match="differs from torch"):
        export_onnx(stored(MOBILENET), tmp_path / "a.onnx", DESCRIPTION)
    assert not list(tmp_path.iterdir())


def test_a_diverged_network_is_not_exported_and_a_refusal_leaves_the_last_export(tmp_path: Path) -> None:
    good, path = stored(MOBILENET), tmp_path / "a.onnx"
    export_onnx(good, path, DESCRIPTION)
    before = path.read_bytes()
    with torch.no_grad():
        next(good.network.parameters())[:] = torch.nan
    assert not worst_difference_rad(good.network, path) <= 1e-4
    with pytest.raises(UserError, match="diverged"):
        export_onnx(good, path, DESCRIPTION)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.onnx"]


def test_the_last_layer_of_every_member_stays_in_full(tmp_path: Path) -> None:
    model = stored(NetworkSpec(kind="ensemble", members=(MOBILENET, MOBILENET)))
    contract = export_onnx(model, tmp_path / "a.onnx", DESCRIPTION)
    export_int8(tmp_path / "a.onnx", tmp_path / "b.onnx", contract, Eyes.from_faces(drawn_faces(10)))
    graph = onnx.load(tmp_path / "b.onnx").graph
    dequantised = {output for node in graph.node if node.op_type == "DequantizeLinear" for output in node.output}
    in_full = [node for node in graph.node if node.op_type == "Gemm" and node.input[1] not in dequantised]
    assert len(in_full) == 2


def test_eight_bits_keep_most_of_a_trained_network(tmp_path: Path) -> None:
    eyes = Eyes.from_faces(drawn_faces(200))
    train = OptimiserConfig(epochs=10, batch=32, rate=4e-3, ema_decay=0.98)
    run = RunConfig(network=NetworkSpec(kind="mobilenet", width=0.25, depth=0.5), train=train)
    model = StoredNetwork(Trainer(run).fit(eyes, show=False).network, run.network, {})
    contract = export_onnx(model, tmp_path / "a.onnx", DESCRIPTION)
    loss = export_int8(tmp_path / "a.onnx", tmp_path / "a-int8.onnx", contract, eyes)
    assert 0 < loss.difference_deg < 2.0
    assert loss.error_int8_deg < loss.error_deg + 2.0
    assert (tmp_path / "a-int8.onnx").stat().st_size < (tmp_path / "a.onnx").stat().st_size
