"""What a scenario changes against another, and what it assumes, each with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from steppe import scenario
from steppe.analysis import trust
from steppe.analysis.scenario_words import amount, change, meaning, own_events, owner, when
from steppe.parameters import Parameter, registry
from steppe.report import words
from steppe.report.told import Block, Bullets, Cell, Section, Table, Text, Two
from steppe.scenario import Distribution, Event, Problems, Scenario, posterior

MOST = 60
"""Events or values that a table shows."""


def parent_of(case: Scenario, name: str | None) -> Scenario | None:
    """Return the scenario that a recorded one extends, as it ships with this version."""
    if not name:
        return None
    try:
        return scenario.load(name)
    except (Problems, ValueError, OSError):
        return None


def asked(case: Scenario) -> tuple[str, ...]:
    """Return what a scenario describes, without its question."""
    return tuple(words.flat(p) for p in case.description.strip().split("\n\n") if p.strip())


def question(case: Scenario) -> str:
    """Return the question of a scenario, its title when it asks none."""
    return words.flat(case.question) or words.flat(case.title)


def section(case: Scenario, other: Scenario | None, other_name: str | None) -> Section:
    """Return the section on a scenario: what it changes against ``other``, where from.

    ``other_name`` names a parent that could not be read.
    """
    blocks: list[Block] = [Text(text) for text in asked(case)]
    if other is None and other_name:
        blocks.append(
            Text(
                f"Its parent {other_name} is no scenario of this installation: below is all that "
                "the scenario says.",
                kind="note",
            )
        )
    blocks += changes(case, other)
    if case.look_at:
        blocks += [
            Text("Its authors advise to look at", kind="head"),
            Bullets(_flats(case.look_at)),
        ]
    if case.sources:
        blocks += [Text("Sources of the scenario", kind="head"), Bullets(_flats(case.sources))]
    return Section("scenario", f"The scenario {case.name}", tuple(blocks), fresh=True)


def changes(case: Scenario, other: Scenario | None) -> list[Block]:
    """Return tables of events and values of a scenario that the other does not have."""
    blocks: list[Block] = []
    against = f" that {other.name} does not have" if other is not None else ""
    own = own_events(case, other)
    if own:
        rows = [_event(event) for event in own[:MOST]]
        blocks.append(
            Table.plain(
                f"Dated events of {case.name}{against}.",
                ["When", "What", "Change", "Source or reason"],
                rows,
                notes=_more(len(own)),
            )
        )
    values = _values(case, other)
    if values:
        blocks.append(_value_table(case, other, values))
    blocks += [Text(text, kind="note") for text in _without(case, other)]
    if other is not None and not (own or values or _without(case, other)):
        blocks.append(Text(f"No event and no fixed value differs from {other.name}."))
    return blocks


def extra(case: Scenario, other: Scenario) -> list[Block]:
    """Return events and values that only a first scenario has: the second does without them."""
    return [b for b in changes(case, other) if isinstance(b, Table)]


def _event(event: Event) -> list[str]:
    return [
        when(event),
        _sentence(_meaning(event.target)),
        _change(event),
        words.flat(event.source or event.note) or words.NO_VALUE,
    ]


def _change(event: Event) -> str:
    return change(event) if event.target in registry() else words.NO_VALUE


def _meaning(name: str) -> str:
    return meaning(name) if name in registry() else name


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def registered(name: str) -> Parameter | None:
    """Return a parameter of this version's registry; None for a name of another version."""
    return registry()[name] if name in registry() else None  # noqa: SIM401 - it has no get


def _values(case: Scenario, other: Scenario | None) -> dict[str, float]:
    before: Mapping[str, float] = other.set if other is not None else {}
    return {k: v for k, v in case.set.items() if before.get(k) != v}


def _value_table(case: Scenario, other: Scenario | None, values: Mapping[str, float]) -> Table:
    rows: list[list[Cell]] = []
    for name, value in list(values.items())[:MOST]:
        known = registered(name)
        unit = known.unit if known else "1"
        rows.append(
            [
                Two(_sentence(_meaning(name)), name),
                amount(value, unit),
                _before(name, other, known, case.base),
                evidence(known),
            ]
        )
    of = f" (in {other.name})" if other is not None else ""
    return Table.plain(
        f"Values that {case.name} fixes for the whole run.",
        ["What", "Value", f"Otherwise{of}", "Evidence"],
        rows,
        notes=_more(len(values)),
    )


def evidence(known: Parameter | None) -> Two | str:
    """Return the kind of evidence that a parameter rests on, and its source."""
    if known is None:
        return words.NO_VALUE
    kind = trust.EVIDENCE.get(known.evidence, known.evidence)
    return Two(kind[:1].upper() + kind[1:], known.source)


def _before(name: str, other: Scenario | None, known: Parameter | None, base: int) -> str:
    """Return what a parameter is in the other scenario, in words."""
    unit = known.unit if known else "1"
    if other is not None:
        if name in other.uncertainties:
            return amount(other.uncertainties[name], unit)
        if name in other.fixed():
            return amount(other.fixed()[name], unit)
    return amount(known.default(base), unit) if known else words.NO_VALUE


