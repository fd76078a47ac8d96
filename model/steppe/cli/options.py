"""Arguments and options that several commands have, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Scenario = Annotated[str, typer.Argument(metavar="SCENARIO")]
RunOrScenario = Annotated[str, typer.Argument(metavar="RUN_OR_SCENARIO")]
Sweep = Annotated[str, typer.Argument(metavar="SWEEP")]

Seed = Annotated[int | None, typer.Option(metavar="S", help="Seed of all random draws.")]
Runs = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder in which the run's folder is made.")
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", help="Chunks of members computed at a time.")
]
Trajectories = Annotated[
    str | None,
    typer.Option(metavar="all|METRIC,...", help="Keep every member's path of these metrics."),
]

Findings = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where findings go, instead of SWEEP/findings.")
]
Figure = Annotated[bool, typer.Option("--figure", help="Draw a figure, too.")]

Places = Annotated[
    list[Path] | None,
    typer.Option("--in", metavar="DIR", help="Where runs are, instead of ./runs; repeatable."),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that exists.")]

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say only what went wrong.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")]
