import numpy as np
import pytest

from gaze_demo.geometry import pitch_yaw_to_vector, vector_to_pitch_yaw
from gaze_training.evaluate.predict import Angles, Crops, Predict, along_the_head, in_batches, into_the_lens
from gaze_training.evaluate.zero import zero_result_of_gaze, zero_test
from training.evaluate.made_lens_faces import lens_faces


def always(pitch_left: float, yaw_left: float, pitch_right: float, yaw_right: float) -> Predict:
    row = np.radians(np.array([[pitch_left, yaw_left], [pitch_right, yaw_right]], np.float32))

    def predict(crops: Crops, head: Angles) -> Angles:
        return np.tile(row, (len(crops) // 2, 1))

    return predict


def test_looking_into_the_lens_is_right_wherever_the_face_is() -> None:
    row = zero_test(lens_faces(), into_the_lens).group("all")
    assert row.error < 0.15  # two eyes' mean direction and the direction of their middle differ by as much
    assert (row.images, row.people) == (40, 20)


@pytest.mark.parametrize(
    ("answer", "error", "bias", "temporal"),
    [
        ((3, 0, 3, 0), 3, (3, 0), 0),  # up with both eyes
        ((0, 4, 0, -4), 4, (0, 4), 0),  # to the image's left with both: the right eye's own yaw is mirrored
        ((0, 5, 0, 5), 0, (0, 0), -5),  # both towards the nose: the mean looks straight
        ((2, 0, -2, 0), 0, (0, 0), 0),
    ],
)
def test_biases_are_seen_in_the_camera_frame(
    answer: tuple[float, ...], error: float, bias: tuple[float, float], temporal: float
) -> None:
    row = zero_test(lens_faces(), always(*answer)).group("all")
    assert row.error == pytest.approx(error, abs=0.2)
    assert (row.bias_pitch, row.bias_yaw) == pytest.approx(bias, abs=0.6)  # rolled heads: up is not the camera's up
    assert row.temporal == pytest.approx(temporal, abs=1e-4)


def test_eyes_that_disagree_are_apart_by_their_difference() -> None:
    row = zero_test(lens_faces(), always(0, 5, 0, 5)).group("all")
    assert row.eyes_apart == pytest.approx(10, abs=1e-3)


def test_following_the_head_shows_as_one_degree_per_degree() -> None:
    row = zero_test(lens_faces(), along_the_head).group("all")
    assert (row.per_head_pitch, row.per_head_yaw) == pytest.approx((1, 1), abs=0.1)
    still = zero_test(lens_faces(), into_the_lens).group("all")
    assert (still.per_head_pitch, still.per_head_yaw) == pytest.approx((0, 0), abs=0.01)


def test_groups_and_persons_are_reported_apart() -> None:
    result = zero_test(lens_faces(), into_the_lens)
    assert [row.group for row in result.groups] == ["town", "village", "all"]
    assert len(result.persons) == 20
    assert {row.images for row in result.persons} == {2}


def test_each_photograph_counts_for_one_skin() -> None:
    result = zero_test(lens_faces(), into_the_lens)
    assert [row.group for row in result.tones] == ["dark and brown", "tan and intermediate", "light"]
    assert sum(row.images for row in result.tones) == 40
    light = lens_faces().where(lens_faces().skin_deg > 50)
    assert [row.group for row in zero_test(light, into_the_lens).tones] == ["light"]


def test_a_gaze_of_the_whole_face_needs_no_single_eyes() -> None:
    faces = lens_faces()
    middle = -faces.centre_mm.astype(float).mean(1)
    row = zero_result_of_gaze(faces, middle).group("all")
    assert row.error == pytest.approx(0, abs=1e-6)
    assert np.isnan(row.temporal)
    up = zero_result_of_gaze(faces, pitch_yaw_to_vector(vector_to_pitch_yaw(middle) + [np.radians(2), 0]))
    assert up.group("all").bias_pitch == pytest.approx(2, abs=1e-6)


def test_closed_eyes_are_flagged() -> None:
    faces = lens_faces()
    faces.valid[3, 1] = False
    assert (~faces.open).nonzero()[0].tolist() == [3]
    assert len(faces.where(faces.open)) == 39


@pytest.mark.parametrize("size", [2, 6, 1000])
def test_batches_keep_rows_in_order(size: int) -> None:
    crops, head = np.zeros((10, 36, 60), np.uint8), np.arange(20, dtype=np.float32).reshape(10, 2)
    np.testing.assert_array_equal(in_batches(along_the_head, crops, head, size), head)
