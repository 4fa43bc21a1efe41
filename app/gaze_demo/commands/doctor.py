"""`gaze-demo doctor`."""

from __future__ import annotations

import argparse

from gaze_demo.doctor import as_json, as_text, examine


def run(options: argparse.Namespace) -> int:
    parts = examine()
    print(as_json(parts) if options.json else as_text(parts))
    return 0
