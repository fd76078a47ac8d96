"""The model in Mesa's SolaraViz: sliders of a scenario's levers, a map of freight and two plots.

pip install 'steppe[solara]'
solara run docs/examples/solara_page.py
"""

from __future__ import annotations

import solara
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from steppe import axes, scenario
from steppe.figures.network import read_network
from steppe.figures.outlines import countries
from steppe.model import CentralAsia

CASE = "japan_turkey_tandem"
MEMBERS = 8
NETWORK, LOADED = read_network(), scenario.load(CASE)
SHARES = [f"influence_share[{power},UZB]" for power in axes.POWERS]
WORKS = [f"consortium_value[JPN,{host}]" for host in axes.HOSTS]


def sliders() -> dict[str, object]:
    """Return the scenario's levers as Mesa's inputs; a change makes a new model on Reset."""
    found: dict[str, object] = {
        "case": CASE,
        "members": MEMBERS,
        "rng": {"type": "SliderInt", "label": "Seed", "value": 1, "min": 1, "max": 50, "step": 1},
    }
    for path, lever in LOADED.levers.items():
        found[path.replace(".", "__")] = {
            "type": "SliderFloat",
            "label": lever.name or path,
            "value": lever.default,
            "min": lever.low,
            "max": lever.high,
            "step": (lever.high - lever.low) / 20,
        }
    return found


@solara.component
def FreightMap(model: CentralAsia) -> None:
    """Draw the tonnage on every link: the mean over the members, this quarter."""
    update_counter.get()
    flow = model.state.link_flow[:, : model.members].mean(axis=1)
    figure = Figure(figsize=(7, 4.6), layout="constrained")
    panel = figure.add_subplot()
    for country in countries():
        for ring, *_ in country.polygons:
            panel.fill(*ring.T, color="0.93" if country.code in axes.HOSTS else "0.97", ec="0.8")
    lines = [NETWORK.links[code].path for code in axes.LINKS]
    widths = 8.0 * flow / max(float(flow.max()), 1e-9)
    panel.add_collection(LineCollection(lines, linewidths=0.4 + widths, colors="#33508A"))
    panel.set(xlim=(25, 130), ylim=(15, 60), aspect=1.3, xticks=[], yticks=[])
    panel.set_title(f"Freight on the links, {model.quarter}: at most {flow.max():.1f} Mt a year")
    solara.FigureMatplotlib(figure, format="png")


def titled(title: str, unit: str) -> object:
    """Return what gives a plot of Mesa's its title and unit."""

    def finish(panel: Axes) -> None:
        panel.set(title=f"{title}, from {LOADED.horizon.start}", ylabel=unit)
        panel.legend(fontsize="small")

    return finish


Page = SolaraViz(
    CentralAsia(CASE, MEMBERS, rng=1),
    components=[
        FreightMap,
        make_plot_component(SHARES, titled("Influence in Uzbekistan", "share of a power")),
        make_plot_component(WORKS, titled("Joint works that Japan finances", "mn USD a quarter")),
    ],
    model_params=sliders(),
    name=LOADED.title,
)
"""What ``solara run`` shows."""
