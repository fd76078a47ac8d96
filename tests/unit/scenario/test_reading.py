"""Reading files: encodings, limits and things that are no scenario file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from steppe import scenario
from steppe.parameters import Registry
from steppe.scenario import Problems, Scenario, problems
from steppe.scenario.source import parse

from .conftest import BASE

Messages = Callable[..., list[str]]


def test_a_byte_order_mark_and_windows_line_ends_are_welcome(
    tmp_path: Path, registry: Registry
) -> None:
    path = tmp_path / "windows.yaml"
    text = BASE + "set:\n  japan.conversion: 0.4\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    found = scenario.load(path, registry=registry)
    assert found.set == {"japan.conversion": 0.4}
    assert found.origins["set.japan.conversion"].line == 5


def test_numbers_and_texts_by_yaml_1_2(loads: Callable[..., Scenario]) -> None:
    found = loads(
        "set: {trade.elasticity: 1e0, link.chabahar_mashhad.days: 10,"
        " link.chabahar_mashhad.capacity: 0x10}\n"
        "description: 2017-01-01\nquestion: yes\n"
    )
    assert dict(found.set) == {
        "trade.elasticity": 1.0,
        "link.chabahar_mashhad.days": 10.0,
        "link.chabahar_mashhad.capacity": 16.0,
    }
    assert (found.description, found.question) == ("2017-01-01", "yes")


def _message(path: Path | str) -> str:
    with pytest.raises(Problems) as caught:
        scenario.load(path)
    (problem,) = caught.value.problems
    return problem.message


def test_things_that_are_no_scenario_file(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    assert _message(tmp_path / "folder.yaml") == "this is a folder, not a scenario file"
    assert _message(tmp_path / "nowhere.yaml") == "no such file"
    assert _message(tmp_path / "pipe.yaml") == "this is not a regular file"
    assert _message("/dev/zero") == "this is not a regular file"
    assert _message("a\0b.yaml") == "this cannot be the name of a file"
    assert _message("x" * 5000 + ".yaml").startswith("cannot be read: ")
    assert _message("").startswith("unknown scenario")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.yaml"
    path.write_text(BASE)

    def deny(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)  # file modes do not bind the superuser
    assert _message(path) == "no permission to read this file"


def test_a_large_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(10**12)
    assert _message(path) == "larger than 1 MB: this is no scenario file"


def test_too_many_values(slips: Messages) -> None:
    (message,) = slips("metrics: [" + "a," * 20_000 + "]\n")
    assert message == "more than 20,000 values: this is no scenario file"


MANY = 200_000
STARTS = ("[", "{a: ", "- ", "? ", "!", "---\n", '"', "&", "a: ", "\t", "%", "\0")
HOSTILE = [
    *(start * MANY for start in STARTS),
    "b" * MANY + ": 1",
    "title: " + "9" * MANY,
    "".join(f"key{n}: 1\n" for n in range(5_000)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:5]))
def test_hostile_texts_end_soon_and_briefly(text: str, registry: Registry) -> None:
    began = time.perf_counter()
    with pytest.raises(Problems) as caught:
        scenario.loads(text, registry=registry)
    assert time.perf_counter() - began < 10.0
    assert len(str(caught.value)) < 50_000


def test_thousands_of_unknown_names_do_not_search_thousands_of_times(
    slips: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []

    def search(name: str, *rest: object, **options: object) -> list[str]:
        searched.append(name)
        return []

    monkeypatch.setattr(problems, "get_close_matches", search)
    names = "".join(f"  japan.conversio{n}: 0\n" for n in range(1_000))
    assert len(slips(f"set:\n{names}")) == 1_000
    assert len(searched) == 25


def test_positions_of_keys_values_and_items() -> None:
    document = parse("a:\n  - {b: 1, 'c d': two}\n  - x\n", "f")
    place = {p: (s.line, s.column, s.width) for p, s in document.values.items()}
    assert place[("a", 0, "b")] == (2, 9, 1)
    assert place[("a", 0, "c d")] == (2, 19, 3)
    assert place[("a", 1)] == (3, 5, 1)
    assert document.keys[("a", 0, "c d")].column == 12
    assert document.span(("a", 0, "nothing", "here")) == document.values[("a", 0)]
