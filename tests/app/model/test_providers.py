import logging
from pathlib import Path
from typing import Any

import onnxruntime as ort
import pytest

from app.tiny_models import follows_head
from gaze_demo.model import providers
from gaze_demo.model.registry import find_model
from gaze_demo.model.session import GazeModel


@pytest.fixture(autouse=True)
def _cpu_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_chosen", providers.CPU)


class Flaky:
    """A session of a graphics card which starts, and then may fail to run."""

    fails_to_run = False

    def __init__(self, path: str, options: Any, providers: list[str]) -> None:
        self._real = make_session(path, options, providers=["CPUExecutionProvider"])
        self._providers = providers

    def run(self, *given: Any) -> Any:
        if self.fails_to_run and len(self._providers) > 1:
            raise RuntimeError("out of memory")
        return self._real.run(*given)

    def get_providers(self) -> list[str]:
        return self._providers

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


make_session = ort.InferenceSession


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> None:
    """An onnxruntime with every provider."""
    monkeypatch.setattr(ort, "InferenceSession", Flaky)
    monkeypatch.setattr(ort, "get_available_providers", lambda: list(providers._PROVIDERS.values()))


def test_the_cpu_is_always_there_and_the_default() -> None:
    assert providers.installed_providers()[0] == "cpu"
    assert providers.chosen_provider() == "cpu"
    with pytest.raises(ValueError, match="'gpu' is not a provider; choose one of: cpu, cuda"):
        providers.choose_provider("gpu")


def test_a_provider_that_is_not_installed_falls_back_to_the_cpu_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if "cuda" in providers.installed_providers():
        pytest.skip("this onnxruntime has CUDA")
    providers.choose_provider("cuda")
    with caplog.at_level(logging.WARNING):
        model = GazeModel(find_model(str(follows_head(tmp_path / "tiny.onnx"))))
    assert model.provider == "cpu"
    assert model.notice.startswith("tiny.onnx runs on the CPU, as cuda does not work: ")
    assert model.notice in caplog.text


@pytest.mark.usefixtures("flaky")
def test_the_chosen_provider_comes_first_and_the_cpu_takes_what_it_cannot_run(tmp_path: Path) -> None:
    providers.choose_provider("directml")
    model = GazeModel(find_model(str(follows_head(tmp_path / "tiny.onnx"))))
    assert (model.provider, model.notice) == ("directml", "")


@pytest.mark.usefixtures("flaky")
def test_a_provider_that_fails_while_running_is_left_for_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Flaky, "fails_to_run", True)
    providers.choose_provider("openvino")
    model = GazeModel(find_model(str(follows_head(tmp_path / "tiny.onnx"))))
    assert model.provider == "cpu"
    assert "openvino does not work: out of memory" in model.notice
