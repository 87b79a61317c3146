"""How steering is written out: every path, or flows over arcs.

**paths**: a column for every group and every path that it may take within its latency limit to a site where a
class of it may be. A path that another one from the same access point beats on latency and on every limited
component at once is left out. Exact. Possible where few paths lead from an access point to a site.

**arcs**: where a meshed backbone has too many paths, a column for every group, entry and site, and beyond the
access point a flow for every demand, site and link, with a balance at every place. An entry is written if its
least-latency tail keeps the limit; that every user of it keeps the limit is not asked. So the arcs allow a
little more than the model does: a level's value can only be too low. Where all levels equal those of a plan whose
every path was checked, they are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classes import Group
from network import LATENCY_SLACK_MS, TooManyWays, Way
from setting import ALL_WAYS
from writer import Steering, Writer

PATHS_PER_PLACE = 4
"""With `auto`, paths are written out as long as every place has at most so many to a site on average."""

Coupling = dict[tuple[int, int], int]


def write_steering(writer: Writer, coupling: Coupling, steering: str) -> Steering:
    """Columns, coupling entries and loads of steering."""
    if steering != "arcs":
        try:
            tails = _all_tails(writer, coupling, is_forced=steering == "paths")
            return _paths(writer, coupling, tails)
        except TooManyWays:
            if steering == "paths":
                raise
    return _arcs(writer, coupling)


@dataclass(frozen=True)
class _Tails:
    """Tails from one access point for one profile, as arrays."""

    site: np.ndarray
    latency: np.ndarray
    rows: np.ndarray
    """Tails × most rows of any; -1 where a tail has fewer."""


def _longest(writer: Writer) -> dict[int, float]:
    """By profile, the longest latency limit of any group."""
    longest: dict[int, float] = {}
    for group in writer.setting.classes.groups:
        longest[group.profile] = max(longest.get(group.profile, 0.0), group.max_latency)
    return longest


def _all_tails(writer: Writer, coupling: Coupling, is_forced: bool) -> dict[tuple[int, str], _Tails]:
    """By profile and access point. Raises `TooManyWays` where they are too many to be written out."""
    setting = writer.setting
    network = setting.network
    sites = sorted({site for _, site in coupling})
    places = len(setting.inventory.access_points) + len(setting.inventory.sites)
    most = ALL_WAYS if is_forced else PATHS_PER_PLACE * (places + len(setting.inventory.pools))
    found: dict[tuple[int, str], list[tuple[int, Way]]] = {}
    for profile, longest in _longest(writer).items():
        for site in sites:
            if not network.has_room(site, profile):
                continue
            name = setting.inventory.sites[site]
            for way in network.ways_to(name, network.access_points, profile, longest, most):
                found.setdefault((profile, way.start), []).append((site, way))
    return {key: _as_arrays(ways) for key, ways in found.items()}


def _as_arrays(ways: list[tuple[int, Way]]) -> _Tails:
    width = max((len(way.rows) for _, way in ways), default=0)
    rows = np.full((len(ways), width), -1)
    for position, (_, way) in enumerate(ways):
        rows[position, : len(way.rows)] = way.rows
    return _Tails(
        site=np.array([site for site, _ in ways]),
        latency=np.array([way.latency for _, way in ways]),
        rows=rows,
    )


def _paths(writer: Writer, coupling: Coupling, tails: dict[tuple[int, str], _Tails]) -> Steering:
    setting = writer.setting
    at_site = _coupling_by_group(setting.classes.groups, coupling, len(setting.inventory.sites))
    loads = _LoadOfUser(writer)
    entering = _Entering(writer)
    columns, latencies = [], []
    for index, group in enumerate(setting.classes.groups):
        for entry in setting.entries.get((group.profile, group.client_region), []):
            of_entry = tails.get((group.profile, entry.start))
            if of_entry is None:
                continue
            longest = group.max_latency + LATENCY_SLACK_MS
            coupled = at_site[index][of_entry.site]
            taken = (coupled >= 0) & (entry.latency + of_entry.latency <= longest)
            new = writer.columns(np.full(int(taken.sum()), np.inf))
            columns.append(new)
            latencies.append(entry.latency + of_entry.latency[taken])
            entering.add(entry.start, new)
            writer.add(coupled[taken], new, -1.0)
            for row in entry.rows:
                writer.add(np.full(len(new), row), new, loads.of(group, row))
            rows = of_entry.rows[taken]
            is_row = rows >= 0
            passed = rows[is_row]
            writer.add(passed, np.repeat(new, is_row.sum(axis=1)), loads.all(group)[passed])
    return Steering(np.concatenate(columns), np.concatenate(latencies), entering.columns(), "paths")


def _coupling_by_group(groups: list[Group], coupling: Coupling, sites: int) -> np.ndarray:
    """Groups × sites: the coupling row, or -1."""
    rows = np.full((len(groups), sites), -1)
    for (group, site), row in coupling.items():
        rows[group, site] = row
    return rows


class _LoadOfUser:
    """Loads of one unit of a column, by demand and load row."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.known: dict[tuple[int, float], np.ndarray] = {}

    def all(self, group: Group) -> np.ndarray:
        key = (group.profile, group.factor)
        if key not in self.known:
            demand = self.writer.setting.demand(group)
            rows = range(len(self.writer.setting.network.rows))
            self.known[key] = np.array([self.writer.load_of_user(row, demand) for row in rows])
        return self.known[key]

    def of(self, group: Group, row: int) -> float:
        return float(self.all(group)[row])


