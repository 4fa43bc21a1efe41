import json
from pathlib import Path

import numpy as np
import pytest

from gaze_training.card_files import load_cards
from gaze_training.cli import main
from gaze_training.commands.options import overrides_of
from training.drawn_eyes import drawn_faces

RUN = """
name = "tiny"
network = { kind = "mobilenet", width = 0.125, depth = 0.5 }
train = { epochs = 1, batch = 32, warmup_epochs = 0.0 }
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "run.toml"
    path.write_text(RUN)
    drawn_faces(60).save(tmp_path / "data" / "a.npz")
    return path


def test_a_student_is_distilled_from_the_teacher_named_on_the_command_line(config: Path, tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "data"), "--device", "cpu"]
    assert main(["teacher", str(config), *data, "--out", str(tmp_path / "t")]) == 0
    taught = ["--teacher", str(tmp_path / "t" / "network.pt"), "--set", "scheme.name=imitation"]
    assert main(["distill", str(config), *data, *taught, "--out", str(tmp_path / "s")]) == 0
    assert (tmp_path / "s" / "network.pt").exists()
    assert (tmp_path / "s" / "history.jsonl").read_text().count("\n") == 1


def test_a_run_without_a_folder_is_named_by_its_configuration_and_seed(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["teacher", str(config), "--data", "data", "--seed", "7", "--device", "cpu"]) == 0
    assert (tmp_path / "runs" / "tiny-7" / "network.pt").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "absent"], "No shards of faces"),  # no such folder
        ([], "data.folders is empty"),  # nothing to train on
        (["--data", "data", "--set", "train.epoch=3"], "train.epoch"),  # an unknown field
        (["--data", "data", "--set", "train.epochs=many"], "train.epochs"),  # a value of another type
        (["--data", "data", "--set", "train.epochs"], "KEY=VALUE"),
        (["--data", "data", "--teacher", "absent.pt"], "There is no file absent.pt"),
        (["--data", "data", "--set", "scheme.name=imitation"], "needs a teacher"),
        (["--data", "data", "--set", "train.rate=1e30", "--set", "train.clip=1e30"], "diverged"),
        (["--data", "data", "--set", "network.kind=ensemble"], "network"),
        (["--data", "data", "--set", "data.leave_out=8"], "8 people"),
        (["--data", "data", "--set", "data.leave_out=0", "--validation", "data"], "data.leave_out"),
        (["--data", "data", "--validation", "unlabelled"], "no face in it has a known gaze"),
        (["--data", "data", "--out", "run.toml"], "run.toml: "),  # a file, not a folder
        (["--data", "plain", "--set", "scheme.name=outside"], "--outside"),
        (["--data", "plain", "--set", "scheme.name=outside-bounded"], "--outside"),
    ],
)
def test_what_a_user_got_wrong_is_one_sentence_and_exit_code_2(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    plain = drawn_faces(60)
    plain.outside[:] = np.nan
    plain.save(tmp_path / "plain" / "a.npz")
    unlabelled = drawn_faces(20)
    unlabelled.gaze[:] = np.nan
    unlabelled.save(tmp_path / "unlabelled" / "a.npz")
    assert main(["teacher", str(config), "--device", "cpu", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gaze-train: ")
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("frames absent.csv --model mobilenet12", "There is no file absent.csv"),
        ("frames points.csv --model run/network.pt", "write the network as ONNX first"),
        ("frames points.csv --model mobilenet12", "No frame could be read"),
        ("frames --read sittings --hfov 70 --model mobilenet12", "--hfov cannot be combined with --read"),
        ("frames --model mobilenet12", "name either a TABLE"),
    ],
)
def test_a_screen_test_that_cannot_be_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text("file,x,y\ngone.png,1,2\n")
    assert main(["evaluate", "screen", *arguments.split()]) == 2
    assert message in capsys.readouterr().err


def test_a_data_set_is_read_from_its_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read = ["data", "--read", "sittings", "--source", str(tmp_path), "--out", str(tmp_path / "out")]
    assert main(read) == 2
    assert "holds no recorded sitting" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "problem"), [("name = ", "not valid TOML"), ("a = " + 2000 * "[", "too deeply")])
def test_a_configuration_that_is_not_toml_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, problem: str
) -> None:
    (tmp_path / "a.toml").write_text(text)
    assert main(["teacher", str(tmp_path / "a.toml")]) == 2
    assert problem in capsys.readouterr().err


def test_values_are_read_as_toml_writes_them_and_as_text_otherwise() -> None:
    assert overrides_of(["a=" + 2000 * "["]) == {"a": 2000 * "["}
    assert overrides_of(["a.b=3", "c=true", "d=staged-hints", 'e=["x"]']) == {
        "a.b": 3,
        "c": True,
        "d": "staged-hints",
        "e": ["x"],
    }


def test_an_exported_model_is_measured_and_gets_its_card(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["teacher", str(config), "--data", "data", "--out", "run", "--device", "cpu"]) == 0
    eight_bit = ["--int8", "--calibration", "data"]
    assert main(["export", "run/network.pt", "--out", "models/tiny.onnx", *eight_bit]) == 0
    capsys.readouterr()
    models = ["--model", "models/tiny.onnx", "--model", "run/network.pt"]
    written = ["--json", "figures.json", "--picture", "answers.png"]
    assert main(["evaluate", "response", "data", *models, *written]) == 0
    assert (tmp_path / "answers.png").stat().st_size > 5000
    shown = capsys.readouterr().out
    assert "into the lens" in shown  # the constant answer stands beside the models
    figures = json.loads((tmp_path / "figures.json").read_text())
    exported, trained = (figures[name][0]["yaw"]["gain"] for name in ("models/tiny.onnx", "run/network.pt"))
    assert exported == pytest.approx(trained, abs=1e-3)
    Path("other.onnx").write_bytes(Path("models/tiny.onnx").read_bytes())
    Path("tiny.onnx").write_bytes(Path("models/tiny.onnx").read_bytes())  # of the same name, elsewhere
    models = ["models/tiny.onnx", "models/tiny-int8.onnx"]
    assert main(["card", *models, "--response", "data", "--beside", "other.onnx", "--beside", "tiny.onnx"]) == 0
    cards = {card.name: card for card in load_cards(tmp_path / "models")}
    card = cards["tiny"]
    assert card.int8_loss_deg is None
    assert (cards["tiny-int8"].int8_loss_deg or 0) > 0
    assert card.training.data == ("data",)
    assert card.response[0].yaw.gain == pytest.approx(exported, abs=1e-3)
    assert card.latency_ms > 0
    assert card.beside_ms.keys() == {"other", "tiny-int8", "tiny.onnx"}
    assert card.beside_ms["other"] == pytest.approx(card.latency_ms, rel=0.5)  # the same file, in turns
    assert "other" in Path("models/tiny.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "points", "absent.npz", "--model", "run.pt"], "absent.npz"),
        (["evaluate", "response", "data", "--model", "absent.onnx"], "absent.onnx"),
        (["evaluate", "response", "data", "--model", "absent.pt"], "absent.pt"),
        (["card", "absent.onnx"], "absent.onnx"),
        (["card", "junk.onnx"], "junk.onnx"),
        (["evaluate", "response", "data", "--model", "junk.onnx"], "junk.onnx"),
        (["data", "--outside", "junk.onnx", "--faces", "2", "--out", "new"], "junk.onnx"),
        (["data", "--seed", "-1", "--out", "new"], "seed is -1"),
        (["data", "--sheet", "sheet.xyz", "--count", "1"], "sheet.xyz"),
        (["card", "absent.onnx", "--beside", "absent.onnx"], "absent.onnx"),
        (["export", "absent.pt", "--out", "a.onnx"], "absent.pt"),
        (["export", "absent.pt", "--out", "a.txt"], ".onnx"),
        (["export", "absent.pt", "--out", "a.onnx", "--int8"], "--calibration"),
        (["study", "absent.toml"], "absent.toml"),
    ],
)
def test_a_file_that_is_not_there_is_one_sentence(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("junk.onnx").write_bytes(b"junk")
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
