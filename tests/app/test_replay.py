from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from app.profiles import profile
from app.session.samples import recorded
from app.tiny_models import LEVEL_EYES_INPUTS, constant_vector, level_eyes_contract
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.profile import save_profile
from gaze_demo.errors import UserError
from gaze_demo.record import RecordOptions, record
from gaze_demo.replay import ReplayOptions, replay
from gaze_demo.session.folder import load_session

QUIET = Console(quiet=True)
MODELS = ("teacher", "mobilenet25")
ADA = Mapping(correction="affine", kappa_rad=(0.02, -0.01), gain=((1.1, 0.0), (0.02, 1.2)), offset=(0.01, 0.02))


@pytest.fixture(scope="module")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models, calibrated and filtered, on a moving head that blinks, with the eyes kept."""
    place = tmp_path_factory.mktemp("replay")
    path = save_profile(profile("Ada", dict.fromkeys((*MODELS, "mobilenet12"), ADA)), place)
    options = RecordOptions(
        "virtual:path,head=moving", place / "s", MODELS, keep="eyes", profile=str(path), filter_strength=0.6
    )
    record(replace(options, duration_s=3.0), QUIET)
    return place / "s"


def bits_of(folder: Path, *left_out: str) -> dict[str, bytes]:
    table = load_session(folder).table
    columns = {name: table.column(name).combine_chunks() for name in table.schema.names if name not in left_out}
    return {
        name: column.flatten().to_numpy().tobytes() if name == "head_rotation" else repr_bits(column)
        for name, column in columns.items()
    }


def repr_bits(column: Any) -> bytes:
    values = np.array(column.to_pylist())
    return bytes(values.tobytes()) if values.dtype != object else repr(values.tolist()).encode()


def test_the_same_models_calibration_and_filter_give_the_same_to_the_last_bit(eyes: Path, tmp_path: Path) -> None:
    replay(ReplayOptions(eyes, tmp_path / "again"), QUIET)
    before, after = bits_of(eyes), bits_of(tmp_path / "again")
    assert set(before) == set(after)
    assert [name for name in before if before[name] != after[name]] == []
    trace = load_session(eyes).trace("teacher")
    assert trace.on_screen.sum() > 50
    assert (trace.point_px != trace.shown_px)[trace.on_screen].any()
    again = load_session(tmp_path / "again").about
    assert again.replay_of == "s"
    assert again.clock == load_session(eyes).about.clock


def test_small_crops_replay_to_the_last_bit_and_serve_later_models(eyes: Path, tmp_path: Path) -> None:
    profile_path = save_profile(load_session(eyes).about.profile, tmp_path)  # type: ignore[arg-type]
    options = RecordOptions(
        "virtual:path,head=moving", tmp_path / "s", MODELS, keep="crops", profile=str(profile_path), filter_strength=0.6
    )
    record(replace(options, duration_s=3.0), QUIET)
    replay(ReplayOptions(tmp_path / "s", tmp_path / "again"), QUIET)
    before, after = bits_of(tmp_path / "s"), bits_of(tmp_path / "again")
    assert [name for name in before if before[name] != after[name]] == []
    assert before == bits_of(eyes)
    later = replay(ReplayOptions(tmp_path / "s", tmp_path / "later", ("mobilenet12",)), QUIET)
    of_eyes = replay(ReplayOptions(eyes, tmp_path / "of eyes", ("mobilenet12",)), QUIET)
    assert bits_of(later.folder) == bits_of(of_eyes.folder)


def test_a_model_that_came_later_runs_on_it(eyes: Path, tmp_path: Path) -> None:
    level = constant_vector(tmp_path / "level.onnx", [0.0, 0.0, -1.0], level_eyes_contract(), LEVEL_EYES_INPUTS)
    session = replay(ReplayOptions(eyes, tmp_path / "later", ("mobilenet12", str(level))), QUIET)
    assert session.models == ["mobilenet12", "level"]
    then = load_session(eyes).trace("teacher")
    for name in session.models:
        assert (session.trace(name).time_s == then.time_s).all()
        assert (session.trace(name).valid == then.valid).mean() > 0.9  # models see a blink for more or fewer frames
    assert session.trace("mobilenet12").on_screen.any()
    assert not session.trace("level").on_screen.any()  # the profile does not know it


def test_later_models_are_as_exact_as_if_they_had_run_at_once(eyes: Path, tmp_path: Path) -> None:
    live = tmp_path / "live"
    options = RecordOptions("virtual:path,head=moving", live, ("mobilenet12",), duration_s=1.0)
    record(options, QUIET)
    later = replay(ReplayOptions(eyes, tmp_path / "later", ("mobilenet12",)), QUIET).trace("mobilenet12")
    now = load_session(live).trace("mobilenet12")
    assert later.gaze[: len(now)].tobytes() == now.gaze.tobytes()


def test_without_pictures_gazes_are_mapped_and_filtered_again(eyes: Path, tmp_path: Path) -> None:
    session = load_session(eyes)
    plain = tmp_path / "plain"
    own = save_profile(session.about.profile, tmp_path)  # type: ignore[arg-type]
    options = RecordOptions("virtual:path,head=moving", plain, MODELS, profile=str(own), filter_strength=0.6)
    record(replace(options, duration_s=1.0), QUIET)
    replay(ReplayOptions(plain, tmp_path / "again"), QUIET)
    before, after = bits_of(plain), bits_of(tmp_path / "again")
    assert [name for name in before if before[name] != after[name]] == []
    calm = replay(ReplayOptions(plain, tmp_path / "calm", filter_strength=1.0), QUIET).trace("teacher")
    assert calm.point_px.tobytes() == load_session(plain).trace("teacher").point_px.tobytes()
    assert np.nanstd(np.diff(calm.shown_px, axis=0)) < np.nanstd(np.diff(calm.point_px, axis=0))


def test_another_profile_gives_other_points(eyes: Path, tmp_path: Path) -> None:
    save_profile(profile("Plain", {"teacher": Mapping()}))
    session = replay(ReplayOptions(eyes, tmp_path / "other", ("teacher",), "Plain"), QUIET)
    then, now = load_session(eyes).trace("teacher"), session.trace("teacher")
    assert now.gaze.tobytes() == then.gaze.tobytes()
    assert np.nanmean(np.abs(now.point_px - then.point_px)) > 10
    assert session.about.profile is not None
    assert session.about.profile.name == "Plain"


def test_a_model_that_needs_more_than_was_kept_is_refused(eyes: Path, tmp_path: Path) -> None:
    wide = level_eyes_contract()
    wide["input"]["widths"] = 4.0
    path = constant_vector(tmp_path / "wide.onnx", [0.0, 0.0, -1.0], wide, LEVEL_EYES_INPUTS)
    with pytest.raises(UserError, match="wide needs a larger part of the picture than was kept"):
        replay(ReplayOptions(eyes, tmp_path / "out", (str(path),)), QUIET)
    assert not (tmp_path / "out").exists()


def test_without_pictures_no_model_can_be_run(tmp_path: Path) -> None:
    recorded(tmp_path / "s", 10)
    with pytest.raises(UserError, match="keeps no pictures"):
        replay(ReplayOptions(tmp_path / "s", tmp_path / "out", ("teacher",)), QUIET)


def test_a_correction_that_reads_the_eyes_needs_pictures(tmp_path: Path) -> None:
    weights = Mapping(correction="ridge", feature_weights=((0.1,) * 8, (0.1,) * 8))
    path = save_profile(profile("Ridge", {"a": weights}), tmp_path)
    recorded(tmp_path / "s", 10)
    with pytest.raises(UserError, match="needs pictures of the eyes"):
        replay(ReplayOptions(tmp_path / "s", tmp_path / "out", profile=str(path)), QUIET)


def test_events_come_along(tmp_path: Path) -> None:
    from app.session.samples import RUN, samples
    from gaze_demo.session.recorder import Recording, SessionRecorder
    from gaze_demo.sink.sink import opened

    with opened(SessionRecorder(Recording(tmp_path / "s", live=False)), RUN) as recorder:
        for sample in samples(5):
            recorder.write(sample)
        recorder.marker("here", 100.05, {"a": 1})
    session = replay(ReplayOptions(tmp_path / "s", tmp_path / "out"), QUIET)
    assert session.events == load_session(tmp_path / "s").events


def test_a_video_is_observed_again_at_its_own_times(tmp_path: Path) -> None:
    record(RecordOptions("virtual:path", tmp_path / "s", ("mobilenet12",), keep="video", duration_s=1.0), QUIET)
    session = replay(ReplayOptions(tmp_path / "s", tmp_path / "out", ("mobilenet25",)), QUIET)
    then, now = load_session(tmp_path / "s").trace(), session.trace()
    assert (now.time_s == then.time_s).all()
    assert now.valid.mean() > 0.8
    both = now.valid & then.valid
    assert np.degrees(np.abs(now.pitch_yaw - then.pitch_yaw)[both]).mean() < 5
