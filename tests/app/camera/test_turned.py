import cv2
import numpy as np
import pytest

from gaze_demo.camera.frame import Frame
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.camera.turned import TURNS, Turn, turned_camera, turned_frame
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics


def project(camera: Intrinsics, point_mm: np.ndarray) -> np.ndarray:
    pixels, _ = cv2.projectPoints(point_mm[None], np.zeros(3), np.zeros(3), camera.matrix, np.array(camera.distortion))
    return pixels.ravel()


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_camera_sees_a_turned_scene_where_the_turned_picture_has_it(turn: Turn) -> None:
    camera = Intrinsics(640, 480, 500.0, 510.0, 300.0, 250.0, (-0.2, 0.05, 0.003, -0.002, 0.0))
    point = np.array([80.0, -50.0, 400.0])
    x, y = project(camera, point)
    image = np.zeros((480, 640, 3), np.uint8)
    image[int(y), int(x)] = 255
    turned = turned_frame(Frame(image, 3, 1.5), turn)
    (row, column), *_ = np.argwhere(turned.image[..., 0])
    for _ in range(turn // 90):
        point = np.array([-point[1], point[0], point[2]])
    found = project(turned_camera(camera, turn), point)
    assert found == pytest.approx([column + 0.5, row + 0.5], abs=1.0)
    assert (turned.index, turned.time_s) == (3, 1.5)
    assert (turned_camera(camera, turn).width, turned_camera(camera, turn).height) == (turned.width, turned.height)


def test_the_pictures_of_a_file_are_turned_clockwise(tmp_path) -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    image[:10, :10] = 255  # top left
    cv2.imwrite(str(tmp_path / "one.png"), image)
    source = open_source(str(tmp_path / "one.png"), SourceOptions(real_time=False, rotate=90))
    source.open()
    frame = source.read()
    assert frame is not None
    assert frame.image.shape == (60, 40, 3)
    assert frame.image[5, 35].tolist() == [255, 255, 255]  # top right
    assert source.read() is None
    source.close()


def test_the_virtual_participant_is_not_turned() -> None:
    with pytest.raises(UserError, match="stands upright"):
        open_source("virtual", SourceOptions(rotate=180))
