"""The sampler that all renderers share: where a person looks, the shape of the eyes, and their light.

Ranges follow measurements on photographs of real eyes (corner distance 27.7 mm, iris diameter 11.8 mm, iris centre 1.2
mm temporal and 1.8 mm above the corner line when looking into the lens, and so on). Angles in radians, lengths in mm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaze_demo.geometry import Array, normalised, pitch_yaw_to_vector, rotation_from_angles, vector_to_pitch_yaw
from gaze_demo.synthesis.eyeball import EyeballLook, EyeballShape
from gaze_demo.synthesis.light import Lights

EYE_YAW_LIMIT = np.radians(36.0)
EYE_PITCH_LIMITS = np.radians((-40.0, 24.0))  # how far an eye turns in the head: beyond these people turn the head
_FAR_DOWN_MM = 5.0
_DOWN_SHARE = 0.55


@dataclass(frozen=True)
class LidDraw:
    """How the lids of a face move: shares of the iris's vertical travel, closure 0 open to 1, squint in mm.

    `down_follow`: the upper lid's share where the eye looks down. `droop_mm`: how far it hangs independently of the
    gaze, and `hood_mm` how much further at its temporal half, as with age. `narrow`: 0..1, how much of the opening is
    lost when the eye looks far down.
    """

    upper_follow: float
    down_follow: float
    lower_follow: float
    droop_mm: float
    hood_mm: float
    narrow: float
    closure: float
    squint_mm: float
    shadow: float
    lashes: int
    lash_mm: float
    lash_curl: float
    lash_darkness: float
    liner: float

    def narrowing(self, travel_mm: float) -> float:
        """Share of the opening that is lost where the iris has moved up by `travel_mm`: none unless it went down."""
        return self.narrow * float(np.clip(-travel_mm / _FAR_DOWN_MM, 0, 1))


@dataclass(frozen=True)
class EyeDraw:
    """One person's eyeballs and the light on them; the same for both eyes but for the mirror.

    `kappa`: (temporal, up) angle from the visual to the optical axis. `gain`: level of the eyeball against the skin's
    light, `flatten`: 0..1, contrast lost inside the eye, as in low light.
    """

    shape: EyeballShape
    look: EyeballLook
    lights: Lights
    kappa: tuple[float, float]
    lids: LidDraw
    sclera_gain: float
    gain: float
    flatten: float
    flesh: tuple[float, float, float]


def draw_shape(rng: np.random.Generator) -> EyeballShape:
    """An adult's eyeball: radius 12 mm, cornea 7.8 mm, iris 5.9 mm (Gullstrand's eye, and measured irises)."""
    scale = rng.normal(12.0, 0.35) / 12.0
    return EyeballShape(
        radius_mm=12.0 * scale,
        cornea_radius_mm=7.8 * scale,
        cornea_offset_mm=5.35 * scale,
        iris_plane_mm=9.6 * scale,
        iris_radius_mm=float(np.clip(rng.normal(5.9, 0.25), 5.2, 6.6)),
        pupil_radius_mm=float(np.clip(rng.normal(1.9, 0.5), 1.1, 3.4)),
    )


def draw_look(rng: np.random.Generator) -> EyeballLook:
    """Iris: brown half the time, hazel, blue, grey-green; sclera white to yellowish, veins few to many."""
    kind = rng.random()
    if kind < 0.5:
        outer = np.array([0.10, 0.055, 0.03]) * rng.uniform(0.25, 1.6)
        inner = outer * rng.uniform(0.8, 1.7)
    elif kind < 0.65:
        outer = np.array([0.16, 0.14, 0.06]) * rng.uniform(0.6, 1.4)
        inner = np.array([0.20, 0.11, 0.04]) * rng.uniform(0.6, 1.4)
    elif kind < 0.85:
        outer = np.array([0.16, 0.22, 0.32]) * rng.uniform(0.5, 1.5)
        inner = np.array([0.25, 0.27, 0.28]) * rng.uniform(0.5, 1.3)
    else:
        outer = np.array([0.20, 0.22, 0.22]) * rng.uniform(0.5, 1.4)
        inner = np.array([0.20, 0.17, 0.10]) * rng.uniform(0.5, 1.4)
    sclera = np.array([0.62, 0.58, 0.54]) * rng.uniform(0.75, 1.1) * np.exp(rng.normal(0, 0.03, 3))
    return EyeballLook(
        iris_outer=tuple(outer.tolist()),
        iris_inner=tuple(inner.tolist()),
        sclera=tuple(sclera.tolist()),
        veins=float(abs(rng.normal(0, 0.25))),
        limbus_softness_mm=float(rng.uniform(0.3, 0.6)),
        limbal_ring=float(rng.uniform(0.3, 0.85)),
        seed=int(rng.integers(0, 1 << 20)),
    )


def draw_lights(rng: np.random.Generator) -> Lights:
    """Top-heavy ambient light, one to three area lights, and three times in four a screen below the lens."""
    tint = np.array([[1.0, 1.0, 1.0], [1.12, 0.98, 0.80], [0.90, 1.0, 1.13]])
    rows: list[tuple[Array, tuple[float, float], Array, bool, float]] = []
    for k in range(int(rng.integers(1, 4))):
        azimuth, elevation = np.radians(rng.normal(0, 55)), np.radians(rng.normal(25, 22))
        towards = pitch_yaw_to_vector((elevation, azimuth))
        u = float(np.exp(rng.normal(np.log(0.25), 0.6)))
        half = (min(u, 0.9), min(u * float(np.exp(rng.normal(0, 0.4))), 0.9))
        power = np.exp(rng.normal(0, 0.55)) * (1.0 if k == 0 else 0.5)
        colour = tint[rng.choice(3, p=[0.4, 0.3, 0.3])] * power
        rows.append((towards, half, colour, bool(rng.random() < 0.35), float(rng.uniform(-0.4, 0.4))))
    if rng.random() < 0.75:
        towards = normalised([rng.normal(0, 0.12), rng.uniform(0.1, 0.4), -1.0])
        half = (float(rng.uniform(0.2, 0.45)), float(rng.uniform(0.12, 0.28)))
        colour = np.array([0.95, 1.0, 1.08]) * np.exp(rng.normal(0, 0.1, 3)) * rng.uniform(0.05, 0.6)
        rows.append((towards, half, colour, False, 0.0))
    ambient = np.array([[0.35, 0.35, 0.37], [0.20, 0.19, 0.18]]) * np.exp(rng.normal(-0.3, 0.5))
    ambient *= np.exp(rng.normal(0, 0.06, (2, 3))) * [[1 + 0.8 * rng.random()], [1 - 0.6 * rng.random()]]
    solid = np.array([4 * h[0] * h[1] / np.pi for _, h, *_ in rows])  # a light's colour is its radiance
    return Lights(
        directions=np.array([r[0] for r in rows]),
        half_sizes=np.array([r[1] for r in rows]),
        colours=np.array([r[2] for r in rows]) / solid[:, None],
        round=np.array([r[3] for r in rows]),
        roll=np.array([r[4] for r in rows]),
        ambient_up=ambient[0],
        ambient_down=ambient[1],
    )


def draw_lids(rng: np.random.Generator) -> LidDraw:
    """The upper lid follows the iris up by 60-98 % and down by 65-110 %, the lower by 10-50 %.

    One person in three has an upper lid that hangs, and four in ten narrow their eyes when they
    look down; one face in ten is partly closed, one in twenty shut.
    """
    old, kind = rng.random() < 0.33, rng.random()
    return LidDraw(
        upper_follow=float(rng.uniform(0.6, 0.98)),
        down_follow=float(rng.uniform(0.65, 1.1)),
        lower_follow=float(rng.uniform(0.1, 0.5)),
        droop_mm=float(rng.uniform(0, 2.4)) if old else 0.0,
        hood_mm=float(rng.uniform(0, 2.5)) if old and rng.random() < 0.6 else 0.0,
        narrow=float(rng.uniform(0, 0.55)) if rng.random() < 0.4 else 0.0,
        closure=0.0 if kind < 0.85 else float(rng.uniform(0, 0.7) if kind < 0.95 else rng.uniform(0.8, 1.15)),
        squint_mm=float(max(0.0, rng.normal(-0.2, 0.5))),
        shadow=float(rng.uniform(0.7, 1.2)),
        lashes=int(rng.integers(12, 45)),
        lash_mm=float(rng.uniform(2.5, 6.5)),
        lash_curl=float(rng.uniform(0.1, 1.0)),
        lash_darkness=float(rng.uniform(0.2, 0.9)),
        liner=float(0.7 * rng.random()),
    )


def draw_eyes(rng: np.random.Generator) -> EyeDraw:
    """A person's eyes; half of them darker and flatter than a sunny photograph shows."""
    dim = rng.random() < 0.6
    flesh = np.array([0.5, 0.25, 0.21]) * rng.uniform(0.6, 1.0)
    return EyeDraw(
        shape=draw_shape(rng),
        look=draw_look(rng),
        lights=draw_lights(rng),
        kappa=(float(np.radians(rng.normal(5.0, 1.3))), float(np.radians(rng.normal(0.0, 1.2)))),
        lids=draw_lids(rng),
        sclera_gain=float(rng.uniform(0.85, 1.25)),
        gain=float(rng.uniform(0.4, 1.0)) if dim else float(rng.uniform(0.9, 1.05)),
        flatten=float(rng.uniform(0, 0.5)) if dim else 0.0,
        flesh=(float(flesh[0]), float(flesh[1]), float(flesh[2])),
    )


