import numpy as np
import pytest

from gaze_demo.geometry import (
    FORWARD,
    Intrinsics,
    angle_between,
    head_angles,
    mirror_pitch_yaw,
    mirror_rotation,
    mirror_vector,
    normalised,
    pitch_yaw_to_vector,
    rotation_from_angles,
    turned_covariance,
    vector_to_pitch_yaw,
)

# The vectors of the project's geometry notes: gaze, pitch in degrees, yaw in degrees.
VECTORS = [
    pytest.param((0.0, 0.0, -1.0), 0.0, 0.0, id="into the lens"),
    pytest.param((-0.5, 0.0, -0.8660254), 0.0, 30.0, id="towards the left of the unmirrored image"),
    pytest.param((0.0, -0.5, -0.8660254), 30.0, 0.0, id="up"),
    pytest.param((0.2548870, 0.1736482, -0.9512512), -10.0, -15.0, id="right of the image and down"),
]
ANGLES_DEG = [(0, 0, 0), (20, 0, 0), (0, 35, 0), (0, 0, 25), (-15, 40, -10), (28, -38, 30)]


@pytest.mark.parametrize(("gaze", "pitch_deg", "yaw_deg"), VECTORS)
def test_a_gaze_has_the_angles_of_the_notes(gaze: tuple[float, ...], pitch_deg: float, yaw_deg: float) -> None:
    assert np.degrees(vector_to_pitch_yaw(gaze)) == pytest.approx([pitch_deg, yaw_deg], abs=1e-5)
    assert pitch_yaw_to_vector(np.radians([pitch_deg, yaw_deg])) == pytest.approx(gaze, abs=1e-7)


def test_angles_come_back_from_their_vectors() -> None:
    angles = np.random.default_rng(0).uniform([-1.5, -3.1], [1.5, 3.1], (200, 2))
    assert vector_to_pitch_yaw(pitch_yaw_to_vector(angles)) == pytest.approx(angles, abs=1e-9)


def test_a_mirror_turns_the_yaw_of_a_gaze_round() -> None:
    angles = np.array([0.2, -0.4])
    assert vector_to_pitch_yaw(mirror_vector(pitch_yaw_to_vector(angles))) == pytest.approx(mirror_pitch_yaw(angles))


@pytest.mark.parametrize("degrees", ANGLES_DEG)
def test_head_angles_come_back_from_their_rotation(degrees: tuple[float, ...]) -> None:
    rotation = rotation_from_angles(*np.radians(degrees))
    assert rotation @ rotation.T == pytest.approx(np.eye(3))
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert np.degrees(head_angles(rotation)) == pytest.approx(degrees)


@pytest.mark.parametrize("degrees", ANGLES_DEG)
def test_a_mirrored_head_turns_and_leans_the_other_way(degrees: tuple[float, ...]) -> None:
    pitch, yaw, roll = degrees
    mirrored = mirror_rotation(rotation_from_angles(*np.radians(degrees)))
    assert np.degrees(head_angles(mirrored)) == pytest.approx([pitch, -yaw, -roll])


def test_a_head_faces_where_its_angles_say() -> None:
    facing = rotation_from_angles(*np.radians([10.0, -20.0, 30.0])) @ FORWARD
    assert np.degrees(vector_to_pitch_yaw(facing)) == pytest.approx([10.0, -20.0])


def test_positive_roll_leans_the_head_clockwise_in_the_image() -> None:
    assert (rotation_from_angles(0.0, 0.0, 0.1) @ [1.0, 0.0, 0.0])[1] > 0


@pytest.mark.parametrize("radians", [1e-8, 0.1, np.pi / 2, 3.1])
def test_the_angle_between_vectors_is_exact_however_small(radians: float) -> None:
    turned = [5.0 * np.sin(radians), 0.0, -5.0 * np.cos(radians)]
    assert float(angle_between(FORWARD, turned)) == pytest.approx(radians, rel=1e-7)


def test_the_field_of_view_comes_back_from_the_intrinsics() -> None:
    camera = Intrinsics.from_hfov(1280, 720, 63.0)
    assert camera.hfov_deg == pytest.approx(63.0)
    assert camera.scaled(640, 360).hfov_deg == pytest.approx(63.0)
    assert camera.project([[0.0, 0.0, 500.0]]) == pytest.approx(np.array([[640.0, 360.0]]))


@pytest.mark.parametrize("degrees", [1.0, 179.0, -60.0, float("nan")])
def test_an_impossible_field_of_view_is_refused(degrees: float) -> None:
    with pytest.raises(ValueError, match="field of view"):
        Intrinsics.from_hfov(640, 480, degrees)


@pytest.mark.parametrize("vector", [(0, 0, -1), (0.4, -0.3, -0.8), (-0.2, 0.6, -0.5), (0.3, 0.1, 0.9)])
def test_a_covariance_is_turned_as_samples_of_it_are(vector: tuple[float, ...]) -> None:
    rotation = rotation_from_angles(0.3, -0.4, 0.5) @ np.diag([-1.0, 1.0, 1.0])
    covariance = np.array([[2e-5, 8e-6], [8e-6, 1e-5]])
    angles = vector_to_pitch_yaw(np.array(vector))
    samples = np.random.default_rng(0).multivariate_normal(angles, covariance, 40_000)
    turned = vector_to_pitch_yaw(pitch_yaw_to_vector(samples) @ rotation.T)
    measured = np.cov(turned - vector_to_pitch_yaw(rotation @ normalised(vector)), rowvar=False)
    assert turned_covariance(covariance, vector, rotation) == pytest.approx(measured, rel=0.05, abs=3e-7)


def test_one_vector_alone_has_the_angles_and_the_length_that_it_has_among_others() -> None:
    vectors = np.random.default_rng(1).normal(size=(200, 3)) * 300.0
    assert np.array([vector_to_pitch_yaw(vector) for vector in vectors]) == pytest.approx(vector_to_pitch_yaw(vectors))
    assert np.array([normalised(vector) for vector in vectors]) == pytest.approx(normalised(vectors))


def test_an_unknown_vector_has_unknown_angles() -> None:
    assert np.isnan(vector_to_pitch_yaw([np.nan, 0.0, -1.0])).all()
