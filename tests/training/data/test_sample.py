from pathlib import Path

import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_training.data.sample import Faces, leave_person_out, load_faces, split_people


def faces(count: int, people: int = 4) -> Faces:
    made = Faces.empty(count)
    made.person[:] = np.arange(count) % people
    made.crops[:] = np.random.default_rng(0).integers(0, 256, made.crops.shape)
    return made


def test_a_shard_comes_back_as_it_was(tmp_path: Path) -> None:
    made = faces(5)
    made.save(tmp_path / "a.npz")
    read = Faces.load(tmp_path / "a.npz")
    assert np.array_equal(read.crops, made.crops)
    assert np.isnan(read.gaze).all()


def test_a_shard_from_before_there_were_conditions_is_read_without_them(tmp_path: Path) -> None:
    made = faces(3)
    made.valid[:] = True
    older = {
        name: array for name, array in vars(made).items() if name not in ("iris_visible", "blur", "glare", "cover")
    }
    np.savez(tmp_path / "a.npz", **older)
    read = Faces.load(tmp_path / "a.npz")
    assert np.isnan(read.iris_visible).all()
    assert read.valid.all()
    del older["openness"]
    np.savez(tmp_path / "b.npz", **older)
    with pytest.raises(UserError, match="openness"):
        Faces.load(tmp_path / "b.npz")


def test_a_folder_is_read_in_the_order_of_its_shards(tmp_path: Path) -> None:
    made = faces(6)
    made.select(slice(3, 6)).save(tmp_path / "0001.npz")
    made.select(slice(0, 3)).save(tmp_path / "0000.npz")
    assert np.array_equal(load_faces(tmp_path).crops, made.crops)


def test_no_person_is_on_both_sides_of_a_split() -> None:
    train, held_out = split_people(faces(40, people=10), 0.2, seed=3)
    assert not set(train.person) & set(held_out.person)
    assert len(set(held_out.person)) == 2


def test_an_array_of_another_shape_is_refused() -> None:
    made = faces(3)
    with pytest.raises(ValueError, match="gaze"):
        Faces(**{**vars(made), "gaze": made.gaze[:, 0]})


@pytest.mark.parametrize(
    "content",
    [
        b"",  # an empty file
        b"PK\x03\x04 broken",  # a broken archive
    ],
)
def test_a_file_that_is_no_shard_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(UserError, match="not a readable shard"):
        Faces.load(tmp_path / "a.npz")


def test_a_pickled_shard_is_refused(tmp_path: Path) -> None:
    arrays = vars(faces(2))
    np.savez(tmp_path / "a.npz", **{**arrays, "gaze": np.array([{}, {}], object)})
    with pytest.raises(UserError, match="not a readable shard"):
        Faces.load(tmp_path / "a.npz")


def test_an_array_that_calls_itself_a_shard_is_one_sentence(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(3))
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(UserError, match="not a readable shard"):
        Faces.load(tmp_path / "a.npz")


def test_each_person_is_left_out_once_and_wholly() -> None:
    whole = faces(7)
    whole.person[:] = [3, 3, 5, 5, 5, 9, 3]
    folds = [leave_person_out(whole, place) for place in range(3)]
    assert [(len(train), len(test)) for train, test in folds] == [(4, 3), (4, 3), (6, 1)]
    assert all(not np.isin(test.person, train.person).any() for train, test in folds)
    with pytest.raises(UserError, match="3 people"):
        leave_person_out(whole, 3)


def test_one_person_cannot_be_left_out() -> None:
    whole = faces(3)
    whole.person[:] = 1
    with pytest.raises(UserError, match="1 people"):
        leave_person_out(whole, 0)
