import numpy as np
import pytest

from gaze_demo.geometry import pitch_yaw_to_vector, rotation_from_angles, vector_to_pitch_yaw
from gaze_demo.normalisation.normalise import normalising_rotation
from gaze_training.evaluate.lens_faces import LensFaces
from gaze_training.evaluate.predict import Angles, Crops, Predict, along_the_head, in_batches, into_the_lens
from gaze_training.evaluate.zero import zero_result_of_gaze, zero_test


def lens_faces(count: int = 40) -> LensFaces:
    """People at 600 mm anywhere in the picture, heads turned at random, two photographs a person."""
    rng = np.random.default_rng(1)
    crops = rng.integers(0, 255, (count, 2, 36, 60)).astype(np.uint8)
    head = np.zeros((count, 2, 2))
    rotation = np.zeros((count, 2, 3, 3))
    centre = np.zeros((count, 2, 3))
    for k in range(count):
        turned = rotation_from_angles(*rng.normal(0, 0.15, 3))
        middle = np.array([*rng.normal(0, 60, 2), 600.0])
        for side, x in enumerate((31.0, -31.0)):
            centre[k, side] = middle + turned @ [x, 0, 0]
            rotation[k, side] = normalising_rotation(centre[k, side], turned)
            facing = rotation[k, side] @ turned @ [0, 0, -1.0] * ([1, 1, 1] if side == 0 else [-1, 1, 1])
            head[k, side] = vector_to_pitch_yaw(facing)
    return LensFaces(
        name=np.array([f"{k}.jpg" for k in range(count)]),
        group=np.array(["town" if k < count // 2 else "village" for k in range(count)]),
        person=np.array([f"{k // 2}" for k in range(count)]),
        crops=crops,
        head=head.astype(np.float32),
        rotation=rotation.astype(np.float32),
        centre_mm=centre.astype(np.float32),
        openness=np.full((count, 2), 0.3, np.float32),
        valid=np.ones((count, 2), bool),
        eye_px=np.full(count, 50, np.float32),
    )


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
