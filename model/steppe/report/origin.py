"""Where numbers come from: software, inputs, machine; how to repeat them and cite the model."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from steppe.report import words
from steppe.report.told import Block, Code, Facts, Section, Text

_SHORT = 12


def facts(record: Mapping[str, Any]) -> Facts:
    """Return what the record of a run or sweep tells of its making."""
    software, data = _of(record, "software"), _of(record, "data")
    machine, spent = _of(record, "environment"), _of(record, "resources")
    git = _of(software, "git")
    commit = str(git.get("commit") or "")
    changes = " with uncommitted changes" if git.get("dirty") else ""
    versions = _of(machine, "versions")
    system = [str(machine.get(k, "")) for k in ("implementation", "python", "platform", "machine")]
    used = [
        f"{spent['wall_seconds']:g} s" if "wall_seconds" in spent else "",
        f"{spent['peak_memory_mb']:g} MB at most" if spent.get("peak_memory_mb") else "",
    ]
    rows = {
        "Command": shlex.join(str(word) for word in record.get("command") or []),
        "Scenario, sha256": str(_of(record, "scenario").get("sha256", "")),
        "Software": f"steppe {software.get('version', '?')}"
        + (f", commit {commit[:_SHORT]}{changes}" if commit else ""),
        "Code, sha256": str(software.get("sha256", "")),
        "Data, sha256": str(data.get("sha256", "")),
        "Members and seed": f"{record.get('members')} members, seed {record.get('seed')}",
        "Begun and ended": " to ".join(
            str(record[k]) for k in ("started", "finished") if record.get(k)
        ),
        "Spent": ", ".join(u for u in used if u),
        "Machine": ", ".join(s for s in system if s),
        "Libraries": ", ".join(f"{name} {version}" for name, version in versions.items()),
    }
    return Facts(tuple((name, value) for name, value in rows.items() if value))


def section(
    parts: Sequence[tuple[str, Mapping[str, Any]]],
    commands: Sequence[str],
    advice: str,
    files: Sequence[Code],
    what: str,
) -> Section:
    """Return the section on origin: a list of facts for each of ``parts`` (title, record).

    ``commands`` repeat the work; ``advice`` says what they need; ``files`` are texts to keep;
    ``what`` is cited beside the model.
    """
    blocks: list[Block] = []
    for title, record in parts:
        if title:
            blocks.append(Text(title, kind="head"))
        blocks.append(facts(record))
    blocks += [
        Text("How to repeat it", kind="head"),
        Text(advice),
        Code("\n".join(commands)),
        *files,
        Text("How to cite it", kind="head"),
        Text(f"{plain_citation()} {what} Please cite the sources of the data, too."),
        Code(bibtex(), "BibTeX"),
    ]
    return Section("origin", "Origin, repetition, citation", tuple(blocks), fresh=True)


def cited(record: Mapping[str, Any], name: str) -> str:
    """Return how a run is cited beside the model."""
    commit = str(_of(_of(record, "software"), "git").get("commit") or "")
    day = str(record.get("started", ""))[:10]
    parts = [f"Run {name}", day, f"commit {commit[:_SHORT]}" if commit else ""]
    return f"{', '.join(p for p in parts if p)}."


def plain_citation() -> str:
    """Return how the model is cited, in one line of text."""
    found = _citation()
    return f"{_authors(found)}. {found['title']}. Version {found['version']}."


def bibtex() -> str:
    """Return how the model is cited in BibTeX."""
    found = _citation()
    names = " and ".join(f"{{{name}}}" for name in _names(found))
    kept = {
        "author": names,
        "title": f"{{{found['title']}}}",
        "version": str(found["version"]),
        "year": str(found.get("date-released", ""))[:4],
        "license": str(found.get("license", "")),
        "url": str(found.get("repository-code") or found.get("url") or ""),
    }
    fields = [f"  {key} = {{{text}}}" for key, text in kept.items() if text]
    return "@software{steppe,\n" + ",\n".join(fields) + "\n}"


def _authors(found: Mapping[str, Any]) -> str:
    return words.listed(_names(found))


def _names(found: Mapping[str, Any]) -> list[str]:
    return [
        str(
            one.get("name") or f"{one.get('given-names', '')} {one.get('family-names', '')}".strip()
        )
        for one in found["authors"]
    ]


@lru_cache(maxsize=1)
def _citation() -> Mapping[str, Any]:
    """Return ``CITATION.cff``: the source tree's, else the one inside the package."""
    package = Path(__file__).resolve().parents[1]
    tree = package.parents[1]
    in_tree = package.parent.name == "model" and (tree / "pyproject.toml").is_file()
    place = tree if in_tree else package
    found: Mapping[str, Any] = yaml.safe_load((place / "CITATION.cff").read_text(encoding="utf-8"))
    return found


def _of(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = record.get(key)
    return found if isinstance(found, Mapping) else {}
