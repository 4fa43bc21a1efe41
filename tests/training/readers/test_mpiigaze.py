from pathlib import Path

import cv2
import numpy as np
import pytest
import scipy.io

from gaze_demo.errors import UserError
from gaze_demo.geometry import pitch_yaw_to_vector, rotation_from_angles
from gaze_training.readers.mpiigaze import read_mpiigaze
from gaze_training.readers.tally import Tally

GAZE = np.radians([[-8.0, 5.0], [3.0, -12.0]])
HEAD = np.radians([[6.0, -10.0], [-4.0, 7.0]])


def write_day(root: Path, person: str, day: str, frames: int) -> None:
    """The eyes' left halves are dark, in both eyes, so mirroring shows."""
    folder = root / "Data" / "Normalized" / person
    folder.mkdir(parents=True, exist_ok=True)
    image = np.full((frames, 36, 60), 200, np.uint8)
    image[:, :, :30] = 20
    eye = {
        "image": image,
        "gaze": pitch_yaw_to_vector(GAZE[:frames]),
        "pose": np.stack([cv2.Rodrigues(rotation_from_angles(*angles))[0].ravel() for angles in HEAD[:frames]]),
    }
    names = np.array([f"{k + 1:04}.jpg" for k in range(frames)], object)
    scipy.io.savemat(folder / f"{day}.mat", {"data": {"left": eye, "right": eye}, "filenames": names[:, None]})


def test_angles_keep_their_signs_and_the_right_eye_is_mirrored(tmp_path: Path) -> None:
    write_day(tmp_path, "p00", "day01", 2)
    (faces,) = read_mpiigaze(tmp_path)
    np.testing.assert_allclose(faces.gaze[:, 0], GAZE, atol=1e-6)
    np.testing.assert_allclose(faces.gaze[:, 1], GAZE * [1, -1], atol=1e-6)
    np.testing.assert_allclose(faces.head[:, 0], HEAD, atol=1e-6)
    np.testing.assert_allclose(faces.head[:, 1], HEAD * [1, -1], atol=1e-6)
    assert faces.crops[0, 0, 18, 5] == 20
    assert faces.crops[0, 1, 18, 5] == 200
    assert faces.valid.all()


def test_each_person_comes_apart_and_single_frames_are_read(tmp_path: Path) -> None:
    write_day(tmp_path, "p00", "day01", 2)
    write_day(tmp_path, "p00", "day02", 1)
    write_day(tmp_path, "p01", "day01", 1)
    people = list(read_mpiigaze(tmp_path))
    assert [len(faces) for faces in people] == [3, 1]
    assert len({int(faces.person[0]) for faces in people}) == 2


def test_the_evaluation_subset_names_single_eyes(tmp_path: Path) -> None:
    write_day(tmp_path, "p00", "day01", 2)
    lists = tmp_path / "Evaluation Subset" / "sample list for eye image"
    lists.mkdir(parents=True)
    (lists / "p00.txt").write_text("day01/0002.jpg right\n")
    (faces,) = read_mpiigaze(tmp_path, evaluation_subset=True)
    assert faces.valid.tolist() == [[False, True]]
    np.testing.assert_allclose(faces.gaze[0, 1], GAZE[1] * [1, -1], atol=1e-6)


@pytest.mark.parametrize("content", [b"", b"not a mat file", b"\x89HDF\r\n\x1a\n"])
def test_a_broken_day_is_told_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    write_day(tmp_path, "p00", "day01", 1)
    (tmp_path / "Data" / "Normalized" / "p00" / "day01.mat").write_bytes(content)
    with pytest.raises(UserError, match=r"day01\.mat"):
        list(read_mpiigaze(tmp_path))


@pytest.mark.parametrize(
    "data", [{"left": 1}, {"left": {"image": 1}, "right": 2}, {"left": {"image": 0, "gaze": 0, "pose": 0}}]
)
def test_a_day_of_other_content_is_told_in_one_sentence(tmp_path: Path, data: dict[str, object]) -> None:
    folder = tmp_path / "Data" / "Normalized" / "p00"
    folder.mkdir(parents=True)
    scipy.io.savemat(folder / "day01.mat", {"data": data, "filenames": np.array(["1.jpg"], object)})
    with pytest.raises(UserError, match=r"day01\.mat"):
        list(read_mpiigaze(tmp_path))


def test_another_folder_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not hold MPIIGaze"):
        list(read_mpiigaze(tmp_path))


def test_the_scaling_by_distance_is_undone_where_the_distance_is_known(tmp_path: Path) -> None:
    """MPIIGaze stores a true 15 deg at 500 mm as 12.6 deg."""
    write_day(tmp_path, "p00", "day01", 1)
    true = pitch_yaw_to_vector(np.radians([[0.0, 15.0]]))
    stored = true / [1, 1, 500 / 600]
    eye = {"image": np.zeros((1, 36, 60), np.uint8), "gaze": stored / np.linalg.norm(stored), "pose": np.zeros((1, 3))}
    path = tmp_path / "Data" / "Normalized" / "p00" / "day01.mat"
    names = np.array(["0002.jpg"], object)
    scipy.io.savemat(path, {"data": {"left": eye, "right": eye}, "filenames": names[:, None]})
    tally = Tally()
    (faces,) = read_mpiigaze(tmp_path, tally)
    assert np.degrees(faces.gaze[0, 0, 1]) == pytest.approx(12.6, abs=0.05)
    assert sum(tally.counts.values()) == 1  # and says so

    original = tmp_path / "Data" / "Original" / "p00" / "day01"
    original.mkdir(parents=True)
    lines = np.zeros((2, 41))
    lines[1, 35:38], lines[1, 38:41] = (0, 0, 600), (300, 0, 400)  # the right eye at 600 mm, the left one at 500 mm
    np.savetxt(original / "annotation.txt", lines)
    tally = Tally()
    (faces,) = read_mpiigaze(tmp_path, tally)
    np.testing.assert_allclose(np.degrees(np.abs(faces.gaze[0, :, 1])), [15.0, 12.59], atol=0.01)
    assert not tally.counts


def test_an_annotation_that_is_too_short_is_told_in_one_sentence(tmp_path: Path) -> None:
    write_day(tmp_path, "p00", "day01", 2)
    original = tmp_path / "Data" / "Original" / "p00" / "day01"
    original.mkdir(parents=True)
    np.savetxt(original / "annotation.txt", np.ones((1, 41)))
    with pytest.raises(UserError, match=r"annotation\.txt"):
        list(read_mpiigaze(tmp_path))


def test_listed_eyes_that_are_missing_are_told_in_one_sentence(tmp_path: Path) -> None:
    write_day(tmp_path, "p00", "day01", 1)
    lists = tmp_path / "Evaluation Subset" / "sample list for eye image"
    lists.mkdir(parents=True)
    (lists / "p00.txt").write_text("day01/0001.jpg left\nday02/0001.jpg left\n")
    with pytest.raises(UserError, match="1 eyes of p00"):
        list(read_mpiigaze(tmp_path, evaluation_subset=True))
