"""The named sets of the model and the order of every array axis, in one place.

Every state array is laid out as ``(named axes..., member)``: the ensemble member is always the
last axis.  A named axis is a tuple of codes; the position of a code in its tuple is its index.
"""

from __future__ import annotations

POWERS = ("JPN", "CHN", "RUS", "TUR", "IND")
HOSTS = ("KAZ", "UZB", "TKM", "KGZ", "TJK")
ROW = "ROW"
REGIONS = (*POWERS, *HOSTS, ROW)
"""Regions that trade: the ten states and the rest of the world."""
TRANSIT = ("IRN", "PAK", "AFG", "CAU")
"""Countries that own links and have politics but no modelled trade (CAU: Azerbaijan, Georgia)."""
PARTNERS = (*POWERS, ROW)
"""Where hosts' exports are allocated by supply: the powers and the rest of the world."""

GOODS = ("hydrocarbons", "minerals", "chemicals", "agrifood", "manufactures")
SECTORS = (
    "hydrocarbons",
    "power",
    "minerals",
    "transport",
    "chemicals",
    "agriculture_water",
    "education_culture",
)
WINDOWS = ("concessional", "commercial")
"""Purses of a power: aid and soft loans, and money at market terms."""
MODES = ("solo", "multilateral", "consortium")
"""How a project is financed: by the power alone, through the development banks, or by the power
with another's contractors, its pilot."""
GAS_LINES = (
    "cac_turkmen",
    "cac_uzbek",
    "cac_kazakh",
    "orenburg",
    "china_turkmen",
    "china_uzbek",
    "china_kazakh",
    "turkmen_iran",
    "turkmen_afghan",
    "tapi",
    "trans_caspian_gas",
)
"""Lines that carry a host's gas out of the five, in the order of ``data/pipelines.csv``."""
OIL_ROUTES = ("cpc", "atyrau_samara", "kazakhstan_china", "caspian_tankers", "oil_rail")
"""Ways of Kazakhstan's oil, in the same table after the gas lines."""
PIPELINES = (*GAS_LINES, *OIL_ROUTES)
GAS_BUYERS = (*PARTNERS, *TRANSIT[:3])
"""Who takes the hosts' gas: the trading partners, then Iran, Pakistan and Afghanistan."""
CORRIDORS = (
    "trans_siberian",
    "china_land_bridge",
    "chabahar",
    "bandar_abbas",
    "gwadar_karakoram",
    "trans_caspian",
)
CHANNELS = ("economic", "institutional", "security", "soft")
ORGANISATIONS = ("EAEU", "CSTO", "SCO", "ECO", "TRACECA", "BRI", "OTS", "CA_JAPAN", "CANWFZ")
ISSUES = ("un_votes", "corridors", "integration")
"""Questions on which states take positions."""

MINERS = ("CHN", "USA", "AUS", "RUS", "IND", "KAZ", "ROW")
"""Countries that mine rare earths, or may."""
USERS = ("CHN", "JPN", "ROW")
"""Who uses rare earths."""
REPROCESSORS = "REPROCESSORS"
"""Those who sell on or refine Chinese rare earths outside China."""
SOURCES = ("CHN", REPROCESSORS, *MINERS[1:])
"""Where Japan's rare earths come from."""

PAIRS = tuple(f"{power}-{host}" for power in POWERS for host in HOSTS)
"""Power-host pairs, power first."""

POWER = slice(0, len(POWERS))
"""Powers on the region axis."""
HOST = slice(len(POWERS), len(POWERS) + len(HOSTS))
"""Hosts on the region axis."""
ROW_INDEX = len(REGIONS) - 1

NAMES = {
    "JPN": "japan",
    "CHN": "china",
    "RUS": "russia",
    "TUR": "turkey",
    "IND": "india",
    "KAZ": "kazakhstan",
    "UZB": "uzbekistan",
    "TKM": "turkmenistan",
    "KGZ": "kyrgyzstan",
    "TJK": "tajikistan",
    "ROW": "rest_of_world",
    "IRN": "iran",
    "PAK": "pakistan",
    "AFG": "afghanistan",
    "CAU": "caucasus",
    "USA": "united_states",
    "AUS": "australia",
}
NAMES |= {pair: "_".join(NAMES[code] for code in pair.split("-")) for pair in PAIRS}
"""How a code is written inside a parameter name: ``japan.conversion``."""

