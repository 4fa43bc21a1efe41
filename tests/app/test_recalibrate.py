from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from app.calibration.fakes import SCREEN, FakeModel, Person
from gaze_demo.calibration.profile import load_profile
from gaze_demo.calibration.targets import layout_targets
from gaze_demo.errors import UserError
from gaze_demo.pipeline import GazeSample, ModelGaze
from gaze_demo.recalibrate import CORRECTIONS, RecalibrateOptions, recalibrate
from gaze_demo.replay import ReplayOptions, replay
from gaze_demo.session.events_file import Event
from gaze_demo.session.folder import load_session
from gaze_demo.session.looks import SETTLE_S, look_of_times, looks_of, unreadable_marks
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import Run, opened

QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody looks at 9 + 4 marked targets for 1.5 s each, seen by a model of known faults; no picture is kept."""
    folder = tmp_path_factory.mktemp("marked") / "s"
    person, model = Person(seed=1), FakeModel(gain=(0.7, 0.8))
    recorder = SessionRecorder(Recording(folder, live=False, screen=SCREEN))
    targets = [(t.x_px, t.y_px) for t in layout_targets(9, SCREEN, 0)]
    checks = [(400.0, 300.0), (1500.0, 300.0), (400.0, 800.0), (1500.0, 800.0)]
    with opened(recorder, Run(source="person", models=(model.entry.name,))):
        index = 0
        for kind, points in (("target", targets), ("validation", checks)):
            for x, y in points:
                recorder.marker(f"{kind} {x:.1f} {y:.1f}", index / 30)
                for i in range(45):
                    looked = np.array([x, y]) if i > 0.4 * 30 else np.array([960.0, 540.0])
                    seen = person.observe(looked, index / 30)
                    seen = replace(seen, frame=replace(seen.frame, index=index))
                    recorder.write(GazeSample.of(seen, [ModelGaze(model.estimate(seen))]))
                    index += 1
        recorder.marker("target end", index / 30)
    return folder


def test_looks_last_from_the_settling_to_the_next_marker() -> None:
    texts = [
        (0.0, "target 10 20"),
        (2.0, "other"),
        (3.0, "target 30.5, -4"),
        (20.0, "target end"),
        (21.0, "target x y"),
    ]
    events = [Event(time_s=time_s, kind="marker", text=text) for time_s, text in texts]
    first, second = looks_of(events, 30.0)
    assert [event.text for event in unreadable_marks(events)] == ["target x y"]
    assert (first.kind, first.x_px, first.start_s, first.end_s) == ("fit", 10.0, SETTLE_S, 3.0)
    assert (second.x_px, second.y_px, second.end_s) == (30.5, -4.0, 13.0)  # not longer than 10 s
    assert look_of_times([first, second], np.array([0.1, 1.0, 3.1, 4.0, 15.0])).tolist() == [-1, 0, -1, 1, -1]


@pytest.mark.parametrize("correction", [None, "offset", "affine", "affine and head"])
def test_a_marked_calibration_is_fitted_again_with_any_correction(marked: Path, correction: str | None) -> None:
    options = RecalibrateOptions(marked, correction=correction)  # type: ignore[arg-type]
    (refit,), profile = recalibrate(options, QUIET)
    assert correction in (None, refit.mapping.correction)
    assert refit.validation_deg < refit.before_deg
    if correction != "offset":
        assert refit.validation_deg < 0.35 * refit.before_deg
    assert profile.report.fit_targets == 9
    assert profile.report.validation_targets == 4


def test_the_whole_session_is_mapped_by_it(marked: Path, tmp_path: Path) -> None:
    recalibrate(RecalibrateOptions(marked, save="Post hoc"), QUIET)
    from gaze_demo import paths

    (path,) = paths.profiles().glob("*.json")
    assert load_profile(path).name == "Post hoc"
    session = replay(ReplayOptions(marked, tmp_path / "mapped", profile="Post hoc"), QUIET)
    trace = session.trace()
    last = trace.point_px[-20:]
    assert np.linalg.norm(np.median(last, axis=0) - (1500.0, 800.0)) < 40


def test_ridge_needs_the_eyes_themselves(marked: Path) -> None:
    assert "ridge" in CORRECTIONS
    with pytest.raises(UserError, match="no features"):
        recalibrate(RecalibrateOptions(marked, correction="ridge"), QUIET)


def test_a_session_without_marked_targets_says_what_is_missing(tmp_path: Path) -> None:
    from app.session.samples import recorded

    recorded(tmp_path / "s", 5)
    with pytest.raises(UserError, match="target X Y"):
        recalibrate(RecalibrateOptions(tmp_path / "s"), QUIET)


def test_the_session_keeps_its_own_points(marked: Path) -> None:
    assert not load_session(marked).trace().on_screen.any()


def test_eyes_that_did_not_follow_the_targets_are_no_calibration(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    person, model = Person(seed=1), FakeModel(gain=(0.7, 0.8))
    recorder = SessionRecorder(Recording(folder, live=False, screen=SCREEN))
    targets = [(t.x_px, t.y_px) for t in layout_targets(9, SCREEN, 0)]
    with opened(recorder, Run(source="person", models=(model.entry.name,))):
        for index in range(9 * 45):
            if index % 45 == 0:
                recorder.marker("target {:.1f} {:.1f}".format(*targets[index // 45]), index / 30)
            seen = person.observe(np.array([960.0, 540.0]), index / 30)
            seen = replace(seen, frame=replace(seen.frame, index=index))
            recorder.write(GazeSample.of(seen, [ModelGaze(model.estimate(seen))]))
    with pytest.raises(UserError, match=r"The eyes did not follow the marked targets.* Nothing was saved"):
        recalibrate(RecalibrateOptions(folder, save="Ada"), QUIET)
    from gaze_demo import paths

    assert not list(paths.profiles().glob("*.json"))
