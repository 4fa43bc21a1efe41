"""A small file of the ICT face model's format: a bent mask with two eye holes before the back of a head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_EYES = ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide")
_NAMES = [*(f"{name}_{side}" for name in _EYES for side in "LR"), "mouthRollLower", "mouthRollUpper", "jawOpen"]
_MATERIALS = (
    *("M_BackHead", "M_EyeLashes", "M_Face", "M_IrisLeft", "M_IrisRight", "M_LacrimalFluid"),
    *("M_ScleraLeft", "M_ScleraRight"),
)
_EYE_CM = np.array([3.095, 3.614, 8.16])


def write_ict_stand_in(path: Path) -> Path:
    """The file, in centimetres, y up and z to the viewer, as the true one."""
    parts = [("M_Face", *_mask()), ("M_BackHead", *_back())]
    for side, name in ((1, "Left"), (-1, "Right")):
        eye = _EYE_CM * [side, 1, 1]
        parts.append((f"M_Sclera{name}", *_strip(eye - [1, 0, 0], eye + [1, 0, 0])))
        parts.append((f"M_Iris{name}", *_strip(eye - [0.5, 0, 0], eye + [0.5, 0, 0])))
        parts.append(("M_LacrimalFluid", *_strip(eye + [-1.4, -0.2, 1.1], eye + [1.4, -0.2, 1.1])))
        parts.append(("M_EyeLashes", *_strip(eye + [-1.2, 0.5, 1.3], eye + [1.2, 0.5, 1.3])))
    vertices, faces, material, start = [], [], [], 0
    for name, points, quads in parts:
        vertices.append(points)
        faces.append(quads + start)
        material += [_MATERIALS.index(name)] * len(quads)
        start += len(points)
    neutral = np.concatenate(vertices).astype(np.float32)
    expression = np.zeros((len(_NAMES), len(neutral), 3), np.float16)
    mouth = np.linalg.norm(neutral[:, :2] - [0, -3], axis=1) < 2
    expression[_NAMES.index("mouthRollLower"), mouth, 2] = -1
    identity = np.zeros((2, *neutral.shape), np.float16)
    identity[0, :, 0] = 0.02 * neutral[:, 0]
    identity[1, :, 1] = 0.02 * neutral[:, 1]
    np.savez(
        path,
        neutral=neutral,
        identity=identity,
        expression=expression,
        expression_names=np.array(_NAMES),
        faces=np.concatenate(faces).astype(np.int32),
        materials=np.array(_MATERIALS),
        face_material=np.array(material, np.int32),
    )
    return path


def _grid(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (n, 2) and quads (m, 4), counter-clockwise as seen by the viewer."""
    points = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    first = (np.arange(len(y) - 1)[:, None] * len(x) + np.arange(len(x) - 1)).ravel()
    return points, np.stack([first, first + 1, first + 1 + len(x), first + len(x)], 1)


def _mask() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    points, quads = _grid(np.linspace(-8, 8, 81), np.linspace(-10, 12, 111))
    x, y = points.T
    vertices = np.stack([x, y, 9.8 - 0.045 * x**2], 1)
    middle = points[quads].mean(1)
    holes = [((middle - [side * 3.095, 3.5]) / [1.4, 0.6]) ** 2 for side in (1, -1)]
    return vertices, quads[np.min([h.sum(1) for h in holes], axis=0) > 1]


def _back() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A plate behind the mask that looks away from the viewer."""
    points, quads = _grid(np.linspace(-8, 8, 5), np.linspace(-10, 12, 5))
    return np.c_[points, np.full(len(points), -6.0)], quads[:, ::-1]


def _strip(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    up = np.array([0, 0.05, 0])
    return np.array([a - up, b - up, b + up, a + up]), np.array([[0, 1, 2, 3]])
