"""The text files that EyeLink's converter writes (.asc), one a model.

Readers count samples and ignore their times, so lost frames would shorten the recording. The samples are therefore
written at regular times of the nominal rate, each at the nearest one, and a lost frame is a line of dots. Without a
profile the numbers are azimuth and elevation in degrees instead of pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timezone
from pathlib import Path

import numpy as np

from gaze_demo.events.find import GazeEvent, find_events
from gaze_demo.export.common import file_stem, nominal_rate, place_of, slots_of, traces_of
from gaze_demo.session.folder import Session
from gaze_demo.session.trace import GazeTrace
from gaze_demo.whole_file import write_whole

_EYE = "L"  # the format cannot name both eyes together
_NO_SCREEN = (1920, 1080)


def write_asc(session: Session, out: Path) -> list[Path]:
    """`MODEL.asc` for each model. Raises UserError."""
    paths = []
    for trace in traces_of(session):
        path = out / f"{file_stem(trace.model)}.asc"
        write_whole(path, _lines(session, trace))
        paths.append(path)
    return paths


def _lines(session: Session, trace: GazeTrace) -> str:
    if len(trace) < 2:
        return ""
    rate = nominal_rate(session, trace.time_s)
    start_s = session.about.clock.start_s
    xy = place_of(session, trace).xy
    regular, sample = slots_of(trace.time_s, rate)

    def ms(time_s: float) -> str:
        return f"{max((time_s - start_s) * 1000, 0.0) + 1:.1f}"  # readers take 0 for no time

    timed: list[tuple[float, int, str]] = []
    for time_s, index in zip(regular, sample, strict=True):
        known = index >= 0 and bool(np.isfinite(xy[index]).all())
        values = f"{xy[index, 0]:.2f}\t{xy[index, 1]:.2f}\t0.0" if known else ".\t.\t0.0"
        timed.append((float(time_s), 1, f"{ms(time_s)}\t{values}\t..."))
    for event in session.events:
        if event.kind == "marker" and regular[0] <= event.time_s <= regular[-1]:
            timed.append((event.time_s, 0, f"MSG\t{ms(event.time_s)} {' '.join(event.text.split())}"))
    for found in find_events(trace, session.about.screen):
        text = _event(found, ms)
        if text:
            timed.append((found.end_s, 2, text))
    timed.sort(key=lambda line: line[:2])
    width, height = _NO_SCREEN
    if session.about.screen is not None:
        width, height = session.about.screen.width_px, session.about.screen.height_px
    begun = session.about.clock.wall(start_s).astimezone(timezone.utc).strftime("%a %b %d %H:%M:%S %Y")
    first, last = ms(float(regular[0])), ms(float(regular[-1]))
    head = [
        "** CONVERTED FROM gaze-demo session",
        f"** DATE: {begun}",
        "** TYPE: EDF_FILE BINARY EVENT SAMPLE TAGGED",
        "** VERSION: EYELINK II 1",
        "** SOURCE: EYELINK CL",
        f"** MODEL: {trace.model}",
        "**",
        "",
        f"MSG\t{first} RECCFG CR {rate:.0f} 0 0 {_EYE}",
        f"MSG\t{first} GAZE_COORDS 0.00 0.00 {width - 1:.2f} {height - 1:.2f}",
        f"MSG\t{first} DISPLAY_COORDS 0 0 {width - 1} {height - 1}",
        f"START\t{first}\tLEFT\tSAMPLES\tEVENTS",
        "PRESCALER\t1",
        "VPRESCALER\t1",
        "PUPIL\tAREA",
        f"EVENTS\tGAZE\tLEFT\tRATE\t{rate:.2f}\tTRACKING\tCR\tFILTER\t0",
        f"SAMPLES\tGAZE\tLEFT\tRATE\t{rate:.2f}\tTRACKING\tCR\tFILTER\t0",
    ]
    tail = [f"END\t{last}\tSAMPLES\tEVENTS\tRES\t38.00\t38.00"]
    return "\n".join([*head, *(line for _, _, line in timed), *tail]) + "\n"


def _event(event: GazeEvent, ms: Callable[[float], str]) -> str:
    start, end, duration = ms(event.start_s), ms(event.end_s), f"{event.duration_s * 1000:.0f}"
    if event.kind == "fixation":
        x, y = (event.x_px, event.y_px) if np.isfinite(event.x_px) else (event.azimuth_deg, event.elevation_deg)
        return f"EFIX {_EYE}   {start}\t{end}\t{duration}\t{x:.1f}\t{y:.1f}\t0"
    if event.kind == "blink":
        return f"EBLINK {_EYE} {start}\t{end}\t{duration}"
    return ""
