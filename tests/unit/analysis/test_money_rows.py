"""Money on record: the tables' figures, and errors on known cases."""

from __future__ import annotations

import numpy as np
import pytest

from steppe.analysis import money_rows


def test_the_record_is_the_table() -> None:
    record = money_rows.record()
    assert record["aid"][0, 0] == pytest.approx((43.93 + 30.13 + 136.27) / 3)
    assert record["aid"][2, 2] == pytest.approx((-0.54 - 1.54 - 1.19) / 3)
    assert record["china"][0] == pytest.approx(64.146 / (64.146 + 18.209 + 12.276 + 4.131 + 6.256))
    assert record["tika"].argmax() == 3, "Kyrgyzstan had most of Turkey's aid"


def test_the_record_itself_has_no_error() -> None:
    itself = {name: np.repeat(v[..., None], 3, axis=-1) for name, v in money_rows.record().items()}
    assert money_rows.scores(itself) == pytest.approx({"aid": 0.0, "china": 0.0, "tika": 0.0})
    more = {name: 2.0 * value for name, value in itself.items()}
    again = money_rows.scores(more)
    assert (again["china"], again["tika"]) == pytest.approx((0.0, 0.0)), "parts, not sums"
    assert again["aid"] == pytest.approx(np.abs(money_rows.record()["aid"]).mean())


def test_even_parts_miss_by_their_distance() -> None:
    even = {"aid": np.zeros((3, 5, 2)), "china": np.ones((5, 2)), "tika": np.ones((5, 2))}
    parts = money_rows.record()["china"]
    assert money_rows.scores(even)["china"] == pytest.approx(100 * np.abs(parts - 0.2).mean())
