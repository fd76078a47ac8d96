"""Models at the start of their runs: the years before are lived once and kept in memory.

A model lives through the observed years before its run with its members' parameters; events come
later.  Scenarios that differ in their events alone share those years, as do all runs of one
scenario: from the third such run on, a model starts from a copy of what the second one kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pickle import PicklingError

from steppe import pickling, scenario
from steppe.agents.powers import RULES
from steppe.model import CentralAsia
from steppe.parameters import registry
from steppe.scenario import Scenario

MOST_BYTES = 256 * 2**20
"""Memory of all models that are kept; the one that was used longest ago goes first."""
MOST_KEYS = 256

_kept: OrderedDict[bytes, bytes | None] = OrderedDict()
"""What is kept by what it depends on; None for a start that was asked for once."""
_lock = threading.Lock()


def at_start(case: Scenario, numbers: Sequence[int], seed: int) -> CentralAsia:
    """Return a model of the members ``numbers`` at the start of its run, without a collector."""
    drawn = scenario.sample(case, registry(), numbers, seed)
    horizon = case.horizon
    rules = [(code, id(rule)) for code, rule in RULES.items()]
    told = repr((case.base, horizon.start, horizon.end, seed, tuple(numbers), rules))
    key = hashlib.blake2b(told.encode() + drawn.table.tobytes()).digest()
    with _lock:
        known = key in _kept
        state = _kept.get(key)
        if known:
            _kept.move_to_end(key)
    if state is not None:
        model: CentralAsia = pickling.restored(CentralAsia, state)
        model.take_up(case)
        return model
    model = CentralAsia(case, numbers, rng=seed, collect=False)
    _keep(key, _state(model) if known else None)
    return model


def forget() -> None:
    """Let everything go that is kept."""
    with _lock:
        _kept.clear()


def _state(model: CentralAsia) -> bytes | None:
    """Return what is to be kept of a model; None where agents are of a kind that cannot be."""
    try:
        return pickling.state_of(model)
    except (AttributeError, PicklingError, TypeError):
        return None


def _keep(key: bytes, state: bytes | None) -> None:
    if state is not None and len(state) > MOST_BYTES:
        return
    with _lock:
        _kept[key] = state
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEYS or sum(len(s) for s in _kept.values() if s) > MOST_BYTES:
            _kept.popitem(last=False)
