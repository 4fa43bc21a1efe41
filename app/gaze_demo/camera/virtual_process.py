"""The virtual participant in a separate process, because rendering in Python would slow down all other Python threads.

The child writes one record per frame to its standard output: the index and the capture time, the truth as `_TRUTH`
numbers, then the image. It reads one point per line from its standard input, and ends when that is closed.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import ArrayLike

from gaze_demo import clock
from gaze_demo.camera.frame import Frame, Truth
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.source import SourceError
from gaze_demo.geometry import Intrinsics

if TYPE_CHECKING:
    from gaze_demo.camera.virtual import VirtualSource

_HEAD = struct.Struct("<qd")
_TRUTH = 25
_ENDING_S = 2.0
_DOT = "dot"  # begins a line that tells the child which dot to look at; without numbers there is none
_CODE = str(Path(__file__).resolve().parents[2])  # the child imports the same code as this process


class VirtualProcess:
    """Replaces the VirtualSource of `spec` and `options`, with the same interface and errors."""

    live = True
    rendered = True
    independent = False
    frame_count: int | None = None

    def __init__(self, spec: str, options: SourceOptions) -> None:
        from gaze_demo.camera.virtual import VirtualSource  # as in `open_source`

        twin = open_source(spec, options)
        if not isinstance(twin, VirtualSource):
            raise ValueError(f"{spec} is not the virtual participant")
        self.name = twin.name
        self.frame_rate: float | None = twin.frame_rate
        self.intrinsics: Intrinsics = twin.intrinsics
        self.screen = twin.screen
        self._order = json.dumps({"spec": spec, "options": asdict(options)})
        self._child: subprocess.Popen[bytes] | None = None
        self._target, self._dot = b"", b""
        self._lock = threading.Lock()
        self._count = -1

    def look_at_mm(self, target_mm: ArrayLike) -> None:
        """Look at a point (3,) of the camera frame from the next frame on; from any thread."""
        x, y, z = np.asarray(target_mm, float)
        self._target = f"{x} {y} {z}\n".encode()
        self._tell(self._target)

    def fixate_mm(self, target_mm: ArrayLike | None) -> None:
        """Look at a dot (3,) of the camera frame from the next frame on, with any mode, until None is given."""
        place = [] if target_mm is None else np.asarray(target_mm, float).tolist()
        self._dot = " ".join(map(str, [_DOT, *place])).encode() + b"\n"
        self._tell(self._dot)

    def look_at_screen_px(self, x: float, y: float) -> None:
        """Look at a pixel of `screen` from the next frame on."""
        self.look_at_mm(self.screen.px_to_camera((x, y)))

    def open(self) -> None:
        """Raises SourceError if no process can be started."""
        command = [sys.executable, "-m", "gaze_demo.camera.virtual_process", self._order]
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=flags,
                cwd=_CODE,  # `-m` looks for modules in the working folder, which must not be the user's
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join([_CODE, *filter(None, [os.environ.get("PYTHONPATH")])]),
                },
                bufsize=0,
            )
        except OSError as error:
            raise SourceError("unreadable", f"The virtual participant cannot be started: {error.strerror}.") from error
        self._tell(self._target + self._dot)

    def read(self) -> Frame:
        """The next frame, when it is due. Raises SourceError if the process has ended."""
        child = self._child
        if child is None or child.stdout is None:
            raise SourceError("unreadable", "The virtual participant has not been opened: open it first.")
        height, width = self.intrinsics.height, self.intrinsics.width
        head, truth = np.empty(_HEAD.size, np.uint8), np.empty(_TRUTH)
        image = np.empty((height, width, 3), np.uint8)
        if not all(_fill(child.stdout, part.data.cast("B")) for part in (head, truth, image)):
            raise SourceError("unplugged", "The virtual participant has stopped: choose it again, or another source.")
        _, time_s = _HEAD.unpack(head.tobytes())
        now_s = clock.now_s()
        self._count += 1
        return Frame(image, self._count, time_s if 0 <= now_s - time_s < 1 else now_s, truth=_truth(truth))

    def close(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            child.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _tell(self, lines: bytes) -> None:
        child = self._child
        if child is None or child.stdin is None or not lines:
            return
        with self._lock, suppress(OSError, ValueError):  # a child that has ended is noticed by `read`
            child.stdin.write(lines)


def _fill(stream: IO[bytes], part: memoryview) -> bool:
    """Read until `part` is full; False at the end of the stream."""
    while part:
        try:
            count = stream.readinto(part)  # type: ignore[attr-defined]
        except ValueError:  # closed from another thread
            return False
        if not count:
            return False
        part = part[count:]
    return True


def _truth(numbers: np.ndarray) -> Truth:
    target, left, right, left_eye, right_eye = numbers[:15].reshape(5, 3)
    return Truth(target, left, right, left_eye, right_eye, numbers[15:24].reshape(3, 3), float(numbers[24]))


def _numbers(truth: Truth) -> np.ndarray:
    parts = (truth.target_mm, truth.left, truth.right, truth.left_eye_mm, truth.right_eye_mm, truth.head_rotation)
    return np.concatenate([*(np.ravel(part) for part in parts), [truth.closure]]).astype(float)


def _render(order: str) -> None:
    """The child's main loop, until nobody reads its frames any more."""
    from gaze_demo.camera.virtual import VirtualSource

    cv2.setNumThreads(1)
    given = json.loads(order)
    source = open_source(given["spec"], SourceOptions(**given["options"]))
    assert isinstance(source, VirtualSource)
    source.open()
    threading.Thread(target=_listen, args=(source,), daemon=True).start()
    frames = sys.stdout.buffer
    while True:
        frame = source.read()
        assert frame.truth is not None
        frames.write(_HEAD.pack(frame.index, frame.time_s))
        frames.write(_numbers(frame.truth).tobytes())
        frames.write(frame.image.data)
        frames.flush()


def _listen(source: VirtualSource) -> None:
    for line in sys.stdin:
        word, *rest = line.split()
        if word == _DOT:
            source.fixate_mm([float(number) for number in rest] or None)
        else:
            source.look_at_mm([float(number) for number in (word, *rest)])


if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):
        _render(sys.argv[1])
