"""The files of a session folder."""

ABOUT = "session.json"
GAZE = "gaze.arrows"
TABLE = "gaze.parquet"
EVENTS = "events.jsonl"
PICTURES = "pictures.arrows"
VIDEO = "video.mp4"
TORN_VIDEO = "video.part.mp4"
