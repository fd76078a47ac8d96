"""A small model that has lived through the record, and the places of powers and hosts in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import pytest

from steppe import axes
from steppe.model import CentralAsia

from ...models import new_model

MEMBERS = 3
P, H, S, W = len(axes.POWERS), len(axes.HOSTS), len(axes.SECTORS), len(axes.WINDOWS)
JPN, CHN, RUS, TUR, IND = range(P)
KAZ, UZB, TKM, KGZ, TJK = range(H)


@pytest.fixture(scope="module")
def built() -> CentralAsia:
    return new_model("baseline", MEMBERS)


@pytest.fixture
def model(built: CentralAsia) -> Iterator[CentralAsia]:
    """A model that has lived through the record; whatever a test sets is undone after it.

    Undone are the parameters, money, politics and offers, and what relations and powers hold: both
    which arrays these are and what is in them.
    """
    built.prospects.survey()
    built.look_at_powers()
    parts = [part for power in built.powers for part in (power.treasury, power.offering)]
    owners = [built.relations, *built.powers, *parts]
    held = [dict(vars(owner)) for owner in owners]
    arrays = [built.values.table]
    for part in (built.state.politics, built.state.money, built.relations.offers):
        arrays += [getattr(part, field.name) for field in fields(part)]
    for attributes in held:
        arrays += [x for x in attributes.values() if isinstance(x, np.ndarray)]
    before = [array.copy() for array in arrays]
    yield built
    for owner, attributes in zip(owners, held, strict=True):
        vars(owner).update(attributes)
    for array, contents in zip(arrays, before, strict=True):
        array[:] = contents
