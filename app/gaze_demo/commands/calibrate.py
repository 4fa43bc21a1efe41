"""`gaze-demo calibrate --headless`."""

from __future__ import annotations

import argparse

from gaze_demo.calibration.headless import HeadlessOptions, run_headless
from gaze_demo.calibration.virtual_sitting import VirtualSitting
from gaze_demo.commands.lens import lens_of
from gaze_demo.listing import wide_console


def run(options: argparse.Namespace) -> int:
    width, height = options.size or (640, 480)
    sitting = VirtualSitting(
        points=options.points,
        validation=options.validation,
        pursuit=options.pursuit,
        person=options.person,
        head=options.head,
        seed=options.seed,
        width=width,
        height=height,
        rate=options.rate or 30.0,
        lens=lens_of(options),
        lens_x_mm=options.lens_x,
    )
    run_headless(
        HeadlessOptions(
            source=options.source or "virtual",
            models=tuple(options.model),
            out=options.out,
            html=options.html,
            record=options.record,
            sitting=sitting,
        ),
        wide_console(),
    )
    return 0
