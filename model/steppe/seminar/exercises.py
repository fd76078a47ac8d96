"""The three exercises of a seminar: what is tried, step by step, and what is looked at.

docs/seminar.md tells them to the facilitator with what was measured.
"""

from __future__ import annotations

from dataclasses import dataclass

from steppe import axes
from steppe.clock import Quarter
from steppe.seminar.effects import Measure
from steppe.seminar.settings import ACTS_FROM, Settings, Shock

_LATE = Quarter.of(2036), Quarter.of(2040, 4)


@dataclass(frozen=True, slots=True)
class Variant:
    """One step: what is said of it, and the settings to make."""

    title: str
    settings: Settings
    ask: str
    """what to ask before the answer is drawn"""


@dataclass(frozen=True, slots=True)
class Exercise:
    """Steps on one question; ``measures`` are read over ``window``, works from ``begins`` on."""

    id: str
    title: str
    question: str
    minutes: int
    charts: tuple[str, str]
    """labels of the two large charts"""
    variants: tuple[Variant, ...]
    measures: tuple[Measure, ...]
    window: tuple[Quarter, Quarter]
    begins: Quarter
    close: str
    """what to end with"""


def _over_hosts(metric: str, power: str) -> tuple[str, ...]:
    return tuple(f"{metric}[{power},{host}]" for host in axes.HOSTS)


def _chabahar() -> Exercise:
    rail, line = "link.chabahar_mashhad.completion", "link.chabahar_mashhad.sanctions"
    finished = Settings("chabahar_completion")
    return Exercise(
        id="chabahar",
        title="Is it the railway or the waiver?",
        question="Does a finished Chabahar give Japan and India a way of their own?",
        minutes=25,
        charts=("corridor_share[chabahar]", "trade_total[IND,UZB]"),
        variants=(
            Variant(
                "the railway alone",
                Settings().with_lever(rail, 1.0),
                "How large a part of Japan's trade will use it: a tenth, a twentieth, less?",
            ),
            Variant(
                "the waiver alone",
                Settings().with_lever(line, 0.15),
                "More or less than the railway? Whose banks decide?",
            ),
            Variant(
                "both levers",
                Settings().with_lever(rail, 1.0).with_lever(line, 0.15),
                "More than the sum of the two, or less?",
            ),
            Variant(
                "the scenario: railway, port and waiver",
                finished,
                "What does the port add?",
            ),
            Variant(
                "the scenario, and sanctions from 2030 for three years",
                finished.with_shock(Shock("iran_sanctions", Quarter.of(2030), 1.0, 12)),
                "What is left after the sanctions are gone again?",
            ),
        ),
        measures=(
            Measure(
                "Chabahar",
                "part of Japan's trade",
                ("corridor_share[chabahar]",),
                "points",
                0.1,
                scale=100.0,
            ),
            Measure("Chabahar", "goods", ("corridor_volume[chabahar]",), "Mt a year", 0.02),
            Measure("India", "trade", _over_hosts("trade_total", "IND"), "%", 0.5, True),
            Measure("Japan", "trade", _over_hosts("trade_total", "JPN"), "%", 0.1, True),
            Measure(
                "China Land Bridge",
                "part of Japan's trade",
                ("corridor_share[china_land_bridge]",),
                "points",
                0.1,
                scale=100.0,
            ),
        ),
        window=_LATE,
        begins=ACTS_FROM,
        close=(
            "A way is not yet trade: ask who of those in the room would ship by it, and what paper "
            "they would want to see first."
        ),
    )


