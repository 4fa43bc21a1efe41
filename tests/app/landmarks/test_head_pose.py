import cv2
import numpy as np
import pytest

from app.drawn_face import CAMERA, head_pose, landmarks_of
from gaze_demo.geometry import Intrinsics, angle_between
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.head_pose import RIGID, HeadPose, canonical_face, estimate_head_pose

WIDE = Intrinsics(1280, 720, 600.0, 610.0, 620.0, 350.0, (-0.2, 0.05, 0.001, -0.001, 0.0))


@pytest.mark.parametrize("camera", [CAMERA, Intrinsics.from_hfov(1280, 720, 30.0)], ids=["60 deg", "30 deg"])
@pytest.mark.parametrize("degrees", [(0, 0, 0), (20, 0, 0), (-25, 0, 0), (0, 40, 0), (0, -40, 0), (10, 20, 30)])
@pytest.mark.parametrize("at_mm", [(0, 0, 600), (80, -60, 450), (-150, 100, 1000)])
def test_a_projected_face_gives_its_pose_back(
    degrees: tuple[float, ...], at_mm: tuple[float, ...], camera: Intrinsics
) -> None:
    truth = head_pose(*degrees, at_mm=at_mm)
    found = estimate_head_pose(landmarks_of(truth, camera), camera)
    assert found is not None
    assert found.rotation == pytest.approx(truth.rotation, abs=1e-4)
    assert found.translation_mm == pytest.approx(truth.translation_mm, abs=0.1)
    assert np.degrees(found.angles) == pytest.approx(degrees, abs=0.02)


def test_a_lens_that_distorts_is_allowed_for() -> None:
    truth = head_pose(-10, 20, 5, at_mm=(80, 30, 450))
    landmarks = landmarks_of(truth)
    rotation, _ = cv2.Rodrigues(truth.rotation)
    bent, _ = cv2.projectPoints(
        canonical_face(), rotation, truth.translation_mm, WIDE.matrix, np.array(WIDE.distortion)
    )
    landmarks.points_px[:468] = bent[:, 0]
    found = estimate_head_pose(landmarks, WIDE)
    assert found is not None
    assert found.rotation == pytest.approx(truth.rotation, abs=1e-3)


# A camera so far away that depth and image have one scale, as MediaPipe's landmarks have.
FAR = Intrinsics.from_hfov(640, 480, 5.0)


def in_space(flat: HeadPose, depth: HeadPose) -> FaceLandmarks:
    """Landmarks that lie in the image as in one pose and in depth as in another."""
    landmarks = landmarks_of(flat, FAR)
    depth_mm = (canonical_face() @ depth.rotation.T)[:, 2]
    landmarks.depth_px[:468] = depth_mm * FAR.fx / depth.distance_mm
    return landmarks


@pytest.mark.parametrize("degrees", [(0, 0, 0), (15, 0, 0), (-15, 10, 5), (5, -25, -10)])
def test_landmarks_in_space_give_the_pose_back_but_for_what_mediapipes_lack(degrees: tuple[float, ...]) -> None:
    truth = head_pose(*degrees, at_mm=(0, 0, 8000))
    found = estimate_head_pose(in_space(truth, truth), FAR)
    assert found is not None
    # the 2.3 deg are a turn about the head's own axis: where it is rolled, a little of them is yaw
    assert np.degrees(found.angles) == pytest.approx(np.add(degrees, (2.3, 0, 0)), abs=0.45)
    assert found.left_eye_mm == pytest.approx(truth.left_eye_mm, abs=1.0)


@pytest.mark.parametrize("nod_deg", [-10.0, 10.0])
def test_depth_tells_of_a_nod_that_the_image_shows_too_little_of(nod_deg: float) -> None:
    shown, true = head_pose(0.6 * nod_deg, 8, at_mm=(0, 0, 8000)), head_pose(nod_deg, 8, at_mm=(0, 0, 8000))
    flat, found = estimate_head_pose(landmarks_of(shown, FAR), FAR), estimate_head_pose(in_space(shown, true), FAR)
    assert flat is not None
    assert found is not None
    pitch, yaw, roll = np.degrees(found.angles) - (2.3, 0, 0)
    assert 0.7 < pitch / nod_deg < 1.0
    assert (yaw, roll) == pytest.approx(np.degrees(flat.angles[1:]), abs=1e-6)
    assert found.eyes_middle_mm == pytest.approx(flat.eyes_middle_mm, abs=1e-6)


def test_eyes_lids_and_mouth_take_no_part_in_the_pose() -> None:
    truth = head_pose(5, 10, 0)
    landmarks = landmarks_of(truth)
    moving = [i for i in range(468) if i not in RIGID]
    landmarks.points_px[moving] += 15.0
    found = estimate_head_pose(landmarks, CAMERA)
    assert found is not None
    assert found.rotation == pytest.approx(truth.rotation, abs=1e-4)
    for corner_or_lid in (33, 133, 263, 362, 159, 145, 386, 374, 61, 291, 13, 14, 1):
        assert corner_or_lid in moving


def test_noise_on_the_landmarks_hardly_turns_the_head() -> None:
    truth = head_pose(5, -15, 3)
    errors = []
    for seed in range(20):
        landmarks = landmarks_of(truth)
        landmarks.points_px[:] += np.random.default_rng(seed).normal(0, 0.7, landmarks.points_px.shape)
        found = estimate_head_pose(landmarks, CAMERA)
        assert found is not None
        errors.append(np.degrees(angle_between(found.rotation[:, 2], truth.rotation[:, 2])))
    assert np.median(errors) < 1.0


def test_the_eyes_lie_left_and_right_of_the_middle_and_the_distance_reaches_it() -> None:
    pose = head_pose(at_mm=(0, 0, 600))
    assert pose.left_eye_mm[0] == pytest.approx(-pose.right_eye_mm[0])
    assert pose.left_eye_mm[0] > 0  # the person's left is at the right of the unmirrored image
    assert pose.distance_mm == pytest.approx(np.linalg.norm((pose.left_eye_mm + pose.right_eye_mm) / 2))


def test_the_canonical_face_is_symmetric_and_faces_the_lens() -> None:
    face = canonical_face()
    assert face[[33, 133], 0] == pytest.approx(-face[[263, 362], 0], abs=0.05)
    assert face[1, 2] < face[[33, 263], 2].min()  # the nose is nearer to the lens than the eyes
    assert face[10, 1] < face[152, 1]  # the forehead is above the chin
