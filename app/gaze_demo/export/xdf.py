"""XDF, the format of Lab Streaming Layer's recordings (https://github.com/sccn/xdf/wiki/Specifications).

One stream per model and one of markers, all with rate 0 and a time stamp for each sample: if a stream declares a rate,
readers replace its times by a straight line.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from gaze_demo.export.common import place_of, traces_of
from gaze_demo.geometry import Array
from gaze_demo.session.folder import Session
from gaze_demo.whole_file import write_whole

_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _STREAM_FOOTER = 1, 2, 3, 6
_CHUNK = 1000
CHANNELS = ("x", "y", "gaze_x", "gaze_y", "gaze_z", "openness_left", "openness_right", "valid")


def write_xdf(session: Session, out: Path) -> list[Path]:
    """`session.xdf`. Raises UserError."""
    parts = [b"XDF:", _chunk(_FILE_HEADER, b'<?xml version="1.0"?><info><version>1.0</version></info>')]
    number = 1
    for trace in traces_of(session):
        place = place_of(session, trace)
        values = np.column_stack([place.xy, trace.gaze, trace.openness, trace.valid.astype(float)])
        units = (place.unit, place.unit, "1", "1", "1", "1", "1", "1")
        channels = "".join(
            f"<channel><label>{label}</label><unit>{unit}</unit></channel>"
            for label, unit in zip(CHANNELS, units, strict=True)
        )
        desc = f"<desc><channels>{channels}</channels><model>{escape(trace.model)}</model></desc>"
        header = _header(f"gaze-demo {trace.model}", "Gaze", len(CHANNELS), "double64", desc)
        rows = [struct.pack(f"<{len(CHANNELS)}d", *row) for row in values]
        parts += _stream(number, header, trace.time_s, rows)
        number += 1
    marks = [event for event in session.events if event.kind == "marker"]
    texts = [_text(event.text) for event in marks]
    header = _header("gaze-demo markers", "Markers", 1, "string", "<desc/>")
    parts += _stream(number, header, np.array([event.time_s for event in marks]), texts)
    path = out / "session.xdf"
    write_whole(path, b"".join(parts))
    return [path]


def _stream(number: int, header: str, time_s: Array, samples: list[bytes]) -> Iterable[bytes]:
    own = struct.pack("<I", number)
    yield _chunk(_STREAM_HEADER, own + header.encode("utf-8"))
    for start in range(0, len(samples), _CHUNK):
        stop = min(start + _CHUNK, len(samples))
        rows = [b"\x08" + struct.pack("<d", time_s[i]) + samples[i] for i in range(start, stop)]
        yield _chunk(_SAMPLES, own + _length(len(rows)) + b"".join(rows))
    first, last = (float(time_s[0]), float(time_s[-1])) if len(time_s) else (0.0, 0.0)
    footer = (
        f'<?xml version="1.0"?><info><first_timestamp>{first!r}</first_timestamp><last_timestamp>{last!r}'
        f"</last_timestamp><sample_count>{len(samples)}</sample_count></info>"
    )
    yield _chunk(_STREAM_FOOTER, own + footer.encode("utf-8"))


def _header(name: str, kind: str, channels: int, form: str, desc: str) -> str:
    return (
        f'<?xml version="1.0"?><info><name>{escape(name)}</name><type>{kind}</type>'
        f"<channel_count>{channels}</channel_count><nominal_srate>0</nominal_srate>"
        f"<channel_format>{form}</channel_format><source_id>gaze-demo</source_id>{desc}</info>"
    )


def _chunk(tag: int, content: bytes) -> bytes:
    return _length(len(content) + 2) + struct.pack("<H", tag) + content


def _length(count: int) -> bytes:
    return b"\x04" + struct.pack("<I", count)


def _text(text: str) -> bytes:
    content = text.encode("utf-8")
    return _length(len(content)) + content
