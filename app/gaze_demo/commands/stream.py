"""`gaze-demo stream`."""

from __future__ import annotations

import argparse

from gaze_demo.commands.lens import lens_of
from gaze_demo.commands.source import source_options_of
from gaze_demo.errors import UserError
from gaze_demo.listing import wide_console
from gaze_demo.record import RecordOptions, record
from gaze_demo.stream.websocket import PORT


def run(options: argparse.Namespace) -> int:
    if not (options.websocket or options.lsl or options.port is not None):
        raise UserError("Choose where to stream: add --websocket, --lsl or both.")

    port = PORT if options.port is None else options.port
    record(
        RecordOptions(
            source=options.source,
            out=options.out,
            models=tuple(options.model),
            lens=lens_of(options),
            profile=options.profile,
            filter_strength=options.filter,
            duration_s=options.duration,
            websocket_port=port if options.websocket or options.port is not None else None,
            lsl=options.lsl,
            source_options=source_options_of(options, real_time=True),
        ),
        wide_console(),
    )
    return 0
