"""What tests of commands that read records do with a record, and with what the command says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from steppe import figures, provenance
from steppe.cli import run


@contextmanager
def undrawn() -> Iterator[None]:
    """Let runs draw no figures meanwhile: they take ten times as long as a short run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "write_all", lambda *_: [])
        yield


def run_undrawn(place: Path, **scenarios: str) -> None:
    """Write scenarios below a folder and run each into a folder of its name, without figures."""
    for name, text in scenarios.items():
        (place / f"{name}.yaml").write_text(text)
    with undrawn():
        for name in scenarios:
            assert run.run(str(place / f"{name}.yaml"), out=place / name, quiet=True) == 0


def rewritten(folder: Path, **changes: object) -> None:
    """Change a record as another machine or time would have written it."""
    file = folder / "record.json"
    record = json.loads(file.read_text()) | changes
    record["files"] = {name: provenance.sha256(folder / name) for name in record["files"]}
    file.write_text(json.dumps(record))


def only_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line on stderr that is all that was said."""
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1, said.err
    return said.err
