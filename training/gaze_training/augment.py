"""Random disturbances of eye crops, applied to tensors during training: landmark jitter, light, camera, glasses, head
pose error."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.angles import rolled
from gaze_training.config import AugmentConfig
from gaze_training.eyes import ANGLES, Eyes
from gaze_training.trouble import Trouble, share_under, visible_ball

_HALF = torch.tensor([WIDTH_PX / 2, HEIGHT_PX / 2])
_OUTSHINES = 100.0  # from this many grey levels on, a reflection hides what is behind it


class Augment:
    """Uses only `generator`, so that a seed gives the same pictures in every run."""

    def __init__(self, config: AugmentConfig, generator: torch.Generator) -> None:
        self._config = config
        self._generator = generator

    def __call__(self, eyes: Eyes) -> Eyes:
        """Disturbed eyes with float crops; gaze, head, outside label and iris follow the geometry exactly."""
        moved, crops = self._move(eyes)
        if self._config.trouble > 0:
            moved = Trouble(self._config.trouble, self._generator)(replace(moved, crops=crops))
            crops = moved.crops
        crops = self._camera(self._light(crops))
        if self._config.reflection > 0:
            crops, glare = self._reflect(crops, moved)
            moved = replace(moved, glare=glare)
        noise = self._normal(len(eyes), 2) * float(torch.deg2rad(torch.tensor(self._config.head_deg)))
        return replace(moved, crops=crops.clamp_(0.0, 255.0), head=moved.head + noise)

    def _move(self, eyes: Eyes) -> tuple[Eyes, Tensor]:
        """Roll, scale and shift: errors of the landmarks that place the crop."""
        config, count = self._config, len(eyes)
        roll = torch.deg2rad(self._normal(count) * config.roll_deg)
        zoom = torch.exp(self._normal(count) * config.scale)
        shift = self._normal(count, 2) * config.shift_px
        cos, sin = torch.cos(roll), torch.sin(roll)
        turn = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1) * zoom[:, None, None]
        half = _HALF.to(shift)
        # grid_sample needs the map from crop to source, in units of half the picture; affine_grid is ten times slower
        inverse = turn.transpose(1, 2) / zoom.square()[:, None, None]
        back = inverse * (half[None, None, :] / half[None, :, None])
        start = -(back @ (shift / half)[..., None]).squeeze(-1)
        x = ((torch.arange(WIDTH_PX, device=half.device) + 0.5) * 2 / WIDTH_PX - 1).view(1, 1, -1, 1)
        y = ((torch.arange(HEIGHT_PX, device=half.device) + 0.5) * 2 / HEIGHT_PX - 1).view(1, -1, 1, 1)
        rows = y * back[:, None, None, :, 1] + start[:, None, None, :]
        grid = rows + x * back[:, None, None, :, 0]
        crops = F.grid_sample(eyes.crops.float(), grid, padding_mode="border", align_corners=False)
        at = (eyes.iris * 2 - 1) * half
        at = ((turn @ at[..., None]).squeeze(-1) + shift) / half
        angles = {name: rolled(getattr(eyes, name), roll) for name in ANGLES}
        return replace(eyes, **angles, iris=(at + 1) / 2), crops

    def _light(self, crops: Tensor) -> Tensor:
        """Gamma, contrast about the middle grey, and a slope of light: after standardising, only the clipping
        matters."""
        config, count = self._config, len(crops)
        gamma = torch.exp(self._normal(count) * config.gamma).view(-1, 1, 1, 1)
        contrast = 1 + (2 * self._uniform(count).view(-1, 1, 1, 1) - 1) * config.contrast
        slope = self._normal(count, 2) * config.light
        x = torch.linspace(-0.5, 0.5, WIDTH_PX, device=crops.device)
        y = torch.linspace(-0.5, 0.5, HEIGHT_PX, device=crops.device)
        ramp = 1 + slope[:, 0, None, None] * x + slope[:, 1, None, None] * y[:, None]
        bright = (crops * (ramp.clamp_(min=0.1)[:, None] / 255)).clamp_(1e-3, 1.0).pow_(gamma)
        return bright.sub_(0.5).mul_(contrast).add_(0.5).mul_(255)

    def _camera(self, crops: Tensor) -> Tensor:
        """Noise, half of it before the blur (as a camera's own smoothing leaves it), and blur or sharpening."""
        config, count = self._config, len(crops)
        if config.noise > 0:
            level = self._uniform(count).square().view(-1, 1, 1, 1) * config.noise
            crops = crops + level * torch.randn(crops.shape, generator=self._generator, device=crops.device)
        if config.blur > 0:
            amount = self._uniform(count).view(-1, 1, 1, 1) * 1.5 * config.blur - 0.5 * config.blur
            padded = F.pad(crops, (1, 1, 1, 1), mode="replicate")
            tall = padded[..., :-2] + padded[..., 2:] + 2 * padded[..., 1:-1]
            smooth = (tall[..., :-2, :] + tall[..., 2:, :] + 2 * tall[..., 1:-1, :]) / 16
            crops = torch.lerp(crops, smooth, amount)
        return crops

    def _reflect(self, crops: Tensor, eyes: Eyes) -> tuple[Tensor, Tensor]:
        """A bright soft spot on some of the eyes, as a lens of glasses reflects a window or a screen; crops, glare."""
        hit = torch.nonzero(self._uniform(len(crops)) < self._config.reflection).flatten()
        place, size = self._uniform(len(crops), 2)[hit], self._uniform(len(crops), 2)[hit]
        bright = self._uniform(len(crops))[hit] * 140 + 20
        x = (torch.arange(WIDTH_PX, device=crops.device) - place[:, :1] * WIDTH_PX) / (2 + 6 * size[:, :1])
        y = (torch.arange(HEIGHT_PX, device=crops.device) - place[:, 1:] * HEIGHT_PX) / (2 + 4 * size[:, 1:])
        spot = (torch.exp(-(x[:, None, :] ** 4) - y[:, :, None] ** 4) * bright[:, None, None])[:, None]
        crops[hit] += spot
        hidden = share_under((spot / _OUTSHINES).clamp(max=1.0), visible_ball(eyes.openness[hit]))
        return crops, eyes.glare.index_copy(0, hit, torch.maximum(eyes.glare[hit], hidden))

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self._generator, device=self._generator.device)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self._generator, device=self._generator.device)
