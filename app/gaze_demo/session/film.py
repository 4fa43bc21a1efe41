"""A film as a session whose frames nobody has answered yet, to run models on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gaze_demo import __version__
from gaze_demo.camera.film import Film, film_times
from gaze_demo.errors import UserError
from gaze_demo.geometry import Array, Intrinsics
from gaze_demo.machine import machine
from gaze_demo.session import columns
from gaze_demo.session.about import CameraAbout, ClockAbout, SessionAbout, utc_now
from gaze_demo.session.arrow import array_of, load_pyarrow
from gaze_demo.session.folder import Session


def film_session(path: Path) -> Session:
    """All frames of a video file with their times. The lens has the default field of view.

    Raises UserError if it is no film.
    """
    try:
        times = film_times(path)
        film = Film(path)
        try:
            shape = film.image().shape if film.grab() else None
        finally:
            film.close()
    except OSError as error:
        raise UserError(f"{path} cannot be opened: {error.strerror or error}.") from None
    if shape is None:
        raise UserError(f"{path} holds no picture that can be read.")
    name = path.name.encode("utf-8", "replace").decode()  # it may be no UTF-8
    camera = CameraAbout.of(name, Intrinsics.from_hfov(shape[1], shape[0]), None)
    clock = ClockAbout(kind="medium", start_s=float(times[0]), start_utc=utc_now())
    about = SessionAbout(
        app=f"gaze-demo {__version__}", machine=machine(), source=name, clock=clock, camera=camera, keep="video"
    )
    return Session(path, about, _unanswered(times), (), film=path)


def _unanswered(time_s: Array) -> Any:
    """A table with one row for each time, which no model has answered."""
    pa = load_pyarrow()
    n = len(time_s)
    whole = {"frame": np.arange(n, dtype=np.int32), "time_s": time_s, "face": np.zeros(n, bool)}

    def column(field: Any) -> Any:
        name, kind = field.name, field.type
        if name in whole:
            return array_of(whole[name], kind)
        if name == "head_rotation":
            return array_of(np.full((n, 9), np.nan), kind)
        value = "" if name in columns.TEXTS else -1 if pa.types.is_integer(kind) else float("nan")
        return array_of([value] * n, kind)

    schema = columns.schema()
    return pa.table([column(field) for field in schema], schema=schema)
