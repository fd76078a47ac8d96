"""The view 'Assumptions': validation, what the model cannot say, every parameter with its "
"source."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING

from nicegui import ui

from steppe.analysis import trust
from steppe.analysis.trust import EVIDENCE, LIMITS, prior
from steppe.parameters import Parameter, registry
from steppe.seminar.page.chronicle import nothing

if TYPE_CHECKING:
    from steppe.seminar.page.screen import Screen

MOST = 60
"""Parameters that are listed at once."""


class Assumptions:
    """Three parts, one below the other, and a search over the parameters."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        with ui.element("div").classes("scroll assumptions"):
            with ui.element("div").classes("two"):
                with ui.element("section"):
                    ui.html(validation(trust.read()), sanitize=False)
                with ui.element("section"):
                    items = "".join(f"<li>{html.escape(text)}</li>" for text in LIMITS)
                    ui.html(
                        "<h3 class='section'>What the model cannot say</h3><ul "
                        f"class='limits'>{items}</ul>",
                        sanitize=False,
                    )
            with ui.element("div").classes("tools"):
                self.words = ui.input(
                    f"Search {len(registry()):,} parameters", on_change=self._list
                ).props('dense outlined clearable debounce=200 aria-label="Search the parameters"')
                ui.label("with range, prior, evidence and source").classes("faint")
            self.rows = ui.html("", sanitize=False)
        self._list()

    def _list(self) -> None:
        words = str(self.words.value or "").lower().split()
        found = [p for p in registry() if all(word in _text(p) for word in words)]
        self.rows.set_content(parameters(found[:MOST], len(found)))


def _text(parameter: Parameter) -> str:
    return f"{parameter.name} {parameter.meaning} {parameter.source}".lower()


def validation(found: trust.Scores | None) -> str:
    """Return the scores as HTML."""
    title = "<h3 class='section'>How well it did in the past</h3>"
    if found is None:
        return title + nothing("The figures of the validation did not come with this installation.")
    names = [name for key, name in trust.FORECASTS.items()]
    head = "".join(f"<th scope='col'>{html.escape(name)}</th>" for name in names)
    rows = []
    for score in found.scores:
        best = min(score.errors.values(), default=0.0)
        cells = []
        for key in trust.FORECASTS:
            value = score.errors.get(key)
            text = "" if value is None else f"{value:.1f}"
            cells.append(f"<td>{f'<b>{text}</b>' if value == best else text}</td>")
        rows.append(f"<tr><th scope='row'>{score.base} to {score.years}</th>{''.join(cells)}</tr>")
    cover = " and ".join(f"{100 * part:.0f} % from {base}" for base, part in found.coverage.items())
    failures = "".join(f"<li>{html.escape(text)}</li>" for text in found.failures[:4])
    return (
        f"{title}<table class='plain score'><caption>Error of the powers' shares in each host's "
        "trade, percentage "
        "points: the model run from the past, beside forecasts that anyone could make (best in "
        "bold)."
        "</caption><thead><tr><th scope='col'>From, "
        f"years</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"<p class='prose'>The 90 % bands hold {cover} of the observed figures; "
        f"{found.patterns[0]} of "
        f"{found.patterns[1]} patterns of history lie in their range. The worst failures:</p><ul "
        f"class='limits'>{failures}</ul>"
    )


def parameters(found: Iterable[Parameter], count: int) -> str:
    """Return parameters as HTML: what it is, value, range, evidence, source."""
    rows = [
        f"<tr><th scope='row'>{html.escape(p.name)}<small>{html.escape(p.meaning)}</small></th>"
        f"<td>{p.default(2017):g}<small>{html.escape(p.unit)}</small></td><td>{p.low:g} to "
        f"{p.high:g}"
        f"<small>{html.escape(prior(p))}</small></td><td>"
        f"{EVIDENCE.get(p.evidence, p.evidence)}</td><td>{html.escape(p.source)}</td></tr>"
        for p in found
    ]
    if not rows:
        return nothing("No parameter fits these words.")
    more = f"<p class='empty'>{count - len(rows):,} more: add a word to the search.</p>"
    return (
        "<table class='plain parameters'><thead><tr><th scope='col'>Parameter</th><th "
        "scope='col'>Default</th>"
        "<th scope='col'>Range</th><th scope='col'>Evidence</th><th "
        "scope='col'>Source</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>{more if count > len(rows) else ''}"
    )
