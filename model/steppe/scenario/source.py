"""Reading a scenario file: bytes -> screened YAML -> plain data with the place of everything.

The event stream is looked at first, so that a file meant to exhaust memory (anchors and aliases,
deep nesting, many nodes) is refused before anything is built from it.  Tags and directives are
refused too: a scenario holds texts, numbers, lists and mappings, nothing else.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    NodeEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.reader import ReaderError

from steppe.scenario.problems import Problem, Problems, clip

MAX_BYTES = 1_000_000
MAX_NODES = 20_000
MAX_DEPTH = 24
_MAX_DIGITS = 64

Place = tuple[str | int, ...]
"""Keys and list positions that lead to a value, from the top: ``("events", 0, "target")``."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a key or a value is written: line and column count from 1."""

    line: int
    column: int
    width: int = 1


@dataclass(slots=True)
class Document:
    """A scenario file as plain data; ``keys`` and ``values`` tell where each is written."""

    file: str
    path: Path | None
    lines: list[str]
    data: dict[str, Any] = field(default_factory=dict)
    keys: dict[Place, Span] = field(default_factory=dict)
    values: dict[Place, Span] = field(default_factory=dict)

    def at(self, span: Span | None, message: str) -> Problem:
        """Return a problem at a span."""
        if span is None:
            return Problem(self.file, message)
        source = self.lines[span.line - 1] if span.line <= len(self.lines) else ""
        return Problem(self.file, message, span.line, span.column, source, span.width)

    def span(self, place: Place, *, key: bool = False) -> Span | None:
        """Return where ``place`` is written, or the innermost written thing around it."""
        if key and place in self.keys:
            return self.keys[place]
        while place and place not in self.values:
            place = place[:-1]
        return self.values.get(place)

    def problem(self, place: Place, message: str, *, key: bool = False) -> Problem:
        """Return a problem at the value (or the key) of ``place``."""
        return self.at(self.span(place, key=key), message)

    def line(self, place: Place) -> int | None:
        """Return the line of the key, or of the list item, at ``place``."""
        span = self.span(place, key=True)
        return span.line if span else None


