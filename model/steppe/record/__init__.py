"""What a run leaves behind, and reading it back.

A run is a folder ``<scenario>-<UTC time>-<6 hex of the scenario's hash>``.  Its ``record.json`` is
written before the first quarter with status ``running`` and closed at the end, whether the run was
done, failed or was interrupted; it names the software, the inputs and the sha256 of every other
file.  Files appear whole or not at all.

:class:`RunFolder` writes (:mod:`steppe.record.writing`), :class:`RunRecord` reads
(:mod:`steppe.record.reading`); both share the form of a record, ``summary.csv`` and
:mod:`steppe.record.files`.  Opening a record and its summary needs neither pandas nor pyarrow.
"""

from __future__ import annotations

from steppe.record.files import reason, write_whole
from steppe.record.form import BATCH, INDEX, RECORD, REPORT, SCENARIO, RecordError, Status
from steppe.record.reading import RUNS, RunRecord, kind_of, run_folder, runs
from steppe.record.summary import COLUMNS as SUMMARY
from steppe.record.writing import RunFolder, folder_name

__all__ = [
    "BATCH",
    "INDEX",
    "RECORD",
    "REPORT",
    "RUNS",
    "SCENARIO",
    "SUMMARY",
    "RecordError",
    "RunFolder",
    "RunRecord",
    "Status",
    "folder_name",
    "kind_of",
    "reason",
    "run_folder",
    "runs",
    "write_whole",
]
