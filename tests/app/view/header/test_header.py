from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gaze_demo.desk.commands import COMMANDS, CommandBook
from gaze_demo.desk.state import SourceKind, WindowState
from gaze_demo.view.header.calibrate_button import CalibrateButton
from gaze_demo.view.header.control import control_kinds
from gaze_demo.view.header.header import Header
from gaze_demo.view.header.resolution_control import ResolutionControl
from gaze_demo.view.header.source_control import SourceControl
from gaze_demo.view.header.virtual_participant import VirtualParticipant


@pytest.fixture
def header(dark: QApplication, qtbot: QtBot) -> Header:
    header = Header(WindowState(), CommandBook(COMMANDS))
    qtbot.addWidget(header)
    header.resize(1900, 60)
    with qtbot.waitExposed(header):
        header.show()
    return header


def resized(header: Header, width: int) -> Header:
    header.resize(width, header.height())
    QApplication.processEvents()
    return header


def test_every_file_of_the_package_that_is_a_control_is_in_the_header(header: Header) -> None:
    assert set(header.controls) == set(control_kinds())
    assert len(control_kinds()) >= 8


@pytest.mark.parametrize("width", [640, 800, 900, 960])
@pytest.mark.parametrize("kind", list(SourceKind))
def test_in_a_narrow_window_controls_fold_and_none_is_lost(header: Header, width: int, kind: SourceKind) -> None:
    header._state.source_kind = kind
    resized(header, width)
    shown = [c for c in header.controls.values() if not c.isHidden() and c not in header.folded]
    for control in shown:
        assert header.rect().contains(control.geometry())
    applies = {c for c in header.controls.values() if kind in c.kinds}
    assert {*shown, *header.folded} == applies
    assert header.controls[CalibrateButton] in shown
    assert header.controls[SourceControl] in shown
    assert header.more.isHidden() is not bool(header.folded)
    header.more.click()
    for control in header.folded:
        assert control.isVisible()
    header._popup.close()


def test_in_a_wide_window_nothing_is_folded(header: Header) -> None:
    header._state.source_kind = SourceKind.VIRTUAL
    resized(resized(header, 700), 1900)
    assert header.folded == ()
    order = [c for c in header.controls.values() if c.isVisible()]
    assert [c.x() for c in order] == sorted(c.x() for c in order)


def test_what_does_not_apply_to_the_source_is_hidden(header: Header) -> None:
    for kind, control in ((SourceKind.CAMERA, ResolutionControl), (SourceKind.VIRTUAL, VirtualParticipant)):
        header._state.source_kind = kind
        assert not header.controls[control].isHidden()
        header._state.source_kind = SourceKind.FILE
        assert header.controls[control].isHidden()


@pytest.mark.parametrize("width", [700, 1000, 1900])
def test_the_tab_key_goes_from_left_to_right_whatever_was_folded_before(header: Header, width: int, qtlog: Any) -> None:
    header._state.source_kind = SourceKind.VIRTUAL
    resized(resized(resized(header, 1900), 640), width)
    order, part = [], header.nextInFocusChain()
    while part is not None and part is not header:
        if part.isVisible() and part.focusPolicy().value & Qt.FocusPolicy.TabFocus.value and part.window() is header:
            order.append(part.mapTo(header, QPoint(0, 0)).x())
        part = part.nextInFocusChain()
    assert len(order) > 3
    assert order == sorted(order)
    assert not any("setTabOrder" in str(record.message) for record in qtlog.records)
