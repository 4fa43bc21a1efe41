"""A PsychoPy experiment with gaze: which of two discs is looked at first, and for how long.

gaze-demo stream 0 --websocket --profile NAME --out FOLDER
python psychopy_experiment.py ws://127.0.0.1:8765/stream?token=... --trials 4     (the address that gaze-demo prints)

Each disc's appearance is a marker in the recording. Escape ends it.
"""

from __future__ import annotations

import argparse

from psychopy import core, event, visual
from psychopy.hardware.eyetracker import EyetrackerControl
from psychopy_gaze import EyeTracker

options = argparse.ArgumentParser()
options.add_argument("address")
options.add_argument("--trials", type=int, default=4)
options.add_argument("--seconds", type=float, default=2.0)
options.add_argument("--window", action="store_true", help="a small window, to try it out")
chosen = options.parse_args()

size = {"size": (800, 600), "fullscr": False} if chosen.window else {"fullscr": True}
win = visual.Window(units="height", **size)
eyetracker = EyeTracker(chosen.address, win)
control = EyetrackerControl(tracker=eyetracker)
dot = visual.Circle(win, radius=0.01, fillColor="red")
discs = {
    name: visual.ROI(win, name=name, device=eyetracker, shape="circle", pos=pos, size=0.3, units="height")
    for name, pos in (("left", (-0.3, 0.0)), ("right", (0.3, 0.0)))
}
for disc in discs.values():
    disc.opacity, disc.fillColor = 1.0, "white"

control.start()
for trial in range(chosen.trials):
    looked_s, first = dict.fromkeys(discs, 0.0), ""
    shown = last = None
    while shown is None or last - shown < chosen.seconds:
        for disc in discs.values():
            disc.draw()
        position = eyetracker.getPos()
        if position is not None:
            dot.pos = position
            dot.draw()
        flipped = win.flip()
        if shown is None:
            shown = last = flipped
            eyetracker.sendMessage(f"trial {trial + 1}", time_offset=core.getTime() - flipped)
        for name, disc in discs.items():
            if disc.isLookedIn:
                looked_s[name] += flipped - last
                first = first or name
        last = flipped
    told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in looked_s.items())
    print(f"trial {trial + 1}: first {first or 'neither'}; {told}", flush=True)
    if "escape" in event.getKeys():
        break
control.stop()
samples = eyetracker.getEvents()
print(f"{len(samples)} samples were kept, {sum(sample.status == 0 for sample in samples)} with a gaze", flush=True)
eyetracker.close()
win.close()
