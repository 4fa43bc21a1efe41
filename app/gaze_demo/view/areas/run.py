"""Start and end of the window in which areas are drawn."""

from __future__ import annotations

from pathlib import Path

from gaze_demo import paths
from gaze_demo.areas.maps import load_background
from gaze_demo.errors import UserError
from gaze_demo.log import start_log
from gaze_demo.view.alone import run_alone
from gaze_demo.view.areas.areas_window import AreasWindow
from gaze_demo.whole_file import refuse_unwritable


def areas_window(file: Path, image: Path | None, size_px: tuple[int, int] | None) -> int:
    """Let a person draw areas of interest until the window is closed; the exit code.

    `size_px`: of the screen, None for that of the image. Raises UserError if there is no display, or a file cannot
    be read or written.
    """
    start_log(paths.log_file())
    if size_px is None:
        if image is None:
            raise UserError("The size of the screen is unknown: give it as --screen WxH, or give an --image.")
        height, width = load_background(image).shape[:2]
        size_px = (width, height)
    screen_px = size_px
    refuse_unwritable(file)
    return run_alone(lambda: AreasWindow(file, screen_px, image))
