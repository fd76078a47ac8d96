"""The command ``steppe``: names, options and exit codes.

Every command imports its implementation when it is called, so that ``steppe --help`` and the
commands about scenario files stay quick.  Exit codes: 0 done, 1 a run failed or a repetition came
out otherwise, 2 a wrong call, an invalid scenario or an unreadable record, 3 some points of a sweep
or scenarios of a batch failed, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

from steppe import __version__
from steppe.cli import options
from steppe.cli.codes import DONE, FAILED, INTERRUPTED, USAGE
from steppe.cli.progress import say

app = typer.Typer(
    name="steppe",
    help="An agent-based scenario simulator of the geoeconomics of Central Asia.",
    epilog="SCENARIO is the name of a shipped scenario or the path of a file.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Listed(StrEnum):
    """What ``steppe list`` can list."""

    scenarios = "scenarios"
    parameters = "parameters"
    metrics = "metrics"
    runs = "runs"


def _version(wanted: bool) -> None:
    if wanted:
        print(f"steppe {__version__}")
        raise typer.Exit(DONE)


@app.callback()
def steppe(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: options.Debug = False,
) -> None:
    context.obj = debug


@app.command()
def run(
    context: typer.Context,
    scenario: options.Scenario,
    members: Annotated[
        int | None, typer.Option(metavar="N", help="Parallel worlds, instead of the scenario's.")
    ] = None,
    seed: options.Seed = None,
    set_values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Fix a parameter: trade.elasticity=3; repeatable.",
        ),
    ] = None,
    out: options.Runs = None,
    workers: options.Workers = None,
    trajectories: options.Trajectories = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run a scenario and leave a record of it."""

    def work(debug: bool) -> int:
        from steppe.cli import run as implementation

        return implementation.run(
            scenario,
            members=members,
            seed=seed,
            set_values=tuple(set_values or ()),
            out=out,
            workers=workers,
            trajectories=trajectories,
            as_json=as_json,
            quiet=quiet,
            debug=debug,
        )

    _finish(context, debug, work)


