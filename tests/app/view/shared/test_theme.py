from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gaze_demo.calibration.colours import ON_DARK, ON_LIGHT
from gaze_demo.desk.state import Theme
from gaze_demo.live.pane_id import PaneId
from gaze_demo.view.shared import theme


def luminance(colour: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = QColor(colour).getRgbF()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("name", ["text", "muted", "pane_a", "pane_b", "truth", "warning", "trouble", "good"])
@pytest.mark.parametrize("ground", ["surface", "raised"])
def test_every_text_colour_is_readable(colours: theme.Colours, name: str, ground: str) -> None:
    # WCAG 2.1 AA for normal text
    assert contrast(getattr(colours, name), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize(("mode", "colours"), [(Theme.DARK, theme.DARK), (Theme.LIGHT, theme.LIGHT)])
def test_a_chosen_theme_is_in_use(qapp: QApplication, mode: Theme, colours: theme.Colours) -> None:
    theme.apply(qapp, mode)
    assert theme.colours() is colours
    assert theme.pane_colour(PaneId.A).name() == colours.pane_a


def test_figures_have_equal_width(qapp: QApplication) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(theme.figure_font(1.3))
    assert len({round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"}) == 1


@pytest.mark.parametrize(("theirs", "colours"), [(ON_DARK, theme.DARK), (ON_LIGHT, theme.LIGHT)], ids=["dark", "light"])
def test_every_models_colour_is_readable_and_the_first_are_those_of_the_panes(
    theirs: tuple[str, ...], colours: theme.Colours
) -> None:
    assert theirs[:2] == (colours.pane_a, colours.pane_b)
    assert min(contrast(colour, colours.surface) for colour in theirs) >= 4.5
