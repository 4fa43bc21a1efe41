"""Streams gaze over WebSocket to programs on this computer, and receives their markers. The server listens only on
127.0.0.1. Clients need the token, and a browser's page has to come from the server itself, so that no web site can read
the gaze.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hmac
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError

from gaze_demo import clock
from gaze_demo.errors import UserError
from gaze_demo.optional import optional
from gaze_demo.pipeline import GazeSample
from gaze_demo.sink.sink import Policy, Run
from gaze_demo.stream.message import AboutMessage, AboutRequest, message_of
from gaze_demo.stream.message import Request as ClientRequest

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection
    from websockets.http11 import Request, Response

PORT = 8765
HOST = "127.0.0.1"
_WAITING = 60  # frames that may wait for a client; then the oldest are lost
_MOST_CLIENTS = 32
_MOST_BYTES = 8192
_PAGE = Path(__file__).with_name("page.html")

OnMarker = Callable[[str, "float | None"], None]


class WebSocketStream:
    """A sink that streams each sample to all clients; one that is slow loses frames, never the app.

    `port` 0 picks a free one. `on_marker` is called with a marker's text and time, from the server's thread. `live`:
    the samples' times are of `gaze_demo.clock`, else of a file's own clock.
    Attributes: `url`, of the page that draws the gaze, with the token; known once it is open.

    Raises UserError if websockets is not installed or the port is taken.
    """

    policy: Policy = "all"
    needs_picture = False

    def __init__(
        self, port: int = PORT, token: str | None = None, on_marker: OnMarker | None = None, *, live: bool = True
    ) -> None:
        self.token = token or secrets.token_urlsafe(18)
        self.port = port
        self.on_marker = on_marker
        self.live = live
        self.lost = 0
        self._last_s = 0.0
        self._clients: set[_Client] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._error: Exception | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/?token={self.token}"

    @property
    def stream_url(self) -> str:
        """What a client connects to."""
        return f"ws://{HOST}:{self.port}/stream?token={self.token}"

    def open(self, run: Run) -> None:
        remedy = "The stream needs websockets: pip install 'gaze-demo[live]'."
        self._server = optional("websockets.asyncio.server", remedy)
        self._screen, self._models = run.screen, run.models
        self._thread = threading.Thread(target=self._serve, name="websocket", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            in_use = isinstance(self._error, OSError) and self._error.errno == errno.EADDRINUSE
            why = "is in use by another program" if in_use else f"cannot be used: {self._error}"
            raise UserError(f"Port {self.port} {why}. Choose another with --port.")

    def write(self, sample: GazeSample) -> None:
        self._last_s = sample.time_s
        loop = self._loop
        if loop is not None and self._clients:
            message = message_of(sample)
            loop.call_soon_threadsafe(self._hand_out, message.model_dump_json())

    def close(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(5.0)

    def _serve(self) -> None:
        try:
            asyncio.run(self._run())
        except OSError as error:
            self._error = error
        finally:
            self._ready.set()

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        async with self._server.serve(
            self._talk,
            HOST,
            self.port,
            process_request=self._admit,
            max_size=_MOST_BYTES,
            compression=None,
            server_header=None,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self._loop = asyncio.get_running_loop()
            self._ready.set()
            await self._stop.wait()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """None to accept the connection; otherwise the page, or a refusal."""
        place = urlsplit(request.path)
        given = parse_qs(place.query).get("token", [""])[0]
        own = {f"{HOST}:{self.port}", f"localhost:{self.port}"}
        if request.headers.get("Host") not in own:  # a host name that another site has pointed to this computer
            return connection.respond(HTTPStatus.FORBIDDEN, "This server is only for programs on this computer.\n")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc not in own:
            return connection.respond(HTTPStatus.FORBIDDEN, "Another site may not read this stream.\n")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            return connection.respond(
                HTTPStatus.UNAUTHORIZED, "The token is wrong: use the address that was printed.\n"
            )
        if place.path == "/stream":
            full = len(self._clients) >= _MOST_CLIENTS
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Too many clients.\n") if full else None
        if place.path != "/":
            return connection.respond(HTTPStatus.NOT_FOUND, "There is nothing here.\n")
        response = connection.respond(HTTPStatus.OK, self._page())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "text/html; charset=utf-8"
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
            "connect-src 'self' ws:"
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _page(self) -> str:
        width, height = (1920, 1080) if self._screen is None else (self._screen.width_px, self._screen.height_px)
        return _PAGE.read_text("utf-8").replace("{{width}}", str(width)).replace("{{height}}", str(height))

    async def _talk(self, connection: ServerConnection) -> None:
        client = _Client(connection)
        self._clients.add(client)
        sender = asyncio.create_task(client.send())
        try:
            async for text in connection:
                await connection.send(self._answer(text))
        except Exception:  # the client has disconnected
            pass
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await sender
            self._clients.discard(client)
            self.lost += client.lost

    def _answer(self, text: str | bytes) -> str:
        """What is said to a client that has sent this."""
        try:
            asked = ClientRequest.model_validate_json(text).root
        except (ValidationError, RecursionError):
            return '{"type": "error", "text": "This is no marker; docs/gaze-stream.schema.json shows one."}'
        if isinstance(asked, AboutRequest):
            return self._about().model_dump_json()
        if self.on_marker is None:
            return '{"type": "error", "text": "Nothing is being recorded, so markers are not kept."}'
        try:
            self.on_marker(asked.text, asked.time_s)
        except UserError:
            return '{"type": "error", "text": "The recording has ended, so markers are not kept."}'
        return '{"type": "ok"}'

    def _about(self) -> AboutMessage:
        screen = self._screen
        return AboutMessage(
            time_s=clock.now_s() if self.live else self._last_s,
            screen_px=None if screen is None else (screen.width_px, screen.height_px),
            models=self._models,
            recording=self.on_marker is not None,
        )

    def _hand_out(self, text: str) -> None:
        for client in self._clients:
            client.put(text)


class _Client:
    """One connection and the frames that wait for it."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.lost = 0
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_WAITING)

    def put(self, text: str) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()
            self.lost += 1
        self._waiting.put_nowait(text)

    async def send(self) -> None:
        while True:
            text = await self._waiting.get()
            await self.connection.send(text[: text.rindex('"lost":')] + f'"lost":{self.lost}}}')
