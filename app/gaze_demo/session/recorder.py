"""Records gaze samples into a session folder, as a sink that the window or a command starts and ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gaze_demo import __version__, clock
from gaze_demo.calibration.profile import Profile
from gaze_demo.errors import UserError
from gaze_demo.machine import machine
from gaze_demo.observation import Observation
from gaze_demo.pipeline import GazeSample
from gaze_demo.screen import ScreenGeometry
from gaze_demo.session import columns, eye_crops, pictures
from gaze_demo.session.about import CameraAbout, ClockAbout, Ended, Keep, ModelAbout, SessionAbout, utc_now
from gaze_demo.session.arrow import ArrowWriter
from gaze_demo.session.events_file import MOST_TEXT, Event, EventsWriter
from gaze_demo.session.names import ABOUT, CROPS, EVENTS, GAZE, PICTURES, VIDEO
from gaze_demo.session.repair import finish, repack
from gaze_demo.sink.annotated_video import AnnotatedVideo, plain_picture
from gaze_demo.sink.sink import Policy, Run
from gaze_demo.whole_file import cannot_write, write_whole

FLUSH_S = 0.5  # rows wait no longer than this, so a killed process loses no more
_MOST_ROWS = 2000
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recording:
    """What to record.

    `folder`: a new one, or an empty one. `keep`: which pictures. `live`: times are of `gaze_demo.clock`, else of a
    file's own clock. `profile`, `filter_strength`: those of the points in the samples.
    """

    folder: Path
    keep: Keep = "nothing"
    live: bool = True
    models: tuple[ModelAbout, ...] = ()
    screen: ScreenGeometry | None = None
    profile: Profile | None = None
    filter_strength: float = 0.0
    replay_of: str = ""
    camera: CameraAbout | None = None
    clock: ClockAbout | None = None
    machine: str = field(default_factory=machine)


class SessionRecorder:
    """A sink that records a session; any thread may add markers and read its state.

    A full disk, or another error, ends the recording with a UserError; what was written until then stays and can be
    opened.

    Example:
        recorder = SessionRecorder(Recording(Path("sitting"), models=(ModelAbout.of(entry),)))
        bus.add(recorder, run)
        recorder.marker("stimulus 1")
        bus.remove(recorder)  # completes the session
    """

    policy: Policy = "all"

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.needs_picture = recording.keep != "nothing"
        self._lock = threading.RLock()
        self._about: SessionAbout | None = None
        self._gaze: ArrowWriter | None = None
        self._pictures: ArrowWriter | None = None
        self._events: EventsWriter | None = None
        self._crops: eye_crops.CropWriter | None = None
        self._video: AnnotatedVideo | None = None
        self._rows: list[dict[str, Any]] = []
        self._picture_rows: list[dict[str, Any]] = []
        self._frames = self._written = 0
        self._first_s = self._last_s = 0.0
        self._early: list[tuple[str, str, dict[str, Any] | None]] = []  # wait for the time of the first sample
        self._early_markers = 0
        self._failed: UserError | None = None
        self._closing = threading.Event()
        self._flusher: threading.Thread | None = None

    @property
    def folder(self) -> Path:
        return self.recording.folder

    @property
    def size_bytes(self) -> int:
        """The size of the recording on the disk so far, without a video."""
        parts = (self._gaze, self._pictures, self._events)
        return sum(part.size_bytes for part in parts if part is not None)

    @property
    def duration_s(self) -> float:
        """From the first sample to the last."""
        return self._last_s - self._first_s

    @property
    def frames(self) -> int:
        return self._frames

    @property
    def early_markers(self) -> int:
        """How many markers came before the first sample."""
        return self._early_markers

    def open(self, run: Run) -> None:
        """Make the folder, readable by this account alone. Raises UserError if something is in it already."""
        columns.schema()  # raises if pyarrow is missing, before a folder is created
        wanted = self.recording
        _make_folder(wanted.folder)
        models = wanted.models or tuple(ModelAbout(name=name) for name in run.models)
        self._about = SessionAbout(
            app=f"gaze-demo {__version__}",
            machine=wanted.machine,
            source=run.source[:MOST_TEXT],
            clock=wanted.clock or ClockAbout(kind="live", start_s=clock.now_s(), start_utc=utc_now()),
            camera=wanted.camera,
            screen=wanted.screen or (wanted.profile.screen if wanted.profile else run.screen),
            models=models,
            profile=wanted.profile,
            filter_strength=wanted.filter_strength,
            keep=wanted.keep,
            replay_of=wanted.replay_of,
        )
        self._run = run
        self._write_about()
        self._events = EventsWriter(wanted.folder / EVENTS)
        self._gaze = ArrowWriter(wanted.folder / GAZE, columns.schema())
        if wanted.keep in ("eyes", "face"):
            self._pictures = ArrowWriter(wanted.folder / PICTURES, pictures.schema())
        if wanted.keep == "crops":
            self._crops = eye_crops.CropWriter()
            self._pictures = ArrowWriter(wanted.folder / CROPS, eye_crops.schema())
        if wanted.keep == "video":
            self._video = AnnotatedVideo(wanted.folder / VIDEO, draw=plain_picture)
            self._video.open(run)
        self._flusher = threading.Thread(target=self._keep_flushing, name="session flusher", daemon=True)
        self._flusher.start()

    def write(self, sample: GazeSample) -> None:
        """Keep one sample. Raises UserError if that fails, now or since the last one."""
        with self._lock:
            if self._failed is not None:
                raise self._failed
            if self._frames == 0:
                self._begin(sample)
            self._frames += 1
            self._last_s = sample.time_s
            self._rows += columns.rows_of(sample)
            if self._video is not None:
                self._video.write(sample)
            elif (row := self._picture_row(sample.observation)) is not None:
                self._picture_rows.append(row)
            if len(self._rows) >= _MOST_ROWS:
                self._flush()

    def _picture_row(self, seen: Observation) -> dict[str, Any] | None:
        keep = self.recording.keep
        if self._crops is not None:
            return self._crops.row_of(seen)
        return pictures.row_of(seen, keep) if keep == "eyes" or keep == "face" else None

    def marker(self, text: str, time_s: float | None = None, data: dict[str, Any] | None = None) -> None:
        """Mark a moment, now or at a time of the session's clock.

        A recording that is not live has no time before its first sample: earlier markers get the time of that sample.
        """
        self._event("marker", text, time_s, data)

    def note(self, text: str) -> None:
        """Save a person's note."""
        self._event("note", text, None, None)

    def state(self, text: str, data: dict[str, Any] | None = None) -> None:
        """Save a change of the recording itself, such as another model or filter."""
        self._event("state", text, None, data)

    def repeat(self, event: Event) -> None:
        """Keep an event of another session as it was."""
        self._event(event.kind, event.text, event.time_s, event.data)

    def add_models(self, models: Iterable[ModelAbout]) -> None:
        """Models that came into use after the beginning."""
        with self._lock:
            assert self._about is not None
            known = {model.name: model for model in self._about.models}
            known.update({model.name: model for model in models})
            self._about = self._about.model_copy(update={"models": tuple(known.values())})
            self._write_about()

    def close(self) -> None:
        """Complete the session: `gaze.arrows` becomes `gaze.parquet`. Raises UserError if that fails."""
        self._closing.set()
        if self._flusher is not None:
            self._flusher.join()
        with self._lock:
            failed = self._failed
            try:
                if failed is None:
                    self._write_early(self._first_s)
                    self._flush()
                if failed is None and self._events is not None:
                    self._events.sync()
            except UserError as error:
                failed = self._failed or self._fail(error)
            if self._events is not None:
                self._events.close()
            if self._video is not None:
                with suppress(UserError) if failed is not None else nullcontext():
                    self._video.close()
            for writer in (self._gaze, self._pictures):
                if writer is not None:
                    with suppress(UserError):
                        writer.close(whole=failed is None)
            if failed is not None:
                raise failed
            assert self._about is not None
            ended = Ended(utc=utc_now(), frames=self._frames, rows=self._written)
            try:
                finish(self.folder, self._about, ended)
            except UserError as error:
                what = "Everything was recorded; 'gaze-demo repair' completes the folder."
                raise UserError(f"{error} {what}") from None
            if self._crops is not None:
                with suppress(UserError):  # a disk without room for both: the file is whole as it is
                    repack(self.folder / CROPS)

    def _begin(self, sample: GazeSample) -> None:
        assert self._about is not None
        self._first_s = sample.time_s
        update: dict[str, Any] = {}
        if not self.recording.live and self.recording.clock is None:
            update["clock"] = ClockAbout(kind="medium", start_s=sample.time_s, start_utc=self._about.clock.start_utc)
        if self.recording.camera is None:
            camera, run = sample.observation.camera, self._run
            update["camera"] = CameraAbout.of(run.source[:MOST_TEXT], camera, run.frame_rate)
        if update:
            self._about = self._about.model_copy(update=update)
            self._write_about()
        self._write_early(sample.time_s)

    def _write_early(self, time_s: float) -> None:
        early, self._early = self._early, []
        for kind, text, data in early:
            self._event(kind, text, time_s, data)

    def _event(self, kind: str, text: str, time_s: float | None, data: dict[str, Any] | None) -> None:
        with self._lock:
            if self._events is None or self._failed is not None:
                raise self._failed or UserError("Nothing is being recorded: start a recording first.")
            if time_s is None and self._frames == 0:
                self._early_markers += kind == "marker"
                if not self.recording.live:
                    self._early.append((kind, text, data))
                    return
            when = self._now_s() if time_s is None else time_s
            self._events.write(Event(time_s=when, kind=kind, text=text[:MOST_TEXT], data=data or {}))

    def _now_s(self) -> float:
        return clock.now_s() if self.recording.live else self._last_s

    def _write_about(self) -> None:
        assert self._about is not None
        write_whole(self.folder / ABOUT, self._about.to_json(), private=True)

    def _keep_flushing(self) -> None:
        while not self._closing.wait(FLUSH_S):
            with self._lock:
                if self._failed is not None:
                    return
                try:
                    self._flush()
                except UserError as error:
                    _logger.warning("%s", error)
                    return
            try:
                for part in (self._gaze, self._pictures, self._events):  # without the lock: the disk may be slow
                    if part is not None:
                        part.sync()
            except UserError as error:
                _logger.warning("%s", self._fail(error))
                return

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        kept, self._picture_rows = self._picture_rows, []
        try:
            if rows and self._gaze is not None:
                self._gaze.write(columns.batch_of(rows))
                self._written += len(rows)
            if kept and self._pictures is not None:
                batch_of = pictures.batch_of if self._crops is None else self._crops.batch_of
                self._pictures.write(batch_of(kept))
        except UserError as error:
            raise self._fail(error) from None

    def _fail(self, error: UserError) -> UserError:
        self._failed = UserError(f"{error} The recording has ended; what was recorded until then is kept.")
        return self._failed


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=False, exist_ok=True)
        if any(folder.iterdir()):
            raise UserError(f"{folder} is not empty: name a new folder for the recording.")
        folder.chmod(0o700)
    except FileNotFoundError:
        raise UserError(f"{folder} cannot be made: there is no folder {folder.absolute().parent}.") from None
    except OSError as error:
        raise cannot_write(folder, error) from None
