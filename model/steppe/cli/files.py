"""Files that commands write where a user says: never over anything unasked, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from steppe.exchange.problem import ExchangeError
from steppe.record import reason
from steppe.scenario.problems import clip


class CannotWrite(Exception):
    """The disk refuses; the message is one sentence for the user."""


def free(path: Path, force: bool) -> Path:
    """Return a path that may be written; :class:`ExchangeError` about ``out`` when it may not."""
    named = clip(str(path), 200)
    if "\0" in str(path):
        raise ExchangeError(f"{named} is no name of a file", "out")
    try:
        if path.is_dir():
            raise ExchangeError(f"{named} is a folder: name a file in it", "out")
        there = os.path.lexists(path)
        if there and path.exists() and not path.is_file():
            raise ExchangeError(f"{named} is no file, but perhaps a pipe", "out")
        if not path.parent.is_dir():
            raise ExchangeError(f"there is no folder {clip(str(path.parent), 200)}", "out")
    except (OSError, UnicodeError):
        raise ExchangeError(f"{named} is no name of a file", "out") from None
    if there and not force:
        raise ExchangeError(f"{named} exists already; --force writes over it", "out")
    return path


def whole(path: Path, fill: Callable[[Path], None]) -> None:
    """Let ``fill`` write a file beside ``path`` that takes its place when it is whole."""
    attempt: Path | None = None
    try:
        number, name = tempfile.mkstemp(
            prefix=".steppe-", suffix=".tmp" + path.suffix, dir=path.parent
        )
        os.close(number)
        attempt = Path(name)
        fill(attempt)
        with open(attempt, "rb+") as file:
            os.fsync(file.fileno())
        attempt.chmod(0o666 & ~_umask())
        os.replace(attempt, path)
    except OSError as error:
        raise CannotWrite(f"cannot write {path}: {reason(error)}") from error
    finally:
        if attempt is not None:
            with suppress(OSError):
                attempt.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
