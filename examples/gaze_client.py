"""Prints the gaze that 'gaze-demo stream SOURCE --websocket' sends, and marks the moment when it began.

python gaze_client.py ws://127.0.0.1:8765/stream?token=...    (pip install websockets)
"""

import json
import sys

from websockets.sync.client import connect

with connect(sys.argv[1]) as stream:
    stream.send(json.dumps({"type": "marker", "text": "client began"}))
    for text in stream:
        sample = json.loads(text)
        if sample["type"] == "gaze":
            for name, model in sample["models"].items():
                place = model["point_px"] or (model["yaw_deg"], model["pitch_deg"])
                print(f"{sample['time_s']:.3f}", name, place, model["reason"], flush=True)
