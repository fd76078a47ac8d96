"""The model that tests of what happens between states change and bring back."""

from __future__ import annotations

import pytest

from steppe.model import CentralAsia

from ...models import new_model
from .scene import MEMBERS


@pytest.fixture(scope="module")
def built() -> CentralAsia:
    """Return a model that has lived through the record."""
    return new_model("baseline", MEMBERS)
