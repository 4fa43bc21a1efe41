"""The source that the command line describes."""

from __future__ import annotations

import argparse

from gaze_demo.camera.open import SourceOptions


def source_options_of(options: argparse.Namespace, *, real_time: bool) -> SourceOptions:
    """`--size`, `--rate`, `--hfov` and `--rotate`. `real_time`: a file's frames come at its own pace."""
    width, height = options.size or (None, None)
    return SourceOptions(
        width=width,
        height=height,
        rate=options.rate,
        hfov_deg=options.hfov,
        real_time=real_time,
        rotate=options.rotate or 0,
    )
