from dataclasses import replace

import numpy as np
import pytest

from gaze_demo.geometry import rotation_from_angles
from gaze_training.data.eye_region import EyeRegion, draw_region, pose_lids
from gaze_training.data.relief import Relief, fold, key_shadow, look_up_grid, rest_relief
from gaze_training.data.sampler import EyeDraw, draw_eyes


@pytest.fixture(scope="module")
def person() -> tuple[EyeRegion, EyeDraw]:
    rng = np.random.default_rng(2)
    eyes = draw_eyes(rng)
    eyes = replace(eyes, lids=replace(eyes.lids, closure=0.0, squint_mm=0.0))
    region = replace(draw_region(rng, eyes), crease_mm=3.5, crease_depth_mm=1.0, hood_mm=0.5, fold_mm=0.0)
    return region, eyes


def look(person: tuple[EyeRegion, EyeDraw], pitch_deg: float) -> Relief:
    region, eyes = person
    straight, now = (pose_lids(region, eyes, np.radians(p), 0.0) for p in (0.0, pitch_deg))
    return fold(rest_relief(region, 12.0), now, straight, np.zeros(2))


def at(*points: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.array(points, np.float32).T
    return np.ascontiguousarray(x[None]), np.ascontiguousarray(y[None])


def test_the_face_has_a_nose_a_brow_and_a_temple(person: tuple[EyeRegion, EyeDraw]) -> None:
    """Seen from the front the nose and the brow stand before the eye, the temple lies behind it."""
    nose, brow, lid, temple = look(person, 0).height_at(*at((-28, 4), (0, -22), (0, -5), (28, 0)))[0]
    assert nose > brow > lid > temple
    assert lid == pytest.approx(np.sqrt((12 + person[0].lid_mm) ** 2 - 25), abs=1.2)


@pytest.mark.parametrize("yaw", [-35, 0, 35])
def test_rays_end_on_the_skin(person: tuple[EyeRegion, EyeDraw], yaw: float) -> None:
    relief = look(person, 0)
    head = rotation_from_angles(0.1, np.radians(yaw))
    u, v = np.meshgrid(np.linspace(-0.035, 0.035, 41), np.linspace(-0.03, 0.03, 35))
    rays = (np.stack([u, v, np.ones_like(u)], -1) @ head).astype(np.float32)
    origin = head.T @ np.array([0.0, 0.0, -600.0])
    x, y = relief.hit(origin, rays)
    points = np.stack([x, y, -relief.height_at(x, y)], -1) - origin
    off = np.linalg.norm(np.cross(points, rays), axis=-1) / np.linalg.norm(rays, axis=-1)
    assert np.median(off) < 0.05
    assert np.mean(off < 0.5) > 0.93  # but where skin hides skin


def test_a_turned_head_hides_the_far_cheek_behind_the_nose(person: tuple[EyeRegion, EyeDraw]) -> None:
    head = rotation_from_angles(0.0, np.radians(-40))  # the face turns to the right: its left eye is the far one
    ray = (np.array([[[-0.02, 0.02, 1.0]]]) @ head).astype(np.float32)
    seen, _ = look(person, 0).hit(head.T @ np.array([0.0, 0.0, -600.0]), np.repeat(np.repeat(ray, 2, 0), 2, 1))
    assert seen.max() < -15


def test_looking_down_unfolds_the_lid(person: tuple[EyeRegion, EyeDraw]) -> None:
    """Its skin comes down from the fold, which flattens; looking up it slides back in and the fold deepens."""
    region, eyes = person
    depths = []
    for pitch in (-28, 0, 18):
        relief = look(person, pitch)
        lid = pose_lids(region, eyes, np.radians(pitch), 0.0).lines(np.zeros(1, np.float32))[0][0]
        carried = look_up_grid(relief.moved, *at((0, float(lid) - 0.3)))[0, 0]
        assert np.sign(np.round(carried, 1)) == -np.sign(pitch)
        change = relief.height - rest_relief(region, 12.0)
        y = np.linspace(lid - 9, lid - 0.5, 60)
        depths.append(-look_up_grid(change, *at(*[(0, float(v)) for v in y])).min())
    assert depths[0] < 0.6 * depths[1] < depths[1] < depths[2]


def test_the_nose_casts_a_shadow_on_its_far_side(person: tuple[EyeRegion, EyeDraw]) -> None:
    relief = look(person, 0)
    eye = at((-8, 8))
    front, from_nose, from_temple = (
        look_up_grid(key_shadow(relief, np.array(d) / np.linalg.norm(d)), *eye)[0, 0]
        for d in ((0, 0, -1.0), (-1.0, 0, -0.25), (0.8, 0, -0.6))
    )
    assert front > 0.95
    assert from_temple > 0.8
    assert from_nose < 0.5
