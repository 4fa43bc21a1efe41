"""BIDS: a data set of one subject as the specification's chapter on eye tracking has it (1.11).

One recording per model, since readers treat two gazes in one table as one trace. Lost samples are `n/a` and keep their
rows; the first column has the true times, which may differ from the declared rate. There is always an events file,
because the validator requires the screen's description in it.
"""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from gaze_demo import __version__
from gaze_demo.errors import UserError
from gaze_demo.events.angles import eye_place
from gaze_demo.events.find import find_events
from gaze_demo.export.common import label_of, nominal_rate, place_of, traces_of
from gaze_demo.session.folder import Session
from gaze_demo.session.trace import GazeTrace
from gaze_demo.whole_file import write_whole

BIDS_VERSION = "1.11.0"
_SUBJECT, _TASK = "sub-01", "gaze"
_NO_NUMBER = "n/a"


def write_bids(session: Session, out: Path) -> list[Path]:
    """A data set in `out`; returns its files. Raises UserError if something is in the way."""
    if any(out.iterdir()):
        raise UserError(f"{out} is not empty: name a new folder for the data set.")
    place = out / _SUBJECT / "beh"
    try:
        place.mkdir(parents=True)
    except OSError as error:
        raise UserError(f"{place} cannot be made: {error.strerror or error}.") from None
    stem = f"{_SUBJECT}_task-{_TASK}"
    start_s = session.about.clock.start_s
    files: dict[Path, str | bytes] = {
        out / "dataset_description.json": _json(_description(session)),
        out / "README.md": _readme(session),
        out / "participants.tsv": f"participant_id\n{_SUBJECT}\n",
        place / f"{stem}_events.tsv": _markers(session, start_s),
        place / f"{stem}_events.json": _json(_events_about(session)),
    }
    for trace in traces_of(session):
        name = f"{stem}_recording-{label_of(trace.model)}"
        files[place / f"{name}_physio.tsv.gz"] = _packed(_samples(session, trace, start_s))
        files[place / f"{name}_physio.json"] = _json(_samples_about(session, trace, start_s))
        files[place / f"{name}_physioevents.tsv.gz"] = _packed(_gaze_events(session, trace, start_s))
        files[place / f"{name}_physioevents.json"] = _json(_gaze_events_about())
    for path, content in files.items():
        write_whole(path, content)
    return list(files)


def _description(session: Session) -> dict[str, Any]:
    return {
        "Name": f"gaze-demo session {session.folder.absolute().name}",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "gaze-demo", "Version": __version__}],
    }


def _readme(session: Session) -> str:
    models = ", ".join(session.models)
    missing = "\n".join(session.problems) or "The recording is complete."
    return (
        "# Gaze from a webcam\n\n"
        f"Recorded by gaze-demo from {session.about.source}, by the models {models}; one recording a model. "
        "Times are in seconds since the start of the recording, and those of the first column are the true capture "
        "times: a webcam's rate varies, and the declared sampling frequency is nominal.\n\n"
        f"{missing}\n"
    )


def _samples(session: Session, trace: GazeTrace, start_s: float) -> str:
    xy = place_of(session, trace).xy
    text = io.StringIO()
    for time_s, (x, y) in zip(trace.time_s - start_s, xy, strict=True):
        text.write(f"{time_s:.6f}\t{_number(x)}\t{_number(y)}\n")
    return text.getvalue()


def _samples_about(session: Session, trace: GazeTrace, start_s: float) -> dict[str, Any]:
    unit = place_of(session, trace).unit
    on_screen = unit == "pixel"
    camera = session.about.camera
    axis = "horizontal, to the right" if on_screen else "azimuth, to the person's right"
    other = "vertical, downwards" if on_screen else "elevation, upwards"
    return {
        "PhysioType": "eyetrack",
        "SamplingFrequency": round(nominal_rate(session, trace.time_s), 3),
        "StartTime": round(float(trace.time_s[0] - start_s), 6) if len(trace) else 0.0,
        "Columns": ["timestamp", "x_coordinate", "y_coordinate"],
        "RecordedEye": "cyclopean",
        "SampleCoordinateSystem": "gaze-on-screen" if on_screen else "gaze-in-world",
        "timestamp": {"Description": "Capture time since the start of the recording.", "Units": "s"},
        "x_coordinate": {"Description": f"Gaze of both eyes together, {axis}.", "Units": unit},
        "y_coordinate": {"Description": f"Gaze of both eyes together, {other}.", "Units": unit},
        "Manufacturer": "gaze-demo",
        "SoftwareVersions": __version__,
        "ManufacturersModelName": f"{trace.model} on {camera.name if camera else 'a camera'}",
        "EyeTrackingMethod": "appearance-based gaze estimation from a webcam's picture",
    }


def _gaze_events(session: Session, trace: GazeTrace, start_s: float) -> str:
    """Onset, duration, what it is, whether it is a blink, and a message."""
    kinds = {"fixation": "fixation", "saccade": "saccade", "blink": "blink"}
    rows = [
        (event.start_s - start_s, f"{event.duration_s:.6f}", kinds[event.kind], str(int(event.kind == "blink")), "n/a")
        for event in find_events(trace, session.about.screen)
        if event.kind in kinds
    ]
    for mark in session.events:
        rows.append((mark.time_s - start_s, _NO_NUMBER, _NO_NUMBER, "0", _one_line(mark.text)))
    rows.sort(key=lambda row: row[0])
    return "".join(f"{row[0]:.6f}\t" + "\t".join(row[1:]) + "\n" for row in rows)


def _gaze_events_about() -> dict[str, Any]:
    return {
        "Columns": ["onset", "duration", "trial_type", "blink", "message"],
        "Description": "Events found in the gaze, and the markers of the recording.",
        "OnsetSource": "timestamp",
        "onset": {"Description": "Since the start of the recording.", "Units": "s"},
        "duration": {"Description": "Of the event.", "Units": "s"},
        "trial_type": {
            "Description": "What it is.",
            "Levels": {
                "fixation": "The gaze does not move.",
                "saccade": "The gaze moves between two fixations.",
                "blink": "The eyes are closed for a moment.",
            },
        },
        "blink": {"Description": "Whether the eyes are closed.", "Levels": {"0": "No.", "1": "Yes."}},
        "message": {"Description": "A marker of a person or a program."},
    }


def _markers(session: Session, start_s: float) -> str:
    lines = ["onset\tduration\ttrial_type"]
    lines += [
        f"{event.time_s - start_s:.6f}\tn/a\t{_one_line(event.text)}"
        for event in session.events
        if event.kind == "marker"
    ]
    return "\n".join(lines) + "\n"


def _events_about(session: Session) -> dict[str, Any]:
    about: dict[str, Any] = {"TaskName": _TASK, "trial_type": {"Description": "A marker of a person or a program."}}
    screen = session.about.screen
    if screen is not None:
        distance_mm = float(np.median([eye_place(trace)[2] for trace in traces_of(session)]))
        about["StimulusPresentation"] = {
            "ScreenDistance": round(distance_mm / 1000, 4),
            "ScreenOrigin": ["top", "left"],
            "ScreenResolution": [screen.width_px, screen.height_px],
            "ScreenSize": [round(screen.width_mm / 1000, 5), round(screen.height_mm / 1000, 5)],
        }
    return about


def _number(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else _NO_NUMBER


def _one_line(text: str) -> str:
    return " ".join(text.split()) or _NO_NUMBER


def _packed(text: str) -> bytes:
    return gzip.compress(text.encode("utf-8"), mtime=0)


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
