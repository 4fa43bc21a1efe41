"""How a command without a window ends: by itself, by a signal, or while it is inside native code.

A signal raises KeyboardInterrupt while the main thread runs Python. While it is inside native code (a model that never
returns, a driver that hangs) this does not happen; then another thread completes the files and ends the process.
Python's own shutdown is skipped, because it aborts if other threads are still inside native code.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import NoReturn

from gaze_demo import paths
from gaze_demo.errors import UserError

EXIT_FAULT, EXIT_USER_ERROR, EXIT_CLOSED_PIPE = 1, 2, 141
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_NATIVE_S = 0.6  # how long the main thread may take to notice a signal before it counts as stuck in native code
_FINISH_S = 10.0  # how long it may take to complete its files once it has noticed
_RESCUE_S = 5.0  # the same, if another thread completes them
_AT_EXIT_S = 1.0

logger = logging.getLogger(__name__)
_finishers: list[Callable[[], object]] = []
_heeding: list[Interrupts] = []  # those that are entered, the innermost last; of the main thread alone


@contextmanager
def completed_by(finish: Callable[[], object]) -> Iterator[None]:
    """While in the block: `finish` is called, from another thread, if the process has to be ended in the middle."""
    _finishers.append(finish)
    try:
        yield
    finally:
        _finishers.remove(finish)


@contextmanager
def undivided() -> Iterator[None]:
    """While in the block, a first signal waits: it interrupts the main thread at the block's end."""
    if not _heeding or threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupts = _heeding[-1]
    interrupts.hold()
    try:
        yield
    finally:
        interrupts.release()


class Interrupts:
    """Makes SIGINT, SIGTERM and SIGHUP end the main thread in an orderly way; a context manager.

    The first raises KeyboardInterrupt in the main thread, a second one leaves at once. `code`: the exit code of the
    signal that came, None before. `name`: of the command, for the sentence. `native_s`: how long a single call into
    native code may take.
    """

    def __init__(self, name: str, native_s: float = _NATIVE_S) -> None:
        self.code: int | None = None
        self._name, self._native_s = name, native_s
        self._held = False
        self._noticed, self._over = threading.Event(), threading.Event()

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is not threading.main_thread():
            return self  # only the main thread gets signals
        reader, writer = os.pipe()
        if hasattr(os, "set_blocking"):  # Windows has it from Python 3.12 on, and does not need it
            os.set_blocking(writer, False)
        self._pipe = (reader, writer)
        self._wakeup = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        heeded = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]  # as nohup has it
        self._handlers = {number: signal.signal(number, self._notice) for number in heeded}
        threading.Thread(target=self._watch, args=(reader,), name="signals", daemon=True).start()
        _heeding.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        _heeding.remove(self)
        self._over.set()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._pipe[1])  # which ends the thread

    def _notice(self, number: int, frame: FrameType | None) -> None:
        if self.code is not None:
            leave(128 + number)
        self.code = 128 + number
        if not self._held:
            self._interrupt()

    def hold(self) -> None:
        """Let a first signal wait for `release`."""
        self._held = True

    def release(self) -> None:
        """Interrupt the main thread if a signal has come since `hold`."""
        self._held = False
        if self.code is not None and not self._noticed.is_set():
            self._interrupt()

    def _interrupt(self) -> NoReturn:
        self._noticed.set()
        raise KeyboardInterrupt

    def _watch(self, reader: int) -> None:
        """Woken by the system's own handler, which also runs while the main thread is inside native code."""
        received = b""
        with os.fdopen(reader, "rb", buffering=0) as pipe:
            while not self._over.is_set() and (received := pipe.read(1)) and received[0] not in _SIGNALS:
                pass  # a signal of the program's own, as from a timer or a child
        if not received or self._over.is_set():
            return
        if self._noticed.wait(self._native_s):
            if self._over.wait(_FINISH_S):
                return
        else:
            _finish_all()
        if not self._over.is_set():
            print(f"{self._name}: stopped while a library was working; what was recorded is kept.", file=sys.stderr)
            leave(128 + received[0])


@contextmanager
def leaving_when_asked() -> Iterator[None]:
    """While in the block: SIGINT, SIGTERM and SIGHUP end the process at once, unless something else handles them in the
    meantime.

    For a time in which packages are loaded and nothing is recorded yet: a KeyboardInterrupt that is raised inside an
    import can be swallowed by the package, and the program would go on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heeded = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, lambda number, _: leave(128 + number)) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_guarded(name: str, command: Callable[[Interrupts], int], native_s: float = _NATIVE_S) -> int:
    """The exit code of a command, with one sentence on stderr for what went wrong.

    2 for an error that the user can fix, 128 plus the signal's number after a signal, 141 if nobody reads standard
    output any more, 1 for a bug, whose details are in the log.
    """
    _forgive_small_code_pages()
    interrupts = Interrupts(name, native_s)
    try:
        code = command(interrupts)
    except SystemExit as end:  # raised by argparse, which has printed the reason
        code = end.code if isinstance(end.code, int) else EXIT_FAULT if end.code else 0
    except UserError as error:
        code = _tell(name, str(error), EXIT_USER_ERROR)
    except KeyboardInterrupt:
        code = interrupts.code or 128 + signal.SIGINT
    except BrokenPipeError:
        code = EXIT_CLOSED_PIPE
    except OSError as error:
        logger.exception("%s has failed", name)
        what = f"{error.filename} cannot be used" if error.filename else "the output cannot be written"
        code = _tell(name, f"{what}: {error.strerror or error}.", EXIT_USER_ERROR)
    except Exception as error:
        logger.exception("%s has failed", name)
        told = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        code = _tell(name, f"a fault of the program: {told}. The log tells more: {paths.log_file(name)}", EXIT_FAULT)
    return _flushed(name, code)


def leave(code: int) -> NoReturn:
    """End the process now, after flushing everything. It does not wait for threads inside native code."""
    with suppress(Exception):
        timer = threading.Timer(_AT_EXIT_S, os._exit, (code,))
        timer.daemon = True
        timer.start()
        atexit._run_exitfuncs()  # temporary folders, log files
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(code)


def _finish_all() -> None:
    def work() -> None:
        for finish in reversed(_finishers):
            with suppress(Exception):
                finish()

    thread = threading.Thread(target=work, name="completing files", daemon=True)
    thread.start()
    thread.join(_RESCUE_S)


def _tell(name: str, sentence: str, code: int) -> int:
    with suppress(OSError, ValueError):
        print(f"{name}: {sentence}", file=sys.stderr)
    return code


def _flushed(name: str, code: int) -> int:
    """Flush now what Python would flush at exit, because an error there would print a traceback."""
    if sys.stdout is None:  # a program without a console
        return code
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = code or EXIT_CLOSED_PIPE
    except (OSError, ValueError) as error:
        code = code or _tell(name, f"the output cannot be written: {_reason(error)}.", EXIT_USER_ERROR)
    else:
        return code
    _drop_stdout()
    return code


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _drop_stdout() -> None:
    """Discard the rest of the output."""
    with suppress(Exception):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _forgive_small_code_pages() -> None:
    """A character that the terminal's code page lacks becomes a question mark instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with suppress(OSError, ValueError):
                reconfigure(errors="replace")
