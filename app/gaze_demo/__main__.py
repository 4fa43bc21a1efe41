"""`python -m gaze_demo`."""

from gaze_demo.cli import entry

entry()