def _without(case: Scenario, other: Scenario | None) -> list[str]:
    """Return sentences on what the other scenario has and this one has not."""
    if other is None:
        return []
    told = []
    left = {e.id for e in case.events}
    gone = [
        e.id
        for e in other.events
        if e.id not in left and case.horizon.start <= e.first <= case.horizon.end
    ]
    if gone:
        told.append(f"Without the events {words.listed(sorted(gone))} of {other.name}.")
    fixed = [n for n in other.uncertainties if n not in case.uncertainties]
    free = [n for n in case.uncertainties if n not in other.uncertainties]
    alike = [n for n in case.uncertainties if n in other.uncertainties]
    differ = [n for n in alike if case.uncertainties[n] != other.uncertainties[n]]
    for names, what in (
        (fixed, f"Members do not draw, unlike those of {other.name}:"),
        (free, f"Members draw, unlike those of {other.name}:"),
        (differ, f"Members draw from other distributions than in {other.name}:"),
    ):
        if names:
            told.append(f"{what} {_some(names)}.")
    if case.horizon != other.horizon:
        told.append(
            f"It runs from {case.horizon.start} to {case.horizon.end}, {other.name} from "
            f"{other.horizon.start} to {other.horizon.end}."
        )
    return told


def assumptions(case: Scenario, other: Scenario | None, varied: Sequence[str] = ()) -> Section:
    """Return the parameters that this scenario changes, and all that members draw.

    ``varied`` are those that a sweep varies, told elsewhere.
    """
    own = dict.fromkeys([*_values(case, other), *(e.target for e in own_events(case, other))])
    known = [registry()[n] for n in own if n in registry()]
    blocks: list[Block] = []
    if known:
        blocks.append(_parameters(known, case))
    drawn = {n: d for n, d in case.uncertainties.items() if n not in varied and n in registry()}
    blocks.append(
        Text(
            f"{words.counted(len(drawn), 'uncertain parameter')} differ from member to member: "
            "the annex lists them with range and source. All others have the default of the "
            "registry (docs/parameters.md of the model)."
            if drawn
            else "No parameter differs from member to member; members differ by shocks alone."
        )
    )
    return Section("assumptions", "What it assumes", tuple(blocks))


def _parameters(known: Sequence[Parameter], case: Scenario) -> Table:
    rows = [
        [
            Two(_sentence(_meaning(p.name)), p.name),
            amount(p.default(case.base), p.unit),
            amount_range(p),
            evidence(p),
        ]
        for p in known[:MOST]
    ]
    return Table.plain(
        "Parameters that the scenario changes: what they are without it, and what they rest on.",
        ["What", "Default", "Admissible", "Evidence"],
        rows,
        notes=_more(len(known)),
    )


def amount_range(p: Parameter) -> str:
    """Return the values that a scenario may give a parameter, in words."""
    unit = "" if p.unit == "1" else f" {p.unit.replace('MUSD', 'mn USD')}"
    return f"{p.low:g} to {p.high:g}{unit}"


def annex(case: Scenario, varied: Sequence[str] = ()) -> Section | None:
    """Return all that members draw: a row a kind of parameter, its codes together."""
    groups: dict[tuple[str, str, str], list[Parameter]] = {}
    for name, distribution in case.uncertainties.items():
        if name in varied or name not in registry():
            continue
        p = registry()[name]
        key = (p.template, _drawn(distribution, p.unit), p.source)
        groups.setdefault(key, []).append(p)
    if not groups:
        return None
    rows: list[list[Cell]] = []
    for (_, drawn, _), own in groups.items():
        told = _sentence(_meaning(own[0].name))
        if len(own) > 1:
            told = _sentence(_meaning(own[0].name).removesuffix(f" ({owner(own[0])})"))
            told += f" ({words.listed([owner(p) for p in own])})"
        names = ", ".join(p.name for p in own) if len(own) < 4 else own[0].template
        rows.append([Two(told, names), drawn, evidence(own[0])])
    table = Table.plain(_together(case), ["What", "Drawn", "Evidence"], rows)
    return Section("annex", "Annex: what members draw", (table,), fresh=True)


def _together(case: Scenario) -> str:
    """Return the caption: what is drawn, and what of it not by itself."""
    told = ["Uncertain parameters: every member of the ensemble draws its own value."]
    joint = sum(isinstance(d, posterior.Posterior) for d in case.uncertainties.values())
    if joint:
        told.append(
            f"{words.counted(joint, 'parameter')} marked posterior: all from one row of the sample "
            "that the years to 2009 leave of their priors."
        )
    if case.correlations:
        told.append(f"{words.counted(len(case.correlations), 'pair')} of the rest: correlated.")
    return " ".join(told)


def _drawn(distribution: Distribution, unit: str) -> str:
    return amount(distribution, unit)


def _some(names: Sequence[str]) -> str:
    shown = list(names[:8])
    return (
        words.listed(shown) if len(names) <= 8 else f"{', '.join(shown)} and {len(names) - 8} more"
    )


def _flats(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(words.flat, texts))


def _more(count: int) -> tuple[str, ...]:
    return (f"{count - MOST} more are in the scenario's file.",) if count > MOST else ()
