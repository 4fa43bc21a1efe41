import cv2
import numpy as np
import pytest

from app.drawn_face import CAMERA, head_pose, looking_at, mirrored, noise_image, observation
from gaze_demo.geometry import Intrinsics, angle_between, mirror_vector
from gaze_demo.normalisation.normalise import (
    CropGeometry,
    normalise_eye,
    normalising_rotation,
    warp_image,
    warp_matrix,
)

POSES = [(0, 0, 0), (10, 25, 0), (-20, -30, 15), (5, 10, -35)]
TARGET_MM = np.array([120.0, 200.0, -30.0])


@pytest.mark.parametrize("degrees", POSES)
@pytest.mark.parametrize("at_mm", [(0, 0, 600), (-150, 80, 450)])
def test_the_virtual_camera_looks_at_the_eye_without_the_heads_roll(
    degrees: tuple[float, ...], at_mm: tuple[float, ...]
) -> None:
    pose = head_pose(*degrees, at_mm=at_mm)
    rotation = normalising_rotation(pose.left_eye_mm, pose.rotation)
    assert rotation @ rotation.T == pytest.approx(np.eye(3))
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert rotation @ pose.left_eye_mm == pytest.approx([0, 0, np.linalg.norm(pose.left_eye_mm)])
    assert (rotation @ pose.rotation[:, 0])[1] == pytest.approx(0.0)  # the head's x axis does not rise or fall
    assert (rotation @ pose.rotation[:, 0])[0] > 0


@pytest.mark.parametrize("at_mm", [(0, 0, 300), (0, 0, 600), (90, -40, 1200)])
def test_gaze_is_rotated_by_r_alone_so_the_distance_changes_nothing(at_mm: tuple[float, ...]) -> None:
    pose = head_pose(5, 15, 10, at_mm=at_mm)
    eye = normalise_eye(noise_image(), pose.left_eye_mm, pose.rotation, CAMERA, CropGeometry(), mirrored=False)
    gaze = looking_at(TARGET_MM, pose.left_eye_mm)
    inside = eye.from_camera(gaze)
    assert inside == pytest.approx(normalising_rotation(pose.left_eye_mm, pose.rotation) @ gaze)
    assert np.linalg.norm(inside) == pytest.approx(1.0)
    assert eye.to_camera(inside) == pytest.approx(gaze)


def test_who_looks_into_the_lens_looks_into_the_virtual_camera() -> None:
    pose = head_pose(0, 20, 10, at_mm=(100, 50, 500))
    eye = normalise_eye(noise_image(), pose.right_eye_mm, pose.rotation, CAMERA, CropGeometry(), mirrored=True)
    assert eye.from_camera(looking_at(np.zeros(3), pose.right_eye_mm)) == pytest.approx([0, 0, -1], abs=1e-9)


@pytest.mark.parametrize("degrees", POSES)
def test_a_mirrored_person_gives_the_same_crop_and_head_for_the_other_eye(degrees: tuple[float, ...]) -> None:
    seen = observation(head_pose(*degrees, at_mm=(40, -20, 550)))
    other = mirrored(seen)
    assert seen.pose is not None
    assert other.pose is not None
    geometry = CropGeometry()
    left = normalise_eye(seen.frame.image, seen.pose.left_eye_mm, seen.pose.rotation, CAMERA, geometry, mirrored=False)
    right = normalise_eye(
        other.frame.image, other.pose.right_eye_mm, other.pose.rotation, CAMERA, geometry, mirrored=True
    )
    assert np.abs(left.crop.astype(int) - right.crop).max() <= 3  # the warp rounds to 1/32 px
    assert left.head_pitch_yaw == pytest.approx(right.head_pitch_yaw)
    gaze = looking_at(TARGET_MM, seen.pose.left_eye_mm)
    assert right.from_camera(mirror_vector(gaze)) == pytest.approx(left.from_camera(gaze))


@pytest.mark.parametrize("k", [1, 2, 4])
def test_a_crop_of_k_times_the_pixels_shows_the_same_37_5_mm(k: int) -> None:
    pose = head_pose(5, 10, 20, at_mm=(30, 0, 750))
    geometry = CropGeometry(60 * k, 36 * k, 960.0 * k)
    rotation = normalising_rotation(pose.left_eye_mm, pose.rotation)
    warp = warp_matrix(pose.left_eye_mm, rotation, CAMERA, geometry)
    distance = np.linalg.norm(pose.left_eye_mm)
    edges = np.array([[-18.75, 0, distance], [18.75, 0, distance], [0, -11.25, distance], [0, 11.25, distance]])
    points = CAMERA.project(edges @ rotation)
    inside = np.column_stack([points, np.ones(4)]) @ warp.T
    inside = inside[:, :2] / inside[:, 2:]
    assert inside == pytest.approx(np.array([[0, 18], [60, 18], [30, 0], [30, 36]]) * float(k), abs=1e-6)


def test_a_point_at_the_eyes_centre_lands_in_the_middle_of_the_crop() -> None:
    camera = Intrinsics.from_hfov(1280, 720, 60.0)
    pose = head_pose(-5, 12, 8, at_mm=(60, 20, 500))
    image = np.zeros((720, 1280, 3), np.uint8)
    x, y = camera.project(pose.left_eye_mm)
    cv2.circle(image, (round((x - 0.5) * 16), round((y - 0.5) * 16)), 3 * 16, (255, 255, 255), -1, cv2.LINE_AA, 4)
    eye = normalise_eye(image, pose.left_eye_mm, pose.rotation, camera, CropGeometry(), mirrored=False)
    rows, columns = np.nonzero(eye.crop[..., 0] > 127)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((30, 18), abs=0.2)


def test_a_fine_pattern_does_not_alias_where_the_crop_shrinks_it() -> None:
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    crop = warp_image(stripes, np.diag([0.13, 0.13, 1.0]), 52, 52)
    assert np.ptp(crop.astype(int)) < 40


def test_the_crop_covers_the_image_at_halves_of_pixels() -> None:
    image = noise_image()
    assert np.array_equal(warp_image(image, np.eye(3), CAMERA.width, CAMERA.height), image)
    half = warp_image(image, np.diag([0.5, 0.5, 1.0]), CAMERA.width // 2, CAMERA.height // 2)
    exact = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    assert np.abs(half.astype(int) - exact).max() <= 1


def test_the_heads_direction_is_told_in_the_virtual_camera() -> None:
    pose = head_pose(0, 0, 0, at_mm=(300, 0, 600))
    eye = normalise_eye(noise_image(), pose.left_eye_mm, pose.rotation, CAMERA, CropGeometry(), mirrored=False)
    to_lens = -pose.left_eye_mm
    assert np.degrees(angle_between(to_lens, [0, 0, -1])) == pytest.approx(
        np.degrees(np.linalg.norm(eye.head_pitch_yaw)), rel=0.02
    )
    assert eye.head_pitch_yaw[1] < 0  # seen from the left of its front, the face turns to the image's right
