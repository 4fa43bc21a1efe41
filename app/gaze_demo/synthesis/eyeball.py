"""A ray-traced eyeball: sclera, cornea with refraction, iris, pupil, and the reflections in the tear film.

Two spheres after Gullstrand's schematic eye, the cornea's refraction onto a flat iris by Snell's law, Fresnel's
reflection in Schlick's form. One light bounce, vectorised over the rays; nothing here is random beyond the look's seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gaze_demo.geometry import normalised
from gaze_demo.synthesis.light import Lights, LocalLights, cross
from gaze_demo.synthesis.noise import blotches, iris_crypts, iris_fibres, sample, sclera_veins

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]

_TEXTURE_ROUND = 1024 / (2 * np.pi)
_PUPIL: Colour = (0.006, 0.005, 0.005)
_SCLERA_WRAP = (0.35, 0.25, 0.25)  # red light goes furthest inside the sclera, so its terminator is soft and warm
_IRIS_WRAP = (0.6, 0.6, 0.6)


@dataclass(frozen=True)
class EyeballShape:
    """Millimetres; offsets are measured from the eyeball's centre along the optical axis.

    `cornea_offset_mm` is the centre of the cornea's sphere, `iris_plane_mm` the plane of iris and pupil.
    """

    radius_mm: float = 12.0
    cornea_radius_mm: float = 7.8
    cornea_offset_mm: float = 5.35
    iris_plane_mm: float = 9.6
    iris_radius_mm: float = 5.9
    pupil_radius_mm: float = 1.9
    refractive_index: float = 1.336

    @property
    def limbus_plane_mm(self) -> float:
        """Where cornea and sclera meet: the plane of the circle that both spheres share."""
        offset = self.cornea_offset_mm
        return (self.radius_mm**2 - self.cornea_radius_mm**2 + offset**2) / (2 * offset)


@dataclass(frozen=True)
class EyeballLook:
    """Albedos in linear RGB. `veins` 0 none to 1 many; `limbal_ring` 0 none to 1 black; `seed` turns the textures.

    `iris_outer` and `iris_inner` are the iris near the limbus and near the pupil; `limbus_softness_mm` is half the
    width over which iris fades into sclera.
    """

    iris_outer: Colour = (0.10, 0.055, 0.03)
    iris_inner: Colour = (0.14, 0.075, 0.035)
    sclera: Colour = (0.60, 0.56, 0.53)
    veins: float = 0.2
    limbus_softness_mm: float = 0.45
    limbal_ring: float = 0.6
    seed: int = 0


def shade_eyeball(
    rays: ArrayLike,
    centre_mm: ArrayLike,
    optical_axis: ArrayLike,
    up: ArrayLike,
    shape: EyeballShape,
    look: EyeballLook,
    lights: Lights,
    shadow: ArrayLike,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Linear RGB (n, 3) and whether the eyeball is hit (n,), for unit rays (n, 3) from the camera's origin.

    `centre_mm`, `optical_axis` and `up` (any vector that is not along the axis) are in the camera frame. `shadow`: (n,)
    or one number, 0 in full light to 1 in none: the light that lids and lashes block. Colours are 0 if nothing is hit.
    """
    forward = normalised(optical_axis)
    right = normalised(cross(forward, np.asarray(up, float)))
    axes = np.stack([right, cross(right, forward), forward])  # rows: the eye's own frame, z along the optical axis
    toward = axes.astype(np.float32) @ np.asarray(rays, np.float32).T
    count = toward.shape[1]
    light = LocalLights(lights, axes)
    lit = np.broadcast_to(1 - np.asarray(shadow, np.float32), (count,))

    # The point of each ray nearest to the eyeball's centre: the numbers stay small, so float32 is enough.
    origin = -(axes @ np.asarray(centre_mm, float))
    start = origin.astype(np.float32)[:, None]
    nearest = start - (origin.astype(np.float32) @ toward) * toward
    point, normal, hit, cornea = _surface(nearest, toward, shape)

    radius = np.hypot(point[0], point[1])
    colour = light.diffuse(normal, _SCLERA_WRAP)
    colour *= _sclera_albedo(point, radius, shape, look)
    soft = np.float32(look.limbus_softness_mm)
    inside = np.flatnonzero((radius < shape.iris_radius_mm + soft) & (point[2] > 0))
    if len(inside):
        edge = np.clip((radius[inside] - (shape.iris_radius_mm - soft)) / (2 * soft), 0, 1)
        weight = 1 - edge * edge * (3 - 2 * edge)
        iris = _iris(point[:, inside], toward[:, inside], shape, look, light)
        colour[:, inside] += (iris - colour[:, inside]) * weight
    colour *= lit

    facing = _facing(toward, normal)
    normal = _rippled(normal, point, cornea, look.seed)
    mirrored = toward + 2 * facing * normal
    slant = 1 - facing
    fresnel = 0.025 + 0.975 * (slant * slant) ** 2 * slant
    strength = fresnel * (0.15 + 0.85 * lit) * np.where(cornea, np.float32(1), np.float32(0.6))
    colour += light.radiance(mirrored) * strength
    colour *= hit
    return np.ascontiguousarray(colour.T, np.float32), hit


