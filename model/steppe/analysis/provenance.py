"""What differs between the machine and software of two records, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_SHORT = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was otherwise ``then`` than it is ``now``; ``inputs`` marks code and data."""

    what: str
    then: str
    now: str
    inputs: bool = False

    def __str__(self) -> str:
        return f"{self.what}: then {self.then}, now {self.now}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Return what differs between two records; what one of them does not tell is left out."""
    hashed = all(_at(record, ("software", "sha256")) is not None for record in (then, now))
    told = not hashed  # the code's own hash knows better than git whether the code is the same
    found = [
        *_plain("steppe", ("software", "version"), then, now, inputs=True),
        *_plain("git commit", ("software", "git", "commit"), then, now, inputs=told),
        *_plain("uncommitted changes", ("software", "git", "dirty"), then, now, inputs=told),
        *_plain("code", ("software", "sha256"), then, now, inputs=True),
        *_plain("data", ("data", "sha256"), then, now, inputs=True),
    ]
    for name in ("python", "implementation", "platform", "machine"):
        found += _plain(name, ("environment", name), then, now)
    versions = [_at(r, ("environment", "versions")) for r in (then, now)]
    names = dict.fromkeys(n for v in versions if isinstance(v, Mapping) for n in v)
    for name in names:
        found += _plain(name, ("environment", "versions", name), then, now)
    found += _features(then, now)
    found += _plain("kernels' target", ("environment", "kernels", "target"), then, now)
    found += _plain("kernels compiled", ("environment", "kernels", "compiled"), then, now)
    return found


def _at(record: Any, path: tuple[str, ...]) -> Any:
    for word in path:
        record = record.get(word) if isinstance(record, Mapping) else None
    return record


def _plain(
    what: str,
    path: tuple[str, ...],
    then: Mapping[str, Any],
    now: Mapping[str, Any],
    inputs: bool = False,
) -> list[Change]:
    before, after = _at(then, path), _at(now, path)
    if before is None or after is None or before == after:
        return []
    return [Change(what, _spelled(before), _spelled(after), inputs)]


def _features(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Return the processor's features that only one of the two has."""
    path = ("environment", "cpu_features")
    told = [_at(record, path) for record in (then, now)]
    if not all(isinstance(one, list) for one in told):
        return []
    before, after = ({str(word) for word in one} for one in told)
    if before == after:
        return []
    gone, come = sorted(before - after), sorted(after - before)
    return [Change("CPU features", _listed(gone), _listed(come))]


def _listed(words: list[str]) -> str:
    return "also " + " ".join(words) if words else "none beyond"


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    is_hash = len(text) in (40, 64) and all(c in "0123456789abcdef" for c in text)
    return text[:_SHORT] if is_hash else text
