"""Classes: shards that nothing in the model tells apart, so that the program never grows with shards alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
import pandas as pd

from affected import limits
from case import Case
from inventory import MOVE_RULES, Inventory
from scenario import Scenario


class Touch(IntEnum):
    """What a failure does to a class, on top of the scenario."""

    NONE = 0
    AFFECTED = 1
    HOMELESS = 2
    """Its current site fails."""


@dataclass(frozen=True)
class Group:
    """What steering can tell apart."""

    client_region: int
    profile: int
    factor: float
    """By which surges multiply its users."""
    max_latency: float


@dataclass
class Class:
    group: int
    current: int
    """-1 for shards to be placed."""
    sites_when: tuple[tuple[int, ...], ...]
    """Where it may be: allowed, open, and reached within the latency limit; none if it is trapped.

    One entry; where something more may fail three, in the order of `Touch`.
    """
    copies: frozenset[int]
    is_affected: bool
    users_of_rank: dict[int, float] = field(default_factory=dict)

    @property
    def users(self) -> float:
        return sum(self.users_of_rank.values())

    @property
    def sites(self) -> tuple[int, ...]:
        """Where it may be, whatever fails."""
        return tuple(sorted({site for sites in self.sites_when for site in sites}))


@dataclass(frozen=True)
class Classes:
    groups: list[Group]
    classes: list[Class]
    ranks: list[int]
    """That have users, ascending."""


SitesOf = Callable[[Group], set[int]]
"""The sites that some open path of a group reaches within its limit."""


def aggregate(
    inventory: Inventory,
    scenario: Scenario,
    case: Case,
    is_affected: np.ndarray,
    reached_by: SitesOf,
    stays_at_home: bool,
    may_fail: bool,
) -> Classes:
    """All classes; with `stays_at_home` the only allowed site is the home, whatever the rules say.

    With `may_fail` a class is told apart also by where it may be once a site fails.
    """
    shards = inventory.shards
    replica_sets, replica_set = _replica_sets(inventory)
    attributes = pd.DataFrame(
        {
            "region": shards.client_region,
            "profile": shards.profile,
            "factor": case.factor,
            "limit": limits(inventory, scenario),
            "current": shards.site,
            "jurisdiction": shards.jurisdiction,
            "move_rule": shards.move_rule,
            "affected": is_affected,
            "replicas": replica_set,
            "rank": shards.rank,
        }
    )
    attributes["users"] = case.users
    keys = [name for name in attributes.columns if name != "users"]
    summed = attributes[attributes["users"] > 0].groupby(keys, sort=True)["users"].sum()
    groups: dict[Group, int] = {}
    reached: list[set[int]] = []
    classes: dict[tuple[object, ...], Class] = {}
    rules = [_Rules(inventory, scenario, case, stays_at_home)]
    if may_fail:
        homeless = _Rules(inventory, scenario, replace(case, failed=np.ones_like(case.failed)), stays_at_home)
        rules += [rules[0], homeless]
    for key, users in summed.items():
        region, profile, factor, limit, current, jurisdiction, move, touched, replicas, rank = key
        group = Group(int(region), int(profile), float(factor), float(limit))
        if group not in groups:
            groups[group] = len(groups)
            reached.append(reached_by(group))
        own = groups[group]
        copied = replica_sets[replicas]
        sites_when = tuple(
            tuple(
                site
                for site in rule.sites(current, jurisdiction, move, touched or what > 0, copied)
                if site in reached[own]
            )
            for what, rule in enumerate(rules)
        )
        copies = frozenset(site for site, _ in copied)
        if copies and current >= 0:
            copies |= {int(current)}
        found = classes.setdefault(
            (own, current, sites_when, copies, touched),
            Class(own, int(current), sites_when, copies, bool(touched)),
        )
        found.users_of_rank[rank] = found.users_of_rank.get(rank, 0.0) + users
    ranks = sorted({rank for of_class in classes.values() for rank in of_class.users_of_rank})
    return Classes(list(groups), list(classes.values()), ranks)


Replicas = tuple[tuple[int, bool], ...]
"""Sites, and whether the copy there may take over."""


def _replica_sets(inventory: Inventory) -> tuple[list[Replicas], np.ndarray]:
    """The different sets of replicas, and by shard which it has; the first is none."""
    sets: dict[Replicas, int] = {(): 0}
    replica_set = np.zeros(len(inventory.shards.users), dtype=int)
    own: list[tuple[int, bool]] = []
    rows = inventory.replicas
    for position, (shard, site, is_ready) in enumerate(rows):
        own.append((site, is_ready))
        if position + 1 == len(rows) or rows[position + 1][0] != shard:
            replica_set[shard] = sets.setdefault(tuple(own), len(sets))
            own = []
    return list(sets), replica_set


class _Rules:
    """Where a shard may be homed: jurisdiction, move, drain and failover rules."""

    def __init__(self, inventory: Inventory, scenario: Scenario, case: Case, stays_at_home: bool) -> None:
        self.inventory = inventory
        self.policy = scenario.policy
        self.case = case
        self.stays_at_home = stays_at_home
        self.open = [site for site in range(len(inventory.sites)) if not case.gone[site]]
        self.known: dict[tuple[object, ...], list[int]] = {}

    def sites(
        self, current: int, jurisdiction: int, move: int, is_affected: bool, replicas: Replicas
    ) -> list[int]:
        key = (current, jurisdiction, move, is_affected, replicas)
        if key not in self.known:
            self.known[key] = [site for site in self.open if self._is_permitted(*key, site)]
        return self.known[key]

    def _is_permitted(
        self,
        current: int,
        jurisdiction: int,
        move: int,
        is_affected: bool,
        replicas: Replicas,
        site: int,
    ) -> bool:
        if site == current:
            return True
        if self.stays_at_home:
            return False
        is_placed = current < 0
        if self.policy.moves_affected_only and not is_affected and not is_placed:
            return False
        if jurisdiction >= 0 and jurisdiction not in self.inventory.offered[site]:
            return False
        is_ready = (site, True) in replicas
        rule = MOVE_RULES[move]
        if rule == "pinned" or (rule == "replica_only" and not is_ready):
            return False
        if is_placed or is_ready:
            return True
        if self.case.failed[current]:
            return self.policy.fails_over_anywhere
        return self.policy.drains_anywhere or not replicas
