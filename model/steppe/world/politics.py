"""Politics between powers and hosts: channels of influence, leverage, positions, memberships."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steppe import axes

Array = NDArray[np.float64]

P, H = len(axes.POWERS), len(axes.HOSTS)


@dataclass(slots=True)
class Politics:
    """Political state of ``members`` worlds, member last; numbers between 0 and 1 unless said.

    - ``channel`` (power, host, channel): influence; ``bandwidth``, ``dependence`` (power, host): of
      the economic channel; ``recorded`` (power, host): dependence on trade that statistics record;
      ``share`` (power, host): of realised leverage; ``autonomy`` (host,): the host's own part:
      shares and autonomy sum to 1.
    - ``position`` (issue, host) -1 to 1; ``alignment`` (issue, power, host) -1 to 1.
    - ``threat`` (power, host): what the rivals' influence means to a power; ``threat_before``: at
      the start of the record.
    - ``visible``, ``taught`` (power, host): completed works and spending on education and culture,
      smoothed, mn USD/yr.
    - ``embedded`` (power, host): contractors of the power who know the country.
    - ``pressure`` (host,): Russia's on a host that turns away.
    - ``accession`` (host,): the host's own decision on the customs union, 1 joined, -1 left, 0 as
      history or the scenario has it; ``membership`` (organisation, host): who belongs to what.
    - ``migrants`` (host,): log change of remittances by migrants' rights since the base.
    - ``fbic`` (power, host): influence in the form of the published index.
    """

    channel: Array
    bandwidth: Array
    dependence: Array
    recorded: Array
    share: Array
    autonomy: Array
    position: Array
    alignment: Array
    threat: Array
    threat_before: Array
    visible: Array
    taught: Array
    embedded: Array
    pressure: Array
    accession: Array
    membership: Array
    migrants: Array
    fbic: Array


def no_politics(members: int) -> Politics:
    """Return a state without influence for ``members`` worlds."""

    def zeros(*shape: int) -> Array:
        return np.zeros((*shape, members))

    issues = len(axes.ISSUES)
    return Politics(
        channel=zeros(P, H, len(axes.CHANNELS)),
        bandwidth=zeros(P, H),
        dependence=zeros(P, H),
        recorded=zeros(P, H),
        share=zeros(P, H),
        autonomy=np.ones((H, members)),
        position=zeros(issues, H),
        alignment=zeros(issues, P, H),
        threat=zeros(P, H),
        threat_before=zeros(P, H),
        visible=zeros(P, H),
        taught=zeros(P, H),
        embedded=zeros(P, H),
        pressure=zeros(H),
        accession=zeros(H),
        membership=zeros(len(axes.ORGANISATIONS), H),
        migrants=zeros(H),
        fbic=zeros(P, H),
    )
