"""`gaze-demo track`."""

from __future__ import annotations

import argparse

from gaze_demo.camera.open import SourceOptions
from gaze_demo.commands.lens import lens_of
from gaze_demo.listing import wide_console
from gaze_demo.track import TrackOptions, track


def run(options: argparse.Namespace) -> int:
    width, height = options.size or (None, None)
    source = SourceOptions(
        width=width,
        height=height,
        rate=options.rate,
        hfov_deg=options.hfov,
        real_time=False,
        rotate=options.rotate or 0,
    )
    track(
        TrackOptions(
            source=options.source,
            models=tuple(options.model),
            lens=lens_of(options),
            csv=options.out,
            video=options.video,
            side_by_side=options.side_by_side,
            profile=options.profile,
            sinks=tuple(options.sink),
            duration_s=options.duration,
            source_options=source,
        ),
        wide_console(stderr=str(options.out) == "-"),
    )
    return 0
