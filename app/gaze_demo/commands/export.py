"""`gaze-demo export`."""

from __future__ import annotations

import argparse

from gaze_demo.export.run import export


def run(options: argparse.Namespace) -> int:
    for path in export(options.folder, options.to, options.out):
        print(path)
    return 0
