"""`gaze-demo` and `gaze-demo calibrate`: the window."""

from __future__ import annotations

import argparse

from gaze_demo.commands.lens import lens_of
from gaze_demo.options import WindowOptions
from gaze_demo.view.run import run_window


def run(options: argparse.Namespace) -> int:
    width, height = options.size or (None, None)
    return run_window(
        WindowOptions(
            source=options.source,
            models=tuple(options.model),
            lens=lens_of(options),
            width=width,
            height=height,
            rate=options.rate,
            rotate=options.rotate or 0,
            duration_s=options.duration,
            stats=options.stats,
            fullscreen=options.fullscreen,
            calibrate=options.calibrate,
            verbose=options.verbose,
        )
    )
