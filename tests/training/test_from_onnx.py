from pathlib import Path

import pytest
import torch

from gaze_demo.errors import UserError
from gaze_demo.model.contract import Training
from gaze_training.cli import main
from gaze_training.export import Description, export_int8, export_onnx, worst_difference_rad
from gaze_training.eyes import Eyes
from gaze_training.from_onnx import import_network, member_of
from gaze_training.metrics import predict
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.networks.store import StoredNetwork, load_network
from gaze_training.provenance import training_of
from training.drawn_eyes import drawn_faces

DESCRIPTION = Description("A student", "student", "Apache-2.0", Training())
SPECS = [
    NetworkSpec(kind="mobilenet", width=0.125, depth=1.0),
    NetworkSpec(kind="mobilenet", width=0.25, refined=(0, 2, 1, 0), halving_kernel=5, confidence=True),
    NetworkSpec(kind="residual", width=0.25, depth=2.0),
]
ENSEMBLE = NetworkSpec(kind="ensemble", members=(SPECS[2], SPECS[0]))


def eyes() -> Eyes:
    return Eyes.from_faces(drawn_faces(60))


def exported(spec: NetworkSpec, path: Path) -> StoredNetwork:
    """A network whose batch norms have seen eyes, written to `path`."""
    torch.manual_seed(0)
    network, seen = build_network(spec), eyes()
    with torch.no_grad():
        for _ in range(30):
            network(seen.crops, seen.head)
    stored = StoredNetwork(network.eval(), spec, {})
    export_onnx(stored, path, DESCRIPTION)
    return stored


@pytest.mark.parametrize("spec", [*SPECS, ENSEMBLE], ids=lambda spec: f"{spec.kind}-{spec.width:g}")
def test_an_imported_network_is_the_exported_one(tmp_path: Path, spec: NetworkSpec) -> None:
    before = exported(spec, tmp_path / "a.onnx")
    after = import_network(tmp_path / "a.onnx", eyes())
    assert after.spec == spec
    assert worst_difference_rad(after.network, tmp_path / "a.onnx") < 1e-4
    assert torch.allclose(predict(after.network, eyes()), predict(before.network, eyes()), atol=1e-4)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.kind}-{spec.width:g}")
def test_training_starts_where_the_file_ended(tmp_path: Path, spec: NetworkSpec) -> None:
    exported(spec, tmp_path / "a.onnx")
    network = import_network(tmp_path / "a.onnx", eyes()).network
    seen = eyes()
    with torch.no_grad():
        still, learning = network(seen.crops, seen.head).gaze, network.train()(seen.crops, seen.head).gaze
    assert torch.allclose(learning, still, atol=0.02 * float(still.std()))


def test_a_member_of_an_ensemble_is_one_network(tmp_path: Path) -> None:
    before = exported(ENSEMBLE, tmp_path / "a.onnx")
    member = member_of(import_network(tmp_path / "a.onnx", eyes()), 2)
    assert member.spec == SPECS[0]
    assert torch.allclose(
        predict(member.network, eyes()), predict(before.network.get_submodule("members.1"), eyes()), atol=1e-4
    )
    with pytest.raises(UserError, match="has 2 members"):
        member_of(import_network(tmp_path / "a.onnx", eyes()), 3)


def test_an_8_bit_version_and_other_files_are_refused(tmp_path: Path) -> None:
    stored = exported(SPECS[0], tmp_path / "a.onnx")
    contract = export_onnx(stored, tmp_path / "a.onnx", DESCRIPTION)
    export_int8(tmp_path / "a.onnx", tmp_path / "a-int8.onnx", contract, eyes())
    (tmp_path / "b.onnx").write_bytes(b"not a model")
    with pytest.raises(UserError, match="8 bit"):
        import_network(tmp_path / "a-int8.onnx", eyes())
    with pytest.raises(UserError, match=r"b\.onnx"):
        import_network(tmp_path / "b.onnx", eyes())


def test_the_command_writes_a_network_and_says_where_it_came_from(tmp_path: Path) -> None:
    exported(SPECS[0], tmp_path / "a.onnx")
    drawn_faces(20).save(tmp_path / "faces" / "shard-00000.npz")
    out = tmp_path / "a.pt"
    assert main(["import", str(tmp_path / "a.onnx"), "--data", str(tmp_path / "faces"), "--out", str(out)]) == 0
    assert training_of(load_network(out).summary).summary == "The weights of a.onnx."
