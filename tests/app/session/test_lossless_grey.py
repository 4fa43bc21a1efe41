from __future__ import annotations

import av
import numpy as np
import pytest

from gaze_demo.errors import UserError
from gaze_demo.session.lossless_grey import GreyDecoder, GreyEncoder


def test_pictures_come_back_to_the_last_bit_one_by_one() -> None:
    chance = np.random.default_rng(0)
    noise = [chance.integers(0, 256, (36, 120), dtype=np.uint8) for _ in range(20)]
    edges = [np.full((36, 120), value, np.uint8) for value in (0, 255, 16, 235, 0)]
    encoder, decoder = GreyEncoder(120, 36), GreyDecoder(120, 36)
    for picture in [*noise, *edges]:
        assert np.array_equal(decoder.decode(encoder.encode(picture)), picture)


@pytest.mark.parametrize("first", [1, 299, 300, 301, 450])
def test_pictures_are_decoded_from_any_one_on(first: int) -> None:
    chance = np.random.default_rng(1)
    pictures = [chance.integers(100, 120, (36, 120), dtype=np.uint8) for _ in range(460)]
    encoder, decoder = GreyEncoder(120, 36), GreyDecoder(120, 36)
    packets = [encoder.encode(picture) for picture in pictures]
    for packet in packets[:first]:
        decoder.skip(packet)
    for picture, packet in zip(pictures[first:], packets[first:], strict=True):
        assert np.array_equal(decoder.decode(packet), picture)


def test_a_picture_of_another_size_is_refused() -> None:
    packet = GreyEncoder(64, 64).encode(np.zeros((64, 64), np.uint8))
    with pytest.raises(ValueError, match="another size"):
        GreyDecoder(120, 36).decode(packet)


def test_pictures_without_their_beginning_are_refused() -> None:
    encoder = GreyEncoder(120, 36)
    _, second = (encoder.encode(np.full((36, 120), value, np.uint8)) for value in (10, 200))
    with pytest.raises(ValueError):  # noqa: PT011, the words are FFmpeg's
        GreyDecoder(120, 36).decode(second)


def test_without_the_encoder_another_way_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", {"h264"})
    with pytest.raises(UserError, match="--keep eyes"):
        GreyEncoder(120, 36)
