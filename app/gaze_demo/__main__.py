"""`python -m gaze_demo`."""

import sys

from gaze_demo.cli import main

sys.exit(main())
