"""One process of a run, for torchrun: `FOLDER PRECISION`; trains on drawn eyes and writes the network."""

import sys
from pathlib import Path

from gaze_training.config import parse_config
from gaze_training.device import fabric_of_launcher
from gaze_training.eyes import Eyes
from gaze_training.trainer import Trainer

sys.path.insert(0, str(Path(__file__).parents[1]))
from training.drawn_eyes import drawn_faces

RUN = {
    "network": {"kind": "mobilenet", "width": 0.125, "depth": 0.5},
    "train": {"epochs": 2, "batch": 64, "warmup_epochs": 0.5},
}

with fabric_of_launcher("cpu", sys.argv[2]) as fabric:
    trainer = Trainer(parse_config(RUN, "pair"), fabric=fabric)
    trainer.fit(Eyes.from_faces(drawn_faces(200)), folder=Path(sys.argv[1]), show=False)