def _shifts(seed: int, use: int) -> tuple[np.float32, np.float32, np.float32]:
    """Whole numbers below 1024 by which textures are moved: any two seeds differ in all of them."""
    mixed = (seed * 3 + use + 1) * 0x9E3779B97F4A7C15
    return np.float32(mixed >> 20 & 1023), np.float32(mixed >> 32 & 1023), np.float32(mixed >> 44 & 1023)


def _facing(toward: Floats, normal: Floats) -> Floats:
    return np.clip(-np.einsum("ij,ij->j", toward, normal), 0, 1)


def _surface(
    nearest: Floats, toward: Floats, shape: EyeballShape
) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Points and normals (3, n) where rays meet the eye, whether they do, and whether it is the cornea; eye frame."""
    squared = np.einsum("ij,ij->j", nearest, nearest)
    depth = np.float32(shape.radius_mm**2) - squared
    hit = depth > 0
    point = nearest - np.sqrt(np.maximum(depth, 0)) * toward
    normal = point / np.float32(shape.radius_mm)

    # The cornea's centre lies on the eye's z axis, so only z and the way along the ray differ.
    offset = np.float32(shape.cornea_offset_mm)
    along = offset * toward[2]
    squared = squared - 2 * offset * nearest[2] + offset**2 - along * along
    depth = np.float32(shape.cornea_radius_mm**2) - squared
    front = nearest + (along - np.sqrt(np.maximum(depth, 0))) * toward
    cornea = (depth > 0) & (front[2] > np.float32(shape.limbus_plane_mm))
    point = np.where(cornea, front, point)
    front[2] -= offset
    normal = np.where(cornea, front / np.float32(shape.cornea_radius_mm), normal)
    return point, normal, hit | cornea, cornea


def _sclera_albedo(point: Floats, radius: Floats, shape: EyeballShape, look: EyeballLook) -> Floats:
    """(3, n): whitish, redder and veined away from the limbus, bluish right beside it."""
    far = np.clip((radius - shape.iris_radius_mm) / 5, 0, 1)
    turn, across, down = _shifts(look.seed, 0)
    around = np.arctan2(point[1], point[0]) * np.float32(_TEXTURE_ROUND) + turn
    lines = sample(sclera_veins(), around, (radius - shape.iris_radius_mm) * 18 + 2)
    patch = sample(blotches(), point[0] * 5 + across, point[1] * 5 + down)
    red = look.veins * far * (0.9 * lines + 0.35 * patch)
    near = np.clip(1 - (radius - shape.iris_radius_mm) / 1.2, 0, 1)
    tint = np.array(look.sclera, np.float32)[:, None]
    loss = np.array([0.3, 0.95, 0.9], np.float32)[:, None] * red
    grey = np.array([0.16, 0.11, 0.07], np.float32)[:, None] * near
    return tint * (1 - np.minimum(loss, 0.8)) * (1 - grey)


def _iris(point: Floats, toward: Floats, shape: EyeballShape, look: EyeballLook, light: LocalLights) -> Floats:
    """Linear RGB (3, n) of the iris and pupil seen through points (3, n) of the cornea, or of its rim."""
    eta = np.float32(1 / shape.refractive_index)
    normal = point / np.float32(shape.cornea_radius_mm)
    normal[2] -= np.float32(shape.cornea_offset_mm / shape.cornea_radius_mm)
    facing = _facing(toward, normal)
    inward = eta * facing - np.sqrt(1 - eta * eta * (1 - facing * facing))
    bent = eta * toward + inward * normal
    way = (np.float32(shape.iris_plane_mm) - point[2]) / np.minimum(bent[2], -1e-3)
    x, y = point[0] + way * bent[0], point[1] + way * bent[1]
    radius = np.hypot(x, y)
    outward = (radius - shape.pupil_radius_mm) / max(shape.iris_radius_mm - shape.pupil_radius_mm, 0.5)

    turn, along_fibres, along_crypts = _shifts(look.seed, 1)
    around = np.arctan2(y, x) * np.float32(_TEXTURE_ROUND) + turn
    fibre = sample(iris_fibres(), around, outward * 60 + along_fibres)
    crypt = sample(iris_crypts(), around + along_fibres, outward * 70 + along_crypts)
    inner = np.clip(1.15 - 2.1 * outward + 0.6 * (crypt - 0.5), 0, 1)
    outer_rgb, inner_rgb = (np.array(c, np.float32)[:, None] for c in (look.iris_outer, look.iris_inner))
    collarette = np.exp(-(((outward - 0.28 + 0.08 * (crypt - 0.5)) / 0.13) ** 2))
    ring = np.clip((outward - 0.72) / 0.28, 0, 1) ** 2
    ruff = np.clip(1 - outward / 0.07, 0, 1)  # the pupil's dark seam
    relief = (0.5 + 0.95 * fibre) * (0.78 + 0.45 * crypt) * (1 + 0.3 * collarette)
    relief *= (1 - look.limbal_ring * ring) * (1 - 0.6 * ruff)
    albedo = (outer_rgb + (inner_rgb - outer_rgb) * inner) * relief

    ahead = light.diffuse(np.array([[0.0], [0.0], [1.0]], np.float32), _IRIS_WRAP)
    caustic = np.ones_like(radius)
    if len(light.directions):  # the cornea gathers the main light on the far side of the iris
        main = light.directions[0]
        caustic -= np.float32(0.45 / shape.iris_radius_mm) * (main[0] * x + main[1] * y)
    colour = albedo * ahead * (0.85 * np.maximum(caustic, 0.2))
    open_pupil = np.clip((radius - shape.pupil_radius_mm + 0.12) / 0.24, 0, 1)
    dark = np.array(_PUPIL, np.float32)[:, None] * ahead
    return dark + (colour - dark) * open_pupil


def _rippled(normal: Floats, point: Floats, cornea: NDArray[np.bool_], seed: int) -> Floats:
    """Normals with the small waves of a wet sclera; the cornea stays smooth."""
    texture = blotches()
    first, second, third = _shifts(seed, 2)
    x = sample(texture, point[0] * 26 + first, point[1] * 26 + third) - np.float32(0.5)
    y = sample(texture, point[0] * 26 + second, point[1] * 26 + third) - np.float32(0.5)
    wave = np.where(cornea, np.float32(0), np.float32(0.05))
    return normal + np.stack([wave * x, wave * y, np.zeros_like(x)])
