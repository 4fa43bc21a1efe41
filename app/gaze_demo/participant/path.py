"""The participant's own path: dots over the whole screen, then a smooth line across it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gaze_demo.geometry import Array

_DOTS = 9
_DOT_S = 1.1
_GLIDE_S = 9.0
_EDGE = 0.05


@lru_cache(maxsize=2)
def _draw(seed: int, number: int) -> tuple[Array, Array]:
    """Of one round: its dots (9, 2), one in each ninth of the screen, and the phases (2,) of its line."""
    rng = np.random.default_rng([seed, 3, number])
    cells = rng.permutation(_DOTS)
    jitter = rng.uniform(-0.45, 0.45, (_DOTS, 2))
    return (np.stack([cells % 3, cells // 3], 1) + 0.5 + jitter) / 3, rng.uniform(0, 2 * np.pi, 2)


class ScreenPath:
    """A path over a screen that spans 0..1 both ways from its top left: fixations and smooth pursuit in turns."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def at(self, time_s: float) -> Array:
        """Where to look (2,), x and y as shares of the screen."""
        round_s = _DOTS * _DOT_S + _GLIDE_S
        number, into_s = divmod(max(time_s, 0.0), round_s)
        dots, phase = _draw(self._seed, int(number))
        if into_s < _DOTS * _DOT_S:
            share = dots[int(into_s / _DOT_S)]
        else:
            angle = 2 * np.pi * (into_s / _GLIDE_S)
            share = 0.5 + 0.5 * np.sin(np.array([2.0, 3.0]) * angle + phase)
        return _EDGE + (1 - 2 * _EDGE) * share
