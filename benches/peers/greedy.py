"""Baseline: what operators do by hand, with no program at all.

Everybody stays as long as his way has room. Who has to leave goes, best tier first and large classes first, to the
nearest allowed site with room within its headroom target, then to the nearest with any room at all, over the
fastest way there that has room; the rest is unserved. Nobody makes room for anybody, and standby access points
stay closed. Its values are what it reaches, not optima, so they are reported and judge nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from levels import Settled
from network import LATENCY_SLACK_MS
from setting import Setting


@dataclass(frozen=True)
class _Option:
    latency: float
    site: int
    rows: np.ndarray
    load: np.ndarray
    """Of one user, on each of the rows."""


@dataclass(frozen=True)
class _Served:
    of_class: int
    site: int
    users: float
    latency: float


class Greedy:
    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        rows = range(len(setting.network.rows))
        self.left = np.array([setting.left(row) for row in rows])
        keys = [(row.component, row.resource) for row in setting.network.rows]
        self.load = np.array([setting.fixed.load[key] for key in keys])
        self.kept = np.array([setting.kept[key] for key in keys])
        self.target = np.array([setting.target(row) for row in rows])
        self.wanted = self.left * (1 - self.target * (1 - self.kept))
        self.served: list[_Served] = []
        self.unserved: dict[int, float] = dict.fromkeys(setting.classes.ranks, 0.0)
        self.tails = self._tails()
        self.known_ways: dict[int, list[_Option]] = {}

    def plan(self) -> list[Settled]:
        """The value of every level of the plan that it makes."""
        leaving: list[tuple[int, float, int]] = []
        for rank in self.setting.classes.ranks:
            for index, one in enumerate(self.setting.classes.classes):
                if rank in one.users_of_rank:
                    users = one.users_of_rank[rank]
                    here = [way for way in self._ways(one.group) if way.site == one.current]
                    rest = self._place(index, users, here, self.left) if here else users
                    if rest > 0:
                        leaving.append((rank, -rest, index))
        for rank, negative_users, index in sorted(leaving):
            one = self.setting.classes.classes[index]
            ways = [way for way in self._ways(one.group) if way.site in one.sites]
            rest = self._place(index, -negative_users, ways, self.wanted)
            rest = self._place(index, rest, ways, self.left)
            self.unserved[rank] += rest
        return self._values()

    def _tails(self) -> dict[tuple[int, int], dict[str, tuple[float, tuple[int, ...]]]]:
        setting = self.setting
        return {
            (profile, site): {
                place: (way.latency, way.rows)
                for place, way in setting.network.nearest_tails(name, profile).items()
            }
            for profile in range(len(setting.inventory.profiles))
            for site, name in enumerate(setting.inventory.sites)
            if setting.network.has_room(site, profile)
        }

    def _ways(self, index: int) -> list[_Option]:
        """Ways of a group to all sites over active access points, fastest first."""
        if index in self.known_ways:
            return self.known_ways[index]
        setting = self.setting
        group = setting.classes.groups[index]
        demand = setting.demand(group)
        standby = {
            name
            for name, is_standby in zip(
                setting.inventory.access_points, setting.inventory.is_standby, strict=True
            )
            if is_standby
        }
        ways = []
        for entry in setting.entries.get((group.profile, group.client_region), []):
            if entry.start in standby:
                continue
            for site in range(len(setting.inventory.sites)):
                tail = self.tails.get((group.profile, site), {}).get(entry.start)
                if tail is None:
                    continue
                latency = entry.latency + tail[0]
                if latency <= group.max_latency + LATENCY_SLACK_MS:
                    at_site = setting.network.rows_at.get(setting.inventory.sites[site], [])
                    rows = np.array([*entry.rows, *tail[1], *at_site], dtype=int)
                    passed = [setting.network.rows[row] for row in rows]
                    load = np.array([demand[row.resource] * row.share for row in passed])
                    ways.append(_Option(latency, site, rows, load))
        ways.sort(key=lambda way: (way.latency, way.site))
        self.known_ways[index] = ways
        return ways

    def _place(self, index: int, users: float, ways: list[_Option], limit: np.ndarray) -> float:
        """Serves as many as there is room for, in the order of the ways; how many are left over."""
        one = self.setting.classes.classes[index]
        for way in ways:
            if users <= 1e-9:
                return 0.0
            load = self._load(one.copies, way)
            room = np.maximum(limit[way.rows] - self.load[way.rows], 0.0)
            with np.errstate(divide="ignore", invalid="ignore"):
                most = np.where(load > 0, room / load, np.inf).min(initial=np.inf)
            taken = min(users, float(most))
            if taken > 1e-9:
                np.add.at(self.load, way.rows, load * taken)
                self.served.append(_Served(index, way.site, taken, way.latency))
                users -= taken
        return max(users, 0.0)

    def _load(self, copies: frozenset[int], way: _Option) -> np.ndarray:
        if way.site not in copies:
            return way.load
        setting = self.setting
        load = way.load.copy()
        for position, row in enumerate(way.rows):
            load_row = setting.network.rows[row]
            is_cut = setting.fixed.is_cut[load_row.component, load_row.resource]
            if load_row.component == way.site and not is_cut:
                load[position] *= 1 - setting.inventory.resources.replica_share[load_row.resource]
        return load

    def _values(self) -> list[Settled]:
        setting = self.setting
        classes = setting.classes.classes
        over = self.load / self.left - (1 - self.target * (1 - self.kept))
        counts = self.target > 0
        missing = np.zeros(len(over))
        missing[counts] = np.maximum(over[counts] / self.target[counts], 0.0)
        mean = np.array([setting.mean_demand[row.resource] for row in setting.network.rows])
        counts &= mean > 0
        total = (missing * self.target * self.left)[counts] / mean[counts]
        moved = [one for one in self.served if classes[one.of_class].current not in (-1, one.site)]
        labels = setting.inventory.tier_label
        values = {f"unserved {labels[rank]}": users for rank, users in self.unserved.items()}
        values |= {
            "relief": sum(one.users for one in moved if not classes[one.of_class].is_affected),
            "headroom worst": float(missing.max(initial=0.0)),
            "headroom total": float(total.sum()),
            "access_points": 0.0,
            "moves copied": sum(one.users for one in moved if one.site not in classes[one.of_class].copies),
            "moves moved": sum(one.users for one in moved),
            "latency": sum(one.users * one.latency for one in self.served),
        }
        return [Settled(name, value, False) for name, value in values.items()]
