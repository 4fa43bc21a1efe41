"""What the workers need from the heavy packages, loaded only here: OpenCV, MediaPipe, onnxruntime, pydantic.

Importing this module takes about half a second, so the window is shown first (`gaze_demo.view.run`). Tests pass other
tools.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gaze_demo.camera.devices import CameraDevice, list_cameras
from gaze_demo.camera.open import SourceOptions, default_spec, open_source
from gaze_demo.camera.source import Source
from gaze_demo.camera.virtual_process import VirtualProcess
from gaze_demo.intrinsics import Lens
from gaze_demo.model.load import GazeEstimator, load_model
from gaze_demo.model.providers import choose_provider, installed_providers
from gaze_demo.model.registry import ModelEntry, Models, find_model, scan_models
from gaze_demo.observer import Observer


@dataclass(frozen=True)
class Tools:
    """Factories; each is called from a worker's thread, may take its time and may raise UserError.

    `open_source`: from a spec. `open_virtual`: the virtual participant in a separate process, so that rendering does
    not slow the window. `make_observer`: from whether frames follow each other, and the lens. `load_model`: from an
    entry. `default_spec`: the source to begin with. `list_cameras`, `scan_models`, `find_model`: what there is. The
    last two return at once: `installed_providers`, where models can be run, and `choose_provider`, where those that are
    loaded from now on are.
    """

    open_source: Callable[[str, SourceOptions], Source] = open_source
    open_virtual: Callable[[str, SourceOptions], Source] = VirtualProcess
    make_observer: Callable[[bool, Lens], Observer] = lambda video, lens: Observer(video=video, lens=lens)
    load_model: Callable[[ModelEntry], GazeEstimator] = load_model
    default_spec: Callable[[], str] = default_spec
    list_cameras: Callable[[], list[CameraDevice]] = list_cameras
    scan_models: Callable[[], Models] = scan_models
    find_model: Callable[[str], ModelEntry] = find_model
    installed_providers: Callable[[], tuple[str, ...]] = installed_providers
    choose_provider: Callable[[str], None] = choose_provider
