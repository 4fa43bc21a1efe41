import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gaze_demo.model.contract import Training
from gaze_training.cli import main
from gaze_training.export import Description, export_onnx
from gaze_training.eyes import Eyes
from gaze_training.metrics import predict
from gaze_training.networks.spec import NetworkSpec, build_network
from gaze_training.networks.store import StoredNetwork, load_network
from gaze_training.provenance import training_of
from training.drawn_eyes import drawn_faces

THIN = NetworkSpec(kind="mobilenet", width=0.125, refined=(0, 1, 0, 0))
RUN = 'name = "tiny"\ntrain = { epochs = 1, batch = 32, warmup_epochs = 0.0, rate = 1e-6 }\n'


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two exported models."""
    folder = tmp_path_factory.mktemp("models")
    exported(THIN, folder / "thin.onnx")
    exported(NetworkSpec(kind="mobilenet", width=0.25), folder / "wide.onnx")
    return folder


@pytest.fixture
def place(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with faces, a configuration without a network, and the models: the current folder."""
    monkeypatch.chdir(tmp_path)
    drawn_faces(60).save(tmp_path / "data" / "a.npz")
    (tmp_path / "own.toml").write_text(RUN)
    for model in models.iterdir():
        shutil.copy(model, tmp_path)
    return tmp_path


def exported(spec: NetworkSpec, path: Path) -> None:
    torch.manual_seed(0)
    network, seen = build_network(spec), Eyes.from_faces(drawn_faces(60))
    with torch.no_grad():
        for _ in range(30):
            network(seen.crops, seen.head)
    description = Description("A student", "student", "Apache-2.0", Training())
    export_onnx(StoredNetwork(network.eval(), spec, {}), path, description)


def distil(*arguments: str) -> int:
    return main(["distill", "own.toml", "--data", "data", "--device", "cpu", "--out", "run", *arguments])


def test_a_run_goes_on_from_the_weights_of_an_exported_model(place: Path) -> None:
    assert distil("--from", "thin.onnx") == 0
    start, end = (load_network(place / "run" / name) for name in ("thin/network.pt", "network.pt"))
    assert end.spec == THIN
    eyes = Eyes.from_faces(drawn_faces(60))
    before, after = predict(start.network, eyes), predict(end.network, eyes)
    both = torch.stack([before.flatten(), after.flatten()])
    assert float(torch.corrcoef(both)[0, 1]) > 0.9  # a tiny rate changes little
    assert "from the weights of thin" in training_of(end.summary).summary


def test_the_model_may_be_its_own_teacher_on_faces_without_labels(place: Path) -> None:
    others = drawn_faces(60, seed=1)
    others.person[:] += 1000
    others.gaze[:] = np.nan
    others.save(place / "others" / "a.npz")
    taught = ["--teacher", "thin.onnx", "--unlabelled", "others", "--set", "scheme.name=unlabelled"]
    assert distil("--from", "thin.onnx", *taught, "--set", "scheme.options.alpha=0") == 0
    assert load_network(place / "run" / "network.pt").summary["run"]["scheme"]["teachers"] == ["run/thin/network.pt"]


def test_a_configuration_of_the_same_network_takes_the_models_refinements(place: Path) -> None:
    network = 'network = { kind = "mobilenet", width = 0.125, auxiliary = true }\n'
    (place / "own.toml").write_text(RUN + network)
    assert distil("--from", "thin.onnx") == 0
    assert load_network(place / "run" / "network.pt").spec == THIN


def test_a_network_of_a_run_is_continued_as_it_is(place: Path) -> None:
    assert distil("--from", "thin.onnx") == 0
    assert main(["distill", "own.toml", "--data", "data", "--from", "run/network.pt", "--out", "next"]) == 0
    assert load_network(place / "next" / "network.pt").spec == THIN


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("gaze-estimation-adas-0002", "no model of somebody else"),
        ("teacher-adas", "no committee"),
        ("teacher", "an ensemble of 2 networks"),
        ("mobilenet25-int8", "8 bit"),
        ("wide.onnx", "width 0.25"),  # the configuration says 0.125
        ("absent.pt", "absent.pt"),
        ("absent", "There is no model 'absent'"),
        ("own.toml", "own.toml"),
    ],
)
def test_what_cannot_be_continued_is_refused_in_one_sentence(
    place: Path, capsys: pytest.CaptureFixture[str], model: str, message: str
) -> None:
    (place / "own.toml").write_text(RUN + 'network = { kind = "mobilenet", width = 0.125 }\n')
    assert distil("--from", model) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
