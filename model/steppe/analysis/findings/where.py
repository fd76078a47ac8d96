"""Which points are of interest: comparisons of outcomes, joined by ``and``, ``or`` and ``not``.

    influence_share[JPN,UZB] > 0.1 and corridor_share[chabahar] >= 5e-2
    0.1 < influence_share[JPN,UZB] <= 0.3 or not (influence_share[JPN,UZB] < alignment[CHN,UZB])

A condition is read into a tree of :class:`Compare`, :class:`Both`, :class:`Either` and
:class:`Not`; nothing of it is ever executed.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from steppe.analysis.findings.problem import FindingError
from steppe.analysis.findings.reading import unknown
from steppe.scenario.problems import clip

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]
Values = Mapping[str, Array]

LONGEST, DEEPEST = 2_000, 30

ARGUMENT = "where"

_COMPARE: dict[str, Callable[[Array, Array], Truth]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.\[])
      | (?P<name>[^\W\d][\w.]*(?:\s*\[[^\[\]]*\])?)
      | (?P<relation><=|>=|==|!=|<>|=|<|>)
      | (?P<bracket>[()])
      | (?P<sign>&&?|\|\|?|[~!])
    )""",
    re.VERBOSE | re.ASCII,
)
_WORDS = ("and", "or", "not")


@dataclass(frozen=True)
class Compare:
    """One comparison; each side is an outcome's label or a number."""

    left: str | float
    relation: str
    right: str | float

    def holds(self, values: Values) -> Truth:
        left, right = (
            values[s] if isinstance(s, str) else np.asarray(s) for s in (self.left, self.right)
        )
        return _COMPARE[self.relation](left, right)

    def labels(self) -> Iterator[str]:
        yield from (s for s in (self.left, self.right) if isinstance(s, str))

    def __str__(self) -> str:
        sides = (s if isinstance(s, str) else f"{s:.15g}" for s in (self.left, self.right))
        return f" {self.relation} ".join(sides)


@dataclass(frozen=True)
class Joined:
    """Conditions of which all must hold, or any."""

    word: str
    parts: tuple[Condition, ...]

    def holds(self, values: Values) -> Truth:
        join = operator.and_ if self.word == "and" else operator.or_
        return reduce(join, (part.holds(values) for part in self.parts))

    def labels(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.labels()

    def __str__(self) -> str:
        return f" {self.word} ".join(_nested(part) for part in self.parts)


@dataclass(frozen=True)
class Not:
    """A condition that must not hold."""

    part: Condition

    def holds(self, values: Values) -> Truth:
        return ~self.part.holds(values)

    def labels(self) -> Iterator[str]:
        yield from self.part.labels()

    def __str__(self) -> str:
        return f"not {_nested(self.part)}"


Condition = Compare | Joined | Not


def parse(text: str, known: Sequence[str]) -> Condition:
    """Read a condition on the outcomes ``known``; :class:`FindingError` with a sentence."""
    return _Parser(text, known).whole()


def labels(condition: Condition) -> list[str]:
    """Return the outcomes that a condition compares, in order."""
    return list(dict.fromkeys(condition.labels()))


def _nested(part: Condition) -> str:
    return f"({part})" if isinstance(part, Joined) else str(part)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


class _Parser:
    """Reads by recursive descent: or, and, not, comparisons."""

    def __init__(self, text: str, known: Sequence[str]) -> None:
        self._known = known
        if len(text) > LONGEST:
            raise FindingError(f"longer than {LONGEST:,} characters", ARGUMENT)
        self._tokens = list(self._read(text))
        self._place = 0

    def whole(self) -> Condition:
        found = self._any(0)
        if self._next.kind != "end":
            raise self._error(f"expected 'and' or 'or', found {self._told()}")
        return found

    # tokens

    def _read(self, text: str) -> Iterator[_Token]:
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                at += len(text[at:]) - len(text[at:].lstrip())
                raise _error(f"cannot read '{clip(text[at:], 20)}'", at)
            kind = str(match.lastgroup)
            word, start = match[kind], match.start(kind)
            if kind == "sign" or word in ("==", "!=", "<>", "="):
                meant = {"&": "and", "|": "or"}.get(word[0], "not")
                told = (
                    f"write '{meant}' instead of '{word}'"
                    if kind == "sign"
                    else f"'{word}' asks for equal outcomes, which do not occur: use < or >"
                )
                raise _error(told, start)
            if kind == "name" and word.lower() in _WORDS:
                kind, word = "word", word.lower()
            yield _Token(kind, word, start)
            at = match.end()
        yield _Token("end", "", len(text))

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self, kind: str, *words: str) -> _Token | None:
        token = self._next
        if token.kind != kind or (words and token.text not in words):
            return None
        self._place += 1
        return token

    def _told(self) -> str:
        return "the end" if self._next.kind == "end" else f"'{clip(self._next.text, 40)}'"

    def _error(self, told: str) -> FindingError:
        return _error(told, self._next.at)

    # grammar

    def _any(self, depth: int) -> Condition:
        return self._joined("or", self._all, depth)

    def _all(self, depth: int) -> Condition:
        return self._joined("and", self._one, depth)

    def _joined(self, word: str, inner: Callable[[int], Condition], depth: int) -> Condition:
        parts = [inner(depth)]
        while self._take("word", word):
            parts.append(inner(depth))
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _one(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise self._error("too many brackets in one another")
        if self._take("word", "not"):
            return Not(self._one(depth + 1))
        if self._take("bracket", "("):
            inside = self._any(depth + 1)
            if self._take("bracket", ")") is None:
                raise self._error(f"expected ')', found {self._told()}")
            return inside
        return self._comparison()

    def _comparison(self) -> Condition:
        """Read ``a < b`` or a chain ``a < b < c``."""
        sides, relations = [self._side()], []
        while relation := self._take("relation"):
            relations.append(relation)
            sides.append(self._side())
        if not relations:
            raise self._error(f"expected <, <=, > or >=, found {self._told()}")
        pairs = [
            Compare(left, relation.text, right)
            for left, relation, right in zip(sides[:-1], relations, sides[1:], strict=True)
        ]
        for pair, relation in zip(pairs, relations, strict=True):
            if not any(isinstance(side, str) for side in (pair.left, pair.right)):
                raise _error("two numbers are compared, and no outcome", relation.at)
        return pairs[0] if len(pairs) == 1 else Joined("and", tuple(pairs))

    def _side(self) -> str | float:
        if number := self._take("number"):
            value = float(number.text)
            if not math.isfinite(value):
                raise _error(f"{clip(number.text, 20)} is too large a number", number.at)
            return value
        name = self._take("name")
        if name is None:
            raise self._error(f"expected an outcome or a number, found {self._told()}")
        label = re.sub(r"\s", "", name.text)
        if label not in self._known:
            cells = [c for c in self._known if c.startswith(f"{label}[")]
            if cells:
                raise _error(f"say which cell of {label}, such as {clip(cells[0])}", name.at)
            raise _error(unknown(label, self._known), name.at)
        return label


def _error(told: str, at: int) -> FindingError:
    return FindingError(f"{told} (column {at + 1})", ARGUMENT)
