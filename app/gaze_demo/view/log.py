"""The log file: small, rotating, and the first thing to look at when something went wrong."""

from __future__ import annotations

import logging
import platform
from logging.handlers import RotatingFileHandler
from pathlib import Path

from gaze_demo import __version__

logger = logging.getLogger("gaze_demo")

_BYTES, _FILES = 500_000, 3


def start_log(path: Path) -> None:
    """Write the app's messages to `path` from now on; a folder that cannot be written costs the log, not the app."""
    logger.setLevel(logging.INFO)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
    except OSError as error:
        logger.warning("No log file: %s", error)
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s: %(message)s"))
    logger.addHandler(handler)
    logger.info("gaze-demo %s, Python %s, %s", __version__, platform.python_version(), platform.platform())
