"""The client for PsychoPy, against the app's own stream; and against PsychoPy's classes where it is installed."""

from __future__ import annotations

import inspect
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.session.samples import RUN, sample
from gaze_demo import clock
from gaze_demo.pipeline import GazeSample, ScreenPoint
from gaze_demo.sink.sink import opened
from gaze_demo.stream.websocket import WebSocketStream

pytest.importorskip("websockets")
MISSING = "PsychoPy is not installed: pip install psychopy-lib"
WIDTH, HEIGHT = 1920, 1080  # of the screen of `RUN`


@pytest.fixture(scope="module")
def client(repository: Path) -> Any:
    """The module of examples/psychopy_gaze.py."""
    spec = spec_from_file_location("psychopy_gaze", repository / "examples" / "psychopy_gaze.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tracker(stream: WebSocketStream, client: Any) -> Iterator[Any]:
    one = client.EyeTracker(stream.stream_url)
    yield one
    one.close()


def looking_at(index: int, x: float, y: float) -> GazeSample:
    """A frame whose filtered points all lie there, in px of the screen."""
    one = sample(index, clock.now_s())
    there = ScreenPoint(np.array([x, y]), np.zeros(2))
    return replace(one, gazes=tuple(replace(each, filtered_point=there) for each in one.gazes))


def wait(done: Callable[[], object]) -> None:
    end = clock.now_s() + 20
    while not done():
        assert clock.now_s() < end, "it did not happen within 20 s"
        threading.Event().wait(0.01)


def seen(stream: WebSocketStream, tracker: Any, one: GazeSample) -> Any:
    """What the tracker says of a sample that was streamed."""
    stream.write(one)
    wait(lambda: tracker.getLastSample() is not None and tracker.getLastSample().device_time == one.time_s)
    return tracker.getLastSample()


def a_window(units: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Any:
    monitor = SimpleNamespace(getWidth=lambda: 48.0, getDistance=lambda: 60.0, getSizePix=lambda: size)
    return SimpleNamespace(size=size, units=units, monitor=monitor)


def test_samples_are_taken_in_only_while_it_records(stream: WebSocketStream, tracker: Any) -> None:
    assert (tracker.isConnected(), tracker.isRecordingEnabled(), tracker.isReportingEvents()) == (True, False, False)
    stream.write(looking_at(0, 1000, 500))
    assert tracker.setRecordingState(True) is True
    assert tracker.isRecordingEnabled()
    assert (tracker.getLastSample(), tracker.getPos()) == (None, None)
    seen(stream, tracker, looking_at(1, 1060, 500))
    assert tracker.getPos() == tracker.getPosition() == tracker.getLastGazePosition() == (100.0, 40.0)
    assert tracker.setRecordingState(False) is False
    assert (tracker.getLastSample(), tracker.getPos()) == (None, None)
    assert [event.gaze_x for event in tracker.getEvents()] == [100.0]


def test_its_recording_is_marked_in_the_session(tracker: Any, marked: list[tuple[str, float | None]]) -> None:
    for recording in (True, True, False, False):
        tracker.setRecordingState(recording)
    wait(lambda: len(marked) == 2)
    assert marked == [("recording started", None), ("recording stopped", None)]


def test_events_are_given_once_and_are_cleared(stream: WebSocketStream, tracker: Any) -> None:
    assert tracker.enableEventReporting(True)
    for index in range(3):
        seen(stream, tracker, looking_at(index, 960 + index, 540))
    assert [event.gaze_x for event in tracker.getEvents(clearEvents=False)] == [0.0, 1.0, 2.0]
    assert [event["gaze_x"] for event in tracker.getEvents(clearEvents=False, asType="dict")] == [0.0, 1.0, 2.0]
    assert tracker.getEvents(1) == []
    assert [event.event_id for event in tracker.getEvents()] == [1, 2, 3]
    assert tracker.getEvents() == []
    seen(stream, tracker, looking_at(3, 960, 540))
    tracker.clearEvents()
    assert tracker.getEvents() == []


def test_a_frame_without_a_gaze_is_a_sample_without_a_position(stream: WebSocketStream, tracker: Any) -> None:
    tracker.setRecordingState(True)
    event = seen(stream, tracker, sample(9))  # shows no face
    assert (event.status, event.gaze_x, tracker.getPos()) == (2, 0, None)


def test_it_tells_the_models_apart(stream: WebSocketStream, client: Any) -> None:
    one = client.EyeTracker(stream.stream_url, model="b")
    one.setRecordingState(True)
    first, second = (replace(each, filtered_point=each.point) for each in sample(30).gazes)
    seen(stream, one, replace(sample(30), gazes=(first, second)))
    assert one.getPos() == (301.0 - 960.0, 540.0 - 500.0)
    one.close()


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ("pix", (480.0, 270.0)),
        ("norm", (0.5, 0.5)),
        ("height", (480 / 1080, 0.25)),
        ("cm", (12.0, 6.75)),
        ("deg", (12.0 / (60 * 0.017455), 6.75 / (60 * 0.017455))),
    ],
)
def test_positions_are_in_the_windows_units(
    stream: WebSocketStream, client: Any, units: str, expected: tuple[float, float]
) -> None:
    one = client.EyeTracker(stream.stream_url, a_window(units))
    one.setRecordingState(True)
    seen(stream, one, looking_at(1, 1440, 270))
    assert one.getPos() == pytest.approx(expected, rel=1e-5)
    one.close()


