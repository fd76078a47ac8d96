"""The hosts' product: the record itself has no error, and a log point too much is one."""

from __future__ import annotations

import pytest

from steppe.analysis import economy_rows

YEARS = range(2001, 2010)


def test_errors_are_log_points() -> None:
    itself = {
        name: economy_rows.observed(name, 2000, YEARS)[..., None] for name in ("real", "dollar")
    }
    assert economy_rows.scores(itself, 2000, YEARS) == pytest.approx({"real": 0.0, "dollar": 0.0})
    more = {name: path + 0.1 for name, path in itself.items()}
    assert economy_rows.scores(more, 2000, YEARS) == pytest.approx({"real": 0.1, "dollar": 0.1})


def test_the_record_grew() -> None:
    """Kazakhstan's real product doubled in 2000-09 (Penn World Table)."""
    real = economy_rows.observed("real", 2000, [2009])[:, 0]
    assert 0.6 < real[0] < 0.9 and (real > 0.0).all()