def draw_gaze(rng: np.random.Generator, head_rotation: Array) -> Array:
    """A gaze (3,), camera frame, that eyes in this head can reach. More than half look 4 to 42 deg below the lens, as
    people do when they look at a screen under it.
    """
    while True:
        low, high, aside = (-42, -4, 32) if rng.random() < _DOWN_SHARE else (-32, 22, 36)
        pitch, yaw = np.radians(rng.uniform(low, high)), np.radians(rng.uniform(-aside, aside))
        gaze = pitch_yaw_to_vector((pitch, yaw))
        eye_pitch, eye_yaw = vector_to_pitch_yaw(head_rotation.T @ gaze)
        if abs(eye_yaw) < EYE_YAW_LIMIT and EYE_PITCH_LIMITS[0] < eye_pitch < EYE_PITCH_LIMITS[1]:
            return gaze


def draw_turn(rng: np.random.Generator) -> Array:
    """A head's turn (3, 3) away from how the source shows it: yaw to 24 deg either way, pitch to 20 deg down and
    14 deg up."""
    yaw, pitch = np.radians(rng.uniform(-24, 24)), np.radians(rng.uniform(-20, 14))
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    return about_y @ about_x


def draw_build(rng: np.random.Generator, spread: float) -> Array:
    """How (2, 2) the plane around an eye is stretched and slanted, the nose at its left: people's eyes differ in width
    by 3 %, in height by 9 %, and their outer corners by 2 deg of slant."""
    width, height = np.exp(spread * rng.normal(0, (0.03, 0.09)))
    return np.array([[width, 0.0], [spread * rng.normal(0, 0.035), height]])


def draw_head(rng: np.random.Generator) -> Array:
    """A head's rotation (3, 3) for renderers that have no photograph to start from."""
    yaw = float(np.clip(rng.normal(0, 15), -38, 38))
    pitch = float(np.clip(rng.normal(-4, 11), -32, 26))
    return rotation_from_angles(np.radians(pitch), np.radians(yaw), np.radians(rng.normal(0, 3)))
