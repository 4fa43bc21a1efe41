"""How onnxruntime runs models, and whether it sends usage statistics."""

from __future__ import annotations

import os
from collections.abc import Iterable

import onnxruntime as ort


def onnxruntime() -> Iterable[tuple[str, str]]:
    yield "onnxruntime providers", ", ".join(ort.get_available_providers())
    yield "usage statistics", "off" if os.environ.get("ORT_DISABLE_TELEMETRY") == "1" else "ON"
