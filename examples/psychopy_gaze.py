"""Gaze for a PsychoPy experiment, from 'gaze-demo stream 0 --websocket --profile NAME --out FOLDER'.

`EyeTracker` has the methods of ioHub's common eye tracker interface (psychopy.iohub.devices.eyetracker), so that
EyetrackerControl, ROI and scripts written for other eye trackers can use it:

eyetracker = EyeTracker("ws://127.0.0.1:8765/stream?token=...", win)     # the address that the command prints
eyetracker.setRecordingState(True)
position = eyetracker.getPos()                 # in the window's units; None where there is no gaze
eyetracker.sendMessage("trial 1")              # goes into the recording

The window has to fill the screen that the profile was made on. PsychoPy comes with all that this file needs; copy it
beside the experiment.
"""

from __future__ import annotations

import json
import math
import threading
from collections import deque, namedtuple
from contextlib import ExitStack
from time import perf_counter
from types import SimpleNamespace
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

try:
    from psychopy.core import getTime
except ImportError:  # without PsychoPy, as in the tests
    getTime = perf_counter

# The values of psychopy.iohub.constants.
EYETRACKER_OK, EYETRACKER_ERROR, NOT_SUPPORTED = 200, 201, 202
MONOCULAR_EYE_SAMPLE, BINOCULAR_AVERAGED, UNDEFINED = 51, 27, 0
NO_GAZE = 2  # `status` of a sample without a gaze; otherwise it is 0
UNITS = ("pix", "norm", "height", "cm", "deg")

_EVENT = "experiment_id session_id device_id event_id type device_time logged_time time confidence_interval delay"
_EYE = "filter_id eye gaze_x gaze_y gaze_z eye_cam_x eye_cam_y eye_cam_z angle_x angle_y raw_x raw_y"
_PUPIL = "pupil_measure1 pupil_measure1_type pupil_measure2 pupil_measure2_type"
_REST = "ppd_x ppd_y velocity_x velocity_y velocity_xy status"
# One frame. `time`: when it was captured, on the experiment's clock (psychopy.core.getTime). `device_time`: the same on
# the recording's clock. `gaze_x`, `gaze_y`: in the units of the eye tracker. What a webcam cannot tell is UNDEFINED.
MonocularEyeSampleEvent = namedtuple("MonocularEyeSampleEvent", f"{_EVENT} {_EYE} {_PUPIL} {_REST}")


