"""Records what the window sees to a session folder, while the window keeps running.

What only a recording needs is loaded when one begins: the window should not wait for it when it starts.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gaze_demo import clock, paths
from gaze_demo.desk import words
from gaze_demo.desk.gaze_control import GazeControl
from gaze_demo.desk.notices import Notices
from gaze_demo.desk.observed import Told
from gaze_demo.desk.source_control import SourceControl
from gaze_demo.desk.state import RecordingShown, WindowState
from gaze_demo.desk.trouble import sentence
from gaze_demo.errors import UserError
from gaze_demo.filter.gaze_filter import Gazes
from gaze_demo.live.background import Background
from gaze_demo.live.engine import Engine
from gaze_demo.live.joiner import SampleJoiner
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.log import logger
from gaze_demo.pipeline import ModelGaze
from gaze_demo.session.names import SCREEN
from gaze_demo.whole_file import write_whole

if TYPE_CHECKING:
    from gaze_demo.calibration.profile import Profile
    from gaze_demo.session.about import Keep
    from gaze_demo.session.folder import Session
    from gaze_demo.session.recorder import SessionRecorder
    from gaze_demo.sink.bus import Bus

_KEY = "recording"
# When it ends, the app waits this long for a slow disk; what is not written by then is missing from the session.
_MOST_CLOSING_S = 10.0


@dataclass(frozen=True, eq=False)
class _Running:
    recorder: SessionRecorder
    bus: Bus
    joiner: SampleJoiner
    started_s: float


class RecordControl:
    """Starts and ends recordings of live sources, marks moments in them, and reads recorded sessions.

    Signals: `session_read`, with a session that was asked for.

    Only the recording's own threads wait for the disk.
    """

    def __init__(
        self,
        state: WindowState,
        notices: Notices,
        engine: Engine,
        source: SourceControl,
        gaze: GazeControl,
        background: Background,
    ) -> None:
        self.session_read: Told[Session] = Told()
        self._state, self._notices, self._engine = state, notices, engine
        self._gaze, self._background = gaze, background
        self._running: _Running | None = None
        self._starting = False
        source.opening.connect(lambda _: self.stop("The source has changed. "))
        state.on("models", lambda _: self._note_models())
        state.on("profile", self._note_profile)

    def new_folder(self) -> Path:
        """Where a recording that begins now is kept unless the user says otherwise."""
        return paths.recordings() / datetime.now().strftime("%Y-%m-%d %H.%M.%S")

    def begin(self, folder: Path, keep: Keep = "nothing") -> None:
        """Record from now on into a new folder. A notice reports what goes wrong."""
        from gaze_demo.sink.sink import Run

        source, profile = self._engine.source, self._state.profile
        if self._running is not None or self._starting or source is None or not self._state.source_live:
            return
        entries = [entry for entry in self._state.models.values() if entry is not None]
        run = Run(
            source=source.name,
            frame_rate=source.frame_rate,
            models=tuple(dict.fromkeys(entry.name for entry in entries)),
            screen=self._gaze.geometry,
            profile=profile.name if profile else "",
        )
        self._starting = True
        number = self._engine.source_number

        def job() -> _Running:
            from gaze_demo.session.about import ModelAbout
            from gaze_demo.session.recorder import Recording, SessionRecorder
            from gaze_demo.sink.bus import Bus

            if folder.parent == paths.recordings():
                paths.make_private(folder.parent)
            models = {entry.name: ModelAbout.of(entry) for entry in entries}
            recorder = SessionRecorder(
                Recording(folder, keep, models=tuple(models.values()), screen=run.screen, profile=profile)
            )
            bus = Bus()
            bus.add(recorder, run)
            return _Running(recorder, bus, SampleJoiner(_mapped_by(profile), bus.write), clock.now_s())

        self._background.run(job, lambda running: self._on_started(running, number), self._on_failed)

    def stop(self, why: str = "") -> None:
        """Complete the recording; nothing if there is none. `why`: a sentence before the notice's own."""
        running = self._leave()
        if running is not None:
            self._background.run(running.bus.close, lambda _: self._on_ended(running, why), self._on_failed)

    def mark(self, text: str = "") -> None:
        """Mark this moment; without a text, the marker gets a number."""
        running, shown = self._running, self._state.recording
        if running is None or shown is None:
            return
        text, now_s = text or f"marker {shown.markers + 1}", clock.now_s()
        self._state.recording = replace(shown, markers=shown.markers + 1)
        self._write(lambda: running.recorder.marker(text, now_s))
        self._notices.info(f"Marked at {words.clock_time(now_s - running.started_s)}: {text}.", "marker")

    def note(self, text: str) -> None:
        """Save a note of the user."""
        running = self._running
        if running is not None and text.strip():
            self._write(lambda: running.recorder.note(text.strip()))
            self._notices.info("The note was added to the recording.", "marker")

    def keep_screen(self, make_png: Callable[[], bytes]) -> None:
        """Keep a picture of the screen with the recording; `make_png` is called in another thread."""
        running = self._running
        if running is None:
            return
        recorder = running.recorder

        def job() -> None:
            write_whole(recorder.folder / SCREEN, make_png(), private=True)
            recorder.state("screen", {"file": SCREEN})

        self._write(job)

    def read(self, folder: Path) -> None:
        """Read a session in the background; a notice says why it cannot be read."""

        def job() -> Session:
            from gaze_demo.session.folder import load_session

            return load_session(folder)

        self._background.run(
            job,
            self.session_read.tell,
            lambda error: self._notices.trouble(sentence(error, "The recording cannot be opened"), _KEY),
        )

    def refresh(self) -> None:
        """Update the progress of the recording, and check whether the disk keeps up."""
        running, shown = self._running, self._state.recording
        if running is None or shown is None:
            return
        recorder = running.recorder
        try:
            running.bus.check()
        except UserError as error:
            self._leave()
            self._notices.trouble(str(error), _KEY)
            return
        self._state.recording = replace(
            shown,
            duration_s=clock.now_s() - running.started_s,
            size_bytes=recorder.size_bytes,
            lost=running.bus.lost,
        )

    def close(self) -> None:
        """The window closes: complete the recording, waiting for the disk for some seconds at most."""
        running = self._leave()
        if running is not None:
            closing = threading.Thread(target=_close_quietly, args=(running.bus,), name="recording", daemon=True)
            closing.start()
            closing.join(_MOST_CLOSING_S)

    def _leave(self) -> _Running | None:
        """No more samples from now on."""
        running, self._running = self._running, None
        self._state.recording = None
        self._starting = False
        self._engine.join(None)
        if running is not None:
            running.joiner.close()
        return running

    def _on_started(self, running: _Running, source_number: int) -> None:
        if not self._starting or source_number != self._engine.source_number:  # left in the meantime
            self._background.run(running.bus.close, lambda _: None, self._on_failed)
            self._starting = False
            return
        self._starting, self._running = False, running
        self._engine.join(running.joiner)
        self._state.recording = RecordingShown(running.recorder.folder.name, running.recorder.recording.keep)
        self._notices.withdraw(_KEY)

    def _on_ended(self, running: _Running, why: str) -> None:
        recorder, lost = running.recorder, running.bus.lost
        missing = f" {lost} frames are missing because the disk was too slow." if lost else ""
        told = f"{words.clock_time(recorder.duration_s)}, {words.size(recorder.size_bytes)}"
        self._notices.info(f"{why}Recorded {told}: {recorder.folder}.{missing}", _KEY)

    def _on_failed(self, error: Exception) -> None:
        self._starting = False
        self._notices.trouble(sentence(error, "The recording has failed"), _KEY)

    def _write(self, job: Callable[[], None]) -> None:
        """Into the recording, without waiting for the disk."""
        self._background.run(job, lambda _: None, self._on_failed)

    def _note_models(self) -> None:
        running = self._running
        if running is None:
            return
        recorder = running.recorder
        used = [entry for entry in self._state.models.values() if entry is not None]

        def job() -> None:
            from gaze_demo.session.about import ModelAbout

            recorder.add_models([ModelAbout.of(entry) for entry in used])
            recorder.state("models", {"models": [entry.name for entry in used]})

        self._write(job)

    def _note_profile(self, profile: Profile | None) -> None:
        running = self._running
        if running is not None:
            name = profile.name if profile else ""
            self._write(lambda: running.recorder.state("profile", {"profile": name}))


def _mapped_by(profile: Profile | None) -> Callable[[PaneId, Sight], ModelGaze]:
    """Unfiltered gazes with their points on the profile's screen: a filter is chosen when the session is read."""
    from gaze_demo.calibration.on_screen import ProfileMap

    to_screen = ProfileMap(profile) if profile is not None else None

    def make_gaze(pane: PaneId, sight: Sight) -> ModelGaze:
        estimate = sight.estimate
        assert estimate is not None
        point = None if to_screen is None else to_screen.point(sight.shot.observation, estimate)
        return ModelGaze(estimate, Gazes(estimate.gaze, estimate.left, estimate.right), point, point)

    return make_gaze


def _close_quietly(bus: Bus) -> None:
    """When the app ends nobody would see a notice; the log has the error, and what was written stays."""
    try:
        bus.close()
    except UserError as error:
        logger.warning("%s", error)
