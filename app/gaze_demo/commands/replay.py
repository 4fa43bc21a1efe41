"""`gaze-demo replay`."""

from __future__ import annotations

import argparse

from gaze_demo.listing import wide_console
from gaze_demo.replay import ReplayOptions, replay


def run(options: argparse.Namespace) -> int:
    replay(
        ReplayOptions(options.folder, options.out, tuple(options.model), options.profile, options.filter),
        wide_console(),
    )
    return 0
