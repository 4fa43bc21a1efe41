"""The parts of an eye region that differ from person to person, and how its lids lie when the eye looks somewhere.

Millimetres in the head frame about the left eyeball's centre: x to the temple, y down, z away from the viewer; the
nose is at -x. Means and spreads follow 1,226 eyes in photographs of people who look into the lens, measured by the
app's landmarks in the app's crops: corner distance 27.3, the outer corner 1.9 higher, the iris's centre 1.2 to 1.7
temporal of the corners' middle and 2.15 above it; the upper lid above the corners' line at .15 .3 .5 .7 .85 of the way
3.1 4.9 5.8 5.1 3.4, the lower below it 0.8 1.5 2.4 2.6 2.0. The landmarks lie inside the lids: in the mean picture the
upper lid is half a millimetre further up and the lower one, rim included, two further down, where the iris touches it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_training.data.sampler import EyeDraw

Image = NDArray[np.float32]

_IRIS_DISTANCE_MM = 10.6  # from the eyeball's centre to where the iris appears behind the cornea
_TRAVEL_MM = 12.0


@dataclass(frozen=True)
class Bone:
    """How far brow, bridge of the nose, temple, cheek and the bag under the eye stand out beyond the mean, mm."""

    brow: float
    nose: float
    temple: float
    cheek: float
    bag: float


@dataclass(frozen=True)
class EyeRegion:
    """One person's eye region; both eyes are alike but for the mirror.

    `inner`, `outer`: corners (x, y). `upper_mm`, `lower_mm`: lids above and below the corners' line when the eye looks
    straight ahead. `*_power`, `lower_skew`: the lids' shape. `lid_mm`: thickness. `crease_mm`: height of the fold above
    the upper lid, `crease_depth_mm` its depth, `hood_mm` how far the skin above hangs over it. `fold_mm`: a fold that
    covers the inner corner. `bone`: how this face's bone differs from the mean.
    """

    inner: tuple[float, float]
    outer: tuple[float, float]
    upper_mm: float
    lower_mm: float
    upper_power: float
    lower_power: float
    lower_skew: float
    lid_mm: float
    crease_mm: float
    crease_depth_mm: float
    hood_mm: float
    fold_mm: float
    bone: Bone


@dataclass(frozen=True)
class LidPose:
    """Lids at one gaze. `upper_mm`, `lower_mm` as in `EyeRegion`, of now; `peak`: where along the corners' line, 0
    inner to 1 outer, the upper lid is highest; `sink_mm`: how far both corners are drawn down; `hood_mm`: how far the
    temporal half of the upper lid hangs."""

    region: EyeRegion
    upper_mm: float
    lower_mm: float
    peak: float
    sink_mm: float
    hood_mm: float = 0.0

    def corners(self) -> tuple[Array, Array]:
        """Inner and outer corner (2,)."""
        sunk = np.array([0.0, self.sink_mm])
        return np.array(self.region.inner) + sunk, np.array(self.region.outer) + sunk

    def lines(self, x: Image) -> tuple[Image, Image]:
        """y of the upper and the lower lid at x; beyond the corners both lie on the corners' line."""
        region = self.region
        (x0, y0), (x1, y1) = self.corners()
        t = np.clip((x - np.float32(x0)) / np.float32(x1 - x0), 0, 1)
        line = np.float32(y0) + np.float32(y1 - y0) * t
        skewed = t ** np.float32(np.log(0.5) / np.log(self.peak))
        upper = (4 * skewed * (1 - skewed)) ** np.float32(region.upper_power)
        low = t ** np.float32(region.lower_skew)
        lower = (4 * low * (1 - low)) ** np.float32(region.lower_power)
        covered = np.float32(region.fold_mm) * np.exp(-((t / np.float32(0.16)) ** 2)) * np.sqrt(upper)
        covered += np.float32(1.6 * self.hood_mm) * t * np.sqrt(np.maximum(t * (1 - t**3), 0))
        top = line - np.float32(self.upper_mm) * upper + covered
        bottom = line + np.float32(self.lower_mm) * lower
        return np.minimum(top, bottom), bottom


def draw_region(rng: np.random.Generator, eyes: EyeDraw) -> EyeRegion:
    """A person's eye region around the eyes drawn; the eyeball is placed so that the irises lie as measured."""
    temporal, up = eyes.kappa
    middle_x = _IRIS_DISTANCE_MM * np.sin(temporal) - rng.normal(1.4, 0.75)
    middle_y = rng.normal(2.15, 0.45) - _IRIS_DISTANCE_MM * np.sin(up)
    width, tilt = rng.normal(27.3, 1.2), rng.normal(1.9, 1.0)
    mono = rng.random() < 0.2
    return EyeRegion(
        inner=(float(middle_x - width / 2), float(middle_y + tilt / 2)),
        outer=(float(middle_x + width / 2), float(middle_y - tilt / 2)),
        upper_mm=float(np.clip(rng.normal(6.75, 0.85), 4.2, 9.4)),
        lower_mm=float(np.clip(rng.normal(4.4, 0.75), 2.4, 6.4)),
        upper_power=float(rng.uniform(0.82, 1.02)),
        lower_power=float(rng.uniform(0.62, 0.88)),
        lower_skew=float(rng.uniform(1.35, 1.85)),
        lid_mm=float(rng.uniform(1.0, 1.7)),
        crease_mm=float(rng.uniform(0.6, 1.6) if mono else rng.uniform(1.8, 5.5)),
        crease_depth_mm=float(rng.uniform(0.05, 0.3) if mono else rng.uniform(0.3, 1.3)),
        hood_mm=float(max(0.0, rng.normal(0.3, 0.7))),
        fold_mm=float(rng.uniform(0.6, 2.2) if mono or rng.random() < 0.12 else 0.0),
        bone=Bone(
            brow=float(rng.normal(0, 3.0)),
            nose=float(rng.normal(0, 3.0)),
            temple=float(rng.normal(0, 3.0)),
            cheek=float(rng.normal(0, 1.8)),
            bag=float(max(0.0, rng.normal(0.2, 0.7))),
        ),
    )


def pose_lids(region: EyeRegion, eyes: EyeDraw, pitch: float, yaw: float) -> LidPose:
    """The lids while the visual axis has this pitch and yaw (radians) in the head."""
    lids = eyes.lids
    travel = _TRAVEL_MM * float(np.sin(pitch))
    follow_up, follow_down = (lids.down_follow, 1.0) if travel < 0 else (0.85 * lids.upper_follow, 0.6)
    upper = region.upper_mm + follow_up * travel - 0.6 * lids.squint_mm - lids.droop_mm
    lower = region.lower_mm - lids.lower_follow * follow_down * travel - 0.8 * lids.squint_mm
    lower = max(lower, 0.8)
    upper = max(upper, 1.6 - lower)
    lost = lids.narrowing(travel) * (upper + lower)
    upper, lower = upper - 0.7 * lost, lower - 0.3 * lost
    upper += (-min(0.85 + 0.15 * lids.closure, 1.0) * lower - upper) * min(lids.closure, 1.0)
    peak = 0.5 - 0.2 * _TRAVEL_MM * float(np.sin(yaw)) / (region.outer[0] - region.inner[0])
    hood = lids.hood_mm * (1 - min(lids.closure, 1.0))
    return LidPose(region, upper, lower, float(np.clip(peak, 0.4, 0.6)), max(0.0, -0.12 * travel), hood)
