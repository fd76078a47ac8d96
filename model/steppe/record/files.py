"""Files that are there whole or not at all, and their checksums.

Nothing here knows what a run is.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO

from steppe import provenance


def write_whole(path: Path, content: Callable[[IO[bytes]], None]) -> None:
    """Write a file so that it is there whole or not at all, even when the machine stops.

    A failure leaves what was there before and gives the space of the attempt back; the error names
    the file.
    """
    attempt = path.with_name(f".{path.name}.tmp")
    try:
        with open(attempt, "wb", opener=_unlinked) as file:
            content(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(attempt, path)
    except BaseException as error:
        attempt.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise


def _unlinked(path: str, flags: int) -> int:
    """Open a file; a symbolic link of its name, which may lead anywhere, is removed before."""
    if os.path.islink(path):
        os.unlink(path)
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def write_over(path: Path, text: str) -> bool:
    """Write a text over what a file holds, which needs no new space; False when it is too long."""
    try:
        with open(path, "r+b") as file:
            content = text.encode("utf-8", "replace")
            if len(content) >= os.fstat(file.fileno()).st_size:
                return False
            file.write(content.ljust(os.fstat(file.fileno()).st_size - 1) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True


def put(file: IO[bytes], text: str) -> None:
    """Write a text in UTF-8; what it cannot spell becomes a question mark."""
    file.write(text.encode("utf-8", "replace"))


def spellable(text: str) -> str:
    """Return a text that UTF-8 can spell; a question mark stands for what it cannot."""
    return text.encode("utf-8", "replace").decode()


def remove_empty(folder: Path) -> None:
    """Remove a folder if it is empty."""
    try:
        folder.rmdir()
    except OSError:
        return


def reason(error: Exception) -> str:
    """Return why the system refused, in its own words but short."""
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC:
        return "no space left on the disk"
    return os.strerror(number).lower() if number is not None else str(error)


def checksums(folder: Path, besides: Collection[str] = ()) -> dict[str, str]:
    """Return the sha256 of every file below a folder, but for those named ``besides``."""
    names = [n for n in provenance.files_below(folder) if n not in besides]
    return {n: provenance.sha256(folder / n) for n in names}


def intact(path: Path, digest: str) -> bool:
    """Tell whether a file is there and has this sha256."""
    try:
        return provenance.sha256(path) == digest
    except (OSError, ValueError):  # a name with a null byte is no file either
        return False
