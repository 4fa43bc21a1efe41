"""Where the time goes: capture, landmarks, normalisation, model, draw, for each pane."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout

from gaze_demo import clock
from gaze_demo.view import theme, words
from gaze_demo.view.reading import Reading
from gaze_demo.view.recent import Recent
from gaze_demo.view.workers.shot import Sight

SPAN_S = 5.0
_STAGES: Final = (
    ("Capture", "From the capture of the image until work on it begins"),
    ("Landmarks", "Face landmarks, head pose and eyes; once for both panes"),
    ("Normalisation", "Crops of the eyes or the face as the model wants them"),
    ("Model", "The model itself"),
    ("Draw", "Painting the pane"),
    ("Total", "From the capture of the image to the painted vector"),
)


class StageTable(QFrame):
    """Medians over the last seconds, in ms."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._recent = {(side, stage): Recent(SPAN_S) for side in ("left", "right") for stage, _ in _STAGES}
        self._cells: dict[tuple[str, str], Reading] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        self._heads: dict[str, QLabel] = {}
        for column, side in enumerate(("left", "right"), 1):
            head = QLabel("Left" if side == "left" else "Right")
            head.setProperty("side", side)
            head.setFont(theme.figure_font(0.9))
            grid.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
            self._heads[side] = head
        title = QLabel("Stages, ms")
        title.setProperty("kind", "title")
        grid.addWidget(title, 0, 0)
        for row, (stage, help_text) in enumerate(_STAGES, 1):
            name = QLabel(stage)
            name.setToolTip(help_text)
            name.setProperty("kind", "title" if stage == "Total" else "muted")
            grid.addWidget(name, row, 0)
            for column, side in enumerate(("left", "right"), 1):
                cell = Reading(1.0, "000.0", right=True, bold=stage == "Total")
                cell.setToolTip(f"{help_text}; median of {SPAN_S:g} s")
                cell.setAccessibleName(f"{stage}, {side} pane")
                self._cells[side, stage] = cell
                grid.addWidget(cell, row, column)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(theme.GAP + 2, theme.GAP - 4, theme.GAP + 2, theme.GAP - 4)
        column_box.addLayout(grid)
        column_box.addStretch(1)
        self.setFixedWidth(252)

    def add(self, side: str, sight: Sight, draw_ms: float) -> None:
        """A painted sight."""
        now = clock.now_s()
        shot, estimate = sight.shot, sight.estimate
        spent = {
            "Capture": (shot.taken_s - shot.captured_s) * 1000,
            "Landmarks": shot.observation.landmarks_ms + shot.observation.pose_ms,
            "Draw": draw_ms,
            "Total": (now - shot.captured_s) * 1000,
        }
        if estimate is not None and estimate.gaze is not None:
            spent |= {"Normalisation": estimate.normalisation_ms, "Model": estimate.model_ms}
        for stage, value in spent.items():
            self._recent[side, stage].add(now, value)

    def show_sides(self, sides: tuple[str, ...]) -> None:
        """With one pane there is one column, which needs no name."""
        for side, head in self._heads.items():
            head.setVisible(len(sides) > 1)
            for stage, _ in _STAGES:
                self._cells[side, stage].setVisible(side in sides)

    def clear(self) -> None:
        for recent in self._recent.values():
            recent.clear()

    def refresh(self) -> None:
        now = clock.now_s()
        for key, recent in self._recent.items():
            recent.forget(now)
            self._cells[key].show_value(words.milliseconds(recent.median()))

    def value(self, side: str, stage: str) -> str:
        return self._cells[side, stage].text
