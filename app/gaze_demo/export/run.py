"""`gaze-demo export`: a session in the formats that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gaze_demo.errors import UserError
from gaze_demo.export.asc import write_asc
from gaze_demo.export.bids import write_bids
from gaze_demo.export.tables import write_csv, write_parquet
from gaze_demo.export.xdf import write_xdf
from gaze_demo.session.folder import Session, load_session

FORMATS: dict[str, Callable[[Session, Path], list[Path]]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "bids": write_bids,
    "xdf": write_xdf,
    "asc": write_asc,
}


def export(folder: Path, kind: str, out: Path) -> list[Path]:
    """Write a session in a format of `FORMATS` into the folder `out`, which is made; returns the files.

    Raises UserError if the session cannot be read, has nothing for that format, or the files cannot be written.
    """
    session = load_session(folder)
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(f"{out} cannot be made: {error.strerror or error}.") from None
    return FORMATS[kind](session, out)
