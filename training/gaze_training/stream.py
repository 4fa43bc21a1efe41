"""Shards of faces, streamed from a disk or an object store: tar files of .npz shards, WebDataset's format.

`tar -cf photo-00.tar -C data/photo shard-00000.npz shard-00001.npz` makes one.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from gaze_demo.errors import UserError
from gaze_training.data.outside_labels import calibrated_outside
from gaze_training.data.sample import Faces
from gaze_training.eyes import Eyes

_TAR_END = 1024


class _WithEnd:
    """A stream of bytes that remembers its last bytes. A tar file ends with two blocks of zeros. Python's and
    WebDataset's readers do not notice if a file was cut at the border of a member.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._end = b""

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self._end = (self._end + content)[-_TAR_END:]
        return content

    def ended_as_tar(self) -> bool:
        """Read the rest, and return whether the last two blocks are zeros."""
        while self.read(64 * 1024):
            pass
        return self._end == bytes(_TAR_END)


class ShardStream:
    """Reads tar files again in every epoch, in another order; `chunk` faces at a time are in memory.

    `urls`: anything that fsspec opens (a path, s3://, gs://, https://), with {00..11} for a range. `faces`: about how
    many there are in all, for the schedule of the learning rate.
    """

    def __init__(self, urls: tuple[str, ...], faces: int, chunk: int, seed: int, calibrate_outside: bool) -> None:
        """Raises UserError if the packages for streaming are missing."""
        try:
            import braceexpand
            import fsspec
            from webdataset import tariterators
        except ImportError as error:
            raise UserError("data.stream needs two more packages: pip install 'gaze-demo[stream]'.") from error
        self._urls = [one for url in urls for one in braceexpand.braceexpand(url)]
        self._open, self._tar = fsspec.open, tariterators
        self._faces, self._chunk, self._seed, self._calibrate = faces, chunk, seed, calibrate_outside

    @property
    def count(self) -> int:
        """Eyes of one epoch, as far as the number is declared."""
        return 2 * self._faces

    def chunks(self, epoch: int) -> Iterator[Eyes]:
        """Raises UserError if a file cannot be read, or holds no shards of faces."""
        parts: list[Faces] = []
        for faces in self._shards(epoch):
            parts.append(faces)
            if sum(map(len, parts)) >= self._chunk:
                yield self._eyes(parts)
                parts = []
        if parts:
            yield self._eyes(parts)

    def _shards(self, epoch: int) -> Iterator[Faces]:
        order = np.random.default_rng([self._seed, epoch]).permutation(len(self._urls))
        found = False
        for url in (self._urls[place] for place in order):
            try:
                for name, content in self._members(url):
                    found = True
                    yield Faces.read(io.BytesIO(content), f"{name} of {url}")
            except (OSError, ValueError, tarfile.TarError) as error:
                raise UserError(f"Cannot read the shards of {url} ({error}).") from error
        if not found:
            raise UserError(f"There is no .npz shard of faces in {', '.join(self._urls)}.")

    def _members(self, url: str) -> Iterator[tuple[str, bytes]]:
        with self._open(url, "rb") as opened:
            stream = _WithEnd(opened)
            files: Any = self._tar.tar_file_iterator(stream)
            for file in files:
                if file["fname"].endswith(".npz"):
                    yield file["fname"], file["data"]
            if not stream.ended_as_tar():
                raise UserError(f"{url} is incomplete, its end is missing: copy it again.")

    def _eyes(self, parts: list[Faces]) -> Eyes:
        faces = Faces.concatenate(parts)
        return Eyes.from_faces(calibrated_outside(faces) if self._calibrate else faces)
