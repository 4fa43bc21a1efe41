from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.session.samples import RUN, sample
from gaze_demo.sink.sink import opened
from gaze_demo.stream.lsl import CHANNELS, LslStream

pylsl: Any = pytest.importorskip("pylsl", exc_type=(ImportError, RuntimeError))  # type: ignore[arg-type]


@pytest.fixture
def inlet() -> Iterator[Any]:
    """Of the stream of model b; skipped if the network lets no stream be found."""
    with opened(LslStream(live=False), RUN) as stream:
        found = pylsl.resolve_byprop("source_id", "gaze-demo-b", 1, 10.0)
        if not found:
            pytest.skip("Lab Streaming Layer finds no stream on this network")
        inlet = pylsl.StreamInlet(found[0])
        inlet.open_stream(10)
        yield stream, inlet, found[0]


def test_each_sample_has_its_own_capture_time(inlet: Any) -> None:
    stream, reader, info = inlet
    assert info.nominal_srate() == 0.0
    assert info.channel_count() == len(CHANNELS)
    rng = np.random.default_rng(0)
    times = 50.0 + np.cumsum(rng.uniform(0.02, 0.3, 40))
    for index, time_s in enumerate(times):
        stream.write(sample(index, float(time_s)))
    values, stamps = [], []
    while len(stamps) < len(times):
        row, stamp = reader.pull_sample(10.0)
        assert row is not None
        values.append(row)
        stamps.append(stamp)
    assert np.diff(stamps) == pytest.approx(np.diff(times), abs=1e-6)
    values = np.array(values)
    assert values[:, 0].tolist() == list(range(40))
    assert values[3, 1:3].tolist() == [31.0, 500.0]
    assert np.isnan(values[9, 1:6]).all()


def test_streams_are_off_where_nobody_asks() -> None:
    from gaze_demo.record import RecordOptions

    options = RecordOptions("virtual")
    assert (options.websocket_port, options.lsl) == (None, False)
