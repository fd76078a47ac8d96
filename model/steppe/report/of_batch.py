"""A report on a batch: every scenario's question, answers and headline outcomes."""

from __future__ import annotations

import shlex
from pathlib import Path

from steppe.record import RecordError, RunRecord
from steppe.report import of_run, origin, recorded, scenarios, trusting, words
from steppe.report import outcomes as answers
from steppe.report.opening import Batch
from steppe.report.problem import ReportError
from steppe.report.told import Block, Report, Section, Table, Text

OF_A_RUN = 3
MOST = 8
"""Answers of the first page."""


def told(batch: Batch) -> Report:
    """Return what is told of a batch; runs that are missing are told to be."""
    runs, missing = _runs(batch)
    if not runs:
        raise ReportError(f"{batch.path}: no run of this batch can be read")
    members = int(batch.record["members"])
    waiting = [str(name) for name in batch.record["waiting"]]
    warnings = list(missing)
    if waiting:
        warnings.append(f"Not run yet: {words.listed(waiting)}.")
    for run in runs:
        warnings += of_run.warnings(run, run.record["scenario"]["name"])
    briefs = {run.path.name: _brief(run) for run in runs}
    leading = [own[0] for own in briefs.values() if own]
    return Report(
        kind="Report on a batch",
        title=f"{words.counted(len(runs), 'scenario')} over the same members",
        line=f"{words.counted(members, 'member')} · seed {batch.record['seed']}",
        question="What does each of these scenarios change?",
        asked=tuple(
            f"{run.record['scenario']['name']}: {words.flat(run.record['scenario']['title'])}."
            for run in runs
        ),
        answers=tuple(leading[:MOST]),
        answered="Of each scenario, what moves most against its parent, member by member, or what "
        "stands out where it has none; all scenarios have the same members, who meet the same "
        "shocks.",
        trust=trusting.brief(members),
        warnings=tuple(warnings),
        sections=tuple(
            [
                *(_section(run, briefs[run.path.name], i) for i, run in enumerate(runs, 1)),
                trusting.section(),
                _origin(batch, runs),
            ]
        ),
    )


def _runs(batch: Batch) -> tuple[list[RunRecord], list[str]]:
    """Return the runs of a batch in their order, and a sentence on each that cannot be read."""
    found, missing = [], []
    for row in batch.record["runs"]:
        try:
            found.append(RunRecord.open(batch.path / Path(row["run"]).name))
        except RecordError as problem:
            missing.append(f"{row['scenario']} is left out: {problem}.")
    return found, missing


def _brief(run: RunRecord) -> tuple[str, ...]:
    if not (recorded.has(run, "summary.csv") and of_run.whole(run)):
        return ()
    rows, members = run.summary(), int(run.record["members"])
    name, parent = run.record["scenario"]["name"], run.record["scenario"]["parent"]
    if any(r.difference is not None for r in rows):
        told = answers.changes(rows, str(parent), members)
    else:
        told = answers.levels(rows, members)
    return tuple(f"{name}: {t}" for t in told[:OF_A_RUN])


def _section(run: RunRecord, brief: tuple[str, ...], number: int) -> Section:
    case = run.scenario()
    members = int(run.record["members"])
    parent = str(run.record["scenario"]["parent"] or "")
    blocks: list[Block] = [Text(scenarios.question(case), kind="lead")]
    blocks += [Text(sentence.partition(": ")[2]) for sentence in brief]
    rows = run.summary() if recorded.has(run, "summary.csv") else []
    if rows:
        compared = any(r.difference is not None for r in rows)
        against = f" and against {parent}, member by member" if compared else ""
        caption = f"Headline outcomes of {case.name}{against}. {words.when(case.horizon)}"
        blocks.append(answers.table(rows, parent, members, caption))
    else:
        blocks.append(Text("The run left no outcomes."))
    blocks += [b for b in scenarios.changes(case, scenarios.parent_of(case, parent)) if
               isinstance(b, Table)]  # fmt: skip
    return Section(f"run-{number}", words.flat(case.title), tuple(blocks), fresh=True)


def _origin(batch: Batch, runs: list[RunRecord]) -> Section:
    commands = [f"steppe rerun {shlex.quote(run.path.name)} --verify" for run in runs]
    return origin.section(
        [(run.record["scenario"]["name"], run.record) for run in runs],
        commands,
        f"With the runs of {batch.path.resolve().name} in ./runs:",
        [],
        " ".join(origin.cited(run.record, run.path.name) for run in runs),
    )
