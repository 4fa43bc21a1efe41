"""Eyes of a virtual person whose gaze is known, laid into the portrait of another one, and figures of known answers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from gaze_demo.geometry import Intrinsics, pitch_yaw_to_vector
from gaze_demo.landmarks.head_pose import LEFT_CORNERS, RIGHT_CORNERS
from gaze_demo.model.load import load_model
from gaze_demo.model.registry import find_model
from gaze_demo.observation import Reason
from gaze_demo.participant.names import find_person
from gaze_demo.participant.participant import VirtualParticipant
from gaze_training.cli import main
from gaze_training.evaluate.eye_place import PICTURE_WIDTH, EyePlaces, Webcam, choose_portraits, eye_width_px
from gaze_training.evaluate.points_in_faces import frames_in_faces, points_in_faces_result
from gaze_training.evaluate.screen import ScreenAnswers, ask
from gaze_training.evaluate.table import points_in_faces_table
from gaze_training.evaluate.webcam_eyes import WebcamEyes
from gaze_training.readers.measured import observe, open_observer

CAMERA = Intrinsics.from_hfov(960, 720, 25)
PX_PER_DEG = 40.0


def participant(name: str) -> VirtualParticipant:
    person = find_person(name)
    assert person is not None
    return VirtualParticipant(CAMERA, person=person)


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the portrait of one virtual person."""
    folder = tmp_path_factory.mktemp("faces")
    cv2.imwrite(str(folder / "portrait.png"), participant("Finn").step(0.5)[0])
    return folder


