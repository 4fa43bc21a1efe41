"""`gaze-demo record`."""

from __future__ import annotations

import argparse
import sys

from gaze_demo.commands.lens import lens_of
from gaze_demo.commands.source import source_options_of
from gaze_demo.listing import wide_console
from gaze_demo.record import RecordOptions, record


def run(options: argparse.Namespace) -> int:
    record(
        RecordOptions(
            source=options.source,
            out=options.out,
            models=tuple(options.model),
            lens=lens_of(options),
            keep=options.keep,
            profile=options.profile,
            filter_strength=options.filter,
            duration_s=options.duration,
            markers=sys.stdin if options.stdin_markers else None,
            source_options=source_options_of(options, real_time=False),
        ),
        wide_console(),
    )
    return 0
