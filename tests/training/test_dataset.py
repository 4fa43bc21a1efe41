from pathlib import Path

import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_training.config import FacesConfig
from gaze_training.dataset import load_dataset
from gaze_training.source import InMemory
from training.drawn_eyes import drawn_faces

PEOPLE = set(range(8))


def people_learnt(folder: Path, *unlabelled: int) -> set[int]:
    """Whose faces without labels are trained on: the set has eight people with labels, 0.3 of them held out."""
    drawn_faces(60, people=len(PEOPLE)).save(folder / "labelled" / "a.npz")
    others = drawn_faces(5 * len(unlabelled), seed=1)
    others.person[:] = unlabelled * 5
    others.openness[:] = 10 + others.person[:, None]  # marks whose eyes these are
    others.save(folder / "own" / "a.npz")
    config = FacesConfig(folders=(folder / "labelled",), unlabelled=(folder / "own",), held_out=0.3)
    source = load_dataset(config).train
    assert isinstance(source, InMemory)
    eyes = source.eyes.select(source.eyes.openness >= 10)
    assert not eyes.gaze.isfinite().any()
    assert source.eyes.select(source.eyes.openness < 10).gaze.isfinite().all()
    return {int(mark) - 10 for mark in np.unique(eyes.openness)}


def test_people_held_out_are_not_learnt_without_labels_either(tmp_path: Path) -> None:
    learnt = people_learnt(tmp_path, *PEOPLE, 8, 9)
    assert len(PEOPLE - learnt) == 2
    assert {8, 9} <= learnt


def test_faces_without_labels_of_nobody_but_people_held_out_are_one_sentence(tmp_path: Path) -> None:
    held_out = PEOPLE - people_learnt(tmp_path, *PEOPLE)
    with pytest.raises(UserError, match="held out"):
        people_learnt(tmp_path, *held_out)