TITLES = {
    "JPN": "Japan",
    "CHN": "China",
    "RUS": "Russia",
    "TUR": "Turkey",
    "IND": "India",
    "KAZ": "Kazakhstan",
    "UZB": "Uzbekistan",
    "TKM": "Turkmenistan",
    "KGZ": "Kyrgyzstan",
    "TJK": "Tajikistan",
    "ROW": "rest of the world",
    "IRN": "Iran",
    "PAK": "Pakistan",
    "AFG": "Afghanistan",
    "CAU": "Azerbaijan and Georgia",
    "USA": "United States",
    "AUS": "Australia",
    "REPROCESSORS": "re-processors",
    "trans_siberian": "Trans-Siberian",
    "china_land_bridge": "China Land Bridge",
    "chabahar": "Chabahar",
    "bandar_abbas": "Bandar Abbas",
    "gwadar_karakoram": "Gwadar-Karakoram",
    "trans_caspian": "Trans-Caspian",
    "cac_turkmen": "Central Asia-Centre, Turkmen gas",
    "cac_uzbek": "Central Asia-Centre, Uzbek gas",
    "cac_kazakh": "Central Asia-Centre, Kazakh gas",
    "orenburg": "Karachaganak-Orenburg",
    "china_turkmen": "Central Asia-China, Turkmen gas",
    "china_uzbek": "Central Asia-China, Uzbek gas",
    "china_kazakh": "Central Asia-China, Kazakh gas",
    "turkmen_iran": "Turkmenistan-Iran",
    "turkmen_afghan": "Turkmenistan-Afghanistan",
    "tapi": "Turkmenistan-Afghanistan-Pakistan-India",
    "trans_caspian_gas": "Trans-Caspian gas line",
    "cpc": "Caspian Pipeline Consortium",
    "atyrau_samara": "Atyrau-Samara",
    "kazakhstan_china": "Kazakhstan-China",
    "caspian_tankers": "Aktau tankers, Baku-Tbilisi-Ceyhan",
    "oil_rail": "Railway",
}
"""How a code is written for a reader."""

BASES = (2001, 2010, 2017)
"""Years in whose first quarter a run may start: each has a base state (its data precede it)."""


def axis(name: str) -> tuple[str, ...]:
    """Return the codes of the axis ``name`` in order; ``KeyError`` for an unknown axis."""
    return {
        "power": POWERS,
        "host": HOSTS,
        "region": REGIONS,
        "pair": PAIRS,
        "transit": TRANSIT,
        "partner": PARTNERS,
        "good": GOODS,
        "sector": SECTORS,
        "window": WINDOWS,
        "mode": MODES,
        "issue": ISSUES,
        "miner": MINERS,
        "user": USERS,
        "corridor": CORRIDORS,
        "channel": CHANNELS,
        "organisation": ORGANISATIONS,
        "link": LINKS,
        "gas_line": GAS_LINES,
        "oil_route": OIL_ROUTES,
        "pipeline": PIPELINES,
    }[name]


LINKS: tuple[str, ...] = (
    "japan_vladivostok_sea",
    "trans_siberian_rail",
    "petropavlovsk_moscow_rail",
    "moscow_europe_rail",
    "petropavlovsk_almaty_rail",
    "moscow_saryagash_rail",
    "moscow_beyneu_rail",
    "japan_lianyungang_sea",
    "lianyungang_urumqi_rail",
    "urumqi_dostyk",
    "urumqi_khorgos",
    "urumqi_kashgar_rail",
    "kashgar_osh_andijan_rail",
    "irkeshtam_road",
    "torugart_road",
    "kulma_road",
    "almaty_saryagash_rail",
    "kaz_uzb_rail",
    "kaz_kgz_road",
    "almaty_beyneu_rail",
    "beyneu_samarkand_rail",
    "tashkent_samarkand_rail",
    "fergana_tashkent_rail",
    "bishkek_osh_road",
    "osh_dushanbe_road",
    "uzb_tjk_rail",
    "tashkent_dushanbe_road",
    "uzb_tkm_rail",
    "mary_ashgabat_rail",
    "kaz_tkm_rail",
    "japan_gulf_sea",
    "mumbai_bandar_abbas_sea",
    "mumbai_chabahar_sea",
    "gulf_chabahar_sea",
    "chabahar_port",
    "chabahar_mashhad",
    "bandar_abbas_sarakhs_rail",
    "kaz_tkm_iran_rail",
    "mashhad_sarakhs_tkm",
    "termez_hairatan",
    "trans_afghan",
    "gulf_karachi_sea",
    "gwadar_khunjerab",
    "mumbai_lianyungang_sea",
    "europe_gulf_sea",
    "aktau_baku_ferry",
    "turkmenbashi_baku_ferry",
    "baku_poti_rail",
    "baku_tbilisi_kars",
    "poti_europe_sea",
    "japan_poti_sea",
    "turkey_iran_road",
    "turkey_russia_beyneu",
)
"""Links of the transport network, in the order of ``data/links.csv``."""
