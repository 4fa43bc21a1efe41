"""The page that the stream serves, in a headless Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import pytest

from app.session.samples import RUN, sample

pytest.importorskip("websockets")
from app.stream.browser import Browser, Page, browser_path, running_browser
from gaze_demo.sink.sink import opened
from gaze_demo.stream.websocket import WebSocketStream

pytestmark = pytest.mark.skipif(browser_path() is None, reason="no Chromium is installed")
STATE = "document.getElementById('state').textContent"
HEADER = "document.querySelector('header').innerText"


@pytest.fixture
def stream() -> Iterator[WebSocketStream]:
    with opened(WebSocketStream(0), RUN) as server:
        yield server


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def page(stream: WebSocketStream, browser: Browser) -> Iterator[Page]:
    with browser.page(stream.url) as page:
        page.wait_for(f"{STATE}.startsWith('Connected')")
        yield page
        assert page.troubles == []


def colour_at(page: Page, x: float, y: float) -> list[int]:
    """Red, green and blue of the picture where the canvas has that pixel."""
    box = page.value(
        "(b => [b.left, b.top, b.width, b.height])(document.getElementById('screen').getBoundingClientRect())"
    )
    picture = cv2.imdecode(np.frombuffer(BytesIO(page.picture()).read(), np.uint8), cv2.IMREAD_COLOR)
    left, top, width, height = box
    seen = picture[round(top + y / 1080 * height), round(left + x / 1920 * width)]
    return [int(value) for value in seen[::-1]]


def test_each_models_gaze_is_drawn_where_it_is_in_a_colour_of_its_own(stream: WebSocketStream, page: Page) -> None:
    one = sample(60)
    second = replace(one.gazes[1], point=replace(one.gazes[0].point, px=np.array([1500.0, 800.0])))
    stream.write(replace(one, gazes=(one.gazes[0], second)))
    page.wait_for(f"{STATE}.includes('frames per second')")
    assert page.value(HEADER).split("\n")[:4] == ["a", "600, 500 px", "b", "1500, 800 px"]
    orange, teal = colour_at(page, 600, 500), colour_at(page, 1500, 800)
    assert orange[0] > 200 > orange[2]
    assert teal[2] > 150 > teal[0]
    box = page.value(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )
    assert box is True


def test_a_reason_is_told_and_nothing_is_drawn(stream: WebSocketStream, page: Page) -> None:
    stream.write(sample(9))
    page.wait_for(f"{HEADER}.includes('no face')")
    assert page.value("[...models.values()].some(one => one.trail.length)") is False


def test_without_a_calibration_directions_are_drawn_around_the_middle(stream: WebSocketStream, page: Page) -> None:
    one = sample(30)
    stream.write(replace(one, gazes=tuple(replace(gaze, point=None) for gaze in one.gazes)))
    page.wait_for(f"{STATE}.includes('no calibration: 40 px per degree')")
    x, y = page.value("models.get('a').trail[0].slice(0, 2)")  # yaw +2, pitch +3 degrees
    assert (x, y) == pytest.approx((960 - 80, 540 - 120), abs=1)


def test_the_end_of_the_stream_is_told(stream: WebSocketStream, page: Page) -> None:
    stream.write(sample(0))
    page.wait_for(f"{STATE}.includes('frames per second')")
    stream.close()
    page.wait_for(f"{STATE} === 'The stream has ended'")
