"""The lens that the options of a command describe."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gaze_demo.errors import UserError

if TYPE_CHECKING:
    from gaze_demo.intrinsics import Lens


def lens_of(options: argparse.Namespace) -> Lens | None:
    """The lens that was asked for, if any."""
    if options.hfov is None and options.intrinsics is None:
        return None
    from gaze_demo.camera.turned import turned_camera  # they load OpenCV: the window is shown first
    from gaze_demo.intrinsics import Lens, load_intrinsics

    if options.intrinsics is None:
        return Lens(options.hfov)
    if options.hfov is not None:
        raise UserError("Give --hfov or --intrinsics, not both.")
    known = load_intrinsics(options.intrinsics)
    if getattr(options, "rotate", None):
        known = turned_camera(known, options.rotate)
    return Lens(known=known)
