import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from app.tiny_models import follows_head, normalised_eyes_contract
from gaze_demo import paths
from gaze_demo.errors import UserError
from gaze_demo.model.contract import ContractError
from gaze_demo.model.registry import default_pair, find_model, list_models, scan_models


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Empty folders of shipped and of the user's models."""
    shipped, yours = tmp_path / "shipped", tmp_path / "yours"
    shipped.mkdir()
    yours.mkdir()
    monkeypatch.setattr(paths, "models", lambda: shipped)
    monkeypatch.setattr(paths, "user_models", lambda: yours)
    return shipped, yours


def test_models_of_both_folders_are_listed_teachers_first_and_larger_before_smaller(
    folders: tuple[Path, Path],
) -> None:
    shipped, yours = folders
    follows_head(shipped / "small.onnx", parameters=10)
    follows_head(shipped / "large.onnx", parameters=20)
    follows_head(yours / "master.onnx", role="teacher", parameters=1)
    follows_head(yours / "another.onnx", role="other", parameters=99)
    entries = list_models()
    assert [entry.name for entry in entries] == ["master", "large", "small", "another"]
    assert [entry.origin for entry in entries] == ["yours", "shipped", "shipped", "yours"]
    assert [entry.name for entry in default_pair(entries)] == ["master", "large"]


def test_mobilenet25_is_the_student_shown_at_first(folders: tuple[Path, Path]) -> None:
    shipped, _ = folders
    for name, role in (("mobilenet100", "student"), ("mobilenet25", "student"), ("teacher", "teacher")):
        follows_head(shipped / f"{name}.onnx", role=role)
    assert [entry.name for entry in default_pair(list_models())] == ["teacher", "mobilenet25"]


def test_without_a_teacher_two_students_are_shown_at_first(folders: tuple[Path, Path]) -> None:
    shipped, _ = folders
    for name in ("a", "b", "c"):
        follows_head(shipped / f"{name}.onnx")
    assert [entry.name for entry in default_pair(list_models())] == ["a", "b"]
    assert default_pair([]) == []


def test_a_model_of_the_users_takes_the_place_of_its_namesake(folders: tuple[Path, Path]) -> None:
    shipped, yours = folders
    follows_head(shipped / "teacher.onnx")
    mine = follows_head(yours / "teacher.onnx")
    assert [entry.path for entry in list_models()] == [mine]


@pytest.mark.fault("a damaged model lies in the folder of models", "the others are listed; one sentence names it")
def test_a_broken_model_hides_no_other_and_is_told_of(folders: tuple[Path, Path]) -> None:
    shipped, yours = folders
    follows_head(shipped / "good.onnx")
    (yours / "bad.onnx").write_bytes(b"no model at all")
    models = scan_models()
    assert [entry.name for entry in models.entries] == ["good"]
    assert len(models.problems) == 1
    assert "bad.onnx" in models.problems[0]
    with pytest.raises(UserError, match=r"bad\.onnx"):
        find_model("bad")


def test_a_name_nobody_has_is_answered_with_those_there_are(folders: tuple[Path, Path]) -> None:
    follows_head(folders[0] / "teacher.onnx")
    with pytest.raises(UserError, match=r"'pupil'.*teacher"):
        find_model("pupil")
    with pytest.raises(UserError, match="no file"):
        find_model("missing.onnx")


def test_a_file_of_another_kind_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"a photo")
    with pytest.raises(UserError, match=r"photo\.jpg is not a model"):
        find_model(str(tmp_path / "photo.jpg"))


def test_a_contract_beside_the_file_counts_before_that_inside(tmp_path: Path) -> None:
    path = follows_head(tmp_path / "tiny.onnx", licence="inside")
    assert find_model(str(path)).contract.licence == "inside"
    path.with_suffix(".json").write_text(json.dumps(normalised_eyes_contract(licence="beside")))
    assert find_model(str(path)).contract.licence == "beside"


def test_the_contract_of_a_public_model_ships_and_serves_a_file_of_that_name(folders: tuple[Path, Path]) -> None:
    shipped, yours = folders
    path = follows_head(yours / "public.onnx")
    model = onnx.load(path)
    del model.metadata_props[:]
    onnx.save(model, path)
    with pytest.raises(ContractError, match=r"public\.onnx has no contract: put a public\.json beside it"):
        find_model(str(path))
    (shipped / "contracts").mkdir()
    (shipped / "contracts" / "public.json").write_text(json.dumps(normalised_eyes_contract(licence="theirs")))
    assert find_model("public").contract.licence == "theirs"


def test_every_contract_that_ships_is_valid(repository: Path) -> None:
    from gaze_demo.model.contract import parse_contract

    contracts = sorted((repository / "models" / "contracts").glob("*.json"))
    assert contracts
    for path in contracts:
        assert parse_contract(path.read_bytes(), path.name).attribution


@pytest.mark.fault("a model keeps its weights in other files", "one sentence; no other file is opened")
@pytest.mark.parametrize("where", ["initializer", "constant", "subgraph", "function"])
def test_a_model_that_keeps_weights_in_other_files_is_refused(tmp_path: Path, where: str) -> None:
    (tmp_path / "secret.bin").write_bytes(np.ones(4, np.float32).tobytes())
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    weights.external_data.add(key="location", value="secret.bin")
    constant = helper.make_node("Constant", [], ["w"], value=weights)
    output = helper.make_tensor_value_info("w", TensorProto.FLOAT, [4])
    if where == "initializer":
        graph = helper.make_graph([], "tiny", [], [output], [weights])
    elif where == "constant":
        graph = helper.make_graph([constant], "tiny", [], [output])
    else:
        branch = helper.make_graph([constant], "branch", [], [output])
        condition = helper.make_tensor_value_info("c", TensorProto.BOOL, [1])
        choice = helper.make_node("If", ["c"], ["w"], then_branch=branch, else_branch=branch)
        graph = helper.make_graph([choice], "tiny", [condition], [output])
    functions = []
    if where == "function":
        opset = [helper.make_opsetid("", 17)]
        functions = [helper.make_function("own", "Weights", [], ["w"], [constant], opset)]
        graph = helper.make_graph([helper.make_node("Weights", [], ["w"], domain="own")], "tiny", [], [output])
    (tmp_path / "tiny.onnx").write_bytes(helper.make_model(graph, functions=functions).SerializeToString())
    with pytest.raises(ContractError, match="other files"):
        find_model(str(tmp_path / "tiny.onnx"))


@pytest.mark.fault("an ONNX file was cut or scrambled", "one sentence")
def test_a_file_that_was_cut_or_scrambled_gives_one_sentence(tmp_path: Path) -> None:
    whole = follows_head(tmp_path / "whole.onnx").read_bytes()
    random = np.random.default_rng(0)
    broken = tmp_path / "broken.onnx"
    contents = [b"", b"PK\x03\x04", *(whole[: int(n)] for n in random.integers(1, len(whole), 30))]
    for _ in range(100):
        scrambled = bytearray(whole)
        for place in random.integers(0, len(whole), 5):
            scrambled[place] = random.integers(256)
        contents.append(bytes(scrambled))
    refused = []
    for content in contents:
        broken.write_bytes(content)
        try:
            find_model(str(broken))  # it may have lost nothing that matters
        except ContractError as error:
            refused.append(str(error))
    assert len(refused) > 30
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in refused)
