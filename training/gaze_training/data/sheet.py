"""Contact sheets of training faces: the clean pictures, and the crops a network sees, with their labels."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaze_demo.errors import UserError
from gaze_training.data.data_config import DataConfig
from gaze_training.data.generate import draw_face, make_renderer
from gaze_training.data.rendered import RenderedFace
from gaze_training.data.sample import Faces

_CROP = (150, 90)
_CLEAN_HEIGHT = 90


def contact_sheet(config: DataConfig, count: int, columns: int, path: Path) -> None:
    """Write `count` faces of the run, from its first, as one image.

    Each cell shows right and left eye as the camera sees them, clean and as cropped; below: gaze and head (pitch, yaw)
    of the left eye's normalised frame, in degrees. Raises UserError for a kind of picture that cannot be written.
    """
    if not cv2.haveImageWriter(str(path)):
        raise UserError(f"{path}: name a picture that ends in .png or .jpg.")
    render = make_renderer(config)
    cells = []
    for index in range(count):
        sample, face, _ = draw_face(config, render, None, index)
        cells.append(_cell(sample, face))
    blank = np.zeros_like(cells[0])
    cells += [blank] * (-len(cells) % columns)
    rows = [np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.vstack(rows))


def _cell(sample: Faces, face: RenderedFace) -> NDArray[np.uint8]:
    clean = np.hstack([face.eyes[1].linear, face.eyes[0].linear])
    clean = np.clip(clean * (0.25 / max(float(clean.mean()), 1e-4)), 0, 1) ** np.float32(1 / 2.2)
    shown = (clean[..., ::-1] * 255).astype(np.uint8)
    width = round(shown.shape[1] * _CLEAN_HEIGHT / shown.shape[0])
    tiles = [cv2.resize(shown, (width, _CLEAN_HEIGHT), interpolation=cv2.INTER_AREA)]
    for side in (1, 0):
        crop = sample.crops[0, side][:, ::-1] if side == 1 else sample.crops[0, side]
        tiles.append(cv2.cvtColor(cv2.resize(crop, _CROP, interpolation=cv2.INTER_NEAREST), cv2.COLOR_GRAY2BGR))
    cell = cv2.copyMakeBorder(np.hstack(tiles), 2, 18, 2, 2, cv2.BORDER_CONSTANT)
    gaze, head = np.degrees(sample.gaze[0, 0]), np.degrees(sample.head[0, 0])
    text = f"gaze {gaze[0]:+.0f} {gaze[1]:+.0f}  head {head[0]:+.0f} {head[1]:+.0f}  eye {sample.eye_px[0]:.0f} px"
    text += "  iris " + " ".join(f"{100 * share:.0f}" for share in sample.iris_visible[0, ::-1])
    text += f" blur {sample.blur[0].mean():.1f}"
    cv2.putText(cell, text, (4, cell.shape[0] - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(cell, np.uint8)
