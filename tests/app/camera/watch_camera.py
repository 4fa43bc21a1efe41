"""Reads camera 0 and prints what happened as JSON; `test_emulated_camera.py` runs this on an emulated webcam.

    watch_camera.py [--until STATE,STATE,...] [--frames N] [--wake]

It ends once the states were seen in that order and N more frames came, or after 20 s. `--wake`: the emulated webcam's
stall ends as soon as the silence was noticed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics

from gaze_demo import clock
from gaze_demo.camera.reader import Reader
from gaze_demo.camera.webcam import Webcam

LIMIT_S = 20.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--until", default="streaming")
    parser.add_argument("--frames", type=int, default=0)
    parser.add_argument("--wake", action="store_true")
    options = parser.parse_args()
    expected = options.until.split(",")

    camera = Webcam(0)
    reader = Reader(camera)
    began = clock.now_s()
    reader.start()
    changes: list[dict[str, object]] = []
    ages: list[float] = []
    index, still_wanted, last_frame_s, longest_call_s = -1, options.frames, began, 0.0
    while clock.now_s() - began < LIMIT_S and (expected or still_wanted > 0):
        called = clock.now_s()
        frame = reader.next(index, 0.05)
        status = reader.status
        now = clock.now_s()
        longest_call_s = max(longest_call_s, now - called)
        if not changes or (status.state, status.fault) != (changes[-1]["state"], changes[-1]["fault"]):
            changes.append({"state": status.state, "fault": status.fault, "message": status.message})
            changes[-1]["without_frame_s"] = now - last_frame_s
        if expected and status.state == expected[0]:
            expected.pop(0)
        if status.state == "silent" and options.wake:
            os.environ.pop("FAKECAM_STALL", None)
        if frame is not None:
            index, last_frame_s = frame.index, now
            ages.append(now - frame.time_s)
            still_wanted -= not expected
    status = reader.status
    reader.stop()
    print(
        json.dumps(
            {
                "changes": changes,
                "delivered": status.delivered,
                "dropped": status.dropped,
                "fps": status.fps,
                "size": [status.width, status.height],
                "format": str(camera.format),
                "age_s": statistics.median(ages) if ages else None,
                "longest_call_s": longest_call_s,
                "closed": reader.join(3.0),
            }
        )
    )


if __name__ == "__main__":
    main()