def test_a_window_with_other_pixels_than_the_screen_gets_its_own(stream: WebSocketStream, client: Any) -> None:
    one = client.EyeTracker(stream.stream_url, a_window("pix", (960, 540)))
    one.setRecordingState(True)
    seen(stream, one, looking_at(1, 1440, 270))
    assert one.getPos() == (240.0, 135.0)
    one.close()


def test_other_units_are_refused_in_one_sentence(stream: WebSocketStream, client: Any) -> None:
    with pytest.raises(ValueError, match="choose one of pix, norm, height, cm, deg"):
        client.EyeTracker(stream.stream_url, units="degFlat")
    with pytest.raises(ValueError, match="need a window whose monitor has a width"):
        client.EyeTracker(stream.stream_url, units="deg")


def test_a_message_goes_into_the_recording_at_the_time_it_is_about(
    tracker: Any, marked: list[tuple[str, float | None]]
) -> None:
    assert tracker.sendMessage("now") == 200
    before = clock.now_s()
    assert tracker.sendMessage("flip", time_offset=0.25) == 200
    after = clock.now_s()
    wait(lambda: len(marked) == 2)
    assert marked[0] == ("now", None)
    assert marked[1][1] is not None
    assert before - 0.5 <= marked[1][1] + 0.25 <= after + 0.5


def test_times_are_on_the_experiments_clock_and_on_the_recordings(stream: WebSocketStream, tracker: Any) -> None:
    before = clock.now_s()
    assert before - 0.5 <= tracker.trackerTime() <= clock.now_s() + 0.5
    assert tracker.trackerSec() == pytest.approx(tracker.trackerTime(), abs=0.5)
    tracker.setRecordingState(True)
    one = looking_at(1, 0, 0)
    event = seen(stream, tracker, one)
    assert event.device_time == one.time_s
    assert event.delay == pytest.approx(event.logged_time - event.time, abs=1e-9)


def test_without_a_recording_the_tracker_says_why_messages_are_not_kept(client: Any) -> None:
    with opened(WebSocketStream(0), RUN) as server:
        one = client.EyeTracker(server.stream_url)
        assert one.getConfiguration()["recording"] is False
        one.sendMessage("lost")
        wait(one.getLastInterfaceErrorString)
        assert one.getLastInterfaceErrorString() == "Nothing is being recorded, so markers are not kept."
        one.close()


@pytest.mark.fault("the stream ends while a PsychoPy experiment reads it", "the experiment goes on without a gaze")
def test_the_end_of_the_stream_leaves_the_experiment_without_a_gaze(client: Any) -> None:
    with opened(WebSocketStream(0, on_marker=lambda text, time_s: None), RUN) as server:
        one = client.EyeTracker(server.stream_url)
        one.setRecordingState(True)
        seen(server, one, looking_at(1, 5, 5))
    wait(lambda: not one.isConnected())
    assert (one.getPos(), one.isRecordingEnabled(), one.sendMessage("late")) == (None, False, 201)
    assert one.getLastInterfaceErrorString() == "The stream has ended."
    assert one.setConnectionState(True) is False
    assert "is 'gaze-demo stream' running?" in one.getLastInterfaceErrorString()


def test_a_stream_that_cannot_serve_an_experiment_is_refused_in_one_sentence(client: Any) -> None:
    with opened(WebSocketStream(0), replace(RUN, screen=None)) as server:
        with pytest.raises(ConnectionError, match="start it with --profile"):
            client.EyeTracker(server.stream_url)
        with pytest.raises(ConnectionError, match="is 'gaze-demo stream' running"):
            client.EyeTracker(f"ws://127.0.0.1:{server.port}/stream?token=wrong")
    with pytest.raises(ConnectionError, match="is 'gaze-demo stream' running"):
        client.EyeTracker(server.stream_url)


