"""`gaze-demo recalibrate`."""

from __future__ import annotations

import argparse

from gaze_demo.listing import wide_console
from gaze_demo.recalibrate import RecalibrateOptions, recalibrate
from gaze_demo.screen import ScreenGeometry


def run(options: argparse.Namespace) -> int:
    screen = None if options.screen is None else ScreenGeometry.of_monitor("given", *options.screen, given=True)
    recalibrate(
        RecalibrateOptions(options.folder, tuple(options.model), options.correction, screen, options.save),
        wide_console(),
    )
    return 0
