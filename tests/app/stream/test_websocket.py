from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from app.session.samples import RUN, sample
from gaze_demo import clock
from gaze_demo.errors import UserError
from gaze_demo.session.folder import load_session
from gaze_demo.session.recorder import Recording, SessionRecorder
from gaze_demo.sink.sink import opened
from gaze_demo.stream.message import AboutMessage, GazeMessage, message_of, schema_json
from gaze_demo.stream.websocket import WebSocketStream

pytest.importorskip("websockets")
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect


def joined(stream: WebSocketStream) -> ClientConnection:
    """A client that the server knows of."""
    before = len(stream._clients)
    client = connect(stream.stream_url)
    end = clock.now_s() + 5
    while len(stream._clients) == before and clock.now_s() < end:
        threading.Event().wait(0.01)
    return client


def test_the_published_schema_is_that_of_the_messages(repository: Path) -> None:
    assert (repository / "docs" / "gaze-stream.schema.json").read_text("utf8") == schema_json()


def test_every_client_gets_each_frame_with_its_capture_time(stream: WebSocketStream) -> None:
    with joined(stream) as one, joined(stream) as other:
        for index in range(12):
            stream.write(sample(index))
        for client in (one, other):
            messages = [GazeMessage.model_validate_json(client.recv(5)) for _ in range(12)]
            assert [message.frame for message in messages] == list(range(12))
            assert messages[3] == message_of(sample(3))
            assert messages[3].time_s == sample(3).time_s
            assert messages[3].models["a"].point_px == (30.0, 500.0)
            assert messages[3].models["a"].yaw_deg == pytest.approx(2.0)
            assert (messages[9].face, messages[9].models["a"].reason) == (False, "no face")
            assert messages[9].models["a"].gaze is None


def test_a_port_in_use_is_said_in_one_sentence(stream: WebSocketStream) -> None:
    with pytest.raises(UserError) as refused:
        WebSocketStream(stream.port).open(RUN)
    assert str(refused.value) == f"Port {stream.port} is in use by another program. Choose another with --port."


def test_markers_are_taken_in_and_nothing_else(stream: WebSocketStream, marked: list[tuple[str, float | None]]) -> None:
    with joined(stream) as client:
        for text in ('{"type": "marker", "text": "go"}', '{"type": "marker", "text": "then", "time_s": 5.5}'):
            client.send(text)
            assert json.loads(client.recv(5)) == {"type": "ok"}
        for text in ("not json", '{"type": "marker"}', '{"type": "eval", "text": "x"}', "[" * 5000):
            client.send(text)
            assert json.loads(client.recv(5))["type"] == "error"
    assert marked == [("go", None), ("then", 5.5)]


def test_a_client_learns_of_the_screen_the_models_and_the_time_now(stream: WebSocketStream) -> None:
    with joined(stream) as client:
        before = clock.now_s()
        client.send('{"type": "about"}')
        told = AboutMessage.model_validate_json(client.recv(5))
        assert before <= told.time_s <= clock.now_s()
    assert (told.screen_px, told.models, told.recording) == ((1920, 1080), ("a", "b"), True)


def test_the_time_of_a_film_is_that_of_its_newest_frame() -> None:
    with opened(WebSocketStream(0, live=False)) as server, joined(server) as client:
        server.write(sample(3))
        client.recv(5)
        client.send('{"type": "about"}')
        told = AboutMessage.model_validate_json(client.recv(5))
    assert (told.time_s, told.screen_px, told.recording) == (sample(3).time_s, None, False)


@pytest.mark.parametrize("path", ["/stream", "/stream?token=", "/stream?token=wrong", "/?token=wrong", "/"])
def test_without_the_token_nobody_is_let_in(stream: WebSocketStream, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{stream.port}{path}")
    assert refused.value.response.status_code == 401


@pytest.mark.fault("a web site tries to read the stream", "it is not let in")
def test_another_sites_page_is_not_let_in_even_with_the_token(stream: WebSocketStream) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        with pytest.raises(InvalidStatus) as refused:
            connect(stream.stream_url, additional_headers=headers)
        assert refused.value.response.status_code == 403
    with connect(stream.stream_url, additional_headers={"Origin": f"http://127.0.0.1:{stream.port}"}):
        pass
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(urllib.request.Request(stream.url, headers={"Host": "rebound.example"}))
    assert error.value.code == 403


def test_the_page_is_served_and_needs_nothing_from_elsewhere(stream: WebSocketStream) -> None:
    with urllib.request.urlopen(stream.url) as answer:
        page = answer.read().decode()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Type"].startswith("text/html")
    assert 'width="1920" height="1080"' in page
    assert "://" not in page.replace("ws://${location.host}", "")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(stream.url.replace("/?", "/secret?"))
    assert error.value.code == 404


@pytest.mark.fault(
    "a client of the stream does not read", "it loses frames and is told how many; the app does not wait"
)
def test_a_slow_client_loses_frames_and_is_told_and_the_app_does_not_wait(stream: WebSocketStream) -> None:
    with joined(stream) as client:
        started = clock.now_s()
        for index in range(20_000):
            stream.write(sample(0) if index % 2 else sample(1))
        assert clock.now_s() - started < 60
        lost = 0
        while not lost:
            lost = json.loads(client.recv(20))["lost"]
    assert lost > 0


def test_a_port_in_use_is_named(stream: WebSocketStream) -> None:
    with pytest.raises(UserError, match=f"Port {stream.port}"):
        WebSocketStream(stream.port).open(RUN)


def test_the_python_client_of_the_examples_prints_the_gaze_and_marks(tmp_path: Path, repository: Path) -> None:
    recorder = SessionRecorder(Recording(tmp_path / "s", live=False))
    with opened(recorder, RUN), opened(WebSocketStream(0, on_marker=recorder.marker), RUN) as stream:
        recorder.write(sample(0))
        client = subprocess.Popen(
            [sys.executable, str(repository / "examples" / "gaze_client.py"), stream.stream_url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        end = clock.now_s() + 20
        while not stream._clients and clock.now_s() < end:
            threading.Event().wait(0.02)
        stream.write(sample(3))
        assert client.stdout is not None
        lines = [client.stdout.readline() for _ in range(2)]
    client.wait(20)
    assert lines[0].startswith(f"{sample(3).time_s:.3f} a [30.0, 500.0]")
    assert [event.text for event in load_session(tmp_path / "s").events] == ["client began"]


def test_the_javascript_client_of_the_examples_prints_the_gaze(repository: Path) -> None:
    node: Any = subprocess.run(["node", "--version"], capture_output=True, text=True) if _has_node() else None
    version = 0 if node is None else int(node.stdout.lstrip("v").split(".")[0])
    if version < 20:
        pytest.skip("needs Node, which has WebSocket from 22 on and hides it in 20")
    hidden = ["--experimental-websocket"] if version < 22 else []
    with opened(WebSocketStream(0), RUN) as stream:
        client = subprocess.Popen(
            ["node", *hidden, str(repository / "examples" / "gaze_client.js"), stream.stream_url],
            stdout=subprocess.PIPE,
            text=True,
        )
        end = clock.now_s() + 20
        while not stream._clients and clock.now_s() < end:
            threading.Event().wait(0.02)
        stream.write(sample(3))
        assert client.stdout is not None
        line = client.stdout.readline()
    client.wait(20)
    assert line.startswith(f"{sample(3).time_s:.3f} a 30 500")


def _has_node() -> bool:
    import shutil

    return shutil.which("node") is not None
