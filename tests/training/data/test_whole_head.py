"""Whole heads: what is drawn lies where the truth says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.geometry import angle_between, pitch_yaw_to_vector, rotation_from_angles
from gaze_training.data.head_mesh import HeadMesh, load_head_mesh
from gaze_training.data.whole_head import (
    CAMERA,
    OVERSAMPLED,
    HeadPicture,
    Person,
    Placing,
    draw_person,
    draw_placing,
    photograph,
    render_whole_head,
)
from training.ict_stand_in import write_ict_stand_in

MIDDLE = np.array([30.0, -20.0, 600.0])


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> HeadMesh:
    return load_head_mesh(write_ict_stand_in(tmp_path_factory.mktemp("ict") / "ict.npz"))


@pytest.fixture(scope="module")
def person(mesh: HeadMesh) -> Person:
    return draw_person(np.random.default_rng(4), mesh)


def looking(pitch: float, yaw: float, head: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Placing:
    """Angles in degrees."""
    target = MIDDLE + 500 * pitch_yaw_to_vector(np.radians([pitch, yaw]))
    return Placing(rotation_from_angles(*np.radians(head)), MIDDLE, target)


def test_a_file_that_is_not_the_model_is_one_sentence(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", neutral=np.zeros((3, 3)))
    with pytest.raises(UserError, match="ICT face model"):
        load_head_mesh(tmp_path / "a.npz")


def test_corners_are_the_ends_of_the_tear_fluid(mesh: HeadMesh) -> None:
    corners = mesh.neutral[mesh.corners]
    np.testing.assert_allclose(corners[0, :, 0], [30.95 - 14, 30.95 + 14], atol=1e-3)
    np.testing.assert_allclose(corners[1], corners[0] * [-1, 1, 1], atol=1.1)  # of the strip's two ends either


def test_the_same_numbers_give_the_same_photograph(mesh: HeadMesh) -> None:
    def take() -> np.ndarray:
        rng = np.random.default_rng(9)
        return photograph(rng, render_whole_head(mesh, draw_person(rng, mesh), draw_placing(rng)))

    first = take()
    assert first.shape == (CAMERA.height, CAMERA.width, 3)
    np.testing.assert_array_equal(first, take())


@pytest.mark.parametrize("head", [(0, 0, 0), (8, -20, 5)])
def test_both_visual_axes_meet_at_the_target(mesh: HeadMesh, person: Person, head: tuple[float, float, float]) -> None:
    placing = looking(-10, 15, head)
    picture = render_whole_head(mesh, person, placing, oversampled=1)
    for gaze, ball in zip((picture.truth.left, picture.truth.right), picture.eyeballs_mm, strict=True):
        assert angle_between(gaze, placing.target_mm - ball) < 1e-9
    np.testing.assert_allclose(picture.eyeballs_mm.mean(0), MIDDLE)


@pytest.mark.parametrize("head", [(0, 0, 0), (8, -20, 5), (-6, 18, -4)])
def test_only_the_eyes_move_with_the_target_and_they_lie_where_the_truth_says(
    mesh: HeadMesh, person: Person, head: tuple[float, float, float]
) -> None:
    pictures = [render_whole_head(mesh, person, looking(0, yaw, head)) for yaw in (-15, 15)]
    changed = np.abs(pictures[0].linear - pictures[1].linear).max(-1) > 1e-3
    row, column = np.nonzero(changed)
    at = np.stack([column, row], 1) / OVERSAMPLED + 0.5 / OVERSAMPLED
    centres = CAMERA.project(pictures[0].eyeballs_mm)
    nearest = np.linalg.norm(at[:, None] - centres, axis=-1).argmin(1)
    for side in (0, 1):
        off = at[nearest == side] - centres[side]
        assert np.abs(off).max() < 16 * CAMERA.fx / 600
        assert np.linalg.norm(off.mean(0)) < 6 * CAMERA.fx / 600  # the ball's front is nearer than its centre


def test_the_iris_is_dark_where_the_optical_axis_leaves_the_eye(mesh: HeadMesh, person: Person) -> None:
    person = replace(person, eyes=replace(person.eyes, kappa=(0.0, 0.0), flatten=0.0))
    picture = render_whole_head(mesh, person, looking(0, 20))
    for gaze, ball in zip((picture.truth.left, picture.truth.right), picture.eyeballs_mm, strict=True):
        pupil = brightness(picture, ball + 11.0 * gaze)
        white = brightness(picture, ball + 12.0 * np.array([0.5, 0.0, -0.86]))
        assert pupil < 0.6 * white


def brightness(picture: HeadPicture, point_mm: np.ndarray) -> float:
    x, y = (picture.camera.project(point_mm) * OVERSAMPLED).astype(int)
    return float(np.median(picture.linear[y - 2 : y + 3, x - 2 : x + 3].mean(-1)))


def test_a_head_further_away_is_smaller_by_as_much(mesh: HeadMesh, person: Person) -> None:
    near = render_whole_head(mesh, person, looking(0, 0), oversampled=1)
    far = render_whole_head(mesh, person, replace(looking(0, 0), middle_mm=MIDDLE * 2), oversampled=1)
    apart = [np.ptp(CAMERA.project(picture.eyeballs_mm)[:, 0]) for picture in (near, far)]
    assert apart[0] == pytest.approx(2 * apart[1])