def read(path: Path, shown: str) -> str:
    """Return the text of a scenario file; ``Problems`` when it cannot be one."""

    def refuse(message: str, line: int | None = None) -> Problems:
        return Problems([Problem(clip(shown, 200), message, line, None if line is None else 1)])

    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise refuse("this is a folder, not a scenario file")
        if not stat.S_ISREG(mode):
            raise refuse("this is not a regular file")
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise refuse("no such file") from None
    except PermissionError:
        raise refuse("no permission to read this file") from None
    except ValueError:
        raise refuse("this cannot be the name of a file") from None
    except OSError as error:
        raise refuse(f"cannot be read: {os.strerror(error.errno or 0)}") from None
    if len(raw) > MAX_BYTES:
        raise refuse("larger than 1 MB: this is no scenario file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise refuse("not UTF-8 text: save the file as UTF-8", line) from None


@lru_cache(maxsize=16)
def parse(text: str, file: str, path: Path | None = None) -> Document:
    """Return the document of a YAML text; ``Problems`` with every duplicate key and odd number.

    Remembered, as many scenarios extend the same file: nobody changes a document.
    """
    document = Document(clip(file, 200), path, _BREAK.split(text.removeprefix("\ufeff")))
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Problems([document.at(None, "larger than 1 MB: this is no scenario file")])
    text = text.removeprefix("\ufeff")
    try:
        _screen(text, document)
        node: Node | None = _yaml().compose(text)
    except Problems:
        raise
    except ReaderError as error:
        line = text.count("\n", 0, max(0, text.find(chr(error.character)))) + 1
        message = "a character that YAML does not allow: is this a text file?"
        raise Problems([document.at(Span(line, 1), message)]) from None
    except MarkedYAMLError as error:
        raise Problems([_syntax(error, document)]) from None
    except Exception:  # the parser's own slips on hostile text must end as an error of the file
        raise Problems([document.at(None, "this cannot be read as YAML")]) from None
    _build_top(node, document)
    return document


def _yaml() -> YAML:
    return YAML(typ="safe", pure=True)


def _screen(text: str, document: Document) -> None:
    """Refuse what could exhaust memory or is no part of a scenario, from the event stream."""
    depth = nodes = documents = 0
    for event in _yaml().parse(text):
        span = Span(event.start_mark.line + 1, event.start_mark.column + 1)

        def refuse(message: str, span: Span = span) -> Problems:
            return Problems([document.at(span, message)])

        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise refuse("a second document ('---'): a scenario file holds one")
            if event.version is not None or event.tags:
                raise refuse("YAML directives ('%...') are not allowed")
        if isinstance(event, AliasEvent):
            raise refuse("aliases ('*name') are not allowed: write the value out")
        if isinstance(event, NodeEvent):
            nodes += 1
            if event.anchor is not None:
                raise refuse("anchors ('&name') are not allowed: write the value out")
            if getattr(event, "ctag", None) is not None or getattr(event, "tag", None) is not None:
                raise refuse("tags ('!name') are not allowed: write a plain value")
            if nodes > MAX_NODES:
                raise refuse(f"more than {MAX_NODES:,} values: this is no scenario file")
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise refuse(f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, CollectionEndEvent):
            depth -= 1


def _syntax(error: MarkedYAMLError, document: Document) -> Problem:
    """Return a syntax error of the parser in plain words."""
    mark = error.problem_mark or error.context_mark
    at_end = mark is not None and mark.line >= len(document.lines) - 1
    if at_end and error.context_mark is not None:
        mark = error.context_mark  # where the bracket or quote opens, not where the file ends
    span = None if mark is None else Span(mark.line + 1, mark.column + 1)
    reason = clip(str(error.problem or error.context or "syntax error").replace("\n", " "), 120)
    if "'\\t'" in reason or "'\t'" in reason:
        return document.at(span, "a tab cannot indent YAML: use spaces")
    for words, plain in _PLAIN_WORDS.items():
        if words in reason:
            reason = plain
    return document.at(span, f"not valid YAML: {reason}")


_PLAIN_WORDS = {
    "mapping values are not allowed": "a ':' is not allowed here (wrong indentation, or a text "
    "that needs quotes)",
    "expected '<document start>'": "something stands after the end of the last value",
    "expected <block end>": "the indentation does not fit the lines above",
    "unexpected end of stream": "a quote is opened and never closed",
    "expected ',' or": "a bracket is not closed, or a comma is missing",
    "could not find expected ':'": "a ':' is missing after a key",
}


def _build_top(node: Node | None, document: Document) -> None:
    """Fill the document from the root node; ``Problems`` when it is no mapping or has slips."""
    if node is None or (node.tag == f"{_TAG}null" and not isinstance(node, MappingNode)):
        raise Problems([document.at(Span(1, 1), "the file is empty")])
    if not isinstance(node, MappingNode):
        found = "a list" if isinstance(node, SequenceNode) else "a single value"
        message = f"the top of a scenario must be 'key: value' lines, found {found}"
        raise Problems([document.at(_span(node), message)])
    problems: list[Problem] = []
    document.data = _mapping(node, (), document, problems.append)
    document.values[()] = Span(node.start_mark.line + 1, node.start_mark.column + 1)
    if problems:
        raise Problems(problems)


def _span(node: Node) -> Span:
    start, end = node.start_mark, node.end_mark
    width = end.column - start.column if end.line == start.line else 1
    if not isinstance(node, (MappingNode, SequenceNode)) and end.line != start.line:
        width = 1
    return Span(start.line + 1, start.column + 1, max(1, width))


def _build(node: Node, place: Place, document: Document, slip: Callable[[Problem], None]) -> Any:
    """Return the plain data of a node; note where it and everything inside it is written."""
    document.values[place] = _span(node)
    if isinstance(node, MappingNode):
        return _mapping(node, place, document, slip)
    if isinstance(node, SequenceNode):
        return [_build(n, (*place, i), document, slip) for i, n in enumerate(node.value)]
    try:
        return _scalar(node)
    except ValueError as error:
        slip(document.at(document.values[place], str(error)))
        return ""


def _mapping(
    node: MappingNode, place: Place, document: Document, slip: Callable[[Problem], None]
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        span = _span(key_node)
        if isinstance(key_node, (MappingNode, SequenceNode)):
            slip(document.at(span, "a key must be a text, found a list or a mapping"))
            continue
        key: str = key_node.value
        if _CONTROL.search(key):
            slip(document.at(span, "a control character is not allowed in a key"))
        elif key in data:
            first = document.keys[(*place, key)].line
            slip(document.at(span, f"duplicate key '{clip(key)}' (first on line {first})"))
        else:
            document.keys[(*place, key)] = span
            data[key] = _build(value_node, (*place, key), document, slip)
            if value_node.start_mark.index == value_node.end_mark.index:
                document.values[(*place, key)] = span  # nothing is written: point at the key
    return data


def _scalar(node: Node) -> str | int | float | bool | None:
    """Return a scalar by YAML 1.2's rules; dates stay texts.  ``ValueError`` for an odd one."""
    text: str = node.value
    kind = str(node.tag).removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in ("int", "float"):
        if len(text) > _MAX_DIGITS:
            raise ValueError("a number with too many digits")
        if "_" in text or _LEADING_ZERO.match(text):
            raise ValueError("write a number without '_' and without zeros before it")
        return _number(text.lower(), kind)
    if _CONTROL.search(text):
        raise ValueError("a control character is not allowed in a text")
    return text


def _number(text: str, kind: str) -> int | float:
    try:
        if kind == "float":
            return float(text.replace(".inf", "inf").replace(".nan", "nan"))
        digits = text.lstrip("+-")
        radix = {"0b": 2, "0o": 8, "0x": 16}.get(digits[:2], 10)
        value = int(digits[2:] if radix != 10 else digits, radix)
        return -value if text.startswith("-") else value
    except ValueError:
        raise ValueError("this is not a number") from None
