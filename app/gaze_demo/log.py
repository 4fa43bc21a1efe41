"""The log file: small, rotating, and the first thing to look at when something went wrong."""

from __future__ import annotations

import logging
import platform
import sys
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from gaze_demo import __version__, paths

logger = logging.getLogger("gaze_demo")
logger.addHandler(logging.NullHandler())  # before a log is started nothing goes to stderr

_BYTES, _FILES = 500_000, 3
_started: list[logging.Handler] = []
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s: %(message)s"


class _Terminal(logging.Handler):
    """The current stderr: later, the output of native libraries is kept out of it."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):
            print(self.format(record), file=sys.stderr)


class _PrivateFile(RotatingFileHandler):
    """Readable by nobody else: the names of a user's files are in it."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=paths.private_opener)


def start_log(path: Path, *, verbose: bool = False) -> None:
    """Write the app's messages to `path` from now on, about 2 MB at most.

    `verbose`: with the times of each stage, and also on stderr. If the folder cannot be written there is no log, and
    the app still works.
    """
    stop_log()
    logging.raiseExceptions = False  # a full disk does not fill the terminal
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    if verbose:
        _add(_Terminal())
    try:
        paths.make_private(path.parent)
        _add(_PrivateFile(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8"))
    except OSError as error:
        logger.warning("No log file: %s", error)
        return
    logger.info("gaze-demo %s, Python %s, %s", __version__, platform.python_version(), platform.platform())


def stop_log() -> None:
    """Close what `start_log` has opened."""
    while _started:
        handler = _started.pop()
        logger.removeHandler(handler)
        handler.close()


def _add(handler: logging.Handler) -> None:
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger.addHandler(handler)
    _started.append(handler)
