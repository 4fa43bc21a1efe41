"""The lens that the options of a command describe."""

from __future__ import annotations

import argparse

from gaze_demo.camera.turned import turned_camera
from gaze_demo.errors import UserError
from gaze_demo.intrinsics import Lens, load_intrinsics


def lens_of(options: argparse.Namespace) -> Lens | None:
    """The lens that was asked for, if any."""
    if options.hfov is None and options.intrinsics is None:
        return None

    if options.intrinsics is None:
        return Lens(options.hfov)
    if options.hfov is not None:
        raise UserError("Give --hfov or --intrinsics, not both.")
    known = load_intrinsics(options.intrinsics)
    if getattr(options, "rotate", None):
        known = turned_camera(known, options.rotate)
    return Lens(known=known)
