"""Make the tables of ``model/steppe/data`` from the figures in ``tools/extracts``.

* ``python tools/build_data.py`` writes every table;
* ``--check`` writes nothing, names the stale tables and exits with 1;
* ``--out DIR`` writes the tables into another folder.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from data import (
    energy,
    finance,
    goods,
    macro,
    politics,
    rare_earths,
    rivals,
    security,
    ties,
    trade,
)
from data.table import Table

DATA = Path(__file__).resolve().parents[1] / "model" / "steppe" / "data"

TABLES: dict[str, Callable[[], Table]] = {
    "trade_bilateral": trade.bilateral_table,
    "trade_totals": trade.totals_table,
    "base_trade": goods.base_table,
    "openness": trade.openness_table,
    "gas": energy.gas_table,
    "uranium": energy.uranium_table,
    "commodity_prices": energy.prices_table,
    "macro": macro.macro_table,
    "growth_outlook": macro.growth_table,
    "remittances": macro.remittances_table,
    "distances": ties.distances_table,
    "tariffs": ties.tariffs_table,
    "memberships": ties.memberships_table,
    "finance_observed": finance.observed_table,
    "china_profile": finance.china_profile_table,
    "initial_debt": finance.initial_debt_table,
    "stability": politics.stability_table,
    "influence_observed": politics.influence_table,
    "influence_later": politics.later_influence_table,
    "un_agreement": politics.agreement_table,
    "un_positions": politics.positions_table,
    "proximity": politics.proximity_table,
    "import_security": security.import_security_table,
    "supply_potential": security.supply_potential_table,
    "rival_weights": rivals.weights_table,
    "rare_earth_mines": rare_earths.mines_table,
    "rare_earth_use": rare_earths.use_table,
    "rare_earth_policy": rare_earths.policy_table,
    "rare_earth_observed": rare_earths.observed_table,
}


def main(arguments: list[str] | None = None) -> int:
    """Write or check the tables; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the model's data tables from the extracts.")
    parser.add_argument("--check", action="store_true", help="write nothing, name stale tables")
    parser.add_argument("--out", type=Path, default=DATA, help="folder of the tables")
    options = parser.parse_args(arguments)
    stale = []
    for name, make in TABLES.items():
        path = options.out / f"{name}.csv"
        text = make().text()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if options.check and stale:
        print("stale tables: " + ", ".join(stale), file=sys.stderr)
        print("run: python tools/build_data.py", file=sys.stderr)
        return 1
    print(f"{len(TABLES)} tables, {len(stale)} {'stale' if options.check else 'written'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
