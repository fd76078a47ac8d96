"""A run as an RO-Crate: its files, what they are, which software made them and how to repeat it.

The crate conforms to RO-Crate 1.1 and to the profile Process Run Crate 0.5, and is a zip archive
whose bytes depend on the run alone.
"""

from __future__ import annotations

import json
import shlex
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from steppe.exchange.problem import ExchangeError, library
from steppe.exchange.source import Source, finished
from steppe.record import RECORD

VERSION = "1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
LICENCE = "https://spdx.org/licenses/MIT"
SOFTWARE = "#steppe"
SHA256 = "http://schema.org/sha256"
"""A term of schema.org that the context of RO-Crate 1.1 lacks."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: the earliest that a zip archive can tell."""

_PARQUET = "application/vnd.apache.parquet"
_TYPES = {
    ".parquet": _PARQUET,
    ".csv": "text/csv",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".png": "image/png",
}

_FILES = {
    RECORD: "Record of the run: versions, seed, hashes of all files",
    "scenario.yaml": "The scenario as the run resolved it",
    "summary.csv": "Headline outcomes with their 90 % bands",
    "members.parquet": "A row a member: what was drawn and what came of it",
    "series.parquet": "A row a series and quarter: mean and quantiles over the members",
    "chronicle.parquet": "A row for everything that happened in a member",
    "trajectories.parquet": "A row a series, quarter and member",
}


def write(source: Source, path: Path, authors: Sequence[str] = ()) -> None:
    """Write the crate; :class:`ExchangeError` for a run that is not closed or was changed since."""
    run = source.run
    if run.status == "running":
        raise ExchangeError(f"{run.path}: this run is not closed: still running, or killed")
    damaged = run.damaged()
    if damaged:
        raise ExchangeError(f"{run.path / damaged[0]}: missing or changed since the run")
    names = sorted((RECORD, *run.record["files"]))
    inside = run.path.resolve()
    for name in names:
        if not (run.path / name).resolve().is_relative_to(inside):
            raise ExchangeError(f"{run.path}: its record names a file outside of it")
    metadata = json.dumps(
        description(source, names, authors), indent=2, ensure_ascii=False, sort_keys=True
    )
    with zipfile.ZipFile(path, "w") as archive:
        _put(archive, "ro-crate-metadata.json", metadata.encode("utf-8", "replace"))
        for name in names:
            _put(archive, name, (run.path / name).read_bytes())


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    packed = name.endswith((".parquet", ".png"))
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def description(source: Source, names: Sequence[str], authors: Sequence[str]) -> dict[str, Any]:
    """Return ``ro-crate-metadata.json``."""
    module = library("rocrate.rocrate", "rocrate")
    crate = module.ROCrate(version=VERSION)
    crate.metadata.extra_terms["sha256"] = SHA256
    about, record = source.about(), source.run.record
    software = _software(module, crate, about)
    files = {name: _file(crate, source, name) for name in names}
    people = [_person(module, crate, i, name) for i, name in enumerate(authors)]
    crate.name = f"{about['scenario']}: {about['title']}"
    crate.description = (
        f"A run of the scenario {about['scenario']} by {about['software']}: {about['members']} "
        f"members, seed {about['seed']}, {record['scenario']['start']} to "
        f"{record['scenario']['end']}, status {about['status']}. The data behind the model keep "
        "the terms of their sources (data/LICENSES.md of steppe)."
    )
    root = crate.root_dataset
    root["datePublished"] = finished(source)
    root["license"] = _entity(
        module, crate, LICENCE, "CreativeWork", name="MIT License", url=LICENCE
    )
    root["conformsTo"] = _entity(
        module, crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )
    root["keywords"] = ["agent-based model", "Central Asia", "scenario analysis"]
    if people:
        root["author"] = people
    action = crate.add_action(
        software,
        identifier="#run",
        object=[files["scenario.yaml"]] if "scenario.yaml" in files else [],
        result=[f for name, f in files.items() if name != "scenario.yaml"],
        properties=_action(source),
    )
    if people:
        action["agent"] = people
    root["mentions"] = action
    found: dict[str, Any] = crate.metadata.generate()
    return found


def _software(module: Any, crate: Any, about: dict[str, str]) -> Any:
    words = {"name": "steppe", "license": {"@id": LICENCE}}
    version = about["software"].removeprefix("steppe ")
    words["version"] = version  # and not softwareVersion as well, which the profile discourages
    if "commit" in about:
        words["identifier"] = about["commit"]
    return _entity(module, crate, SOFTWARE, "SoftwareApplication", **words)


def _file(crate: Any, source: Source, name: str) -> Any:
    path = source.run.path / name
    about: dict[str, Any] = {
        "name": _FILES.get(name, Path(name).name),
        "contentSize": str(path.stat().st_size),
        "encodingFormat": _TYPES.get(path.suffix, "application/octet-stream"),
    }
    digest = source.run.record["files"].get(name)
    if digest is not None:
        about["sha256"] = digest
    return crate.add_file(path, dest_path=name, properties=about)


def _person(module: Any, crate: Any, number: int, name: str) -> Any:
    return _entity(module, crate, f"#author-{number + 1}", "Person", name=name)


def _entity(module: Any, crate: Any, identity: str, kind: str, **words: Any) -> Any:
    return crate.add(module.ContextEntity(crate, identity, properties={"@type": kind, **words}))


def _action(source: Source) -> dict[str, str]:
    """Return what was done and how to do it again."""
    record = source.run.record
    words = shlex.join(str(word) for word in record["command"])
    failed = record["status"] != "done"  # failed, or interrupted before its last quarter
    told = {
        "@type": "CreateAction",
        "name": f"Run of the scenario {source.scenario}",
        "description": f"{words}. To repeat it from the unpacked crate: steppe rerun . ; to check "
        "its numbers: steppe rerun . --verify",
        "startTime": str(record["started"]),
        "endTime": finished(source),
        "actionStatus": "http://schema.org/"
        + ("FailedActionStatus" if failed else "CompletedActionStatus"),
    }
    return told
