"""An outside teacher's labels without its systematic errors: compressed angles, and a share of the head's rotation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaze_training.data.sample import Faces


def calibrated_outside(faces: Faces) -> Faces:
    """The faces with outside labels that have gain 1 and follow no head, for each renderer and angle.

    For each, `outside = a gaze + b head + c + rest` is fitted by least squares on the exact labels, and the label
    becomes `(outside - b head - c) / a`: on average the truth, and its remaining deviation is what the teacher, which
    saw real people, sees in this picture. Labels of renderers without exact gaze, or that follow no gaze (a < 0.2), are
    withheld.
    """
    labels = faces.outside.copy()
    for renderer in np.unique(faces.renderer):
        mine = faces.renderer == renderer
        for axis in (0, 1):
            said, head = faces.outside[mine][..., axis], faces.head[mine][..., axis]
            gaze = faces.gaze[mine][..., axis]
            known = np.isfinite(said) & np.isfinite(gaze) & np.isfinite(head)
            if known.sum() < 100:
                labels[mine, :, axis] = np.nan
                continue
            table = np.stack([gaze[known], head[known], np.ones(int(known.sum()))], -1)
            a, b, c = np.linalg.lstsq(table, said[known], rcond=None)[0]
            labels[mine, :, axis] = (said - b * head - c) / a if a >= 0.2 else np.nan
    return replace(faces, outside=labels.astype(np.float32))
