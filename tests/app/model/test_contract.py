import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.tiny_models import (
    face_box_contract,
    level_eyes_contract,
    merged,
    normalised_eyes_contract,
    normalised_face_contract,
)
from gaze_demo.model.contract import MAX_BYTES, Contract, ContractError, NormalisedEyes, parse_contract

FORMS = {
    "normalised eyes": normalised_eyes_contract(),
    "level eyes": level_eyes_contract(),
    "normalised face": normalised_face_contract(),
    "face box, Gaze360's bins": face_box_contract(90, 4, -180),
    "face box, MPIIFaceGaze's bins": face_box_contract(28, 3, -42),
}


@pytest.mark.parametrize("contract", FORMS.values(), ids=FORMS)
def test_the_forms_of_public_models_are_understood_and_come_back_from_json(contract: dict[str, Any]) -> None:
    parsed = parse_contract(json.dumps(contract), "model.json")
    assert parse_contract(parsed.to_json(), "model.json") == parsed


@pytest.mark.parametrize(
    ("width", "focal_px", "expected"),
    [(60, None, 960.0), (120, None, 1920.0), (60, 500.0, 500.0)],
    ids=["60 px", "twice the pixels", "its own"],
)
def test_the_focal_length_follows_the_width_of_the_crop(width: int, focal_px: float | None, expected: float) -> None:
    changes = {"input__pixels": {"width": width, "height": 36, "colour": "grey"}, "input__focal_px": focal_px}
    form = parse_contract(json.dumps(normalised_eyes_contract(**changes)), "model.json").input
    assert isinstance(form, NormalisedEyes)
    assert form.geometry.focal_px == expected


# What is wrong, and what the sentence names.
WRONG = [
    pytest.param({"licence": None}, "'licence'", id="a field is missing"),
    pytest.param({"colour": "grey"}, "'colour'", id="a field nobody knows"),
    pytest.param({"role": "master"}, "'role'", id="a word nobody knows"),
    pytest.param({"version": 2}, "'version'", id="a later version"),
    pytest.param({"parameters": -1}, "'parameters'", id="a negative count"),
    pytest.param({"input__form": "ears"}, "'input.form'", id="a form nobody knows"),
    pytest.param({"input__pixels__width": 0}, "'input.pixels.width'", id="a crop without pixels"),
    pytest.param({"input__pixels__width": 100000}, "'input.pixels.width'", id="a crop that fills the memory"),
    pytest.param({"input__pixels__mean": [0.1, 0.2, 0.3]}, "'mean'", id="three means for one channel"),
    pytest.param({"input__pixels__std": [0.0]}, "'std'", id="a deviation of zero"),
    pytest.param({"input__form": None}, "'input.form'", id="no form"),
    pytest.param({"input__eyes__arrangement": None}, "'input.eyes.arrangement'", id="no arrangement"),
    pytest.param({"input__eyes__tensor": ""}, "'input.eyes.tensor'", id="an empty name"),
    pytest.param({"input__head_pose__components": ["nod"]}, "'input.head_pose.components", id="an unknown angle"),
    pytest.param({"input__head_pose__unit": "grad"}, "'input.head_pose.unit'", id="an unknown unit"),
    pytest.param({"input__distance_mm": -600}, "'input.distance_mm'", id="a distance behind the lens"),
    pytest.param({"output__components": ["pitch", "pitch"]}, "'components'", id="pitch twice"),
    pytest.param({"output__frame": "world"}, "'output.frame'", id="an unknown frame"),
]


@pytest.mark.parametrize(("changes", "named"), WRONG)
def test_an_error_names_the_file_and_the_field_in_one_sentence(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ContractError) as error:
        parse_contract(json.dumps(normalised_eyes_contract(**changes)), "model.json")
    sentence = str(error.value)
    assert sentence.startswith("model.json: ")
    assert named in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("contract", "named"),
    [
        (merged(level_eyes_contract(), {"output__frame": "normalised"}), "'output.frame'"),
        (merged(level_eyes_contract(), {"input__head_pose__frame": "normalised"}), "'input.head_pose.frame'"),
        (merged(level_eyes_contract(), {"output__axes": ["x", "y", "y"]}), "'axes'"),
        (merged(face_box_contract(90, 4, -180), {"output__bins": 1}), "'output.bins'"),
        (merged(face_box_contract(90, 4, -180), {"output__signs": ["yaw", "pitch"]}), "'signs'"),
    ],
    ids=["frame", "head frame", "axes", "bins", "signs"],
)
def test_what_cannot_go_together_is_refused(contract: dict[str, Any], named: str) -> None:
    with pytest.raises(ContractError, match=named):
        parse_contract(json.dumps(contract), "model.json")


@pytest.mark.fault("a contract is no contract", "one sentence that names the field")
@pytest.mark.parametrize("text", ["", "[]", "{", "nan", '{"licence": NaN}', "\x00", "[" * 100_000])
def test_what_is_no_contract_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ContractError, match=r"^model\.json: .*\.$"):
        parse_contract(text, "model.json")


@pytest.mark.fault("a contract is larger than any can be", "one sentence; it is not parsed")
def test_a_contract_too_large_to_be_one_is_not_parsed() -> None:
    with pytest.raises(ContractError, match="KB"):
        parse_contract(" " * (MAX_BYTES + 1), "model.json")


def test_the_examples_of_the_notes_are_valid(repository: Path) -> None:
    notes = (repository / "models" / "contracts" / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"```json\n(.*?)```", notes, re.DOTALL)
    assert len(examples) == 3
    for example in examples:
        parse_contract(example, "README.md")


def test_the_notes_name_every_word_that_a_contract_may_use(repository: Path) -> None:
    notes = (repository / "models" / "contracts" / "README.md").read_text(encoding="utf-8")
    words: set[str] = set()

    def gather(schema: Any) -> None:
        if isinstance(schema, dict):
            words.update(schema.get("properties", {}))
            words.update(word for word in schema.get("enum", []) if not word.startswith("-"))
            for part in schema.values():
                gather(part)
        elif isinstance(schema, list):
            for part in schema:
                gather(part)

    gather(Contract.model_json_schema())
    told_elsewhere = {"version", "title", "summary", "data", "scheme", "x", "y", "z"}  # free text, or in a sentence
    missing = {word for word in words - told_elsewhere if not re.search(rf"\b{word}\b", notes)}
    assert not missing
