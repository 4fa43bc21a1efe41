import numpy as np

from gaze_training.data.sample import Faces
from gaze_training.readers.tally import Tally, without_impossible_labels


def faces(count: int) -> Faces:
    """Faces that look into the lens, with the iris in the middle of the crop."""
    made = Faces.empty(count)
    made.gaze[:] = 0.0
    made.iris_px[:] = (30.0, 18.0)
    made.valid[:] = True
    return made


def test_labels_that_can_be_true_stay() -> None:
    tally = Tally()
    made = faces(2)
    made.iris_px[0] = np.nan  # it is not known where the iris is
    kept = without_impossible_labels(made, tally)
    assert kept.valid.all()
    assert not tally.sentences()


def test_labels_that_cannot_be_true_are_left_out_and_counted() -> None:
    tally = Tally()
    made = faces(5)
    made.gaze[0, 0] = np.nan
    made.gaze[1, 1] = (0.0, np.radians(120))
    made.iris_px[2, 0] = (-3.0, 18.0)
    made.iris_px[3] = (30.0, 40.0)
    kept = without_impossible_labels(made, tally)
    assert kept.valid.tolist() == [[False, True], [True, False], [False, True], [True, True]]
    assert tally.counts == {
        "eyes with a gaze that is not a number were left out": 1,
        "eyes with a gaze that points away from the camera were left out": 1,
        "eyes with an iris outside the crop were left out": 3,
    }
