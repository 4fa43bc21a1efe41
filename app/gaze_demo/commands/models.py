"""`gaze-demo models`."""

from __future__ import annotations

import argparse

from gaze_demo.listing import show_models


def run(options: argparse.Namespace) -> int:
    show_models(names=options.names, as_json=options.json)
    return 0
