"""Where the time goes: capture, landmarks, normalisation, model, draw and waiting, for each pane."""

from __future__ import annotations

import logging
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout

from gaze_demo import clock
from gaze_demo.desk import words
from gaze_demo.desk.commands import CommandBook
from gaze_demo.desk.recent import Recent
from gaze_demo.desk.state import SourceState, WindowState
from gaze_demo.live.pane_id import PaneId
from gaze_demo.live.shot import Sight
from gaze_demo.log import logger
from gaze_demo.view.panels.panel import Panel
from gaze_demo.view.shared import theme
from gaze_demo.view.shared.value_text import ValueText

SPAN_S = 5.0
_STAGES: Final = (
    ("Capture", "From the capture of the image until work on it begins"),
    ("Landmarks", "Face landmarks, head pose and eyes; once for both panes"),
    ("Normalisation", "Crops of the eyes or the face as the model wants them"),
    ("Model", "The model itself"),
    ("Draw", "Painting the pane"),
    ("Waiting", "The rest of the total: between the stages, for the other pane, for the screen's next picture"),
    ("Total", "From the capture of the image to the painted vector"),
)


class StageTable(Panel):
    """Medians over the last seconds, in ms."""

    name, menu_text, keys, tip = "stages", "&Stage table", "Ctrl+2", "Where the time goes"
    order, every_ms = 20, 500

    def __init__(self, state: WindowState, commands: CommandBook) -> None:
        super().__init__(state, commands)
        self._recent = {(pane, stage): Recent(SPAN_S) for pane in PaneId for stage, _ in _STAGES}
        self._cells: dict[tuple[PaneId, str], ValueText] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        self._heads: dict[PaneId, QLabel] = {}
        for column, pane in enumerate(PaneId, 1):
            head = QLabel(pane.title)
            head.setProperty("pane", pane.value)
            head.setFont(theme.figure_font(0.9))
            grid.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
            self._heads[pane] = head
        title = QLabel("Stages, ms")
        title.setProperty("kind", "title")
        grid.addWidget(title, 0, 0)
        for row, (stage, help_text) in enumerate(_STAGES, 1):
            label = QLabel(stage)
            label.setToolTip(help_text)
            label.setProperty("kind", "title" if stage == "Total" else "muted")
            grid.addWidget(label, row, 0)
            for column, pane in enumerate(PaneId, 1):
                cell = ValueText(1.0, "000.0", right=True, bold=stage == "Total")
                cell.setToolTip(f"{help_text}; median of {SPAN_S:g} s")
                cell.setAccessibleName(f"{stage}, {pane.title.lower()} pane")
                self._cells[pane, stage] = cell
                grid.addWidget(cell, row, column)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(theme.GAP + 2, theme.GAP - 4, theme.GAP + 2, theme.GAP - 4)
        column_box.addLayout(grid)
        column_box.addStretch(1)
        self.setFixedWidth(252)
        state.on_any(("two_panes", "narrow"), self._show_panes, now=True)
        state.on("source", self._watch_source)

    def painted(self, pane: PaneId, sight: Sight, draw_ms: float) -> None:
        now = clock.now_s()
        shot, estimate = sight.shot, sight.estimate
        spent = {
            "Capture": (shot.taken_s - shot.captured_s) * 1000,
            "Landmarks": shot.observation.landmarks_ms + shot.observation.pose_ms,
            "Draw": draw_ms,
        }
        if estimate is not None and estimate.gaze is not None:
            spent |= {"Normalisation": estimate.normalisation_ms, "Model": estimate.model_ms}
        total = (now - shot.captured_s) * 1000
        spent |= {"Waiting": max(total - sum(spent.values()), 0.0), "Total": total}
        for stage, value in spent.items():
            self._recent[pane, stage].add(now, value)
        if logger.isEnabledFor(logging.DEBUG):
            told = ", ".join(f"{stage.lower()} {value:.1f}" for stage, value in spent.items())
            logger.debug("%s pane, frame %d, ms: %s", pane.title, shot.observation.frame.index, told)

    def clear(self) -> None:
        for recent in self._recent.values():
            recent.clear()

    def _watch_source(self, source: SourceState) -> None:
        """What stood there no longer holds."""
        if source.gone:
            self.clear()

    def refresh(self) -> None:
        now = clock.now_s()
        for key, recent in self._recent.items():
            recent.forget(now)
            self._cells[key].show_value(words.milliseconds(recent.median()))

    def value(self, pane: PaneId, stage: str) -> str:
        return self._cells[pane, stage].text

    def _show_panes(self) -> None:
        """With one pane there is one column, which needs no name."""
        for pane, head in self._heads.items():
            head.setVisible(len(self.state.panes) > 1)
            for stage, _ in _STAGES:
                self._cells[pane, stage].setVisible(pane in self.state.panes)
