"""Tables of points: what is read, and where a mistake is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from steppe.design import read_points
from steppe.parameters import registry
from steppe.scenario import Problems


def table(folder: Path, text: str) -> Path:
    path = folder / "points.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_column_a_parameter_and_a_row_a_point(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "# notes\npoint,trade.elasticity,japan.conversion [%]\n0,2.5,10\n\n1,3,20 %\n",
    )
    design = read_points(path, registry())
    assert [v.name for v in design.variables] == ["trade.elasticity", "japan.conversion"]
    np.testing.assert_allclose(design.values, [[2.5, 0.1], [3.0, 0.2]])
    assert design.method == "points"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("trade.elasticitty\n2\n", 1, "did you mean 'trade.elasticity'"),
        ("trade.elasticity\n2\nx\n", 3, "expected a number"),
        ("trade.elasticity\n2\n900\n", 3, "must lie between"),
        ("trade.elasticity,japan.conversion\n2\n", 2, "1 values under 2 headings"),
        ("trade.elasticity,trade.elasticity\n2,2\n", 1, "two columns"),
        ("trade.elasticity\n", 1, "no points below"),
        ("point\n1\n", 1, "no column is a parameter"),
        ("trade.elasticity\nnan\n", 2, "expected a number"),
        ("trade.elasticity\n\n1e400\n", 3, "finite"),
        ("japan.conversion [km]\n0.1\n", 2, "found km"),
        ('trade.elasticity\n"2\n3"\n2\n', 2, "cannot be read"),
        ("trade.elasticity\n2\n" + 200_000 * "1", 3, "cannot be read"),
    ],
)
def test_mistakes_have_a_line(tmp_path: Path, text: str, line: int, word: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(Problems) as told:
        read_points(path, registry())
    assert f"points.csv:{line}: error:" in str(told.value)
    assert word in str(told.value)


def test_no_table(tmp_path: Path) -> None:
    with pytest.raises(Problems, match=r"No such file|cannot be read"):
        read_points(tmp_path / "absent.csv", registry())
    with pytest.raises(Problems, match="cannot be read"):
        read_points(tmp_path, registry())
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00t")
    with pytest.raises(Problems, match="not a text"):
        read_points(tmp_path / "b.csv", registry())
    with pytest.raises(Problems, match="holds no points"):
        read_points(table(tmp_path, "\n# nothing\n"), registry())


def test_a_table_of_mistakes_does_not_fill_the_screen(tmp_path: Path) -> None:
    path = table(tmp_path, "trade.elasticity\n" + "x\n" * 5000)
    with pytest.raises(Problems) as told:
        read_points(path, registry())
    assert len(str(told.value).splitlines()) < 60
