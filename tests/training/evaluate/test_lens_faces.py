from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_training.evaluate.lens_faces import load_lens_faces
from gaze_training.evaluate.predict import along_the_head
from gaze_training.evaluate.zero import zero_test


def test_photographs_without_a_face_are_an_error(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((64, 64, 3), 128, np.uint8))
    (tmp_path / "broken.jpg").write_bytes(b"no image")
    with pytest.raises(UserError, match="no photograph with a face"):
        load_lens_faces(tmp_path, tmp_path / "cache")


def test_real_photographs_face_the_lens(shared: Path, tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    for name in ("london_001_neutral.jpg", "london_002_neutral.jpg", "canada_003_neutral.jpg"):
        (folder / name).write_bytes((shared / "data" / "faces" / name).read_bytes())
    faces = load_lens_faces(folder, tmp_path / "cache")
    assert len(faces) == 3
    assert faces.open.all()
    assert zero_test(faces, along_the_head).group("photographs").error < 12
    assert ((faces.iris_up_mm > 0.5) & (faces.iris_up_mm < 3.0)).all()
    again = load_lens_faces(folder, tmp_path / "cache")
    np.testing.assert_array_equal(again.crops, faces.crops)
    assert len(list((tmp_path / "cache").iterdir())) == 1
