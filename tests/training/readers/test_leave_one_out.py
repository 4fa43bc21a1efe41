import numpy as np
import pytest

from gaze_training.data.sample import Faces
from gaze_training.readers.leave_one_out import leave_one_person_out


def test_each_person_is_left_out_once_and_wholly() -> None:
    faces = Faces.empty(7)
    faces.person[:] = [3, 3, 5, 5, 5, 9, 3]
    folds = list(leave_one_person_out(faces))
    assert [(person, len(train), len(test)) for person, train, test in folds] == [(3, 4, 3), (5, 4, 3), (9, 6, 1)]
    assert all(not np.isin(test.person, train.person).any() for _, train, test in folds)


def test_one_person_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="two people"):
        list(leave_one_person_out(Faces.empty(3)))
