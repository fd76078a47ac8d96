"""The network's tables: whole, connected, and true to published door-to-door days and prices."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from steppe import axes
from steppe.parameters import read_table, registry
from steppe.world.network import LOCAL, build, network

ROOT = Path(__file__).resolve().parents[2]
NODES = {row["node"]: row for row in read_table("nodes")}
LINKS = {row["link"]: row for row in read_table("links")}
STATES = {(int(row["base"]), row["link"]): row for row in read_table("link_states")}
ROUTES = read_table("routes")
TRADE_NODE = {row["region"]: row["node"] for row in NODES.values() if row["region"]}


def days(links: str, base: int = 2017, **completion: float) -> float:
    """Free-flow days over a path, borders included, at a base or with a named completion."""
    return sum(
        float(LINKS[name]["days"])
        * (1 - float(LINKS[name]["gain"]) * completion.get(name, state(base, name, "completion")))
        + float(LINKS[name]["border_days"])
        for name in links.split()
    )


def dollars(links: str, base: int = 2017, **completion: float) -> float:
    """Freight and border charges over a path, USD per tonne."""
    return sum(
        float(LINKS[name]["freight_usd_t"])
        * (
            1
            - float(LINKS[name]["freight_gain"])
            * completion.get(name, state(base, name, "completion"))
        )
        for name in links.split()
    )


def state(base: int, link: str, column: str) -> float:
    return float(STATES[base, link][column])


# Tables


def test_links_axis_is_the_table() -> None:
    assert tuple(LINKS) == axes.LINKS
    assert network().links == axes.LINKS


def test_every_link_joins_known_nodes_and_has_an_owner_and_a_source() -> None:
    owners = {*axes.POWERS, *axes.HOSTS, *axes.TRANSIT, axes.ROW}
    for name, row in LINKS.items():
        assert row["from"] in NODES and row["to"] in NODES, name
        assert row["owner"] in owners, name
        assert row["mode"] in {"sea", "rail", "road", "ferry", "port"}, name
        assert row["corridor"] in {"", *axes.CORRIDORS}, name
        assert len(row["source"]) > 10, name


def test_freight_is_distance_times_rate_plus_handling() -> None:
    for name, row in LINKS.items():
        built = float(row["km"]) * float(row["usd_tkm"]) + float(row["handling_usd_t"])
        assert float(row["freight_usd_t"]) == pytest.approx(built, abs=0.06), name


def test_every_region_trades_at_one_node_and_nodes_lie_where_they_should() -> None:
    assert Counter(row["region"] for row in NODES.values() if row["region"]) == Counter(
        axes.REGIONS
    )
    for row in NODES.values():
        assert -10 < float(row["lon"]) < 145 and 5 < float(row["lat"]) < 60, row["node"]


def test_waypoints_can_be_drawn() -> None:
    for name, row in LINKS.items():
        for point in filter(None, row["via"].split(";")):
            lon, lat = map(float, point.split())
            assert -15 < lon < 145 and 0 < lat < 60, name


def test_states_name_every_link_at_every_base() -> None:
    assert set(STATES) == {(base, link) for base in axes.BASES for link in LINKS}
    for key, row in STATES.items():
        assert float(row["capacity"]) > 0, key
        assert float(row["background"]) <= 1.2 * float(row["capacity"]), key
        for column in ("completion", "open", "sanctions", "conflict"):
            assert 0 <= float(row[column]) <= 1, key


def test_states_know_the_history() -> None:
    assert [state(b, "urumqi_dostyk", "capacity") for b in axes.BASES] == [4.5, 10, 20]
    assert [state(b, "urumqi_khorgos", "open") for b in axes.BASES] == [0, 0, 1]
    assert [state(b, "bandar_abbas_sarakhs_rail", "completion") for b in axes.BASES] == [0, 1, 1]
    assert [state(b, "termez_hairatan", "completion") for b in axes.BASES] == [0, 0, 1]
    assert [state(b, "kaz_tkm_iran_rail", "open") for b in axes.BASES] == [0, 0, 1]
    assert [state(b, "baku_tbilisi_kars", "completion") for b in axes.BASES] == [0, 0, 0]
    assert [state(b, "gwadar_khunjerab", "open") for b in axes.BASES] == [1, 0, 1]
    assert [state(b, "chabahar_port", "capacity") for b in axes.BASES] == [2.5, 2.5, 2.5]
    assert [state(b, "chabahar_mashhad", "completion") for b in axes.BASES] == [0, 0, 0]
    early, harsh, relief = (state(b, "chabahar_mashhad", "sanctions") for b in axes.BASES)
    assert harsh > max(early, relief)


def test_link_parameters_read_the_tables() -> None:
    known = registry()
    assert known["link.urumqi_dostyk.capacity"].default(2001) == 4.5
    assert known["link.urumqi_dostyk.capacity"].default(2017) == 20
    assert known["link.trans_siberian_rail.days"].default(2010) == float(
        LINKS["trans_siberian_rail"]["days"]
    )
    for parameter in known:
        if parameter.name.startswith(("link.", "corridors.")):
            for base in axes.BASES:
                default = parameter.default(base)
                assert parameter.low <= default <= parameter.high, parameter.name


# Routes


def test_routes_table_is_what_the_tool_makes() -> None:
    tool = ROOT / "tools" / "build_routes.py"
    done = subprocess.run(
        [sys.executable, str(tool), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_route_is_a_simple_path_between_its_regions() -> None:
    for row in ROUTES:
        at = TRADE_NODE[row["from"]]
        seen = [at]
        for name in row["links"].split():
            ends = {LINKS[name]["from"], LINKS[name]["to"]}
            assert at in ends, row["links"]
            (at,) = ends - {at}
            seen.append(at)
        assert at == TRADE_NODE[row["to"]], row["links"]
        assert len(set(seen)) == len(seen), row["links"]


def test_routes_are_labelled_by_the_corridor_of_their_links() -> None:
    for row in ROUTES:
        marks = {LINKS[name]["corridor"] for name in row["links"].split()} - {""}
        assert marks == ({row["corridor"]} - {LOCAL}), row["links"]


def test_route_totals_are_those_of_their_links() -> None:
    for row in ROUTES:
        assert float(row["days"]) == pytest.approx(days(row["links"]), abs=0.06)
        assert float(row["usd_t"]) == pytest.approx(dollars(row["links"]), abs=0.6)


def test_every_trading_pair_has_an_open_route_at_every_base() -> None:
    outside = [(p, h) for p in (*axes.POWERS, axes.ROW) for h in axes.HOSTS]
    pairs = set(outside) | set(combinations(axes.HOSTS, 2))
    assert {(r["from"], r["to"]) for r in ROUTES} == pairs
    for base in axes.BASES:
        usable = {
            (r["from"], r["to"])
            for r in ROUTES
            if all(state(base, name, "open") > 0 for name in r["links"].split())
        }
        assert usable == pairs, base


def test_japan_has_a_route_to_every_host_through_every_corridor() -> None:
    served = {(r["to"], r["corridor"]) for r in ROUTES if r["from"] == "JPN"}
    assert served == {(h, c) for h in axes.HOSTS for c in axes.CORRIDORS}


def test_the_table_stays_readable() -> None:
    assert len(ROUTES) <= 230
    assert max(len(row["links"].split()) for row in ROUTES) <= 10
    assert len({(r["pair"], r["links"]) for r in ROUTES}) == len(ROUTES)


def test_india_does_not_cross_pakistan() -> None:
    crossed = {n for r in ROUTES if r["from"] == "IND" for n in r["links"].split()}
    assert not {"PAK", "AFG"} & {LINKS[name]["owner"] for name in crossed}


# Door to door, free flow: figures copied by hand from the sources named

JAPAN_CHINA = "japan_lianyungang_sea lianyungang_urumqi_rail"
GULF_TASHKENT = "bandar_abbas_sarakhs_rail mashhad_sarakhs_tkm uzb_tkm_rail tashkent_samarkand_rail"


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [
        # Yokohama-Moscow 27 days (MLIT pilot, 2018), about 30 (2011)
        ("japan_vladivostok_sea trans_siberian_rail petropavlovsk_moscow_rail", 25, 31),
        # Japan-Kazakhstan through China about 30 days (AFP, 2021)
        (f"{JAPAN_CHINA} urumqi_khorgos", 26, 33),
        # Guangzhou-Almaty 14 days by Khorgos (2021)
        ("lianyungang_urumqi_rail urumqi_khorgos", 12, 16),
        # Tianjin-Tashkent 14 days, Lianyungang-Uzbekistan 20 (2022)
        ("lianyungang_urumqi_rail urumqi_dostyk almaty_saryagash_rail kaz_uzb_rail", 14, 20),
        # Bandar Abbas-Tashkent 20 days (2024), target 15
        (GULF_TASHKENT, 16, 21),
        # Mundra-Astana 25-30 days by Bandar Abbas (2025)
        ("mumbai_bandar_abbas_sea kaz_tkm_iran_rail almaty_beyneu_rail", 25, 31),
        # Nhava Sheva-Moscow by sea and rail 26 days, 32 by Baku (COMCEC 2017)
        ("mumbai_bandar_abbas_sea kaz_tkm_iran_rail moscow_beyneu_rail", 24, 33),
        # Altynkol-Poti 12 days, Absheron 9 (TITR 2024); Almaty-Poti here
        ("almaty_beyneu_rail aktau_baku_ferry baku_poti_rail", 12, 18),
        # Tashkent-Poti 20 days by Turkmenbashi (2024), loading included
        (
            "tashkent_samarkand_rail uzb_tkm_rail mary_ashgabat_rail turkmenbashi_baku_ferry"
            " baku_poti_rail",
            14,
            21,
        ),
        # Kashgar-Tashkent 8 days, 2 when it runs well, by Osh and Andijan
        ("irkeshtam_road fergana_tashkent_rail", 3, 8),
    ],
)
def test_days_door_to_door(path: str, low: float, high: float) -> None:
    assert low <= days(path) <= high


def test_japan_by_the_black_sea_takes_far_longer_than_by_china() -> None:
    # finished cars: 80 days and more by the Black Sea and Russia, 30 by China (AFP, 2021)
    sea = days("japan_poti_sea baku_poti_rail aktau_baku_ferry almaty_beyneu_rail")
    assert sea > 1.6 * days(f"{JAPAN_CHINA} urumqi_khorgos")


def test_price_tashkent_istanbul() -> None:
    # interrail tariff, 1 April 2020: 2,305 USD a 20 ft by Turkmenbashi, 2,704 by Aktau (18 t)
    by_rail = {"baku_tbilisi_kars": 1.0}
    east = "tashkent_samarkand_rail"
    south = f"{east} uzb_tkm_rail mary_ashgabat_rail turkmenbashi_baku_ferry baku_tbilisi_kars"
    north = f"{east} beyneu_samarkand_rail aktau_baku_ferry baku_tbilisi_kars"
    assert dollars(south, **by_rail) == pytest.approx(2305 / 18, rel=0.18)
    assert dollars(north, **by_rail) == pytest.approx(2704 / 18, rel=0.18)


def test_price_mumbai_moscow() -> None:
    # COMCEC 2017, Nhava Sheva-Moscow 3,550 USD a TEU by sea and rail (18 t)
    path = "mumbai_bandar_abbas_sea kaz_tkm_iran_rail moscow_beyneu_rail"
    assert dollars(path) == pytest.approx(3550 / 18, rel=0.25)


def test_chabahar_rail_matches_bandar_abbas_and_the_road_does_not() -> None:
    end = "mashhad_sarakhs_tkm"
    india = f"mumbai_chabahar_sea chabahar_port chabahar_mashhad {end}"
    other = f"mumbai_bandar_abbas_sea bandar_abbas_sarakhs_rail {end}"
    assert dollars(india) > 1.3 * dollars(other)
    assert dollars(india, chabahar_mashhad=1.0) == pytest.approx(dollars(other), rel=0.15)
    assert days(india, chabahar_mashhad=1.0) == pytest.approx(days(other), rel=0.15)


def test_bafq_mashhad_rail_cut_distance() -> None:
    assert days("bandar_abbas_sarakhs_rail", 2001) > 1.2 * days("bandar_abbas_sarakhs_rail", 2010)


# Arrays


def test_arrays_say_what_the_table_says() -> None:
    net = network()
    assert net.routes == len(ROUTES)
    assert net.pairs == len({row["pair"] for row in ROUTES})
    table = Counter(
        (row["from"], row["to"], row["corridor"], tuple(row["links"].split())) for row in ROUTES
    )
    arrays = Counter(
        (
            *net.pair_codes[net.route_pair[r]],
            LOCAL if net.route_corridor[r] < 0 else axes.CORRIDORS[net.route_corridor[r]],
            net.links_of(r),
        )
        for r in range(net.routes)
    )
    assert arrays == table


def test_pair_index_looks_up_both_directions() -> None:
    net = network()
    for pair, (a, b) in enumerate(zip(net.exporter, net.importer, strict=True)):
        assert net.pair_index[a, b] == net.pair_index[b, a] == pair
    assert np.count_nonzero(net.pair_index >= 0) == 2 * net.pairs
    japan, china = (axes.REGIONS.index(code) for code in ("JPN", "CHN"))
    assert net.pair_index[japan, china] == -1


def test_a_route_over_an_unknown_link_is_refused() -> None:
    wrong = {**ROUTES[0], "links": "japan_atlantis_sea"}
    with pytest.raises(KeyError, match="japan_atlantis_sea"):
        build(list(LINKS.values()), [wrong])
