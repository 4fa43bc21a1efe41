import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console

from app.drawn_face import head_pose, landmarks_of, noise_image
from app.profiles import profile
from app.tiny_models import LEVEL_EYES_INPUTS, constant_vector, follows_head, level_eyes_contract
from gaze_demo import observer, track
from gaze_demo.calibration.mapping import Mapping
from gaze_demo.calibration.profile import save_profile
from gaze_demo.camera.frame import Frame
from gaze_demo.camera.source import SourceError
from gaze_demo.errors import UserError
from gaze_demo.geometry import Intrinsics
from gaze_demo.landmarks.search import Sighting
from gaze_demo.track import TrackOptions

PICTURE = noise_image()


class TurningHead:
    """Replaces the search: a head that turns by one degree per frame; every fifth frame has none."""

    modes: list[bool] = []  # noqa: RUF012

    def __init__(self, video: bool, engine: str) -> None:
        self.modes.append(video)
        self._count = -1

    def find(self, image: np.ndarray, time_s: float) -> Sighting:
        self._count += 1
        return Sighting(None) if self._count % 5 == 4 else Sighting(landmarks_of(head_pose(0, self._count, 0)), 1, 1)

    def close(self) -> None:
        pass


class Film:
    """A source of frames that show noise, which may end in an exception."""

    name = "film"
    live = independent = False
    frame_rate, frame_count = 20.0, None
    intrinsics: Intrinsics | None = None

    def __init__(self, count: int, end: BaseException | None = None) -> None:
        self._left, self._end, self.closed = list(range(count)), end, False

    def open(self) -> None:
        pass

    def read(self) -> Frame | None:
        if not self._left and self._end is not None:
            raise self._end
        return Frame(PICTURE, index := self._left.pop(0), index / 20.0) if self._left else None

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    TurningHead.modes.clear()
    monkeypatch.setattr(observer, "FaceSearch", TurningHead)


@pytest.fixture
def models(tmp_path: Path) -> tuple[str, str]:
    head = follows_head(tmp_path / "head.onnx")
    ahead = constant_vector(tmp_path / "ahead.onnx", [0.0, 0.0, -1.0], level_eyes_contract(), LEVEL_EYES_INPUTS)
    return str(head), str(ahead)


def film(monkeypatch: pytest.MonkeyPatch, source: Film) -> Film:
    monkeypatch.setattr(track, "open_source", lambda spec, options: source)
    return source


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def frames_of(path: Path) -> int:
    video, count = cv2.VideoCapture(str(path)), 0
    while video.read()[0]:
        count += 1
    return count


def test_every_frame_and_model_has_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: tuple[str, str]
) -> None:
    source = film(monkeypatch, Film(10))
    console = Console(record=True, width=120, quiet=False, force_terminal=False)
    options = TrackOptions("film", models, csv=tmp_path / "gaze.csv", video=tmp_path / "annotated.mp4")
    summary = track.track(options, console)
    rows = rows_of(tmp_path / "gaze.csv")
    assert [(row["frame"], row["model"]) for row in rows] == [(str(i), m) for i in range(10) for m in ("head", "ahead")]
    turned = [float(row["yaw_deg"]) for row in rows if row["model"] == "head" and row["valid"] == "1"]
    assert turned == pytest.approx([0, 1, 2, 3, 5, 6, 7, 8], abs=0.1)
    assert {row["reason"] for row in rows if row["valid"] == "0"} == {"no face"}
    assert frames_of(tmp_path / "annotated.mp4") == 10
    assert (summary.frames, summary.faces) == (10, 8)
    assert source.closed
    text = console.export_text()
    assert "10 frames, 8 with a face" in text
    assert "8 of 10" in text
    assert "2 no face" in text


@pytest.mark.fault(
    "`track` is ended by Ctrl-C, a lost source, or a fault",
    "every frame until then is in both files; the summary is shown",
)
@pytest.mark.parametrize(
    "end",
    [KeyboardInterrupt(), SourceError("unplugged", "It is gone."), RuntimeError("unforeseen")],
    ids=["Ctrl-C", "lost source", "fault"],
)
def test_nothing_recorded_is_lost_whatever_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: tuple[str, str], end: BaseException
) -> None:
    source = film(monkeypatch, Film(6, end))
    console = Console(record=True, width=120)
    options = TrackOptions("film", models[:1], csv=tmp_path / "gaze.csv", video=tmp_path / "annotated.mp4")
    with pytest.raises(type(end)):
        track.track(options, console)
    assert len(rows_of(tmp_path / "gaze.csv")) == 6
    assert frames_of(tmp_path / "annotated.mp4") == 6
    assert "6 frames" in console.export_text()
    assert source.closed


