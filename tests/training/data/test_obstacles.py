"""A hand, paper or hair before an eye: what it hides is told, and most eyes have nothing before them."""

from __future__ import annotations

import numpy as np

from gaze_training.data.aperture import PATCH, LidLines
from gaze_training.data.obstacles import obstruct
from gaze_training.data.visibility import IrisDisc, PaintedEye, cover_share, visible_share

LIDS = LidLines(np.full(PATCH.width, 60.0), np.full(PATCH.width, 108.0), 52.0, 152.0)
EYE = PaintedEye(
    linear=np.full((PATCH.height, PATCH.width, 3), 0.2, np.float32),
    lids=LIDS,
    iris_px=np.array([102.0, 84.0]),
    disc=IrisDisc(np.array([102.0, 84.0]), 22.0 * np.eye(2)),
)


def test_one_eye_in_twenty_has_something_before_it() -> None:
    rng = np.random.default_rng(0)
    hidden = [obstruct(rng, EYE).hidden is not None for _ in range(2000)]
    assert 0.035 < np.mean(hidden) < 0.065


def test_where_nothing_is_told_to_hide_the_eye_the_picture_is_as_it_was() -> None:
    seen = [obstruct(rng, EYE) for rng in map(np.random.default_rng, range(400))]
    covered = [eye for eye in seen if eye.hidden is not None]
    assert len(covered) > 5
    for eye in covered:
        assert eye.hidden is not None
        bare = eye.hidden.cover == 0
        np.testing.assert_array_equal(eye.linear[bare], EYE.linear[bare])
        assert (eye.linear != EYE.linear)[eye.hidden.cover > 0.9].mean() > 0.9
        share = cover_share(eye.hidden.cover, LIDS)
        assert 0 <= share <= 1
        if share > 0.99:
            assert visible_share(eye.disc, LIDS, eye.hidden.cover) < 0.01
