from typing import Any

from gaze_training.config import RunConfig
from gaze_training.provenance import training_of


def summary(**network: Any) -> dict[str, Any]:
    run = RunConfig.model_validate(
        {
            "seed": 3,
            "network": {"kind": "mobilenet", **network},
            "data": {"folders": ["somewhere/data/photo", "data/head"]},
            "scheme": {"name": "imitation", "teachers": ["runs/teacher-1/network.pt"]},
            "train": {"epochs": 7, "start": "runs/before-1/network.pt"},
        }
    )
    return {"run": run.model_dump(mode="json"), "eyes": 120}


def test_a_run_says_what_was_trained_on_what_and_from_where() -> None:
    training = training_of(summary(width=0.25, depth=2.0, refined=(1, 2, 2, 0), halving_kernel=5))
    network = "mobilenet of width 0.25 and depth 2, 5 layers more, halved by 5 px"
    assert training.summary == f"{network}, 7 epochs of 120 eyes, seed 3, from the weights of before-1."
    assert training.data == ("photo", "head")
    assert (training.scheme, training.teacher) == ("imitation", "teacher-1")


def test_an_ensemble_names_its_members_teachers_and_data_once() -> None:
    training = training_of({"members": [summary(), summary()]})
    assert training.summary.startswith("Mean direction of 2 networks. mobilenet of width 1, 7 epochs")
    assert training.data == ("head", "photo")
