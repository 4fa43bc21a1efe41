"""A photograph's lids and the skin around them, moved to where they lie when the eye looks somewhere else."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.geometry import Array
from gaze_training.data.aperture import PX_PER_MM, X_PX, Y_PX, LidLines
from gaze_training.data.sampler import EyeDraw

Image = NDArray[np.float32]

_DROOP_MM = 0.4  # how far the lids that the sampler draws hang in the mean: those of photographs do already
_SMOOTH = cv2.getGaussianKernel(47, 2.0 * PX_PER_MM, cv2.CV_32F)[:, 0]


def moved_lids(rng: np.random.Generator, old: LidLines, corners_px: Array, travel_mm: float, draw: EyeDraw) -> LidLines:
    """Lid lines after the iris moved up by `travel_mm`: the upper lid follows most, the corners (2, 2) stay."""
    lids, k = draw.lids, PX_PER_MM
    t = np.clip((X_PX - old.inner) / max(old.outer - old.inner, 1.0), 0, 1)
    peak = rng.uniform(0.6, 0.85)
    bump = (4 * t * (1 - t)) ** peak
    temporal = np.sqrt(np.maximum(t * (1 - t**3), 0)) * t * 1.6
    follow = lids.down_follow if travel_mm < 0 else lids.upper_follow
    upper = old.upper - (follow * travel_mm - 0.6 * lids.squint_mm - lids.droop_mm + _DROOP_MM) * k * bump
    upper = upper + lids.hood_mm * k * temporal
    follow = lids.lower_follow * travel_mm * (1.0 if travel_mm < 0 else 0.6)
    lower = old.lower - (follow + 0.8 * lids.squint_mm) * k * bump
    gap, lost = np.maximum(lower - upper, 0), lids.narrowing(travel_mm)
    upper, lower = upper + 0.7 * lost * gap, lower - 0.3 * lost * gap
    upper = upper + np.maximum(lower - upper, 0) * min(lids.closure, 1.0)
    upper = np.minimum(upper, lower - (max(0.9 - 1.1 * lids.closure, 0.0)) * k * bump)
    chord = np.interp(X_PX, [old.inner, old.outer], corners_px[:, 1])
    upper = np.minimum(np.maximum(upper, chord - 9.5 * k * bump), lower)
    inside = old.inside
    return LidLines(np.where(inside, upper, old.upper), np.where(inside, lower, old.lower), old.inner, old.outer)


def fold_skin(linear: Image, old: LidLines, new: LidLines) -> Image:
    """The skin after its lids moved.

    A lid's edge with its lashes moves unchanged; the skin beyond it is stretched or compressed, and does not move a few
    mm further out. The stretched band is wide enough that skin is stretched to at most three times its height. Around
    the corners the movement fades out over a few mm.
    """
    middle = (0.5 * (new.upper + new.lower)).astype(np.float32)
    up = _carried(new.upper.astype(np.float32) - Y_PX, new.upper - old.upper, 1.6, 3.0)
    low = _carried(Y_PX - new.lower.astype(np.float32), old.lower - new.lower, 0.6, 3.5)
    y = (Y_PX + np.where(Y_PX < middle, -up, low) - np.float32(0.5)).astype(np.float32)
    x = np.broadcast_to(X_PX - np.float32(0.5), y.shape).astype(np.float32)
    return np.asarray(cv2.remap(linear, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)


def _carried(away: Image, way: Array, edge_mm: float, least_mm: float) -> Image:
    """How far (h, w) the skin goes along with a lid that moved by `way` (w,), at a distance (h, w) from it, px."""
    lid = way.astype(np.float32)
    wide = np.convolve(lid, _SMOOTH, mode="same")
    away = np.maximum(away, 0)
    reach = np.maximum(np.float32(least_mm * PX_PER_MM), np.float32(0.9) * np.abs(wide))
    beyond = np.maximum(away - np.float32(edge_mm * PX_PER_MM), 0) / reach
    near = np.exp(-away / np.float32(1.2 * PX_PER_MM))
    return np.asarray(wide * np.exp(-0.5 * beyond * beyond) + (lid - wide) * near, np.float32)