def _rare_earths() -> Exercise:
    start = Quarter.of(2027)
    return Exercise(
        id="rare_earths",
        title="How long does a fright last?",
        question="China stops rare earths to Japan: what does it pay, and are mines in time?",
        minutes=25,
        charts=("ree_price", "ree_output[KAZ]"),
        variants=(
            Variant(
                "a stop of three quarters",
                Settings().with_shock(Shock("rare_earth_stop", start, 2.0, 3)),
                "How much does the price rise, and how long?",
            ),
            Variant(
                "a stop of twelve quarters",
                Settings().with_shock(Shock("rare_earth_stop", start, 2.0, 12)),
                "Four times as long: four times as dear? Do mines come in time?",
            ),
            Variant(
                "the scenario: three quarters, then a quota for three years",
                Settings("rare_earth_shock"),
                "What is worse for Japan, the stop or the quota after it?",
            ),
            Variant(
                "cheap Kazakh rare earths with it",
                Settings("kazakh_rare_earths"),
                "Is it their cost or the end of the spike that leaves the plants idle?",
            ),
        ),
        measures=(
            Measure("Rare earths", "price", ("ree_price",), "%", 2.0, True),
            Measure("Japan", "rare earths in stock", ("ree_stock[JPN]",), "%", 2.0, True),
            Measure(
                "China",
                "part of Japan's imports",
                ("ree_china_share_of_japan_imports",),
                "points",
                0.5,
                scale=100.0,
            ),
            Measure(
                "Mines outside China",
                "output",
                tuple(f"ree_output[{c}]" for c in axes.MINERS if c != "CHN"),
                "%",
                1.0,
                True,
            ),
            Measure(
                "Japan",
                "works in minerals agreed",
                ("committed_by_sector[JPN,minerals]",),
                "mn USD a quarter",
                0.5,
                flow=True,
            ),
        ),
        window=(start, Quarter.of(2029, 4)),
        begins=start,
        close=(
            "Move the timeline to 2035: what did the fright leave? Ask what a year's stock would "
            "have cost, and who would have paid for it."
        ),
    )


def _tandem() -> Exercise:
    tandem = Settings("japan_turkey_tandem")
    return Exercise(
        id="tandem",
        title="What is a pilot worth?",
        question="Japan pays and Turkey builds: what gets built, and who is seen?",
        minutes=25,
        charts=("consortium_value[JPN,TKM]", "influence_share[TUR,TKM]"),
        variants=(
            Variant(
                "Japan's business money, half as much again",
                Settings().with_lever("japan.commercial_budget", 1.5),
                "Is money what Japan lacks?",
            ),
            Variant(
                "the tandem",
                tandem,
                "What does the agreement add to the money?",
            ),
            Variant(
                "no pilot at all",
                Settings("no_pilot"),
                "Which of Japan's works in the baseline rest on somebody else's builders?",
            ),
            Variant(
                "a break",
                Settings("tandem_break"),
                "Who loses more when it breaks, Japan or Turkey?",
            ),
            Variant(
                "the tandem, and Japan learns to convert",
                tandem.with_lever("japan.conversion", 1.0),
                "Is the pilot a way to learn, or does the pilot keep the leverage?",
            ),
        ),
        measures=(
            Measure(
                "Japan", "works agreed", _over_hosts("committed", "JPN"), "%", 2.0, True, flow=True
            ),
            Measure(
                "Japan",
                "works with another's builders",
                _over_hosts("consortium_value", "JPN"),
                "mn USD a quarter",
                0.5,
                total=True,
                flow=True,
            ),
            Measure(
                "Japan",
                "works completed",
                _over_hosts("completed", "JPN"),
                "%",
                2.0,
                True,
                flow=True,
            ),
            Measure(
                "Japan",
                "influence",
                _over_hosts("influence_share", "JPN"),
                "points",
                0.03,
                scale=100.0,
            ),
            Measure(
                "Turkey",
                "influence",
                _over_hosts("influence_share", "TUR"),
                "points",
                0.03,
                scale=100.0,
            ),
        ),
        window=_LATE,
        begins=ACTS_FROM,
        close="Let two groups write what each side would want in an agreement, then compare.",
    )


EXERCISES = (_chabahar(), _rare_earths(), _tandem())
