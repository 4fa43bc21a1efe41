"""Strong disturbances, drawn on tensors: blur, glare, and things that cover an eye, with the truth of each.

The lids' lines are not known here, so the visible eyeball is assumed to be an ellipse with the height of the opening,
and the covered pixels of it and of the iris are counted.
"""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from gaze_demo.normalisation.normalise import HEIGHT_PX, WIDTH_PX
from gaze_training.data.assemble import BLUR_PX
from gaze_training.data.sample import READABLE_SHARE
from gaze_training.eyes import Eyes

EYE_PX = 44.0  # approximate distance of the corners in a crop
_IRIS_PX = 9.4
_BALL = (30.0, 16.0)
_KERNEL = 21
_BLURRED_PX = 5.0  # sigma in px of the crop above which nobody can tell where an eye looks
_OUTSHONE = 0.8  # share of the visible eyeball under glare above which nobody can


class Trouble:
    """Uses only `generator`. `share`: share of eyes with one of the three disturbances."""

    def __init__(self, share: float, generator: torch.Generator) -> None:
        self._share = share
        self._generator = generator

    def __call__(self, eyes: Eyes) -> Eyes:
        """Eyes with float crops, some of them disturbed: these have their condition, and no gaze if they are
        unreadable."""
        drawn = self._uniform(len(eyes)) / max(self._share, 1e-9)
        eyes = self._blurred(eyes, torch.nonzero(drawn < 0.4).flatten())
        eyes = self._glaring(eyes, torch.nonzero((drawn >= 0.4) & (drawn < 0.7)).flatten())
        return self._covered(eyes, torch.nonzero((drawn >= 0.7) & (drawn < 1)).flatten()).without_unreadable_gaze()

    def _blurred(self, eyes: Eyes, hit: Tensor) -> Eyes:
        if not len(hit):
            return eyes
        sigma = torch.exp(self._uniform(len(hit)) * 1.9)  # 1 to 6.7 px
        at = torch.arange(-_KERNEL, _KERNEL + 1, device=sigma.device)
        kernel = torch.exp(-0.5 * (at / sigma[:, None]).square())
        kernel = kernel / kernel.sum(1, keepdim=True)
        crops = eyes.crops[hit].transpose(0, 1)
        crops = F.pad(crops, (_KERNEL,) * 4, mode="replicate")
        crops = F.conv2d(crops, kernel[:, None, None], groups=len(hit))
        crops = F.conv2d(crops, kernel[:, None, :, None], groups=len(hit))
        grain = (self._uniform(len(hit)) * 6 - 3).clamp(min=0.0).view(-1, 1, 1, 1)  # half with a camera's noise
        blurred = crops.transpose(0, 1) + grain * self._normal(len(hit), 1, HEIGHT_PX, WIDTH_PX)
        total = torch.sqrt((eyes.blur[hit] * BLUR_PX).square() + sigma.square())
        return replace(
            eyes,
            crops=eyes.crops.index_copy(0, hit, blurred),
            blur=eyes.blur.index_copy(0, hit, (total / BLUR_PX).clamp(max=1.0)),
            readable=eyes.readable.index_copy(0, hit, eyes.readable[hit] & ~(total > _BLURRED_PX)),
        )

    def _glaring(self, eyes: Eyes, hit: Tensor) -> Eyes:
        if not len(hit):
            return eyes
        half = torch.exp(self._uniform(len(hit), 2) * 1.9) * 2.0  # 2 to 13 px
        place = torch.tensor(_BALL, device=half.device) + self._normal(len(hit), 2) * torch.tensor([9.0, 5.0]).to(half)
        mask = self._patch(place, half)
        bright = (150 + 105 * self._uniform(len(hit))).view(-1, 1, 1, 1)
        crops = torch.maximum(eyes.crops[hit], torch.lerp(eyes.crops[hit], bright, mask))
        share = share_under(mask, visible_ball(eyes.openness[hit]))
        glare = torch.maximum(eyes.glare[hit].nan_to_num(), share)
        return replace(
            eyes,
            crops=eyes.crops.index_copy(0, hit, crops),
            glare=eyes.glare.index_copy(0, hit, torch.where(eyes.glare[hit].isnan(), torch.nan, glare)),
            readable=eyes.readable.index_copy(0, hit, eyes.readable[hit] & (glare < _OUTSHONE)),
        )

    def _covered(self, eyes: Eyes, hit: Tensor) -> Eyes:
        if not len(hit):
            return eyes
        whole = self._uniform(len(hit), 1) < 0.35
        half = torch.exp(self._uniform(len(hit), 2) * 1.8) * 4.0  # 4 to 24 px
        half = torch.where(whole, half + 22, half)
        middle = torch.tensor([WIDTH_PX / 2, HEIGHT_PX / 2], device=half.device)
        spread = torch.where(whole, 3.0, torch.tensor([20.0, 12.0], device=half.device))
        mask = self._patch(middle + self._normal(len(hit), 2) * spread, half)
        crops = torch.lerp(eyes.crops[hit], self._surface(eyes.crops, hit), mask)
        hidden = share_under(mask, _ellipse(middle.expand(len(hit), 2), half.new_tensor([0.6, 0.35]) * EYE_PX))
        cover = torch.maximum(eyes.cover[hit].nan_to_num(), hidden)
        of_iris = share_under(mask, _ellipse(eyes.iris[hit] * middle * 2, half.new_tensor([_IRIS_PX, _IRIS_PX])))
        seen = eyes.iris_visible[hit] * (1 - of_iris)
        opening = torch.where(share_under(mask, visible_ball(eyes.openness[hit])) > 0.6, torch.nan, eyes.openness[hit])
        return replace(
            eyes,
            crops=eyes.crops.index_copy(0, hit, crops),
            cover=eyes.cover.index_copy(0, hit, torch.where(eyes.cover[hit].isnan(), torch.nan, cover)),
            iris_visible=eyes.iris_visible.index_copy(0, hit, seen),
            openness=eyes.openness.index_copy(0, hit, opening),
            readable=eyes.readable.index_copy(0, hit, eyes.readable[hit] & (seen >= READABLE_SHARE)),
        )

    def _surface(self, crops: Tensor, hit: Tensor) -> Tensor:
        """What covers an eye: a piece of another crop, much larger, as skin, hair and cloth are; some of it plain."""
        count = len(hit)
        other = crops[(hit + 1 + int(self._uniform(1) * (len(crops) - 1))) % len(crops)]
        piece = other[:, :, 24:, 4:24] if self._uniform(1) < 0.7 else other[:, :, 12:24, 20:40]
        texture = F.interpolate(piece, (HEIGHT_PX, WIDTH_PX), mode="bilinear", align_corners=False)
        contrast = (self._uniform(count) * 1.6 - 0.4).clamp(min=0.0).view(-1, 1, 1, 1)
        level = texture.mean((2, 3), keepdim=True)
        colour = torch.where(self._uniform(count) < 0.5, 0.0, self._uniform(count) * 200 - 100).view(-1, 1, 1, 1)
        slope = self._normal(count, 2) * 25
        x = torch.linspace(-0.5, 0.5, WIDTH_PX, device=crops.device)
        y = torch.linspace(-0.5, 0.5, HEIGHT_PX, device=crops.device)[:, None]
        shade = (slope[:, 0, None, None] * x + slope[:, 1, None, None] * y)[:, None]
        grain = (self._uniform(count) * 5).view(-1, 1, 1, 1) * self._normal(count, 1, HEIGHT_PX, WIDTH_PX)
        return (level + (texture - level) * contrast + colour + shade + grain).clamp(0.0, 255.0)

    def _patch(self, place: Tensor, half: Tensor) -> Tensor:
        """Masks (n, 1, h, w) of ellipses and rectangles, turned, with soft or hard rims."""
        count = len(place)
        turn = self._uniform(count) * torch.pi
        power = torch.where(self._uniform(count) < 0.5, 2.0, 8.0).view(-1, 1, 1)
        rim = (self._uniform(count) * 3 + 0.5).view(-1, 1, 1)
        x, y = _places(place)
        cos, sin = torch.cos(turn).view(-1, 1, 1), torch.sin(turn).view(-1, 1, 1)
        u, v = (cos * x + sin * y) / half[:, 0, None, None], (cos * y - sin * x) / half[:, 1, None, None]
        reach = (u.abs() ** power + v.abs() ** power) ** (1 / power)
        outside_px = (reach - 1) * half.min(1).values.view(-1, 1, 1)
        return (0.5 - outside_px / rim).clamp(0.0, 1.0)[:, None]

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self._generator, device=self._generator.device)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self._generator, device=self._generator.device)


