from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.live.sights import seen_frame, shot, sight
from gaze_demo import clock
from gaze_demo.camera.frame import Truth
from gaze_demo.desk.messages import Message
from gaze_demo.geometry import pitch_yaw_to_vector
from gaze_demo.live.pane_id import PaneId
from gaze_demo.observation import Reason
from gaze_demo.view.pane import preview as preview_module
from gaze_demo.view.pane.preview import Preview
from gaze_demo.view.shared import theme

RAN: list[str] = []
GREY = np.full((480, 640, 3), 90, np.uint8)


@pytest.fixture
def preview(dark: QApplication, qtbot: QtBot) -> Preview:
    widget = Preview(PaneId.A, RAN.append)
    widget.resize(640, 480)
    qtbot.addWidget(widget)
    return widget


def painted(preview: Preview) -> np.ndarray:
    """What the preview looks like: (h, w, 3) RGB."""
    image = preview.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def mean_place(picture: np.ndarray, colour: QColor) -> tuple[float, float]:
    """Mean x, y of the pixels of (nearly) this colour."""
    distance = np.abs(picture.astype(int) - [colour.red(), colour.green(), colour.blue()]).sum(2)
    rows, columns = np.nonzero(distance < 60)
    assert len(rows) > 20
    return float(columns.mean()), float(rows.mean())


def test_the_picture_is_shown_as_it_was_prepared(preview: Preview) -> None:
    image = GREY.copy()
    image[:, :320] = (0, 0, 200)  # red on the left of the unmirrored image
    preview.show_sight(sight(of=shot(seen_frame(image=image)), reason=Reason.NO_FACE))
    picture = painted(preview)
    assert tuple(picture[100, 600]) == (200, 0, 0)
    assert tuple(picture[100, 40]) == (90, 90, 90)


