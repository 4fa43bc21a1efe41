from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QByteArray, QSettings

from gaze_demo.view.shared.settings import Settings

Store = Callable[[], Settings]


def test_what_is_kept_is_there_at_the_next_start(store: Store) -> None:
    settings = store()
    settings.keep("filter", 0.25)
    settings.keep("crops", True)
    settings.keep("theme", "light")
    settings.keep("geometry", QByteArray(b"\x01\x02"))
    again = store()
    assert again.number("filter", 0.5, 0, 1) == 0.25
    assert again.flag("crops", False) is True
    assert again.text("theme") == "light"
    assert again.data("geometry") == QByteArray(b"\x01\x02")


@pytest.mark.fault("the remembered settings are damaged", "the defaults are used")
def test_values_that_make_no_sense_read_as_their_default(store: Store) -> None:
    settings = store()
    for key, value in {"filter": "much", "hfov_deg": "900", "crops": "maybe", "theme": "pink"}.items():
        settings.keep(key, value)
    assert settings.number("filter", 0.5, 0, 1) == 0.5
    assert settings.number("hfov_deg", 60, 20, 150) == 60
    assert settings.flag("crops", True) is True


def test_frozen_settings_are_never_written(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "settings.ini"
    Settings(QSettings(str(path), QSettings.Format.IniFormat), frozen=True).keep("filter", 0.1)
    assert not path.exists()
