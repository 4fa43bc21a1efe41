from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.estimate import GazeEstimate
from gaze_demo.geometry import Intrinsics, pitch_yaw_to_vector
from gaze_demo.observation import Observation, Reason
from gaze_training.evaluate.screen import ScreenAnswers, ask, cut, screen_result
from gaze_training.evaluate.table import screen_tables
from gaze_training.readers.measured import observe
from gaze_training.readers.screen_frame import ScreenFrame
from training.readers.fake_observer import FakeObserver, picture

SIZE = np.array([1920.0, 1080.0])


def answers(count: int = 400, noise_px: float = 0.0, low_noise_px: float = 0.0) -> ScreenAnswers:
    """Answers that an affine map turns into the points, but for noise, of which points in the lowest fifth have more;
    the left eye has twice the noise."""
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 1, (count, 2)) * SIZE
    size = noise_px + low_noise_px * (points[:, 1] > 0.8 * SIZE[1])
    seen = points[:, None] + rng.normal(0, 1, (count, 3, 2)) * size[:, None, None] * np.array([[1.0], [2.0], [1.0]])
    angles = np.stack([0.2 - seen[..., 1] / 3000, 0.1 + seen[..., 0] / 4000], -1)
    return ScreenAnswers(angles, points, np.zeros(count, np.intp), rng.uniform(0.1, 0.4, count), Counter())


def test_an_affine_model_finds_all_points_from_nine_frames() -> None:
    result = screen_result(answers())
    assert [row.frames for row in result.fits] == [9, 40, 100, 250]
    assert all(row.both < 1e-6 for row in result.fits)
    assert result.guess > 300


def test_noise_is_told_eye_by_eye() -> None:
    row = screen_result(answers(noise_px=50)).fits[2]
    assert row.both == pytest.approx(50 * 1.18, rel=0.15)  # the median length of a normal vector of two
    assert row.left == pytest.approx(2 * row.right, rel=0.2)


def test_a_model_that_fails_low_on_the_screen_fails_in_the_lowest_fifth() -> None:
    fifths = screen_result(answers(noise_px=20, low_noise_px=100)).fifths
    assert fifths[4] > 2 * max(fifths[:4])


def test_frames_without_an_answer_are_neither_fitted_nor_tested() -> None:
    some = answers(100)
    some.angles[:30] = np.nan
    result = screen_result(replace(some, reasons=Counter({"no face": 30})))
    assert result.lost == 30
    assert result.fits[0].tested == 100 - 30 - 9
    assert result.reasons == {"no face": 30}


def test_series_have_maps_of_their_own_and_short_ones_are_left_out() -> None:
    some = answers(120)
    some.angles[60:] += 0.3  # another sitting, which needs another offset
    assert screen_result(some).fits[0].both > 100
    result = screen_result(cut(some, 2))
    assert result.fits[0].both < 1e-6
    assert result.fits[0].series == 2
    assert result.fits[2].series == 0
    assert np.isnan(result.fits[2].both)


def test_of_long_looks_the_first_frames_of_all_are_fitted_to() -> None:
    some = answers(400)
    order = np.repeat(np.arange(20), 20)
    looks = replace(some, points=some.points[order], angles=some.angles[order])  # 20 looks of 20 frames
    assert screen_result(looks).fits[0].both > 100  # nine frames of one point
    assert screen_result(replace(looks, turn=np.tile(np.arange(20), 20))).fits[0].both < 1e-6


class LooksUp:
    """Answers one direction where a face was found."""

    def estimate(self, seen: Observation) -> GazeEstimate:
        gaze = pitch_yaw_to_vector((0.1, -0.2)) if seen.landmarks else None
        return GazeEstimate("up", gaze, gaze, None, None, seen.reason, 0.0, 0.0)


def test_models_are_asked_for_both_eyes_and_each() -> None:
    camera = Intrinsics.from_hfov(640, 480, 60)

    def frames() -> Iterator[ScreenFrame]:
        for image in (picture(camera), np.full((480, 640, 3), 255, np.uint8)):
            yield ScreenFrame(observe(FakeObserver(), image, camera), np.array([3.0, 4.0]), "one")

    answer = ask({"up": LooksUp()}, frames())["up"]
    np.testing.assert_allclose(answer.angles[0], [[0.1, -0.2], [0.1, -0.2], [np.nan, np.nan]], atol=1e-9)
    assert np.isnan(answer.angles[1]).all()
    assert answer.reasons == {Reason.NO_FACE.value: 1}
    assert answer.openness[0] == pytest.approx(0.25)


def test_the_frames_of_a_look_are_counted() -> None:
    camera = Intrinsics.from_hfov(640, 480, 60)
    seen = observe(FakeObserver(), picture(camera), camera)
    frames = [ScreenFrame(seen, np.zeros(2), "one", look) for look in (0, 0, 1, 1, 1, 0)]
    turn = ask({"up": LooksUp()}, frames)["up"].turn
    assert turn is not None
    assert turn.tolist() == [0, 1, 0, 1, 2, 2]


def test_no_frame_at_all_is_one_sentence() -> None:
    with pytest.raises(UserError, match="No frame could be read"):
        ask({"up": LooksUp()}, [])


def test_the_tables_tell_each_figure_and_what_was_lost() -> None:
    some = answers(60, noise_px=20)
    some.angles[:5] = np.nan
    text = screen_tables({"teacher": screen_result(replace(some, reasons=Counter({"eye closed": 5})))})
    assert "bottom fifth" in text
    assert "Frames without a gaze: teacher: 5 eye closed" in text
    assert "No series is long enough to fit to 100, 250 frames" in text
