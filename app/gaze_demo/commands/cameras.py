"""`gaze-demo cameras`."""

from __future__ import annotations

import argparse

from gaze_demo.listing import show_cameras


def run(options: argparse.Namespace) -> int:
    show_cameras(as_json=options.json)
    return 0