def test_it_has_each_method_of_psychopys_eye_trackers_with_the_same_arguments(client: Any) -> None:
    devices: Any = pytest.importorskip("psychopy.iohub.devices.eyetracker", reason=MISSING)
    without = {
        # what a device is asked by the ioHub process, not by an experiment
        *("addFilter", "removeFilter", "resetFilter", "enableFilters", "getCurrentDeviceState", "resetState"),
        *("getInterfaceStatus", "getCalibrationDict"),
    }
    theirs = devices.EyeTrackerDevice
    for name in sorted(set(dir(theirs)) - without):
        method = getattr(theirs, name)
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        assert hasattr(client.EyeTracker, name), name
        if name == "getEvents":
            continue  # theirs takes any arguments
        ours = inspect.signature(getattr(client.EyeTracker, name)).parameters
        for argument, parameter in inspect.signature(method).parameters.items():
            assert argument in ours, f"{name}({argument})"
            assert parameter.default is inspect.Parameter.empty or ours[argument].default is not inspect.Parameter.empty


def test_its_events_and_numbers_are_those_of_psychopy(client: Any) -> None:
    events: Any = pytest.importorskip("psychopy.iohub.devices.eyetracker.eye_events", reason=MISSING)
    constants: Any = pytest.importorskip("psychopy.iohub.constants", reason=MISSING)
    assert list(client.MonocularEyeSampleEvent._fields) == list(events.MonocularEyeSampleEvent.CLASS_ATTRIBUTE_NAMES)
    assert constants.EventConstants.MONOCULAR_EYE_SAMPLE == client.MONOCULAR_EYE_SAMPLE
    for name in ("EYETRACKER_OK", "EYETRACKER_ERROR", "BINOCULAR_AVERAGED", "UNDEFINED"):
        assert getattr(constants.EyeTrackerConstants, name) == getattr(client, name)
    assert constants.EyeTrackerConstants.FUNCTIONALITY_NOT_SUPPORTED == client.NOT_SUPPORTED


def test_psychopys_component_starts_and_stops_it(
    stream: WebSocketStream, tracker: Any, marked: list[tuple[str, float | None]]
) -> None:
    hardware: Any = pytest.importorskip("psychopy.hardware.eyetracker", reason=MISSING)
    control = hardware.EyetrackerControl(tracker=tracker)
    control.start()
    assert control.currentlyRecording
    seen(stream, tracker, looking_at(1, 960, 440))
    assert control.pos == control.getPos() == (0.0, 100.0)
    control.stop()
    assert not control.currentlyRecording
    wait(lambda: len(marked) == 2)


@pytest.mark.parametrize("units", ["pix", "norm", "height", "cm", "deg"])
def test_a_region_of_psychopy_is_looked_at(stream: WebSocketStream, client: Any, units: str) -> None:
    """PsychoPy converts the position back to pixels with its own code."""
    visual: Any = pytest.importorskip("psychopy.visual", reason=MISSING)
    monitors: Any = pytest.importorskip("psychopy.monitors", reason=MISSING)
    monitor = monitors.Monitor("drawn", width=48.0, distance=60.0)
    monitor.setSizePix((800, 600))
    window = visual.Window((800, 600), units=units, fullscr=False, monitor=monitor)
    try:
        tracker = client.EyeTracker(stream.stream_url, window)
        region = visual.ROI(window, device=tracker, shape="rectangle", pos=(200, 150), size=100, units="pix")
        tracker.setRecordingState(True)
        looked = []
        for index, (x, y) in enumerate(((600, 150), (600, 450), (640, 190), (660, 150))):
            seen(stream, tracker, looking_at(index, x / 800 * WIDTH, y / 600 * HEIGHT))
            looked.append(region.isLookedIn)
        tracker.close()
    finally:
        window.close()
    assert looked == [True, False, True, False]


def test_the_experiment_of_the_examples_runs(
    stream: WebSocketStream, marked: list[tuple[str, float | None]], repository: Path
) -> None:
    pytest.importorskip("psychopy.visual", reason=MISSING)
    experiment = subprocess.Popen(
        [
            *(sys.executable, str(repository / "examples" / "psychopy_experiment.py"), stream.stream_url),
            *("--window", "--trials", "2", "--seconds", "1"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    index = 0
    while experiment.poll() is None and index < 5000:
        stream.write(looking_at(index, 0.275 * WIDTH, HEIGHT / 2))
        index += 1
        threading.Event().wait(0.01)
    assert experiment.wait(20) == 0
    assert experiment.stdout is not None
    lines = experiment.stdout.read().splitlines()
    assert [line.split(";")[0] for line in lines if line.startswith("trial")] == [
        "trial 1: first left",
        "trial 2: first left",
    ]
    assert [text for text, _ in marked] == ["recording started", "trial 1", "trial 2", "recording stopped"]
