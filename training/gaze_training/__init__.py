"""Training of the gaze models: data, networks, distillation, evaluation, export."""

import gaze_demo as _gaze_demo  # noqa: F401 - switches off onnxruntime's usage statistics before anything imports it
