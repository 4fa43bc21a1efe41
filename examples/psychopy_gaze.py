"""Gaze for a PsychoPy experiment, from 'gaze-demo stream 0 --websocket --profile NAME --out FOLDER'.

gaze = Gaze("ws://127.0.0.1:8765/stream?token=...")     # the address that the command prints
gaze.marker("trial 1")                                   # goes into the recording, with the time it arrives
x, y = gaze.position() or (0, 0)                         # units='pix': from the middle of the screen, y up

PsychoPy's window has to fill the screen that the profile was made on. It needs websockets in PsychoPy's Python:
Tools > Plugin/packages manager > Open PIP terminal > pip install websockets
"""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


class Gaze:
    """The newest gaze of a stream, read in a thread of its own; `model` None takes the first model."""

    def __init__(self, address: str, screen_px: tuple[int, int] = (1920, 1080), model: str | None = None) -> None:
        self._stack = ExitStack()
        self._stream = self._stack.enter_context(connect(address))
        self._screen_px, self._model = screen_px, model
        self._sample: dict[str, Any] | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def time_s(self) -> float | None:
        """When the newest frame was captured, on the recording's clock."""
        return None if self._sample is None else self._sample["time_s"]

    def position(self) -> tuple[float, float] | None:
        """The filtered point of gaze in PsychoPy's 'pix' units; None where there is no gaze, or no profile."""
        if self._sample is None:
            return None
        models = self._sample["models"]
        seen = models.get(self._model) if self._model else next(iter(models.values()), None)
        if seen is None or seen["filtered_px"] is None:
            return None
        x, y = seen["filtered_px"]
        return x - self._screen_px[0] / 2, self._screen_px[1] / 2 - y

    def marker(self, text: str) -> None:
        """Mark this moment in the recording."""
        self._stream.send(json.dumps({"type": "marker", "text": text}))

    def close(self) -> None:
        self._stack.close()

    def _read(self) -> None:
        try:
            for text in self._stream:
                sample = json.loads(text)
                if sample["type"] == "gaze":
                    self._sample = sample
        except ConnectionClosed:
            self._sample = None
