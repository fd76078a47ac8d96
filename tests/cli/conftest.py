"""What tests of several commands share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from steppe import provenance


@pytest.fixture(scope="module")
def one_source_tree() -> Iterator[None]:
    """Let the source tree be the same in all tests, also while somebody edits it."""
    software, data = provenance.software(), provenance.data_hash()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "software", lambda: software)
        patch.setattr(provenance, "data_hash", lambda: data)
        yield
