"""``steppe new``: a scenario file to fill in."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from steppe import scenario
from steppe.cli.codes import DONE
from steppe.clock import Quarter
from steppe.scenario import Problem, Problems, shipped
from steppe.scenario.inheritance import locate, shown
from steppe.scenario.problems import clip

_EVENT_START = Quarter.of(2026, 3)

_TEMPLATE = """\
{schema}title: {name}, in one line
extends: {extends}
description: >
  What happens, and why it matters.
# question: What should a run answer?
# look_at: [where the answer shows]
# sources: [where this is described]

# As it stands, this is {extends} under another name; 'steppe show {extends}' prints that.
# Each section below changes it: uncomment what you need by taking '# ' from its lines.

# horizon: {{end: {end}}}
# ensemble: {{members: 200}}

# set:                      # fixed values; 'steppe list parameters' names and explains them
#   trade.elasticity: 3.0
#   link.chabahar_mashhad.capacity: 8.5 Mt/yr

# events:                   # step | ramp | pulse | decay, one of to | by | times
#   - id: rail
#     target: link.chabahar_mashhad.completion
#     shape: ramp
#     to: 1.0
#     start: {start}
#     duration: 8           # quarters
{removal}
# uncertainties:            # differ between members
#   trade.adjustment: {{uniform: [0.13, 0.25]}}

# levers:                   # what a sweep or a slider may turn
#   corridors.route_sensitivity: {{range: [5, 30], default: 15}}

# metrics: [corridor_share, trade_share]
"""


def new(name: str, extends: str) -> int:
    """Write a scenario file to fill in; refuse names that are taken or not plain."""
    if not shipped.NAME.fullmatch(name):
        message = "a name has small letters, digits and '_' only, at most 64, such as my_scenario"
        raise Problems([Problem(clip(name), message)])
    folder = Path("scenarios") if Path("scenarios").is_dir() else Path()
    path = folder / f"{name}.yaml"
    if path.exists():
        raise Problems([Problem(str(path), "this file exists already")])
    if (taken := shipped.find(name)) is not None:
        message = f"{shown(taken)} has this name already: choose another"
        raise Problems([Problem(name, message)])
    parent = scenario.load(extends)
    spelled = extends
    if shipped.find(extends) is None:
        spelled = Path(os.path.relpath(locate(extends), folder)).as_posix()
        spelled = spelled if "/" in spelled else f"./{spelled}"
    schema = folder / "scenario.schema.json"
    line = f"# yaml-language-server: $schema=./{schema.name}\n" if schema.is_file() else ""
    inherited = parent.events[0].id if parent.events else None
    removal = f"#   - {{id: {inherited}, remove: true}}   # an inherited event\n"
    start, end = parent.horizon.start, parent.horizon.end
    text = _TEMPLATE.format(
        name=name,
        extends=spelled if spelled == extends else json.dumps(spelled),
        schema=line,
        start=_EVENT_START if start <= _EVENT_START <= end else start,
        end=end,
        removal=removal if inherited is not None else "",
    )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Problems([Problem(str(path), "this file exists already")]) from None
    except OSError as error:
        told = os.strerror(error.errno or 0)
        raise Problems([Problem(str(path), f"cannot be written: {told}")]) from None
    print(path)
    print(f"extends {parent.name}: {parent.title}", file=sys.stderr)
    return DONE
