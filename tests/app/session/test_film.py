from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from app.camera.made_films import make_film
from gaze_demo.camera.open import SourceOptions, open_source
from gaze_demo.errors import UserError
from gaze_demo.session.film import film_session


def test_a_film_has_a_row_for_each_frame_at_the_time_of_the_decoded_one(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", [0.0, 0.05, 0.1, 0.3, 0.35, 0.4, 1.0])
    source = open_source(str(path), SourceOptions(real_time=False))
    source.open()
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    source.close()
    session = film_session(path)
    assert np.allclose(session.table.column("time_s").to_numpy(), [one.time_s for one in frames], atol=1e-6)
    assert session.models == []
    assert session.can_run_models
    assert session.about.camera is not None
    assert (session.about.camera.width, session.about.camera.height) == (frames[0].width, frames[0].height)


def test_what_is_no_film_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film at all")
    with pytest.raises(UserError, match="cannot be read as a video"):
        film_session(tmp_path / "film.mp4")
    with pytest.raises(UserError, match="cannot be opened"):
        film_session(tmp_path / "absent.mp4")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_film_may_have_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4", [0.0, 0.1]).rename(tmp_path / os.fsdecode(b"\xff.mp4"))
    assert film_session(path).about.source == "?.mp4"