@pytest.mark.parametrize("size", [(640, 481), (641, 480), (720, 480), (640, 600), (333, 217), (901, 300)])
def test_nothing_is_left_unpainted_around_the_picture(preview: Preview, size: tuple[int, int]) -> None:
    preview.resize(*size)
    preview.show_sight(sight(of=shot(seen_frame(image=GREY)), reason=Reason.NO_FACE))
    image = QImage(*size, QImage.Format.Format_RGB888)
    image.fill(QColor("#ff00ff"))
    preview.render(image)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(size[1], image.bytesPerLine())
    picture = rows[:, : 3 * size[0]].reshape(size[1], size[0], 3).astype(int)
    magenta = (picture[..., 0] > 200) & (picture[..., 1] < 60) & (picture[..., 2] > 200)
    assert not magenta.any()
    surface = QColor(theme.colours().surface)
    if size[0] > size[1] * 1.4:  # the picture is narrower than the widget
        assert tuple(picture[size[1] // 2, 2]) == (surface.red(), surface.green(), surface.blue())


@pytest.mark.parametrize(
    ("pitch_deg", "yaw_deg", "dx", "dy"),
    [(0, 25, 1, 0), (0, -25, -1, 0), (25, 0, 0, -1), (-25, 0, 0, 1)],  # yaw + is to the right of the mirrored preview
)
def test_arrows_point_as_a_mirror_shows_the_gaze(
    preview: Preview, pitch_deg: float, yaw_deg: float, dx: int, dy: int
) -> None:
    preview.show_each_eye = False
    preview.show_sight(sight(pitch_deg, yaw_deg, of=shot(seen_frame(image=GREY))))
    x, y = mean_place(painted(preview), theme.video_colour(PaneId.A))
    preview.show_sight(sight(0, 0, of=shot(seen_frame(image=GREY))))
    x0, y0 = mean_place(painted(preview), theme.video_colour(PaneId.A))
    assert (x - x0) * dx + (y - y0) * dy > 15
    assert abs((x - x0) * dy + (y - y0) * dx) < 12


def test_a_gaze_past_the_lens_is_drawn_and_does_no_harm(preview: Preview) -> None:
    seen = seen_frame(image=GREY)
    assert seen.pose is not None
    near = replace(seen, pose=replace(seen.pose, translation_mm=np.array([0.0, 0.0, 130.0])))
    preview.show_sight(sight(5, 3, of=shot(near)))
    painted(preview)


def test_the_truth_is_drawn_where_it_is_known(preview: Preview) -> None:
    seen = seen_frame(image=GREY)
    pose = seen.pose
    assert pose is not None
    aside = pitch_yaw_to_vector(np.radians([0.0, 30.0]))
    truth = Truth(pose.eyes_middle_mm + 500 * aside, aside, aside, pose.left_eye_mm, pose.right_eye_mm, pose.rotation)
    preview.show_sight(sight(reason=Reason.EYE_CLOSED, of=shot(seen_frame(truth=truth, image=GREY))))
    x, _ = mean_place(painted(preview), theme.VIDEO_TRUTH)
    assert x > 340


def test_head_axes_and_eye_crops_are_drawn_on_demand(preview: Preview) -> None:
    crop = np.zeros((90, 150, 4), np.uint8)
    crop[..., 1] = 255
    preview.show_sight(sight(of=shot(seen_frame(image=GREY), crops=(crop, crop))))
    without = painted(preview)
    preview.show_axes = preview.show_crops = True
    preview.update()
    with_both = painted(preview)
    assert tuple(with_both[430, 60]) == (0, 255, 0)
    assert tuple(without[430, 60]) == (90, 90, 90)
    x, _ = mean_place(with_both, QColor("#ff6b6b"))
    assert x < 320  # the person's own left side is on the left of a mirror


def test_each_sight_is_reported_painted_once(preview: Preview, qtbot: QtBot) -> None:
    with qtbot.waitExposed(preview):
        preview.show()
    told: list[object] = []
    preview.painted.connect(lambda one, ms: told.append(one))
    one = sight()
    preview.show_sight(one)
    qtbot.waitUntil(lambda: told == [one])
    preview.repaint()
    assert told == [one]


def test_a_reason_is_shown_when_it_lasts(preview: Preview, monkeypatch: pytest.MonkeyPatch) -> None:
    blink = sight(reason=Reason.EYE_CLOSED, of=shot(seen_frame(image=GREY)))
    preview.show_sight(blink)
    at_once = painted(preview)
    later = clock.now_s() + 1
    monkeypatch.setattr(preview_module.clock, "now_s", lambda: later)
    preview.show_sight(blink)
    assert (at_once[440:, 200:440] == 90).all()
    assert (painted(preview)[440:, 200:440] < 40).any()


def test_a_card_covers_the_picture_and_its_button_helps(preview: Preview, qtbot: QtBot) -> None:
    RAN.clear()
    preview.show_sight(sight())
    preview.show_message(Message("No models found", "Put one there.", ("Open", "models-folder")))
    with qtbot.waitExposed(preview):
        preview.show()
    card = preview._card
    assert card.isVisible()
    assert preview.rect().contains(card.geometry())
    card._button.click()
    assert RAN == ["models-folder"]
    preview.show_message(None)
    assert not card.isVisible()


def test_the_wanted_size_is_that_of_the_screen(preview: Preview) -> None:
    ratio = preview.devicePixelRatioF()
    assert preview.wanted_size == (round(640 * ratio), round(480 * ratio))


def test_a_description_is_set_only_when_it_changes(preview: Preview, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Preview, "setAccessibleDescription", lambda self, text: said.append(text))
    for caption in ("yaw 1°", "yaw 1°", "yaw 2°"):
        preview.show_captions(caption, "")
        preview.show_sight(sight())
        preview.grab()
    assert said == ["yaw 1°", "yaw 2°"]


def test_the_hand_is_shown_while_a_click_would_choose_a_person(preview: Preview) -> None:
    shapes = []
    for people in (1, 2, 2, 1):
        preview.show_sight(sight(of=shot(replace(seen_frame(image=GREY), people=people))))
        shapes.append(preview.cursor().shape())
    arrow, hand = Qt.CursorShape.ArrowCursor, Qt.CursorShape.PointingHandCursor
    assert shapes == [arrow, hand, hand, arrow]
