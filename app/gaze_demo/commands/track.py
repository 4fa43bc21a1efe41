"""`gaze-demo track`."""

from __future__ import annotations

import argparse

from gaze_demo.commands.lens import lens_of
from gaze_demo.commands.source import source_options_of
from gaze_demo.listing import wide_console
from gaze_demo.track import TrackOptions, track


def run(options: argparse.Namespace) -> int:
    source = source_options_of(options, real_time=False)
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
