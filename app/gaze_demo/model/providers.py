"""Where models are run: onnxruntime's execution providers, the CPU's unless another one is installed and chosen."""

from __future__ import annotations

import onnxruntime as ort

CPU = "cpu"
_PROVIDERS = {
    CPU: "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "directml": "DmlExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
_chosen = CPU


def installed_providers() -> tuple[str, ...]:
    """Names for `choose_provider` that this onnxruntime was built with, the CPU first."""
    available = set(ort.get_available_providers())
    return tuple(name for name, theirs in _PROVIDERS.items() if name == CPU or theirs in available)


def choose_provider(name: str) -> None:
    """Run the models that are loaded from now on there; if that fails they run on the CPU and report it. Raises
    ValueError for an unknown name.
    """
    if name not in _PROVIDERS:
        raise ValueError(f"{name!r} is not a provider; choose one of: {', '.join(_PROVIDERS)}")
    global _chosen
    _chosen = name


def chosen_provider() -> str:
    return _chosen


def session_providers(name: str) -> list[str]:
    """What onnxruntime is given for a session: the provider, and the CPU for what it cannot run."""
    return [_PROVIDERS[CPU]] if name == CPU else [_PROVIDERS[name], _PROVIDERS[CPU]]


def runs_on(session: ort.InferenceSession) -> str:
    """The name of the provider that a session uses first; onnxruntime silently uses the CPU if another one fails."""
    first = session.get_providers()[0]
    return next((name for name, theirs in _PROVIDERS.items() if theirs == first), CPU)
