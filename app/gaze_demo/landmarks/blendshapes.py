"""The input of MediaPipe's blendshape network, and the scores of its 52 that are used here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaze_demo.landmarks.face import EyeScores

# The 146 landmarks that the network takes, x and y in px of the image, as in MediaPipe's face_blendshapes_graph.
INPUT_POINTS = np.array(
    (
        "0 1 4 5 6 7 8 10 13 14 17 21 33 37 39 40 46 52 53 54 55 58 61 63 65 66 67 70 78 80 81 82 84 87 88 91 93 95 "
        "103 105 107 109 127 132 133 136 144 145 146 148 149 150 152 153 154 155 157 158 159 160 161 162 163 168 172 "
        "173 176 178 181 185 191 195 197 234 246 249 251 263 267 269 270 276 282 283 284 285 288 291 293 295 296 297 "
        "300 308 310 311 312 314 317 318 321 323 324 332 334 336 338 356 361 362 365 373 374 375 377 378 379 380 381 "
        "382 384 385 386 387 388 389 390 397 398 400 402 405 409 415 454 466 468 469 470 471 472 473 474 475 476 477"
    ).split(),
    int,
)

# Names of the scores that `EyeScores` has, in its order, and their places among the 52.
EYE_SHAPES = {"eyeBlinkLeft": 9, "eyeBlinkRight": 10, "eyeLookDownLeft": 11, "eyeLookDownRight": 12}


def eye_scores(scores: NDArray[np.float32]) -> EyeScores:
    """Those of the eyes from the network's 52 scores."""
    return EyeScores(*(float(scores[i]) for i in EYE_SHAPES.values()))
