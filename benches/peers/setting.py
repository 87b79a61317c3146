"""Everything that is known before a program is written: the case, the graph and the classes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

import scenario as scenarios
from affected import affected_shards
from case import Case, FixedLoads, at_start, carrying_members, fixed_loads
from classes import Classes, Group, aggregate
from inventory import Inventory
from network import LATENCY_SLACK_MS, Network, Way
from scenario import Scenario

ALL_WAYS = 1_000_000


@dataclass(frozen=True)
class Setting:
    inventory: Inventory
    scenario: Scenario
    case: Case
    fixed: FixedLoads
    network: Network
    classes: Classes
    kept: np.ndarray
    """Components × resources: the share of each headroom target that was missing before, `s⁰`."""
    mean_demand: np.ndarray
    """By resource, of one user."""
    entries: dict[tuple[int, int], list[Way]]
    """By profile and client region; a way's `start` is the access point."""

    def target(self, row: int) -> float:
        """Headroom target of a load row."""
        load_row = self.network.rows[row]
        return float(self.case.target[load_row.component, load_row.resource])

    def left(self, row: int) -> float:
        """Capacity of a load row."""
        load_row = self.network.rows[row]
        return float(self.case.left[load_row.component, load_row.resource])

    def demand(self, group: Group) -> np.ndarray:
        """By resource, of one user; users are counted with their surge, what does not vary is not surged."""
        demand = self.inventory.demand[group.profile]
        return np.where(self.inventory.resources.varies, demand, demand / group.factor)


def during(inventory: Inventory, scenario: Scenario, kept: np.ndarray, *, may_fail: bool = False) -> Setting:
    """The setting at the scenario's start, with its events; with `may_fail` sites may fail on top of them."""
    case = at_start(inventory, scenario)
    affected = affected_shards(inventory, scenario, case)
    return _setting(inventory, scenario, case, affected, kept, stays_at_home=False, may_fail=may_fail)


def before(inventory: Inventory, scenario: Scenario) -> Setting:
    """The state before: no event, everybody at his home, standby access points closed."""
    quiet = scenarios.without_events(scenario)
    policy = replace(
        quiet.policy,
        opens_standby=False,
        max_moved_users=None,
        goals=("unserved", "headroom", "latency"),
    )
    quiet = replace(quiet, policy=policy)
    case = at_start(inventory, quiet)
    case = replace(case, base_users=np.where(inventory.shards.site < 0, 0.0, case.base_users))
    everyone = np.ones(len(case.users), dtype=bool)
    kept = np.where(case.nominal <= 0, 1.0, 0.0)
    return _setting(inventory, quiet, case, everyone, kept, stays_at_home=True, may_fail=False)


def kept_shortfall(inventory: Inventory, scenario: Scenario, load_before: np.ndarray) -> np.ndarray:
    """`s⁰` from the loads of the state before; 1 where the capacity before was 0: it has no target."""
    target = at_start(inventory, scenario).target
    nominal = at_start(inventory, scenarios.without_events(scenario)).nominal
    kept = np.zeros_like(target)
    counts = (target > 0) & (nominal > 0) & np.isfinite(nominal)
    if not scenario.policy.repairs:
        free = 1 - load_before[counts] / nominal[counts]
        kept[counts] = np.clip(1 - free / target[counts], 0, 1)
    kept[nominal <= 0] = 1.0
    return kept


def _setting(
    inventory: Inventory,
    scenario: Scenario,
    case: Case,
    affected: np.ndarray,
    kept: np.ndarray,
    *,
    stays_at_home: bool,
    may_fail: bool,
) -> Setting:
    fixed = fixed_loads(inventory, case)
    members = carrying_members(inventory, case, fixed)
    network = Network(inventory, case, members, scenario.policy.opens_standby)
    entries = _entries(inventory, network)
    nearest = {
        (profile, site): network.nearest_tails(name, profile)
        for profile in range(len(inventory.profiles))
        for site, name in enumerate(inventory.sites)
        if not case.gone[site] and network.has_room(site, profile)
    }

    def reached_by(group: Group) -> set[int]:
        own = entries.get((group.profile, group.client_region), [])
        longest = group.max_latency + LATENCY_SLACK_MS
        return {
            site
            for site in range(len(inventory.sites))
            if (tails := nearest.get((group.profile, site)))
            and any(
                entry.start in tails and entry.latency + tails[entry.start].latency <= longest
                for entry in own
            )
        }

    return Setting(
        inventory=inventory,
        scenario=scenario,
        case=case,
        fixed=fixed,
        network=network,
        classes=aggregate(inventory, scenario, case, affected, reached_by, stays_at_home, may_fail),
        kept=kept,
        mean_demand=_mean_demand(inventory, case),
        entries=entries,
    )


def _entries(inventory: Inventory, network: Network) -> dict[tuple[int, int], list[Way]]:
    position = {name: index for index, name in enumerate(inventory.client_regions)}
    entries: dict[tuple[int, int], list[Way]] = {}
    for profile in range(len(inventory.profiles)):
        for access_point in inventory.access_points:
            ways = network.ways_to(access_point, network.regions, profile, np.inf, ALL_WAYS)
            for way in ways:
                key = (profile, position[way.start])
                entries.setdefault(key, []).append(Way(access_point, way.latency, way.rows))
    return entries


def _mean_demand(inventory: Inventory, case: Case) -> np.ndarray:
    of_shard = inventory.demand[inventory.shards.profile]
    counted = np.where(inventory.resources.varies[None, :], case.users[:, None], case.base_users[:, None])
    users = case.users.sum()
    total: np.ndarray = (of_shard * counted).sum(axis=0)
    return total / users if users > 0 else np.zeros_like(total)