class _Entering:
    """Which columns enter at which access point."""

    def __init__(self, writer: Writer) -> None:
        self.found: dict[str, list[np.ndarray]] = {name: [] for name in writer.setting.inventory.access_points}

    def add(self, access_point: str, columns: np.ndarray) -> None:
        self.found[access_point].append(columns)

    def columns(self) -> dict[str, np.ndarray]:
        return {
            name: np.concatenate(found) if found else np.array([], dtype=int)
            for name, found in self.found.items()
        }


def _arcs(writer: Writer, coupling: Coupling) -> Steering:
    setting = writer.setting
    entering = _Entering(writer)
    loads = _LoadOfUser(writer)
    balance = _Balance(writer, loads)
    columns, latencies = [], []
    by_group: dict[int, list[int]] = {}
    for of_group, site in coupling:
        by_group.setdefault(of_group, []).append(site)
    for index, sites in by_group.items():
        group = setting.classes.groups[index]
        for entry in setting.entries.get((group.profile, group.client_region), []):
            longest = group.max_latency + LATENCY_SLACK_MS
            reached = [
                site
                for site in sites
                if entry.latency + balance.least(group.profile, site, entry.start) <= longest
            ]
            new = writer.columns(np.full(len(reached), np.inf))
            columns.append(new)
            latencies.append(np.full(len(reached), entry.latency))
            entering.add(entry.start, new)
            coupled = np.array([coupling[index, site] for site in reached], dtype=int)
            writer.add(coupled, new, -1.0)
            into = [balance.row(group, site, entry.start) for site in reached]
            writer.add(np.array(into, dtype=int), new, 1.0)
            for row in entry.rows:
                writer.add(np.full(len(new), row), new, loads.of(group, row))
    flows, of_flow = balance.write_flows()
    columns.append(flows)
    latencies.append(of_flow)
    return Steering(np.concatenate(columns), np.concatenate(latencies), entering.columns(), "arcs")


class _Balance:
    """Flows from access points to one site, by demand: what enters a place leaves it."""

    def __init__(self, writer: Writer, loads: _LoadOfUser) -> None:
        self.writer = writer
        self.loads = loads
        self.rows: dict[tuple[Group, int, str], int] = {}
        self.nearest: dict[tuple[int, int], dict[str, Way]] = {}

    def _tails(self, profile: int, site: int) -> dict[str, Way]:
        key = (profile, site)
        if key not in self.nearest:
            setting = self.writer.setting
            name = setting.inventory.sites[site]
            is_open = setting.network.has_room(site, profile)
            self.nearest[key] = setting.network.nearest_tails(name, profile) if is_open else {}
        return self.nearest[key]

    def least(self, profile: int, site: int, access_point: str) -> float:
        way = self._tails(profile, site).get(access_point)
        return float("inf") if way is None else way.latency

    def row(self, group: Group, site: int, place: str) -> int:
        """The balance of a place; groups that demand the same share it."""
        demand = Group(-1, group.profile, group.factor, float("inf"))
        key = (demand, site, place)
        if key not in self.rows:
            self.rows[key] = int(self.writer.rows(np.zeros(1), np.zeros(1))[0])
        return self.rows[key]

    def write_flows(self) -> tuple[np.ndarray, np.ndarray]:
        """A column for every demand, site and link between places from which the site is reached."""
        writer = self.writer
        network, inventory = writer.setting.network, writer.setting.inventory
        upper_count, latencies = [], []
        for demand, site in sorted(
            {(demand, site) for demand, site, _ in self.rows},
            key=lambda pair: (pair[0].profile, pair[0].factor, pair[1]),
        ):
            tails = self._tails(demand.profile, site)
            name = inventory.sites[site]
            load = self.loads.all(demand)
            for end in sorted(tails):
                if end in network.access_points:
                    continue
                for arc in network.arcs_into(demand.profile).get(end, []):
                    if arc.start not in tails:
                        continue
                    is_entry = arc.start in network.access_points
                    if is_entry and (demand, site, arc.start) not in self.rows:
                        continue
                    column = writer.columns(np.array([np.inf]))
                    out_of = self.row(demand, site, arc.start)
                    writer.add(np.array([out_of]), column, -1.0)
                    if end != name:
                        writer.add(np.array([self.row(demand, site, end)]), column, 1.0)
                    passed = network.rows_on(inventory.names[arc.link], demand.profile)
                    if end != name:
                        passed = passed + network.rows_on(end, demand.profile)
                    rows = np.array(passed, dtype=int)
                    writer.add(rows, np.repeat(column, len(rows)), load[rows])
                    upper_count.append(column)
                    latencies.append(arc.latency)
        if not upper_count:
            return np.array([], dtype=int), np.array([])
        return np.concatenate(upper_count), np.array(latencies)