@app.command(short_help="Run several scenarios over the same members.")
def batch(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="FILE...|DIR")],
    members: Annotated[
        int | None, typer.Option(metavar="N", help="Parallel worlds, instead of the first's.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="S", help="Seed of all, instead of the first's.")
    ] = None,
    set_values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Fix a parameter in all; repeatable."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="The batch's own folder.")] = None,
    workers: options.Workers = None,
    trajectories: options.Trajectories = None,
    figures: Annotated[bool, typer.Option("--figures", help="Draw each run's figures.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the batch in DIR.")] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run scenarios, files or folders of them, with the same members and seed, and index them."""

    def work(debug: bool) -> int:
        from steppe.cli import batch as implementation

        return implementation.batch(
            names,
            members=members,
            seed=seed,
            set_values=tuple(set_values or ()),
            out=out,
            workers=workers,
            trajectories=trajectories,
            figures=figures,
            resume=resume,
            as_json=as_json,
            quiet=quiet,
            debug=debug,
        )

    _finish(context, debug, work)


@app.command(short_help="Run a scenario at many points.")
def sweep(
    context: typer.Context,
    scenario: Annotated[str | None, typer.Argument(metavar="[SCENARIO]")] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=LOW:HIGH[:N]",
            help="A parameter that varies, or 'levers' or 'uncertainties'; repeatable.",
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="lhs|sobol|morris|factorial", help="How points are laid out.")
    ] = "lhs",
    samples: Annotated[
        int | None, typer.Option(metavar="N", help="Points, Saltelli's groups or trajectories.")
    ] = None,
    points: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Points from a table instead.")
    ] = None,
    members: Annotated[
        int | None, typer.Option(metavar="M", help="Members of each point (10).")
    ] = None,
    seed: options.Seed = None,
    set_values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Fix a parameter; repeatable."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="The sweep's own folder.")] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Worker processes on this machine.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask cluster: tcp://host:8786.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the sweep in DIR.")] = False,
    extend: Annotated[
        int | None, typer.Option(metavar="N", help="Add N samples to the sweep in DIR.")
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Compute failed points again.")
    ] = False,
    share: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only the I-th of N shares; merge later.")
    ] = None,
    max_time: Annotated[
        str | None, typer.Option(metavar="TIME", help="End resumably after 90s, 30m, 2h.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell points, time, disk and memory.")
    ] = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run a scenario at many points of its parameters, each with the same members.

    A sweep is a folder: stopped at any moment, it goes on with --resume --out DIR.
    """

    def work(debug: bool) -> int:
        from steppe.cli import sweep as implementation

        return implementation.sweep(
            scenario,
            vary=tuple(vary or ()),
            points=points,
            method=method,
            samples=samples,
            members=members,
            seed=seed,
            set_values=tuple(set_values or ()),
            out=out,
            resume=resume,
            extend=extend,
            retry_failed=retry_failed,
            share=share,
            max_time=max_time,
            workers=workers,
            scheduler=scheduler,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            debug=debug,
        )

    _finish(context, debug, work)


@app.command(short_help="Tell how far a sweep is.")
def status(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Tell how far a sweep is, also while it is at work elsewhere."""

    def work(debug: bool) -> int:
        from steppe.cli import sweep as implementation

        return implementation.status(folder, as_json)

    _finish(context, debug, work)


@app.command(short_help="Join a sweep's parts from several folders.")
def merge(
    context: typer.Context,
    folders: Annotated[list[Path], typer.Argument(metavar="DIR...")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The new folder.")],
    debug: options.Debug = False,
) -> None:
    """Join the parts of one sweep that several machines have computed with --share."""

    def work(debug: bool) -> int:
        from steppe.cli import sweep as implementation

        return implementation.merge(folders, out)

    _finish(context, debug, work)


@app.command(short_help="Tell which parameters of a sweep matter.")
def sensitivity(
    context: typer.Context,
    folder: options.Sweep,
    metric: Annotated[
        str, typer.Option(metavar="M,...", help="Outcomes: influence_share[JPN,UZB], or a metric.")
    ],
    method: Annotated[
        str | None,
        typer.Option(
            metavar="morris|sobol|pawn", help="Instead of what the sweep's design is for."
        ),
    ] = None,
    out: options.Findings = None,
    figure: options.Figure = False,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Tell which parameters of a sweep matter for an outcome, with intervals and noise.

    Morris and Sobol indices need a sweep of that method; PAWN takes any.
    """

    def work(debug: bool) -> int:
        from steppe.cli import sensitivity as implementation

        return implementation.run(
            folder,
            metric=metric,
            method=method,
            out=out,
            figure=figure,
            as_json=as_json,
        )

    _finish(context, debug, work)


@app.command(short_help="Find where in a sweep a condition holds.")
def discover(
    context: typer.Context,
    folder: options.Sweep,
    where: Annotated[
        str,
        typer.Option(
            metavar="CONDITION",
            help="On outcomes: 'influence_share[JPN,UZB] > 0.1 and gdp[UZB] > 250'.",
        ),
    ],
    step: Annotated[
        int | None,
        typer.Option(metavar="N", help="Take this box of the peeling instead of the best one."),
    ] = None,
    out: options.Findings = None,
    figure: options.Figure = False,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Find the part of what a sweep varied in which a condition on outcomes holds (PRIM, CART).

    The box is written as a scenario, too.
    """

    def work(debug: bool) -> int:
        from steppe.cli import discover as implementation

        return implementation.run(
            folder, where=where, step=step, out=out, figure=figure, as_json=as_json
        )

    _finish(context, debug, work)


@app.command(short_help="Tell which levers of a sweep are robust.")
def robustness(
    context: typer.Context,
    folder: options.Sweep,
    lever: Annotated[
        list[str],
        typer.Option(metavar="PATH", help="A parameter of the sweep that is a lever; repeatable."),
    ],
    metric: Annotated[
        str, typer.Option(metavar="M", help="The outcome: influence_share[JPN,UZB].")
    ],
    less: Annotated[bool, typer.Option("--less", help="Less of the outcome is better.")] = False,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITION",
            help="What is good enough, instead of the reference strategy's median.",
        ),
    ] = None,
    out: options.Findings = None,
    figure: options.Figure = False,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Tell which levers help whatever else happens: regret and satisficing over all worlds.

    The sweep must cross the levers with what else it varies: --method factorial.
    """

    def work(debug: bool) -> int:
        from steppe.cli import robustness as implementation

        return implementation.run(
            folder,
            levers=lever,
            metric=metric,
            less=less,
            where=where,
            out=out,
            figure=figure,
            as_json=as_json,
        )

    _finish(context, debug, work)


@app.command(short_help="Check scenario files: all problems at once.")
def check(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...")],
    debug: options.Debug = False,
) -> None:
    """Check scenario files, folders of them or shipped scenarios: all problems at once."""

    def work(debug: bool) -> int:
        from steppe.cli import check as implementation

        return implementation.check(files)

    _finish(context, debug, work)


@app.command("list", short_help="List scenarios, parameters, metrics or runs.")
def list_(
    context: typer.Context,
    what: Annotated[Listed, typer.Argument(metavar="scenarios|parameters|metrics|runs")],
    places: options.Places = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """List the shipped scenarios, the parameters, the metrics or the runs in ./runs."""

    def work(debug: bool) -> int:
        from steppe.cli import listing

        return listing.list_(what.value, as_json, tuple(places or ()))

    _finish(context, debug, work)


@app.command(short_help="Write a run in a format of others.")
def export(
    context: typer.Context,
    runs: Annotated[list[str], typer.Argument(metavar="RUN...")],
    form: Annotated[
        str, typer.Option("--format", metavar="iamc|csv|netcdf|ro-crate", help="What to write.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The file, - for text on stdout."),
    ] = None,
    metrics: Annotated[
        str | None, typer.Option(metavar="M,...", help="Only these metrics: gdp,influence_share.")
    ] = None,
    annual: Annotated[
        str | None,
        typer.Option(metavar="end|mean", help="Of iamc: what the year of a stock is (end)."),
    ] = None,
    members: Annotated[
        bool, typer.Option("--members", help="Of csv: members instead of series.")
    ] = False,
    author: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Of ro-crate: who made the run; repeatable."),
    ] = None,
    force: options.Force = False,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Write runs as an IAMC table, tidy CSV, NetCDF or RO-Crate."""

    def work(debug: bool) -> int:
        from steppe.cli import export as implementation

        return implementation.run(
            runs,
            form=form,
            out=out,
            metrics=metrics,
            annual=annual,
            members=members,
            author=tuple(author or ()),
            force=force,
            as_json=as_json,
        )

    _finish(context, debug, work)


@app.command(short_help="Ask all runs something in SQL.")
def query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(metavar="SQL")],
    places: options.Places = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="table|csv|json|parquet", help="Of the answer."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where the answer goes.")
    ] = None,
    force: options.Force = False,
    debug: options.Debug = False,
) -> None:
    """Ask all runs something in SQL, which can read them and nothing else.

    Tables: runs, members, series, chronicle, trajectories; of sweeps design and outcomes.
    """

    def work(debug: bool) -> int:
        from steppe.cli import query as implementation

        return implementation.run(sql, places=tuple(places or ()), form=form, out=out, force=force)

    _finish(context, debug, work)


@app.command(short_help="Show a scenario, or a run.")
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SCENARIO|RUN")],
    chronicle: Annotated[
        bool, typer.Option("--chronicle", help="Of a run: what happened in one member.")
    ] = False,
    often: Annotated[
        bool, typer.Option("--often", help="Of a run: what happens how often over members.")
    ] = False,
    member: Annotated[
        int | None, typer.Option(metavar="N", help="The member of --chronicle, instead of 0.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND,...", help="Only these kinds: committed,refused."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Happenings shown at most.")
    ] = None,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show what a scenario sets, varies and dates, with file and line, or show a run's folder."""

    def work(debug: bool) -> int:
        from steppe.record import run_folder

        folder = run_folder(name)
        refusal = _unfitting(folder, chronicle, often, member, kind, limit)
        if refusal:
            say(refusal)
            return USAGE
        if folder is None:
            from steppe.cli import show_scenario

            return show_scenario.show(name, as_json)
        if chronicle or often:
            from steppe.cli import chronicle as happenings

            return happenings.show(
                folder, often=often, member=member, kinds=kind, limit=limit, as_json=as_json
            )
        from steppe.cli import show as implementation

        return implementation.show_run(folder, as_json)

    _finish(context, debug, work)


def _unfitting(
    folder: Path | None,
    chronicle: bool,
    often: bool,
    member: int | None,
    kind: str | None,
    limit: int | None,
) -> str:
    """Return why the options of ``show`` do not go together; nothing when they do."""
    if chronicle and often:
        return "--chronicle and --often exclude each other"
    if often and member is not None:
        return "--often counts over all members, --member goes with --chronicle"
    if not (chronicle or often):
        given = {"--member": member, "--kind": kind, "--limit": limit}
        alone = next((option for option, value in given.items() if value is not None), "")
        return (
            f"{alone} goes with --chronicle" + (" or --often" if alone != "--member" else "")
            if alone
            else ""
        )
    return "" if folder is not None else "--chronicle and --often look into a run: name its folder"


@app.command(short_help="Write a scenario file to fill in.")
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    extends: Annotated[
        str, typer.Option(metavar="SCENARIO", help="The scenario that the new one changes.")
    ],
    debug: options.Debug = False,
) -> None:
    """Write a scenario file to fill in: scenarios/NAME.yaml, or ./NAME.yaml without that folder."""

    def work(debug: bool) -> int:
        from steppe.cli import new as implementation

        return implementation.new(name, extends)

    _finish(context, debug, work)


@app.command()
def diff(
    context: typer.Context,
    first: options.Scenario,
    second: options.Scenario,
    debug: options.Debug = False,
) -> None:
    """Show in which values two scenarios differ."""

    def work(debug: bool) -> int:
        from steppe.cli import diff as implementation

        return implementation.diff(first, second)

    _finish(context, debug, work)


@app.command(short_help="Compare two runs or scenarios, member by member.")
def compare(
    context: typer.Context,
    first: options.RunOrScenario,
    second: options.RunOrScenario,
    metric: Annotated[
        str | None,
        typer.Option(metavar="M,...", help="Metrics or outcomes, instead of the headline ones."),
    ] = None,
    members: Annotated[
        int | None, typer.Option(metavar="N", help="Parallel worlds of scenarios that are run.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="S", help="Seed of scenarios that are run.")
    ] = None,
    as_json: options.Json = False,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the differences, too.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    debug: options.Debug = False,
) -> None:
    """Show how the outcomes of the second differ from the first, member by member.

    A run is its folder; a scenario is run in memory with members and seed of the other side.
    """

    def work(debug: bool) -> int:
        from steppe.cli import compare as implementation

        return implementation.run(
            first,
            second,
            metric=metric,
            members=members,
            seed=seed,
            as_json=as_json,
            figure=figure,
            quiet=quiet,
        )

    _finish(context, debug, work)


@app.command(short_help="Run again what a record tells, or verify it.")
def rerun(
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Leave no folder; compare with what the run left.")
    ] = False,
    out: options.Runs = None,
    workers: options.Workers = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Run again what a record tells, into a new folder; or verify what it left.

    Exit codes of --verify: 0 the same, 1 different, 2 the record cannot be run again.
    """

    def work(debug: bool) -> int:
        from steppe.cli import rerun as implementation

        return implementation.run(
            run,
            verify=verify,
            out=out,
            workers=workers,
            as_json=as_json,
            quiet=quiet,
            debug=debug,
        )

    _finish(context, debug, work)


@app.command(short_help="Make an HTML report of a run, sweep, batch or two runs.")
def report(
    context: typer.Context,
    path: Annotated[str, typer.Argument(metavar="RUN|SWEEP|BATCH")],
    second: Annotated[str | None, typer.Argument(metavar="[RUN]")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="The file, instead of report.html in the folder."
        ),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Make one self-contained HTML file of a run, sweep or batch, or of how a second run differs.

    It opens offline and prints on A4. Of two runs it tells the second less the first, as compare.
    """

    def work(debug: bool) -> int:
        from steppe.cli import report as implementation

        return implementation.run(path, second, out=out)

    _finish(context, debug, work)


@app.command()
def schema(context: typer.Context, debug: options.Debug = False) -> None:
    """Print the JSON schema of scenario files, for editors."""

    def work(debug: bool) -> int:
        from steppe.cli import check as implementation

        return implementation.schema()

    _finish(context, debug, work)


@app.command()
def validate(
    context: typer.Context,
    members: Annotated[
        int | None, typer.Option(metavar="N", help="Parallel worlds of each backcast.")
    ] = None,
    figures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw observations over bands into DIR.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Hold a table of observations (CSV: series,year,value[,low,high,source]) against "
            "the baseline instead.",
        ),
    ] = None,
    ablations: Annotated[
        bool,
        typer.Option("--ablations", help="Score both backcasts without each mechanism instead."),
    ] = False,
    influence: Annotated[
        bool,
        typer.Option("--influence", help="Hold influence against the index and votes instead."),
    ] = False,
    convergence: Annotated[
        bool,
        typer.Option(
            "--convergence",
            help="Show how many members bands need, and what conclusions owe to debated numbers, "
            "instead.",
        ),
    ] = False,
    as_json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Run the backcasts and compare them with what was observed."""

    def work(debug: bool) -> int:
        from steppe.cli import validate as implementation

        asked = {"ablations": ablations, "influence": influence, "convergence": convergence}
        return implementation.run(
            members=members,
            as_json=as_json,
            figures=figures,
            against=against,
            parts=[name for name, wanted in asked.items() if wanted],
        )

    _finish(context, debug, work)


@app.command(short_help="Find the parameters that history to 2009 leaves possible.")
def calibrate(
    context: typer.Context,
    trajectories: Annotated[
        int, typer.Option(metavar="N", help="Trajectories of the screening.")
    ] = 10,
    waves: Annotated[int, typer.Option(metavar="N", help="Waves of history matching.")] = 3,
    points: Annotated[int, typer.Option(metavar="N", help="Points of a wave.")] = 800,
    members: Annotated[int, typer.Option(metavar="N", help="Parallel worlds of a point.")] = 8,
    rows: Annotated[int, typer.Option(metavar="N", help="Rows of the sample.")] = 500,
    seed: Annotated[int, typer.Option(metavar="S", help="Seed of all random draws.")] = 2009,
    workers: options.Workers = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the sample and its diagnostics.")
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Find the parameters that the years to 2009 leave possible, and draw a sample of them."""

    def work(debug: bool) -> int:
        from steppe.cli import calibrate as implementation

        return implementation.run(
            trajectories=trajectories,
            waves=waves,
            points=points,
            members=members,
            rows=rows,
            seed=seed,
            workers=workers,
            out=out,
            as_json=as_json,
            quiet=quiet,
        )

    _finish(context, debug, work)


@app.command(short_help="Open the what-if page for a seminar on this machine.")
def seminar(
    context: typer.Context,
    port: Annotated[int, typer.Option(metavar="P", help="Port of the page, 0 for any.")] = 8080,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Where to listen; others than this machine's need a token."
        ),
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(
            metavar="WORD", envvar="STEPPE_TOKEN", help="What participants tell to come in."
        ),
    ] = None,
    debug: options.Debug = False,
) -> None:
    """Open the what-if page for a seminar on this machine, no internet needed."""

    def work(debug: bool) -> int:
        from steppe.cli import seminar as implementation

        return implementation.run(host=host, port=port, token=token)

    _finish(context, debug, work)


def _finish(context: typer.Context, debug: bool, work: Callable[[bool], int]) -> NoReturn:
    """Do the work of a command and end with its exit code; no traceback unless asked for."""
    debug = debug or bool(context.find_root().obj)
    try:
        code = work(debug)
        sys.stdout.flush()
    except KeyboardInterrupt:
        say("interrupted")
        code = INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `steppe list ... | head`
        _abandon(sys.stdout)
        code = DONE
    except Exception as error:
        if debug:
            with suppress(OSError):
                traceback.print_exc()
        code = _explained(error)
    raise typer.Exit(code)


def _explained(error: Exception) -> int:
    """Print an error as a user reads it and return the exit code."""
    from steppe.scenario.problems import Problems, clip

    if isinstance(error, Problems):
        say(error)
        return USAGE
    told = clip(" ".join(str(error).split()), 300)
    kind = "" if isinstance(error, OSError) else f"{type(error).__name__}: "
    say(f"error: {kind}{told} (--debug shows where)")
    return FAILED


def main() -> None:
    """Run the command line: the entry point of the installed command."""
    _prepare_streams()
    code: int | str | None = DONE
    try:
        app(prog_name="steppe")
    except KeyboardInterrupt:
        code = INTERRUPTED
    except SystemExit as end:
        code = end.code
    except OSError as error:  # --help and --version print before any command begins
        code = _explained(error)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _abandon(stream)
            code = code or FAILED
    sys.exit(code)


def _prepare_streams() -> None:
    """Give the closed streams of ``>&-`` and ``2>&-`` a place, and let titles be printed.

    Python has None for a closed one, and the next file opened would get its number.
    """
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a title need not fit the terminal


def _abandon(stream: TextIO) -> None:
    """Send what a stream still holds nowhere, or the interpreter would fail on it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