def test_images_of_a_folder_are_independent_and_named(tmp_path: Path, models: tuple[str, str]) -> None:
    folder = tmp_path / "photographs"
    folder.mkdir()
    for name in ("b.png", "a.jpg", "c.png"):
        cv2.imwrite(str(folder / name), PICTURE)
    track.track(TrackOptions(str(folder), models[:1], csv=tmp_path / "gaze.csv"), Console(quiet=True))
    assert [row["file"] for row in rows_of(tmp_path / "gaze.csv")] == ["a.jpg", "b.png", "c.png"]
    assert TurningHead.modes == [False]


def test_frames_of_a_video_follow_each_other(monkeypatch: pytest.MonkeyPatch, models: tuple[str, str]) -> None:
    film(monkeypatch, Film(2))
    track.track(TrackOptions("film", models[:1]), Console(quiet=True))
    assert TurningHead.modes == [True]


def test_it_stops_after_the_duration(monkeypatch: pytest.MonkeyPatch, models: tuple[str, str]) -> None:
    film(monkeypatch, Film(100_000))
    summary = track.track(TrackOptions("film", models[:1], duration_s=0.3), Console(quiet=True))
    assert 0 < summary.frames < 100_000
    assert summary.elapsed_s < 5


def test_the_sources_own_lens_counts_unless_another_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: tuple[str, str]
) -> None:
    distances = []
    for known, lens in ((None, None), (30.0, None), (30.0, track.Lens(60.0))):
        source = film(monkeypatch, Film(1))
        source.intrinsics = Intrinsics.from_hfov(640, 480, known) if known else None
        track.track(TrackOptions("film", models[:1], lens=lens, csv=tmp_path / "gaze.csv"), Console(quiet=True))
        distances.append(float(rows_of(tmp_path / "gaze.csv")[0]["eye_z_mm"]))
    assert distances[1] > 1.5 * distances[0]
    assert distances[2] == pytest.approx(distances[0])


@pytest.mark.fault("`track` is told to write over the film it reads", "one sentence; the film is untouched")
def test_the_source_is_never_written_over(tmp_path: Path, models: tuple[str, str]) -> None:
    picture = tmp_path / "a.png"
    cv2.imwrite(str(picture), PICTURE)
    before = picture.read_bytes()
    with pytest.raises(UserError, match="the source itself"):
        track.track(TrackOptions(str(picture), models[:1], csv=picture), Console(quiet=True))
    assert picture.read_bytes() == before


@pytest.mark.fault("two models of one name are compared", "one sentence; nothing is begun")
def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    paths = (str(follows_head(tmp_path / "a.onnx")), str(follows_head(tmp_path / "other" / "a.onnx")))
    with pytest.raises(UserError, match="called a"):
        track.load_models(paths)


def test_a_profile_adds_the_point_on_its_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: tuple[str, str]
) -> None:
    film(monkeypatch, Film(5))
    kept = profile("Ada", {"ahead": Mapping()})
    save_profile(kept)
    console = Console(record=True, width=200)
    track.track(TrackOptions("film", models, csv=tmp_path / "gaze.csv", profile="Ada"), console)
    rows = rows_of(tmp_path / "gaze.csv")
    seen = [row for row in rows if row["model"] == "ahead" and row["valid"] == "1"]
    assert len(seen) == 4
    for row in seen:  # straight ahead from a point of the camera frame: x and y stay what they are
        point = kept.screen.camera_to_px([[float(row["eye_x_mm"]), float(row["eye_y_mm"]), 0.0]])[0]
        assert [float(row["point_x_px"]), float(row["point_y_px"])] == pytest.approx(point, abs=0.5)
        assert float(row["point_x_mm"]) == pytest.approx(kept.screen.px_to_mm(point)[0], abs=0.2)
    assert all(not row["point_x_px"] for row in rows if row["model"] == "head" or row["valid"] == "0")
    assert "no calibration for head" in console.export_text()


def test_a_profile_that_is_not_there_is_named(models: tuple[str, str]) -> None:
    with pytest.raises(UserError, match="no profile 'Nobody'"):
        track.track(TrackOptions("virtual", models[:1], profile="Nobody"), Console(quiet=True))


def test_a_run_without_a_frame_leaves_the_results_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: tuple[str, str]
) -> None:
    kept = [tmp_path / "gaze.csv", tmp_path / "annotated.mp4"]
    for path in kept:
        path.write_text("before")
    film(monkeypatch, Film(0, SourceError("unreadable", "It is damaged.")))
    with pytest.raises(SourceError):
        track.track(TrackOptions("film", models[:1], csv=kept[0], video=kept[1]), Console(quiet=True))
    assert [path.read_text() for path in kept] == ["before", "before"]
    assert len(list(tmp_path.glob("*.part*"))) == 0


def test_two_results_of_one_name_are_refused(tmp_path: Path) -> None:
    same = tmp_path / "result.mp4"
    with pytest.raises(UserError, match="Two results"):
        track.track(TrackOptions("film", csv=same, video=tmp_path / "." / "result.mp4"), Console(quiet=True))