@pytest.fixture(scope="module")
def eyes() -> WebcamEyes:
    """Right eyes of a virtual person; the points are 40 px for each degree of the gaze, from the middle of the grid."""
    person = participant("Amara")
    person.look_at_mm(np.zeros(3))
    with open_observer() as observer:
        landmarks = observe(observer, person.step(0.5)[0], CAMERA).landmarks
    assert landmarks is not None
    corners = landmarks.points_px[list(RIGHT_CORNERS)]
    width = PICTURE_WIDTH * float(np.linalg.norm(corners[1] - corners[0]))
    images, points = [], []
    for pitch in (-14.0, -8.0, -2.0, 4.0):
        for yaw in (-16.0, -8.0, 0.0, 8.0, 16.0):
            person.look_at_mm(600.0 * pitch_yaw_to_vector(np.radians([pitch, yaw])) + [0, 0, 600])
            image, truth = person.step(1.0)
            while truth.closure > 0:
                image, truth = person.step(0.1)
            patch = cv2.getRectSubPix(image, (round(width), round(width / 2)), tuple(corners.mean(0) - 0.5))
            images.append(cv2.cvtColor(cv2.resize(patch, (100, 50), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY))
            points.append((yaw * PX_PER_DEG, -pitch * PX_PER_DEG))
    return WebcamEyes(np.array(images), np.array(points))


@pytest.fixture(scope="module")
def places(faces: Path) -> list[EyePlaces]:
    return choose_portraits(faces, ["portrait.png"], 1, eye_width_px(100))


def test_the_app_finds_the_eyes_where_they_were_laid_and_as_large(places: list[EyePlaces], eyes: WebcamEyes) -> None:
    (portrait,) = places
    assert portrait.eye_px == pytest.approx(100 / PICTURE_WIDTH, abs=0.5)
    frame = next(frames_in_faces(eyes, places, Webcam(), 1))
    assert frame.seen.landmarks is not None
    assert frame.series == "portrait.png"
    np.testing.assert_array_equal(frame.point, eyes.point_px[0])
    for pair, laid in zip((LEFT_CORNERS, RIGHT_CORNERS), portrait.corners_px * 28 / portrait.eye_px, strict=True):
        found = frame.seen.landmarks.points_px[list(pair)]
        found = found[found[:, 0].argsort()]
        np.testing.assert_allclose(found.mean(0), laid.mean(0), atol=2.8)  # a tenth of the eye's width
        assert np.linalg.norm(found[1] - found[0]) == pytest.approx(28, abs=3.5)


def test_eyes_with_a_known_gaze_are_answered_in_order(places: list[EyePlaces], eyes: WebcamEyes) -> None:
    models = {name: load_model(find_model(name)) for name in ("mobilenet25", "teacher")}
    answers = ask(models, frames_in_faces(eyes, places, Webcam(), 1))
    for name in models:
        (row,) = points_in_faces_result(answers[name], ["portrait.png"]).faces
        assert row.lost <= 1
        assert (row.frames, row.face) == (len(eyes), "portrait.png")
        assert row.pitch * PX_PER_DEG / 100 == pytest.approx(1, abs=0.3), name
        assert row.yaw * PX_PER_DEG / 100 == pytest.approx(1, abs=0.3), name
        assert min(row.points.r2_x_affine, row.points.r2_y_affine) > 0.9, name
        assert row.points.median_9 < 0.25 * row.points.guess, name


def test_portraits_are_chosen_in_order_of_name_if_their_eyes_are_large_enough(faces: Path, tmp_path: Path) -> None:
    frontal = cv2.imread(str(faces / "portrait.png"))
    for name in ("b.png", "a.png", "c.png"):
        cv2.imwrite(str(tmp_path / name), frontal)
    cv2.imwrite(str(tmp_path / "a-small.png"), cv2.resize(frontal, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    cv2.imwrite(str(tmp_path / "a-grey.png"), np.full_like(frontal, 128))
    assert [chosen.name for chosen in choose_portraits(tmp_path, [], 2, eye_width_px(100))] == ["a.png", "b.png"]
    named = choose_portraits(tmp_path, ["a-small.png"], 2, eye_width_px(100))
    assert [(chosen.name, round(chosen.eye_px)) for chosen in named] == [("a-small.png", 77)]


def made_answers() -> ScreenAnswers:
    """60 frames in each of two portraits: 0.02 deg a px in both axes; in the first one, ten frames have no gaze."""
    rng = np.random.default_rng(0)
    points = np.tile(rng.integers(0, 10, (60, 2)) * 100.0, (2, 1))
    angles = np.radians(np.stack([-0.02 * points[:, 1] + 3, 0.02 * points[:, 0] - 5], -1))[:, None].repeat(3, 1)
    angles[:10] = np.nan
    angles[60:, :, 1] *= 2
    series = np.repeat([0, 1], 60)
    return ScreenAnswers(angles, points, series, np.full(120, 0.3), Counter({Reason.TOO_DARK.value: 10}))


def test_the_figures_of_answers_that_are_known() -> None:
    result = points_in_faces_result(made_answers(), ["b.png", "a.png"])
    first, second = result.faces
    assert [first.face, second.face] == ["a.png", "b.png"]
    assert (first.pitch, first.yaw) == pytest.approx((2, 2))
    assert (second.pitch, second.yaw) == pytest.approx((2, 4))
    assert (first.frames, first.lost, second.lost) == (60, 10, 0)
    assert (result.mean.yaw, result.mean.frames, result.mean.lost) == (pytest.approx(3), 120, 10)
    assert first.points.median_40 == pytest.approx(0, abs=1e-6)
    assert result.mean.points.guess == pytest.approx((first.points.guess + second.points.guess) / 2)
    table = points_in_faces_table({"teacher": result})
    assert "Frames without a gaze: teacher: 10 too dark" in table
    assert [line.split()[0] for line in table.splitlines()[2:5]] == ["a.png", "b.png", "mean"]


def test_a_model_without_answers_has_no_figures_and_is_told_so() -> None:
    answers = made_answers()
    answers.angles[:] = np.nan
    result = points_in_faces_result(answers, ["a.png", "b.png"])
    assert np.isnan(result.mean.points.median_40)
    assert result.mean.lost == 120
    assert "-" in points_in_faces_table({"none": result}).splitlines()[2].split()


def test_the_command_prints_the_table_and_writes_the_figures(
    faces: Path, eyes: WebcamEyes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "eyes.npz"
    np.savez(file, image=eyes.image, point_px=eyes.point_px)
    command = ["evaluate", "points-in-faces", str(file), str(faces), "--model", "mobilenet12"]
    written = ["--json", str(tmp_path / "a.json"), "--markdown", str(tmp_path / "a.md")]
    assert main([*command, "--face", "portrait.png", "--every", "1", *written]) == 0
    assert "portrait.png  mobilenet12" in capsys.readouterr().out
    assert '"median_40"' in (tmp_path / "a.json").read_text()
    page = (tmp_path / "a.md").read_text()
    assert "seed 1" in page
    assert f"{len(eyes)} frames" in page
    assert "| mobilenet12 |" in page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--every", "0"], "--every is at least 1"),
        (["--eye-px", "90"], "--eye-px is between 10 and 77"),
        (["--eye-px", "nan"], "--eye-px is between 10 and 77"),
        (["--face", "absent.jpg"], "has no photograph of this name"),
        (["--model", "network.pt"], "write the network as ONNX first"),
        (["--markdown", "PAGE"], "has no place for the tables"),
        (["--markdown", "PAGE", "--json", "PAGE"], "give each its own name"),
        (["--markdown", "absent/page.md"], "there is no folder"),
    ],
)
def test_what_a_user_got_wrong_is_one_sentence(
    faces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    file = tmp_path / "eyes.npz"
    np.savez(file, image=np.zeros((2, 50, 100), np.uint8), point_px=np.zeros((2, 2)))
    page = tmp_path / "page.md"
    page.write_text("# Mine\n")
    arguments = [str(page) if argument == "PAGE" else argument for argument in arguments]
    command = ["evaluate", "points-in-faces", str(file), str(faces), "--model", "mobilenet12", *arguments]
    assert main(command) == 2
    assert page.read_text() == "# Mine\n"
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
