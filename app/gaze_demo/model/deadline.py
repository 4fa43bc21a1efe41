"""Ends a run of onnxruntime that takes too long: a model that never ends must not block the app."""

from __future__ import annotations

import threading
from types import TracebackType

import onnxruntime as ort

from gaze_demo import clock


class _Watch:
    """One thread for all models tells runs that take too long to end; onnxruntime checks this between two operators."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._runs: dict[int, tuple[float, ort.RunOptions]] = {}
        self._thread: threading.Thread | None = None
        self._ran = False  # a model, since the last look
        self._sleeps = False  # until it is woken; otherwise it looks again by itself

    def begin(self, run: int, limit_s: float, options: ort.RunOptions) -> None:
        with self._changed:
            self._ran = True
            self._runs[run] = (clock.now_s() + limit_s, options)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="model deadline", daemon=True)
                self._thread.start()
            elif self._sleeps:
                self._sleeps = False
                self._changed.notify()

    def end(self, run: int) -> None:
        with self._changed:
            self._runs.pop(run, None)

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = clock.now_s()
                for until_s, options in self._runs.values():
                    if until_s <= now:
                        options.terminate = True
                # A run that begins in the meantime is not over before the next look, so the thread does not wake for
                # each of them. It sleeps only if no model ran for a whole look.
                self._sleeps = not self._runs and not self._ran
                self._ran = False
                self._changed.wait(None if self._sleeps else _LOOK_S)


_LOOK_S = 0.25
_watch = _Watch()


class Deadline:
    """A context manager around one run; hand its `options` to the run, which raises once `limit_s` seconds are over.

    Attributes: `over`, whether the limit was reached.
    """

    def __init__(self, limit_s: float) -> None:
        self.options = ort.RunOptions()
        self.options.log_severity_level = 4  # a requested end is not an error and must not be printed
        self._limit_s = limit_s

    @property
    def over(self) -> bool:
        return bool(self.options.terminate)

    def __enter__(self) -> Deadline:
        _watch.begin(id(self), self._limit_s, self.options)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _watch.end(id(self))
