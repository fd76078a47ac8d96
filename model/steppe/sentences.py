"""Happenings in words: one dated sentence a row, joined by Arrow over whole columns.

A sentence is ``quarter: before + amount + after``.  What stands before and after the amount depends
only on who does what where, and is put into words once for each such combination that occurs.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steppe import axes, parameters
from steppe.chronicle import KINDS, Chronicle
from steppe.clock import Quarter

SECTORS = {
    "hydrocarbons": "oil and gas",
    "power": "power",
    "minerals": "mining",
    "transport": "transport",
    "chemicals": "chemicals",
    "agriculture_water": "farming and water",
    "education_culture": "education and culture",
}
"""Sectors as a sentence has them."""

ORGANISATIONS = {
    "EAEU": "the EAEU",
    "CSTO": "the CSTO",
    "SCO": "the SCO",
    "ECO": "the ECO",
    "TRACECA": "TRACECA",
    "BRI": "the Belt and Road Initiative",
    "OTS": "the OTS",
    "CA_JAPAN": "the Central Asia plus Japan dialogue",
    "CANWFZ": "the nuclear-weapon-free zone",
}
"""Organisations as a sentence has them."""

_WHO = ("kind", "power", "host", "sector", "mode", "link", "organisation", "partner")
"""Columns on which the words around the amount depend."""

_MULTILATERAL, _JOINT = axes.MODES.index("multilateral"), axes.MODES.index("consortium")

_WHOLE = 9.95
"""Amount from which on decimals are not told: below it, one decimal gives less than ten."""


def sentences(chronicle: Chronicle) -> pa.StringArray:
    """Return the sentence of every row: ``2024Q3: Japan commits 640 mn USD to ...``."""
    before, amount, after = _parts(chronicle)
    quarter = quarters(chronicle).cast(pa.string())
    return pc.binary_join_element_wise(
        pc.binary_join_element_wise(quarter, before, ": "), amount, after, ""
    )


def quarters(chronicle: Chronicle) -> pa.DictionaryArray:
    """Return the quarter of every row, coded in order of time."""
    ordinals = chronicle["quarter"]
    first, last = (ordinals.min(), ordinals.max()) if len(ordinals) else (0, -1)
    words = [str(Quarter(n)) for n in range(int(first), int(last) + 1)]
    return pa.DictionaryArray.from_arrays(pa.array(ordinals - first), pa.array(words, pa.string()))


@cache
def links() -> tuple[str, ...]:
    """Return the links' titles in the order of :data:`steppe.axes.LINKS`, without remarks."""
    titles = {row["link"]: row["title"] for row in parameters.read_table("links")}
    return tuple(titles[link].partition(" (")[0] for link in axes.LINKS)


def _parts(chronicle: Chronicle) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return what stands before the amount, the amount and what stands after it, (row,) each."""
    rows = chronicle.rows
    key = np.zeros(len(rows), np.int64)
    for name in _WHO:
        codes = rows[name] + np.int64(1)
        key = key * (codes.max(initial=0) + 1) + codes
    _, example, which = np.unique(key, return_index=True, return_inverse=True)
    phrases = [_phrase(*(int(rows[name][i]) for name in _WHO)) for i in example]
    ready = rows["text"]
    which = np.where(ready < 0, which, len(phrases) + ready)
    phrases += [(text, None) for text in chronicle.texts]
    silent = np.array([after is None for _, after in phrases], bool)

    amount = np.where(silent[which], 0.0, rows["amount"])
    shown = np.where(np.abs(amount) < _WHOLE, np.round(amount, 1), np.round(amount))
    told, size = np.unique(shown + 0.0, return_inverse=True)  # + 0: no minus before a zero
    size = np.where(silent[which], len(told), size)
    return (
        _taken([before for before, _ in phrases], which),
        _taken([*map(spelled, told), ""], size),
        _taken([after or "" for _, after in phrases], which),
    )


def spelled(amount: float) -> str:
    """Return an amount as a sentence has it: one decimal below ten, none above."""
    return f"{amount:,.{int(0.0 < abs(amount) < _WHOLE)}f}"


def _taken(words: list[str], codes: NDArray[np.intp]) -> pa.Array:
    return pa.array(words, pa.string()).take(pa.array(codes))


def _phrase(
    kind: int,
    power: int,
    host: int,
    sector: int,
    mode: int,
    link: int,
    organisation: int,
    partner: int,
) -> tuple[str, str | None]:
    """Return the words before and after the amount; None after it when there is none to tell."""
    donor, state = _state(axes.POWERS, power), _state(axes.HOSTS, host)
    work = links()[link] if link >= 0 else SECTORS[axes.SECTORS[sector]] if sector >= 0 else ""
    place = " in ".join(w for w in (work, state if host >= 0 else "") if w) or "works"
    on_place = f"{'on' if link >= 0 else 'in'} {place}"
    banks = {_MULTILATERAL: " through the development banks", _JOINT: " in a consortium"}.get(
        mode, ""
    )
    club = ORGANISATIONS[axes.ORGANISATIONS[organisation]] if organisation >= 0 else "a club"
    member = state if host >= 0 else donor
    match KINDS[kind]:
        case "announced":
            return f"{donor} announces ", f" mn USD for {place}"
        case "consortium":
            return f"{donor} and {_state(axes.POWERS, partner)} form a consortium of ", (
                f" mn USD for {place}"
            )
        case "committed":
            return f"{donor} commits ", f" mn USD to {place}{banks}"
        case "refused":
            return f"{state} refuses ", f" mn USD of {donor}" + (f" for {work}" if work else "")
        case "cancelled":
            return f"{donor}'s works {on_place} are cancelled, ", " mn USD unpaid"
        case "completed":
            return f"{donor}'s works of ", f" mn USD {on_place} are completed"
        case "arrears":
            return f"{state} falls ", f" mn USD behind on its debt to {donor}"
        case "joined":
            return f"{member} joins {club}", None
        case "left":
            return f"{member} leaves {club}", None
        case "opened":
            return f"{place} opens", None
        case "restricted":
            return f"{donor} restricts exports of rare earths", None
        case "spent":
            return f"{donor} spends ", " mn USD on works in transit countries"
    return KINDS[kind], None


def _state(codes: tuple[str, ...], index: int) -> str:
    return axes.TITLES[codes[index]] if index >= 0 else "somebody"
