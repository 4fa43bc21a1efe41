import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from gaze_demo.errors import UserError
from gaze_training.config import parse_config
from gaze_training.dataset import load_dataset
from gaze_training.eyes import Eyes
from gaze_training.trainer import Trainer
from training.drawn_eyes import drawn_faces

pytest.importorskip("webdataset", reason="needs the extra `stream`")


@pytest.fixture
def tars(tmp_path: Path) -> Path:
    """Two tar files with two shards of 20 faces each, and faces to measure on."""
    faces = drawn_faces(80)
    for number in range(2):
        with tarfile.open(tmp_path / f"faces-{number:02d}.tar", "w") as tar:
            for place in range(2):
                start = 40 * number + 20 * place
                shard = tmp_path / "shards" / f"shard-{start:05d}.npz"
                faces.select(slice(start, start + 20)).save(shard)
                tar.add(shard, shard.name)
    drawn_faces(20, seed=1).save(tmp_path / "validation" / "a.npz")
    return tmp_path


def stream(folder: Path, **data: Any) -> dict[str, Any]:
    return {
        "network": {"kind": "mobilenet", "width": 0.125, "depth": 0.5},
        "train": {"epochs": 2, "batch": 16},
        "data": {
            "stream": [f"{folder}/faces-{{00..01}}.tar"],
            "stream_faces": 80,
            "chunk": 40,
            "validation": folder / "validation",
            **data,
        },
    }


def test_an_epoch_of_the_stream_has_every_eye_once_in_chunks(tars: Path) -> None:
    source = load_dataset(parse_config(stream(tars), "test").data).train
    chunks = list(source.chunks(0))
    assert len(chunks) == 2
    streamed = torch.cat([chunk.crops for chunk in chunks]).flatten(1).float().sum(1).sort().values
    whole = Eyes.from_faces(drawn_faces(80)).crops.flatten(1).float().sum(1).sort().values
    assert torch.equal(streamed, whole)


def test_the_same_epoch_streams_in_the_same_order(tars: Path) -> None:
    source = load_dataset(parse_config(stream(tars), "test").data).train
    orders = [torch.cat([chunk.gaze for chunk in source.chunks(epoch)]) for epoch in (3, 3)]
    assert torch.equal(orders[0], orders[1])


def test_a_network_is_trained_from_a_stream(tars: Path) -> None:
    run = parse_config(stream(tars), "test")
    data = load_dataset(run.data)
    trained = Trainer(run).fit(data.train, data.validation, show=False)
    assert trained.epochs[-1].quality is not None
    assert trained.epochs[-1].loss < trained.epochs[0].loss


class Chunks:
    """A stream whose chunks have so many eyes."""

    count = 80

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes

    def chunks(self, _: int) -> Iterator[Eyes]:
        eyes = Eyes.from_faces(drawn_faces(80))
        return (eyes.select(slice(0, size)) for size in self.sizes)


def test_a_chunk_without_a_whole_batch_is_left_out(tars: Path) -> None:
    run = parse_config(stream(tars), "test")
    trained, whole = (Trainer(run).fit(Chunks(*sizes), show=False) for sizes in ((0, 40, 0, 3), (0, 40)))
    assert not trained.diverged
    assert [epoch.loss for epoch in trained.epochs] == [epoch.loss for epoch in whole.epochs]
    with pytest.raises(UserError, match="no eyes to train on"):
        Trainer(run).fit(Chunks(0, 0), show=False)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"stream": ["absent.tar"]}, "absent.tar"),
        ({"stream": []}, "data.folders is empty"),
        ({"stream_faces": 0}, "stream_faces"),
        ({"validation": None}, "data.validation"),
    ],
)
def test_a_wrong_stream_is_one_sentence(tars: Path, data: dict[str, Any], message: str) -> None:
    run = parse_config(stream(tars, **data), "test")
    with pytest.raises(UserError, match=message):
        next(iter(load_dataset(run.data).train.chunks(0)))


def test_a_tar_without_shards_is_one_sentence(tars: Path) -> None:
    with tarfile.open(tars / "empty.tar", "w") as tar:
        tar.add(tars / "validation", "validation", recursive=False)
    run = parse_config(stream(tars, stream=[str(tars / "empty.tar")]), "test")
    with pytest.raises(UserError, match=r"no \.npz shard"):
        next(iter(load_dataset(run.data).train.chunks(0)))


def test_a_tar_that_was_cut_between_its_members_is_one_sentence(tars: Path) -> None:
    path = tars / "faces-00.tar"
    with tarfile.open(path) as tar:
        second = tar.getmembers()[1].offset
    (tars / "cut.tar").write_bytes(path.read_bytes()[:second])
    run = parse_config(stream(tars, stream=[str(tars / "cut.tar")]), "test")
    with pytest.raises(UserError, match=r"cut\.tar is incomplete"):
        list(load_dataset(run.data).train.chunks(0))


def test_a_tar_that_is_none_is_one_sentence(tars: Path) -> None:
    (tars / "broken.tar").write_bytes(b"not a tar file" * 100)
    run = parse_config(stream(tars, stream=[str(tars / "broken.tar")]), "test")
    with pytest.raises(UserError, match=r"broken\.tar"):
        next(iter(load_dataset(run.data).train.chunks(0)))
