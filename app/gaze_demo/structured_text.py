"""Reads YAML, JSON and OpenCV's XML from untrusted files, into plain values.

YAML is read by PyYAML's safe loader and XML by expat, both with limits of size and depth. OpenCV's own FileStorage
parser never reads such a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from gaze_demo.errors import UserError

MAX_BYTES = 512 * 1024
MAX_DEPTH = 32
MAX_NODES = 50_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NotStructured(ValueError):
    """The text has none of these formats, or exceeds the limits."""


class _Loader(_LOADER):  # type: ignore[misc]
    """Reads a node with an unknown tag, such as `!!opencv-matrix`, as a plain mapping, list or text."""


def _foreign(loader: Any, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_constructor(None, _foreign)


def read_structured(path: Path, kind: str) -> Mapping[str, Any]:
    """The top level mapping of a file. Raises UserError; `kind` says what the file should have been."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error}): give {kind}.") from None
    if len(data) > MAX_BYTES:
        raise UserError(f"{path} is too large: {kind} has at most {MAX_BYTES // 1024} kB.")
    try:
        return parse_structured(decoded(data))
    except (NotStructured, UnicodeDecodeError):
        raise UserError(f"{path} cannot be read: it is not {kind}.") from None


def decoded(data: bytes) -> str:
    """Text as UTF-8 or UTF-16, with or without a byte order mark. Raises UnicodeDecodeError."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if data[:2].count(0) == 1:  # ASCII in UTF-16 has a zero in every pair
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le")
    return data.decode("utf-8-sig")


def parse_structured(text: str) -> Mapping[str, Any]:
    """The top level mapping of a text. Raises NotStructured."""
    begin = text.lstrip()
    try:
        if begin.startswith("<"):
            found = _parse_xml(text)
        elif begin.startswith("{"):
            found = json.loads(text)
            _check_bounds(found)
        else:
            found = _parse_yaml(text)
    except (yaml.YAMLError, ElementTree.ParseError, ValueError, RecursionError, OverflowError, TypeError) as error:
        raise NotStructured(str(error)) from error
    if not isinstance(found, dict):
        raise NotStructured("not a mapping")
    return {str(key): value for key, value in found.items()}


def _parse_yaml(text: str) -> Any:
    lines = [line for line in text.splitlines() if not line.startswith("%YAML")]  # OpenCV's own is no YAML
    text = "\n".join(lines)
    depth = nodes = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise NotStructured("aliases are not read")
        documents += isinstance(event, yaml.DocumentStartEvent)
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or nodes > MAX_NODES or documents > 1:
            raise NotStructured("too deep, too long, or several documents")
    return yaml.load(text, Loader=_Loader)


def _parse_xml(text: str) -> Any:
    """OpenCV's storage: children of the root by name; a child with children is a mapping, a list of `_` a list."""
    if "<!" in text.replace("<!--", ""):
        raise NotStructured("declarations of types and entities are not read")
    text = text.lstrip()
    if text.startswith("<?xml"):
        text = text[text.index("?>") + 2 :]  # it may name an encoding, and the text is decoded already
    parser: Any = ElementTree.XMLPullParser(("start", "end"))
    depth = nodes = 0
    root: ElementTree.Element | None = None
    for start in range(0, len(text), 4096):
        parser.feed(text[start : start + 4096])
        for event, element in parser.read_events():
            root = element if root is None and isinstance(element, ElementTree.Element) else root
            depth += 1 if event == "start" else -1
            nodes += 1
            if depth > MAX_DEPTH or nodes > 2 * MAX_NODES:
                raise NotStructured("too deep or too long")
    parser.close()
    if root is None:
        raise NotStructured("no element")
    return {child.tag: _xml_value(child) for child in root}


def _xml_value(element: ElementTree.Element) -> Any:
    if len(element):
        if all(child.tag == "_" for child in element):
            return [_xml_value(child) for child in element]
        return {child.tag: _xml_value(child) for child in element}
    words = (element.text or "").split()
    values = [_number_or_text(word) for word in words]
    if element.tag == "data" or (len(values) > 1 and not any(isinstance(value, str) for value in values)):
        return values
    return values[0] if len(values) == 1 else " ".join(words)


def _number_or_text(word: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _check_bounds(value: Any) -> None:
    """Raises NotStructured where a JSON value is too deep or too long."""
    level, nodes = [value], 0
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for one in level:
            inner.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        nodes += len(inner)
        if not inner:
            return
        if nodes > MAX_NODES:
            break
        level = inner
    raise NotStructured("too deep or too long")
