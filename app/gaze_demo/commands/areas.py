"""`gaze-demo areas`."""

from __future__ import annotations

import argparse

from gaze_demo.view.areas.run import areas_window


def run(options: argparse.Namespace) -> int:
    return areas_window(options.file, options.image, options.screen)
