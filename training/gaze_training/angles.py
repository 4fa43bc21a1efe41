"""The app's pitch and yaw (gaze_demo.geometry) on tensors, differentiable and exportable to ONNX; radians."""

from __future__ import annotations

import torch
from torch import Tensor


def pitch_yaw_to_vector(angles: Tensor) -> Tensor:
    """Unit vectors (..., 3) of angles (..., 2), pitch first."""
    pitch, yaw = angles[..., 0], angles[..., 1]
    return torch.stack([-torch.cos(pitch) * torch.sin(yaw), -torch.sin(pitch), -torch.cos(pitch) * torch.cos(yaw)], -1)


def vector_to_pitch_yaw(vectors: Tensor) -> Tensor:
    """Angles (..., 2), pitch first, of vectors (..., 3) of any length but zero that look towards the camera (z < 0)."""
    x, y, z = -vectors[..., 0], -vectors[..., 1], -vectors[..., 2]
    # A plain arc tangent: ONNX has no atan2, and gaze towards the camera does not need it.
    return torch.stack([torch.atan(y / torch.sqrt(x * x + z * z)), torch.atan(x / z)], -1)


def rolled(angles: Tensor, roll: Tensor) -> Tensor:
    """Angles (N, 2) of directions as a camera sees them after its image was turned by `roll` (N,), x axis towards y."""
    vectors = pitch_yaw_to_vector(angles)
    cos, sin = torch.cos(roll), torch.sin(roll)
    x, y, z = vectors.unbind(-1)
    return vector_to_pitch_yaw(torch.stack([cos * x - sin * y, sin * x + cos * y, z], -1))


def angle_between(a: Tensor, b: Tensor) -> Tensor:
    """Angles (...) between the directions of two sets of pitch and yaw (..., 2)."""
    first, second = pitch_yaw_to_vector(a), pitch_yaw_to_vector(b)
    return 2.0 * torch.atan2((first - second).norm(dim=-1), (first + second).norm(dim=-1))
