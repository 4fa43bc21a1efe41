"""`gaze-demo replay-window`."""

from __future__ import annotations

import argparse

from gaze_demo.view.replay.run import replay_window


def run(options: argparse.Namespace) -> int:
    return replay_window(options.folder, options.against)
