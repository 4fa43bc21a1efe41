"""The landmarks of the person whose gaze is estimated, in a still image or in a stream of frames."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from gaze_demo.landmarks.engine import EngineChoice, open_engine
from gaze_demo.landmarks.face import FaceLandmarks
from gaze_demo.landmarks.finder import FaceFinder
from gaze_demo.landmarks.follow import PersonFollower, clicked


@dataclass(frozen=True, eq=False)
class Sighting:
    """What the search saw in one image.

    `person`: the number of the person whose landmarks these are; it changes when another person is taken, and is 0
    if there are no landmarks. `people`: how many faces were there lately. `doubtful`: there is a face, but perhaps
    not the one that was followed, so there are no landmarks.
    """

    landmarks: FaceLandmarks | None
    person: int = 0
    people: int = 0
    doubtful: bool = False


class FaceSearch:
    """Finds the nearest face; a context manager.

    With `video` one person is followed from frame to frame. Without it the images are unrelated: each is searched
    thoroughly, and the network is repeated until the landmarks have settled. Call `find` from one thread; any thread
    may call `choose`. Raises UserError if the engine or its bundle is missing.
    """

    def __init__(self, *, video: bool, engine: EngineChoice = "auto", blendshapes: bool = True) -> None:
        self._engine = open_engine(engine, blendshapes=blendshapes)
        self._finder = FaceFinder(self._engine)
        self._follower = PersonFollower(self._finder) if video else None
        self._lock = threading.Lock()
        self._wish: tuple[float, float] | None = None
        self._stills = 0

    def __enter__(self) -> FaceSearch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def engine(self) -> str:
        """The engine's name, "direct" or "mediapipe"."""
        return self._engine.name

    def close(self) -> None:
        self._engine.close()

    def choose(self, x_px: float, y_px: float) -> None:
        """Take the face at this point of the next image, if there is one."""
        with self._lock:
            self._wish = (x_px, y_px)

    def forget(self) -> None:
        """The next image does not follow the last one in time; a request of `choose` stays."""
        if self._follower is not None:
            self._follower.forget()

    def find(self, image: NDArray[np.uint8], time_s: float = 0.0) -> Sighting:
        """Search a BGR image; the result is in its px."""
        with self._lock:
            wish, self._wish = self._wish, None
        if self._follower is None:
            return self._still(image, wish)
        if wish is not None:
            self._follower.choose(image, *wish)
        face = self._follower.find(image, time_s)
        person = self._follower.person if face else 0
        return Sighting(face, person, self._follower.people, self._follower.doubtful)

    def _still(self, image: NDArray[np.uint8], wish: tuple[float, float] | None) -> Sighting:
        faces = self._finder.thorough(image)
        people = len(faces)
        self._stills += 1
        first = clicked(faces, *wish) if wish else None
        while faces:
            face = first or self._finder.nearest(image, faces)
            assert face is not None
            landmarks = self._finder.settle(image, self._finder.region(image, face))
            if landmarks is not None:
                return Sighting(landmarks, self._stills, people)
            faces, first = [other for other in faces if other is not face], None
        return Sighting(None)
