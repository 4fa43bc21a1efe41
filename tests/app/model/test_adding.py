import json
from pathlib import Path

import pytest

from app.tiny_models import follows_head, normalised_eyes_contract
from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.model.adding import NameTaken, add_model
from gaze_demo.model.registry import find_model


@pytest.fixture
def yours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder of models; a folder of shipped ones beside it has a teacher."""
    (tmp_path / "shipped").mkdir()
    follows_head(tmp_path / "shipped" / "teacher.onnx", role="teacher")
    monkeypatch.setattr(paths, "models", lambda: tmp_path / "shipped")
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "yours")
    return tmp_path / "yours"


def test_a_model_is_copied_with_the_contract_beside_it(tmp_path: Path, yours: Path) -> None:
    path = follows_head(tmp_path / "mine.onnx")
    path.with_suffix(".json").write_text(json.dumps(normalised_eyes_contract(licence="beside")))
    entry = add_model(path)
    assert (entry.path, entry.origin, entry.contract.licence) == (yours / "mine.onnx", "yours", "beside")
    assert sorted(file.name for file in yours.iterdir()) == ["mine.json", "mine.onnx"]


@pytest.mark.parametrize("name", ["mine", "teacher"], ids=["one of yours", "one that ships"])
def test_a_name_that_is_taken_is_asked_about(tmp_path: Path, yours: Path, name: str) -> None:
    add_model(follows_head(tmp_path / "mine.onnx", licence="first"))
    (tmp_path / "new").mkdir()
    new = follows_head(tmp_path / "new" / f"{name}.onnx", licence="second")
    with pytest.raises(NameTaken, match=f"called {name} already") as asked:
        add_model(new)
    assert asked.value.name == name
    assert find_model("mine").contract.licence == "first"
    assert add_model(new, replace=True).contract.licence == "second"
    assert find_model(name).contract.licence == "second"


def test_a_model_that_replaces_another_is_not_read_by_its_predecessors_contract(tmp_path: Path, yours: Path) -> None:
    first = follows_head(tmp_path / "mine.onnx")
    first.with_suffix(".json").write_text(json.dumps(normalised_eyes_contract(licence="of the first")))
    add_model(first)
    (tmp_path / "new").mkdir()
    add_model(follows_head(tmp_path / "new" / "mine.onnx", licence="of the second"), replace=True)
    assert find_model("mine").contract.licence == "of the second"


def test_a_model_that_does_not_run_changes_nothing(tmp_path: Path, yours: Path) -> None:
    add_model(follows_head(tmp_path / "mine.onnx", licence="first"))
    (tmp_path / "new").mkdir()
    with pytest.raises(UserError):
        add_model(follows_head(tmp_path / "new" / "mine.onnx", output__tensor="look"), replace=True)
    assert find_model("mine").contract.licence == "first"


def test_a_model_that_is_in_the_folder_already_stays(tmp_path: Path, yours: Path) -> None:
    added = add_model(follows_head(tmp_path / "mine.onnx"))
    assert add_model(added.path) == added
    assert added.path.stat().st_size > 0


def test_a_committee_of_models_at_hand_is_added(tmp_path: Path, yours: Path) -> None:
    add_model(follows_head(tmp_path / "mine.onnx"))
    path = tmp_path / "both.json"
    path.write_text(json.dumps({"kind": "committee", "members": [{"model": "mine"}, {"model": "teacher"}]}))
    assert [member.name for member in add_model(path).members] == ["mine", "teacher"]
    assert find_model("both").origin == "yours"
    path.write_text(json.dumps({"kind": "committee", "members": [{"model": "mine.onnx"}, {"model": "teacher"}]}))
    with pytest.raises(UserError, match="by path"):
        add_model(path, replace=True)
