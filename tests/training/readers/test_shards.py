from pathlib import Path

import pytest

from gaze_demo.errors import UserError
from gaze_training.data.sample import load_faces
from gaze_training.readers.shards import write_shards
from gaze_training.readers.tally import Tally
from training.readers.test_unityeyes import write


def test_a_set_becomes_shards(tmp_path: Path) -> None:
    source = tmp_path / "unityeyes"
    source.mkdir()
    for number in (1, 2, 3):
        write(source, number)
    assert list(write_shards("unityeyes", source, tmp_path / "out", Tally())) == [(1, 3)]
    assert len(load_faces(tmp_path / "out")) == 3


@pytest.mark.parametrize(("dataset", "sentence"), [("imagenet", "choose one of"), ("mpiigaze", "does not hold")])
def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, dataset: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        list(write_shards(dataset, tmp_path, tmp_path / "out", Tally()))
    assert not (tmp_path / "out").exists()


def test_shards_of_another_set_are_not_mixed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text('{"version": 1, "renderer": "photo"}')
    with pytest.raises(UserError, match="something else"):
        list(write_shards("unityeyes", tmp_path, out, Tally()))
