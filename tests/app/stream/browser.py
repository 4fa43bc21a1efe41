"""A headless Chromium, driven by its own debugging protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_LONGEST_S = 60.0


def browser_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One page. Attributes: `troubles`, errors in the page's console."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self.troubles: list[str] = []

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        end = time.monotonic() + _LONGEST_S
        while time.monotonic() < end:
            message = json.loads(self._socket.recv(_LONGEST_S))
            if message.get("id") == self._number:
                assert "error" not in message, message
                return dict(message["result"])
            self._note(message)
        raise AssertionError(f"no answer to {method}")

    def value(self, script: str) -> Any:
        """The value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"]
        return result.get("value")

    def wait_for(self, script: str) -> Any:
        """The value of an expression as soon as it is true."""
        end = time.monotonic() + _LONGEST_S
        while not (value := self.value(script)):
            assert time.monotonic() < end, f"never: {script}"
            time.sleep(0.05)
        return value

    def picture(self) -> bytes:
        """A PNG of the visible page."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.troubles.append(str(params["exceptionDetails"]))
        elif message.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.troubles.append(str(params["entry"].get("text")))


class Browser:
    """A running browser, which opens pages."""

    def __init__(self, address: str, whole: ClientConnection) -> None:
        self._address = address
        self._whole = whole

    @contextmanager
    def page(self, url: str, width: int = 1280, height: int = 800) -> Iterator[Page]:
        target = Page(self._whole).call("Target.createTarget", url="about:blank")["targetId"]
        with connect(f"{self._address}/devtools/page/{target}", max_size=None) as socket:
            page = Page(socket)
            for domain in ("Page", "Runtime", "Log"):
                page.call(f"{domain}.enable")
            page.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
            )
            page.call("Page.navigate", url=url)
            yield page
            page.call("Page.close")


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    """A browser whose data lie in `folder`, a new one."""
    path = browser_path()
    assert path is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0"]
    command = [path, *options, f"--user-data-dir={folder}", "about:blank"]
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=silent, stderr=silent, start_new_session=True)
    try:
        port, own = _port(folder / "DevToolsActivePort", process)
        address = f"ws://127.0.0.1:{port}"
        with connect(f"{address}{own}", max_size=None) as whole:
            yield Browser(address, whole)
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the named program may be a script that runs the browser
        process.wait()


def _port(file: Path, process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """The port and the path that the browser writes down once it listens."""
    end = time.monotonic() + _LONGEST_S
    while time.monotonic() < end and process.poll() is None:
        lines = file.read_text().split("\n") if file.exists() else []
        if len(lines) >= 2:
            return lines[0], lines[1]
        time.sleep(0.05)
    raise AssertionError("the browser did not start")
