"""The engines that find faces and their landmarks, and the choice between them."""

from __future__ import annotations

import importlib.util
from importlib.metadata import PackageNotFoundError, version
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_demo.landmarks.detection import Detection
from gaze_demo.landmarks.direct import DirectEngine
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.region import FaceRegion

EngineChoice = Literal["auto", "direct", "mediapipe"]
ENGINE_CHOICES: tuple[EngineChoice, ...] = ("auto", "direct", "mediapipe")


_preferred: EngineChoice = "auto"


def prefer(choice: EngineChoice) -> None:
    """Set what `auto` means in this process from now on: the command line's `--landmarks`."""
    global _preferred
    _preferred = choice


class LandmarkEngine(Protocol):
    """Finds faces and landmarks in BGR images; without any smoothing. For one thread only.

    Attributes:
        name: "direct" or "mediapipe".
    """

    @property
    def name(self) -> str: ...

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """All faces in an image, best score first; those below about a ninth of its longer side are missed."""

    def locate(self, image: NDArray[np.uint8], region: FaceRegion) -> FaceLandmarks | None:
        """The landmarks of the face in a region of the image; None if there is none."""

    def close(self) -> None: ...


def direct_is_available() -> bool:
    """Whether LiteRT is installed."""
    try:
        return importlib.util.find_spec("ai_edge_litert.interpreter") is not None
    except ImportError:
        return False


def open_engine(choice: EngineChoice = "auto", *, blendshapes: bool = True) -> LandmarkEngine:
    """The engine that was chosen; `auto` is the preferred one (see `prefer`), else LiteRT where it can be imported,
    MediaPipe's own graph elsewhere.

    Raises UserError if the chosen one is not installed.
    """
    choice = _preferred if choice == "auto" else choice
    if choice != "mediapipe":
        try:
            return DirectEngine(blendshapes=blendshapes)
        except ImportError as error:
            if choice == "direct":
                raise UserError(
                    f"The direct landmark engine needs LiteRT, which cannot be imported here ({error}): "
                    "use --landmarks mediapipe, or install the package ai-edge-litert."
                ) from None
    try:
        from gaze_demo.landmarks.tasks import TasksEngine  # MediaPipe takes seconds to load

        return TasksEngine(blendshapes=blendshapes)
    except ImportError as error:
        raise UserError(f"MediaPipe cannot be imported ({error}): install gaze-demo again.") from None


def engine_description(choice: EngineChoice = "auto") -> str:
    """The engine that `open_engine` would open and its version, for About and for bug reports."""
    choice = _preferred if choice == "auto" else choice
    direct = choice == "direct" or (choice == "auto" and direct_is_available())
    package = "ai-edge-litert" if direct else "mediapipe"
    try:
        found = version(package)
    except PackageNotFoundError:
        found = "not installed"
    return f"direct (LiteRT {found})" if direct else f"mediapipe (MediaPipe Tasks {found})"
