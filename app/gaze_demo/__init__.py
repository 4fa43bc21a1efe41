"""Where the person in front of the camera looks: two gaze models side by side."""

__version__ = "0.1.0"
