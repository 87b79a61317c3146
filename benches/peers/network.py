"""The graph: ways from client regions over access points to sites.

A path is an **entry** (client region to access point) and a **tail** (access point to site). An element stands
before access points or after them, never both, so that any entry and tail that meet make a simple path.
Entries and tails that another one beats, on latency and on every limited component at once, are left out,
which changes no level's value.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from case import Case
from inventory import Inventory

LATENCY_SLACK_MS = 1e-9


class TooManyWays(Exception):
    """There are more tails than can be written out one by one."""


@dataclass(frozen=True)
class Arc:
    start: str
    end: str
    latency: float
    link: int
    """Its component."""


@dataclass(frozen=True)
class Way:
    """An entry or a tail."""

    start: str
    latency: float
    rows: tuple[int, ...]
    """Load rows that it passes; those of the site are left out."""


@dataclass(frozen=True)
class LoadRow:
    """One component and resource that limits something."""

    component: int
    resource: int
    share: float
    """Part of the load of its place that it carries: 1, or an equal share of its pool's."""


class Network:
    """What may be used in a case, and the load rows on the way."""

    def __init__(
        self,
        inventory: Inventory,
        case: Case,
        members: dict[str, list[int]],
        with_standby: bool,
    ) -> None:
        self.inventory = inventory
        self.case = case
        self.access_points = set(inventory.access_points)
        self.sites = set(inventory.sites)
        self.regions = set(inventory.client_regions)
        self.rows: list[LoadRow] = []
        self.rows_at: dict[str, list[int]] = {}
        """By place; a link's are under its id."""
        self.members = members
        self.with_standby = with_standby
        self._arcs: dict[int, dict[str, list[Arc]]] = {}
        for component in range(inventory.component_count):
            self._add_rows(component)

    def _add_rows(self, component: int) -> None:
        inventory, case = self.inventory, self.case
        if case.gone[component]:
            return
        place = inventory.place(component)
        share = 1.0
        if component in inventory.pool_of:
            members = self.members[place]
            if component not in members:
                return
            share = 1.0 / len(members)
        for resource, is_network in enumerate(inventory.resources.is_network):
            left = case.left[component, resource]
            if left > 0 and left != float("inf") and (is_network or place in self.sites):
                self.rows_at.setdefault(place, []).append(len(self.rows))
                self.rows.append(LoadRow(component, resource, share))

    def has_room(self, component: int, profile: int) -> bool:
        """Whether users of a profile may pass a component at all."""
        inventory, case = self.inventory, self.case
        if case.gone[component]:
            return False
        is_site = component < len(inventory.sites)
        return all(
            case.left[component, resource] > 0
            for resource, demand in enumerate(inventory.demand[profile])
            if demand > 0 and (is_site or inventory.resources.is_network[resource])
        )

    def _is_open(self, place: str, profile: int) -> bool:
        inventory = self.inventory
        if place in self.regions:
            return True
        if place in inventory.pools:
            members = self.members[place]
            return bool(members) and all(self.has_room(member, profile) for member in members)
        component = inventory.component[place]
        if place in self.access_points and not self.with_standby:
            position = component - len(inventory.sites)
            if inventory.is_standby[position]:
                return False
        return self.has_room(component, profile)

    def arcs_into(self, profile: int) -> dict[str, list[Arc]]:
        """By place, the usable links that lead there."""
        if profile not in self._arcs:
            places = {end for link in self.inventory.links for end in (link.start, link.end)}
            is_open = {place: self._is_open(place, profile) for place in sorted(places)}
            arcs: dict[str, list[Arc]] = {}
            for link in self.inventory.links:
                is_permitted = link.profiles is None or profile in link.profiles
                if (
                    is_permitted
                    and is_open[link.start]
                    and is_open[link.end]
                    and self.has_room(link.component, profile)
                ):
                    arc = Arc(link.start, link.end, link.latency, link.component)
                    arcs.setdefault(link.end, []).append(arc)
            self._arcs[profile] = arcs
        return self._arcs[profile]

    def rows_on(self, place: str, profile: int) -> list[int]:
        """Load rows of a place, or of a link by its id, that users of a profile load."""
        demand = self.inventory.demand[profile]
        return [row for row in self.rows_at.get(place, []) if demand[self.rows[row].resource] > 0]

    def ways_to(self, end: str, starts: set[str], profile: int, longest: float, most: int) -> list[Way]:
        """Entries into an access point from client regions, or tails into a site from access points.

        The rows of a client region, of a site and of the access point at a tail's start are not on the way.
        Raises `TooManyWays` where more than `most` are found at all places together.
        """
        arcs = self.arcs_into(profile)
        names = self.inventory.names
        own = self.rows_on(end, profile) if end in self.access_points else []
        heap: list[tuple[float, int, int, str]] = [(0.0, len(own), _mask(own), end)]
        settled: dict[str, list[int]] = {}
        ways: list[Way] = []
        count = 0
        while heap:
            latency, _, mask, place = heapq.heappop(heap)
            others = settled.setdefault(place, [])
            if any(other & ~mask == 0 for other in others):
                continue
            others.append(mask)
            count += 1
            if count > most:
                raise TooManyWays
            if place in starts:
                ways.append(Way(place, latency, _rows(mask)))
                continue
            for arc in arcs.get(place, []):
                start = arc.start
                is_inner = start not in self.access_points and start not in self.regions
                if (start not in starts and not is_inner) or start in self.sites:
                    continue
                passed = mask | _mask(self.rows_on(names[arc.link], profile))
                if is_inner:
                    passed |= _mask(self.rows_on(start, profile))
                if latency + arc.latency <= longest + LATENCY_SLACK_MS:
                    heapq.heappush(heap, (latency + arc.latency, passed.bit_count(), passed, start))
        return ways

    def nearest_tails(self, site: str, profile: int) -> dict[str, Way]:
        """By access point and inner place, the least-latency tail from there to a site (Dijkstra 1959)."""
        arcs = self.arcs_into(profile)
        names = self.inventory.names
        nearest: dict[str, Way] = {}
        heap: list[tuple[float, str, tuple[int, ...]]] = [(0.0, site, ())]
        while heap:
            latency, place, rows = heapq.heappop(heap)
            if place in nearest:
                continue
            nearest[place] = Way(place, latency, rows)
            if place in self.access_points:
                continue
            for arc in arcs.get(place, []):
                if arc.start in self.regions or arc.start in self.sites or arc.start in nearest:
                    continue
                passed = self.rows_on(names[arc.link], profile)
                if arc.start not in self.access_points:
                    passed = passed + self.rows_on(arc.start, profile)
                heapq.heappush(heap, (latency + arc.latency, arc.start, (*rows, *passed)))
        return nearest


def _mask(rows: Iterable[int]) -> int:
    mask = 0
    for row in rows:
        mask |= 1 << row
    return mask


def _rows(mask: int) -> tuple[int, ...]:
    rows = []
    while mask:
        lowest = mask & -mask
        rows.append(lowest.bit_length() - 1)
        mask ^= lowest
    return tuple(rows)