class EyeTracker:
    """The gaze of a stream, read in a thread of its own.

    `win`: PsychoPy's window, which gives size and units; None for one that is as large as the screen. `units`: one of
    UNITS, those of the window if None. `model`: None takes the first of the stream.

    Raises ValueError for other units, and ConnectionError if the stream cannot be reached or has no profile.
    """

    def __init__(self, address: str, win: Any = None, units: str | None = None, model: str | None = None) -> None:
        self._units = units or ("pix" if win is None else win.units)
        if self._units not in UNITS:
            raise ValueError(f"Units {self._units!r} are not supported: choose one of {', '.join(UNITS)}.")
        self._address, self._win, self._model = address, win, model
        self._events: deque[Any] = deque(maxlen=1024)
        self._sample: Any = None
        self._recording = False
        self._count = 0
        self._offset_s = 0.0  # the recording's clock minus the experiment's
        self._error = ""
        self._about: dict[str, Any] = {}
        self._told = threading.Event()
        self._stream: Any = None
        self._open = ExitStack()
        self._lock = threading.Lock()
        if not self.setConnectionState(True):
            raise ConnectionError(self._error)
        self._scale = self._units_per_pixel()

    # The connection

    def setConnectionState(self, enable: bool) -> bool:
        """Connect or disconnect. Whether it is connected then."""
        if enable and not self.isConnected():
            try:
                self._stream = self._open.enter_context(connect(self._address, open_timeout=10))
                threading.Thread(target=self._read, args=(self._stream,), daemon=True).start()
                self._compare_clocks()
            except (OSError, ValueError, WebSocketException) as error:
                self._disconnect()
                self._error = f"The stream cannot be used; is 'gaze-demo stream' running? {error}"
        elif not enable:
            self.setRecordingState(False)
            self._disconnect()
        return self.isConnected()

    def isConnected(self) -> bool:
        return self._stream is not None

    def close(self) -> None:
        self.setConnectionState(False)

    # Recording

    def setRecordingState(self, recording: bool) -> bool:
        """Start or stop taking samples in. Whether samples are taken in then.

        The session that gaze-demo records has all frames in any case; markers say when this began and ended.
        """
        if recording and not self._recording and self.isConnected():
            self._compare_clocks()
            self.sendMessage("recording started")
            self._recording = True
        elif not recording and self._recording:
            self._recording, self._sample = False, None
            self.sendMessage("recording stopped")
        return self._recording

    def isRecordingEnabled(self) -> bool:
        return self._recording

    def enableEventReporting(self, enabled: bool = True) -> bool:
        """As `setRecordingState`."""
        return self.setRecordingState(enabled)

    def isReportingEvents(self) -> bool:
        return self._recording

    def sendMessage(self, message_contents: str, time_offset: float | None = None) -> int:
        """Mark this moment, or the moment so many seconds earlier, in the recording. EYETRACKER_OK if it was sent;
        `getLastInterfaceErrorString` says it if nothing is recorded."""
        marker: dict[str, Any] = {"type": "marker", "text": str(message_contents)}
        if time_offset is not None:
            marker["time_s"] = self.trackerTime() - time_offset
        return EYETRACKER_OK if self._send(marker) else EYETRACKER_ERROR

    # Gaze

    def getLastSample(self) -> Any:
        """The newest `MonocularEyeSampleEvent`; None before the first, and while nothing is taken in."""
        return self._sample

    def getLastGazePosition(self) -> tuple[float, float] | None:
        """The newest point of gaze, from the middle of the window, y up; None where there is no gaze."""
        sample = self._sample
        return None if sample is None or sample.status == NO_GAZE else (sample.gaze_x, sample.gaze_y)

    def getPosition(self) -> tuple[float, float] | None:
        return self.getLastGazePosition()

    def getPos(self) -> tuple[float, float] | None:
        return self.getLastGazePosition()

    @property
    def pos(self) -> tuple[float, float] | None:
        return self.getLastGazePosition()

    def getEvents(
        self, event_type_id: int | None = None, clearEvents: bool = True, asType: str = "namedtuple", **_: Any
    ) -> list[Any]:
        """The samples since the last call, the oldest first, as "namedtuple", "dict", "list" or "object"."""
        if event_type_id not in (None, MONOCULAR_EYE_SAMPLE):
            return []
        with self._lock:
            events = list(self._events)
            if clearEvents:
                self._events.clear()
        kinds = {"dict": lambda e: e._asdict(), "list": list, "object": lambda e: SimpleNamespace(**e._asdict())}
        return [kinds[asType](event) for event in events] if asType in kinds else events

    def clearEvents(self, event_type: int | None = None, filter_id: Any = None, call_proc_events: bool = True) -> None:
        if event_type in (None, MONOCULAR_EYE_SAMPLE):
            with self._lock:
                self._events.clear()

    # Time

    def trackerTime(self) -> float:
        """Seconds now, on the recording's clock."""
        return float(getTime()) + self._offset_s

    def trackerSec(self) -> float:
        return self.trackerTime()

    # What else belongs to the interface

    def runSetupProcedure(self, calibration_args: Any = None) -> int:
        """NOT_SUPPORTED: calibrate in gaze-demo before, which makes the profile of the stream."""
        return NOT_SUPPORTED

    def sendCommand(self, key: str, value: Any = None) -> int:
        return NOT_SUPPORTED

    def getConfiguration(self) -> dict[str, Any]:
        """The units, the model, and what the stream says of itself."""
        about = {name: self._about.get(name) for name in ("screen_px", "models", "recording")}
        return {"name": "tracker", "units": self._units, "model": self._model, **about}

    def getName(self) -> str:
        return "tracker"

    def getIOHubDeviceClass(self, full: bool = False) -> str:
        """The class whose interface this one has."""
        return "eyetracker.EyeTrackerDevice" if full else "EyeTrackerDevice"

    def getLastInterfaceErrorString(self) -> str:
        """What the stream last refused, as markers while nothing is recorded; empty if nothing."""
        return self._error

    def _units_per_pixel(self) -> tuple[float, float]:
        width, height = self._window_px()
        if self._units in ("cm", "deg"):
            monitor = self._win.monitor if self._win is not None else None
            if monitor is None or not monitor.getWidth() or not monitor.getDistance():
                raise ValueError("Units cm and deg need a window whose monitor has a width and a distance.")
            cm = monitor.getWidth() / monitor.getSizePix()[0]
            unit = cm if self._units == "cm" else cm / (monitor.getDistance() * math.tan(math.radians(1)))
            return unit, unit
        return {"pix": (1.0, 1.0), "norm": (2 / width, 2 / height), "height": (1 / height, 1 / height)}[self._units]

    def _window_px(self) -> tuple[float, float]:
        if self._win is None:
            return self._about["screen_px"]
        dense = 2 if getattr(self._win, "useRetina", False) else 1
        return self._win.size[0] / dense, self._win.size[1] / dense

    def _compare_clocks(self) -> None:
        """Learn of the stream, and take the offset of the answer that was quickest."""
        answers = []
        for _ in range(5):
            self._told.clear()
            sent = getTime()
            if not self._send({"type": "about"}) or not self._told.wait(5.0):
                raise ConnectionError("It does not answer.")
            answers.append((self._about["came"] - sent, self._about["time_s"] - (sent + self._about["came"]) / 2))
        if self._about["screen_px"] is None:
            raise ConnectionError("It has no points on the screen: start it with --profile.")
        self._offset_s = min(answers)[1]

    def _send(self, message: dict[str, Any]) -> bool:
        stream = self._stream
        try:
            if stream is not None:
                stream.send(json.dumps(message))
        except (ConnectionClosed, OSError):
            return False
        return stream is not None

    def _disconnect(self) -> None:
        self._stream, self._sample, self._recording = None, None, False
        self._open.close()

    def _read(self, stream: Any) -> None:
        try:
            for text in stream:
                message = json.loads(text)
                if message["type"] == "gaze" and self._recording:
                    self._take(message)
                elif message["type"] == "about":
                    self._about = {**message, "came": getTime()}
                    self._told.set()
                elif message["type"] == "error":
                    self._error = message["text"]
        except (ConnectionClosed, OSError):
            pass
        if self._stream is stream:
            self._stream, self._sample, self._recording = None, None, False
            self._error = "The stream has ended."

    def _take(self, message: dict[str, Any]) -> None:
        seen = message["models"].get(self._model) if self._model else next(iter(message["models"].values()), None)
        point = None if seen is None else seen["filtered_px"]
        now, time = getTime(), message["time_s"] - self._offset_s
        values: dict[str, Any] = dict.fromkeys(MonocularEyeSampleEvent._fields, UNDEFINED)
        values.update(dict.fromkeys(("experiment_id", "session_id", "device_id", "filter_id"), 0))
        values.update(type=MONOCULAR_EYE_SAMPLE, eye=BINOCULAR_AVERAGED, status=NO_GAZE)
        values.update(device_time=message["time_s"], logged_time=now, time=time, confidence_interval=0.0)
        values.update(delay=now - time)
        if point is not None:
            (screen, window), (across, up) = (self._about["screen_px"], self._window_px()), self._scale
            right, down = ((point[i] - screen[i] / 2) * window[i] / screen[i] for i in (0, 1))
            values.update(gaze_x=right * across, gaze_y=-down * up, status=0)
        with self._lock:
            self._count += 1
            self._sample = MonocularEyeSampleEvent(**{**values, "event_id": self._count})
            self._events.append(self._sample)