def _places(middle: Tensor) -> tuple[Tensor, Tensor]:
    """x and y (n, h, w) of each pixel's middle, from `middle` (n, 2)."""
    x = torch.arange(WIDTH_PX, device=middle.device) + 0.5 - middle[:, 0, None, None]
    y = (torch.arange(HEIGHT_PX, device=middle.device) + 0.5)[:, None] - middle[:, 1, None, None]
    return x, y


def _ellipse(middle: Tensor, half: Tensor) -> Tensor:
    """Masks (n, 1, h, w) of upright ellipses; `middle` (n, 2), `half` (2,) or (n, 2)."""
    x, y = _places(middle)
    return ((x / half[..., 0, None, None]).square() + (y / half[..., 1, None, None]).square() < 1).float()[:, None]


def visible_ball(openness: Tensor) -> Tensor:
    """Masks (n, 1, h, w) of the visible eyeballs of eyes that are so far open."""
    high = (openness.nan_to_num(0.3) * EYE_PX / 2).clamp(min=2.0)
    half = torch.stack([torch.full_like(high, 19.0), high], 1)
    return _ellipse(half.new_tensor(_BALL).expand(len(half), 2), half)


def share_under(mask: Tensor, region: Tensor) -> Tensor:
    """Of each region (n, 1, h, w), the share (n,) under a mask."""
    return (mask * region).sum((1, 2, 3)) / region.sum((1, 2, 3)).clamp(min=1.0)
