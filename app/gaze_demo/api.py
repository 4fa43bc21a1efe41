"""The Python interface: gaze of a source, recordings, and recorded sessions, for scripts and experiments.

Everything here is in `gaze_demo` itself: `import gaze_demo` loads nothing but the names, each of which is loaded when
it is first used. Angles are radians, places millimetres of the camera frame; `gaze_demo.geometry` says what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from gaze_demo.calibration.on_screen import ProfileMap, find_profile
from gaze_demo.calibration.profile import Profile
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.webcam import Webcam
from gaze_demo.errors import UserError
from gaze_demo.events.find import GazeEvent, find_events
from gaze_demo.intrinsics import Lens
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import default_pair, find_model, list_models, refuse_namesakes
from gaze_demo.pipeline import GazeSample, ModelGaze, Pipeline, ScreenPoint
from gaze_demo.session.about import Keep, ModelAbout
from gaze_demo.session.folder import Session, load_session
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.session.trace import GazeTrace
from gaze_demo.sink.bus import Bus
from gaze_demo.sink.sink import Run, Sink

__all__ = [
    "GazeEvent",
    "GazeSample",
    "GazeTrace",
    "ModelGaze",
    "Profile",
    "ScreenPoint",
    "Session",
    "SessionRecorder",
    "Tracker",
    "UserError",
    "find_events",
    "load_profile",
    "model_names",
    "read_session",
]


def model_names() -> list[str]:
    """The names of the available models, larger ones first, as `Tracker` takes them."""
    return [entry.name for entry in list_models()]


def load_profile(name_or_path: str) -> Profile:
    """The calibration profile of that name, or at that path. Raises UserError if there is none."""
    return find_profile(name_or_path)


def read_session(folder: str | Path) -> Session:
    """A recorded session, even if its recording was interrupted: `table` is a pyarrow Table, one row for each frame and
    model, whose `to_pandas()` is a data frame; `trace(model)` has one model's gaze as arrays. Raises UserError."""
    return load_session(Path(folder))


class Tracker:
    """Gaze samples of a source, one per frame; a context manager and an iterator.

    `source`: a camera's number or name, a video file, an image, a folder of images, or "virtual" for the virtual
    participant; empty for the first camera. `models`: names or paths of ONNX files, none for the default two.
    `profile`: a calibration, its name or its file; it gives points of gaze. `filter_strength`: of the filtered gaze, 0
    for none to 1; the unfiltered one is always there, too. `hfov_deg`: the lens's field of view. `real_time` False
    gives a file's or the virtual participant's frames as fast as they can be computed. `width`, `height` in px and
    `rate` in Hz are asked of a camera.

    Errors that a user can fix are raised as UserError, with one sentence that says how.

    Example:
        with gaze_demo.Tracker("virtual", models=["mobilenet25"]) as tracker:
            for sample in tracker:
                print(sample.time_s, sample.gazes[0].estimate.gaze)
    """

    def __init__(
        self,
        source: str = "",
        *,
        models: Sequence[str] = (),
        profile: Profile | str | None = None,
        filter_strength: float = 0.0,
        hfov_deg: float | None = None,
        real_time: bool = True,
        width: int | None = None,
        height: int | None = None,
        rate: float | None = None,
    ) -> None:
        options = SourceOptions(width=width, height=height, rate=rate, hfov_deg=hfov_deg, real_time=real_time)
        self._entries = refuse_namesakes([find_model(name) for name in models] or default_pair(list_models()))
        self._profile = find_profile(profile) if isinstance(profile, str) else profile
        self._source = open_source(source, options)
        self._lens = None if hfov_deg is None else Lens(hfov_deg)
        self._strength = filter_strength
        camera = isinstance(self._source, Webcam)
        self._live = camera or (self._source.live and real_time)
        self._bus = Bus(patient=not camera and not real_time)
        self._stack = ExitStack()
        self._pipeline: Pipeline | None = None

    def __enter__(self) -> Tracker:
        with ExitStack() as stack:
            models = [load_model(entry) for entry in self._entries]
            self._source.open()
            stack.callback(self._source.close)
            to_screen = None if self._profile is None else ProfileMap(self._profile)
            self._pipeline = stack.enter_context(
                Pipeline.on(self._source, models, lens=self._lens, to_screen=to_screen, filter_strength=self._strength)
            )
            stack.enter_context(self._bus)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def __iter__(self) -> Iterator[GazeSample]:
        """Each frame's sample until the source ends; sinks and recordings get it first."""
        if self._pipeline is None:
            raise UserError("The tracker is not open: use it in a 'with' statement.")
        while (frame := self._source.read()) is not None:
            sample = self._pipeline.process(frame)
            self._bus.write(sample)
            self._bus.check()
            yield sample

    @property
    def models(self) -> list[str]:
        """Names of the models, in the order of a sample's gazes."""
        return [entry.name for entry in self._entries]

    def record(self, folder: str | Path, keep: Keep = "nothing") -> SessionRecorder:
        """Record from now on into a new folder, until `stop` or the end of the `with` statement.

        `keep`: "nothing", "crops", "eyes", "face" or "video". The recorder takes `marker(text)` and `note(text)`.
        """
        recorder = SessionRecorder(
            Recording(
                Path(folder),
                keep=keep,
                live=self._live,
                models=tuple(ModelAbout.of(entry) for entry in self._entries),
                profile=self._profile,
                filter_strength=self._strength,
            )
        )
        self.add(recorder)
        return recorder

    def add(self, sink: Sink) -> None:
        """Also pass each sample to a sink, in a separate thread."""
        profile = self._profile
        self._bus.add(
            sink,
            Run(
                source=self._source.name,
                frame_rate=self._source.frame_rate,
                models=tuple(self.models),
                screen=None if profile is None else profile.screen,
                profile="" if profile is None else profile.name,
                still=self._source.independent,
            ),
        )

    def stop(self, sink: Sink) -> None:
        """Complete a recording, or end another sink, after it has received all samples that wait for it."""
        self._bus.remove(sink)
