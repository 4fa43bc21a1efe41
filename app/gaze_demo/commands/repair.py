"""`gaze-demo repair`."""

from __future__ import annotations

import argparse

from gaze_demo.session.repair import repair


def run(options: argparse.Namespace) -> int:
    for sentence in repair(options.folder):
        print(sentence)
    return 0
