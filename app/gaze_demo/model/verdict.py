"""Whether an eye's gaze can be used, according to the eye's condition and the certainty that the model reports."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from gaze_demo.estimate import EyeCondition
from gaze_demo.geometry import Array
from gaze_demo.model.eye_picture import EyePicture
from gaze_demo.observation import EyeObservation, Reason

# Share of the iris disc that must be seen: an eye that shows less is closed, and an eye that is closed according to the
# landmarks needs a little more. The shipped models report 0.1 to 0.3 for shut lids in films of real people, and at
# least 0.33 for eyes that are narrowed by a smile or look down.
LEAST_IRIS, LEAST_IRIS_OF_CLOSED = 0.25, 0.32
# Eyes close together: both are closed where their mean shows less than the first and neither more than the second. Of
# 615 portraits with open eyes one is below, by two of the three shipped models that were asked.
LEAST_IRIS_OF_BOTH, LEAST_IRIS_OF_EITHER = 0.29, 0.4
# Both are also closed where the lids are this close, by corner distance, and their mean shows less than this. In a film
# of a person who looks at a plate, lids are apart by 0.08 and more as long as some of an iris is to be seen.
SLIT, LEAST_IRIS_OF_SLITS = 0.075, 0.45
MOST_COVER = 0.5  # share of the eye region that may be hidden by a hand, hair or a frame
# Share of the visible eyeball that may be under glare. For a white disc a third of an eye wide the shipped teacher
# reports 0.13; in 625 portraits one eye in a thousand is above this.
MOST_GLARE = 0.1
MOST_BLUR = 0.95  # of the scale of `EyeCondition.blur`: a sigma of 4 px on a crop of 60 x 36 px
# An eye is also blurred if the model reports more than this, and it is a sigma of this many px of the camera's image:
# eyes of few px look blurred in the crop without being out of focus.
SEEN_BLUR, MOST_BLUR_PX = 0.55, 1.3
# The same, measured on the crop's pixels (`EyePicture`), by the fine and by the coarse pair of smoothings. An eye is
# blurred if one of the pairs measures more than the first number in px of the crop and more than the second one in px
# of the camera's image. `gaze-train evaluate hidden` counts what these limits and the next two refuse: without noise
# every eye of 30 or 50 px under a blur of sigma 4 px or a white disc of 0.3 of its width, and no portrait as it is.
# Films and webcams of people are softer than portraits. Therefore the limits are not lower.
MOST_FINE_BLUR, MOST_COARSE_BLUR = (1.5, 1.75), (1.3, 1.6)
MOST_SPOT = 0.17  # diameter of a white disc on the eye by the distance of its corners
LEAST_CONTRAST = 1.4  # grey levels; a plain patch has less, also with a camera's noise of some grey levels
MOST_SD_RAD = np.radians(15.0)  # largest standard deviation, along the axis where the gaze is known least

# Of a crop of 60 x 36 px: the sigma that `EyeCondition.blur` calls 1, and the distance of an eye's corners.
BLUR_PX, EYE_PX = 4.0, 44.0

_WORST_FIRST = (
    Reason.HEAD_TURNED,
    Reason.OUT_OF_PICTURE,
    Reason.TOO_DARK,
    Reason.EYE_TOO_SMALL,
    Reason.COVERED,
    Reason.TOO_BLURRED,
    Reason.GLARE,
    Reason.EYE_CLOSED,
    Reason.UNSURE,
    Reason.NO_ANSWER,
    Reason.NO_FACE,
    Reason.NONE,
)


def judge(
    seen: EyeObservation, picture: EyePicture | None, condition: EyeCondition | None, covariance: Array | None
) -> Reason:
    """Why this eye's gaze cannot be used, or `Reason.NONE`.

    What is measured on the picture excludes an eye for every model. A model that reports how much of the iris it sees
    overrules landmarks by which the eye is closed. A value that a model does not report never excludes an eye.
    """
    closed = seen.reason is Reason.EYE_CLOSED
    if not seen.valid and not closed:
        return seen.reason
    hidden = Reason.NONE if picture is None else hidden_in(picture)
    if hidden is not Reason.NONE:
        return hidden
    if condition is not None:
        if condition.cover > MOST_COVER:
            return Reason.COVERED
        if is_blurred(condition.blur, seen.width_px):
            return Reason.TOO_BLURRED
        if condition.glare > MOST_GLARE:
            return Reason.GLARE
        if not np.isnan(condition.iris_visible):
            closed = condition.iris_visible < (LEAST_IRIS_OF_CLOSED if closed else LEAST_IRIS)
    if closed:
        return Reason.EYE_CLOSED
    return Reason.UNSURE if is_unsure(covariance) else Reason.NONE


def hidden_in(picture: EyePicture) -> Reason:
    """Why nothing can be read from this picture of an eye, or `Reason.NONE`."""
    if picture.contrast < LEAST_CONTRAST:
        return Reason.COVERED
    for blur, (most, most_px) in ((picture.fine_blur, MOST_FINE_BLUR), (picture.coarse_blur, MOST_COARSE_BLUR)):
        if blur > most and blur * picture.scale > most_px:
            return Reason.TOO_BLURRED
    return Reason.GLARE if picture.spot > MOST_SPOT else Reason.NONE


def both_closed(eyes: Sequence[EyeObservation], conditions: Sequence[EyeCondition]) -> bool:
    """Whether two eyes together show so little iris that they are closed, even if neither alone does."""
    irises = [condition.iris_visible for condition in conditions]
    if len(irises) != 2:
        return False
    iris, openness = sum(irises) / 2, sum(eye.openness for eye in eyes) / 2
    hidden = iris < LEAST_IRIS_OF_BOTH and max(irises) < LEAST_IRIS_OF_EITHER
    return hidden or (openness < SLIT and iris < LEAST_IRIS_OF_SLITS)


def is_blurred(blur: float, width_px: float) -> bool:
    """Whether an eye whose corners are so far apart in the image is out of focus or moved too fast."""
    sigma_px = blur * BLUR_PX * width_px / EYE_PX
    return blur > MOST_BLUR or (blur > SEEN_BLUR and sigma_px > MOST_BLUR_PX)


def is_unsure(covariance: Array | None) -> bool:
    """Whether a gaze is known too badly to be used."""
    if covariance is None:
        return False
    (pitch, both), (_, yaw) = covariance.tolist()
    largest = (pitch + yaw) / 2 + math.hypot((pitch - yaw) / 2, both)  # eigenvalue
    return bool(largest > MOST_SD_RAD**2)


def worst(reasons: Iterable[Reason]) -> Reason:
    """The reason to show if no eye can be used: the most important one."""
    return min(reasons, key=_WORST_FIRST.index)
