"""The case at hand: users, capacities, targets and fixed loads at the scenario's start, and who is affected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from inventory import Inventory
from scenario import Scenario


@dataclass(frozen=True)
class Case:
    nominal: np.ndarray
    """Components × resources: capacity before any event; infinite where not limited."""
    left: np.ndarray
    """Components × resources: what the events leave of it."""
    available: np.ndarray
    gone: np.ndarray
    """By component: events leave nothing of it, so that nobody passes."""
    failed: np.ndarray
    """By site: a failure leaves it nothing."""
    touched: np.ndarray
    """By component: an event names it."""
    target: np.ndarray
    """Components × resources: headroom target; 0 where nothing is limited."""
    base_users: np.ndarray
    factor: np.ndarray
    """By shard, the product of its surges."""
    surged: np.ndarray

    @property
    def users(self) -> np.ndarray:
        """By shard, surges included."""
        return self.base_users * self.factor


def at_start(inventory: Inventory, scenario: Scenario) -> Case:
    """The case at the scenario's start with the events that the plan counts with there."""
    nominal = inventory.capacity.copy()
    for change in inventory.capacity_changes:
        if change.date <= scenario.start:
            nominal[change.subject, change.resource] = change.value
    available = np.ones_like(nominal)
    whole = np.ones(inventory.component_count)
    failed = np.zeros(len(inventory.sites), dtype=bool)
    touched = np.zeros(inventory.component_count, dtype=bool)
    for event in scenario.reductions:
        for component in event.components:
            touched[component] = True
            if event.resources is not None:
                available[component, event.resources] *= event.capacity
                continue
            available[component] *= event.capacity
            whole[component] *= event.capacity
            if event.is_failure and event.capacity <= 0 and component < len(failed):
                failed[component] = True
    left = np.full_like(nominal, np.inf)
    limited = np.isfinite(nominal)
    left[limited] = nominal[limited] * available[limited]
    factor, surged = _surges(inventory, scenario)
    has_event = bool(scenario.reductions or scenario.surges)
    return Case(
        nominal=nominal,
        left=left,
        available=available,
        gone=whole <= 0,
        failed=failed,
        touched=touched,
        target=np.where(limited, _targets(inventory, scenario, has_event), 0.0),
        base_users=_base_users(inventory, scenario, scenario.start),
        factor=factor,
        surged=surged,
    )


def _targets(inventory: Inventory, scenario: Scenario, has_event: bool) -> np.ndarray:
    """The component's own target, else the scenario's, else the resource's; in an event at most the event's."""
    resources = inventory.resources
    wished = np.array(
        [
            scenario.policy.headroom.get(resource, of_resource)
            for resource, of_resource in zip(resources.ids, resources.headroom, strict=True)
        ]
    )
    own = inventory.own_headroom[:, None]
    target = np.where(np.isnan(own), wished[None, :], own)
    if has_event:
        target = np.fmin(target, resources.event_headroom[None, :])
    return target


def _surges(inventory: Inventory, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    shards = inventory.shards
    factor = np.ones(len(shards.users))
    surged = np.zeros(len(shards.users), dtype=bool)
    for surge in scenario.surges:
        is_meant = np.ones(len(shards.users), dtype=bool)
        for of_shard, of_surge in (
            (shards.client_region, surge.client_region),
            (shards.profile, surge.profile),
            (shards.tenant, surge.tenant),
        ):
            if of_surge >= 0:
                is_meant &= of_shard == of_surge
        factor[is_meant] *= surge.factor
        surged |= is_meant
    return factor, surged


def _base_users(inventory: Inventory, scenario: Scenario, at: datetime) -> np.ndarray:
    """Users with all onboarding that counts; the sum of all rows is what is cut at 0."""
    users = inventory.shards.users.copy()
    for row in inventory.onboarding:
        is_frozen = scenario.policy.freezes_onboarding and row.date >= scenario.start
        if row.date <= at and not is_frozen:
            users[row.subject] += row.value
    return np.maximum(users, 0.0)


@dataclass(frozen=True)
class FixedLoads:
    """What no decision changes: copies and background."""

    load: np.ndarray
    """Components × resources, never more than what is left."""
    is_cut: np.ndarray
    """Where it had to be cut to that: nothing more fits."""


def fixed_loads(inventory: Inventory, case: Case) -> FixedLoads:
    """`F` of the model. Shards with replicas have one more copy at their home."""
    load = inventory.background.copy()
    resources = inventory.resources
    shards = inventory.shards
    with_replicas = np.unique(np.array([shard for shard, _, _ in inventory.replicas], dtype=int))
    homed = with_replicas[shards.site[with_replicas] >= 0]
    holder = np.concatenate([[shard for shard, _, _ in inventory.replicas], homed]).astype(int)
    site = np.concatenate([[site for _, site, _ in inventory.replicas], shards.site[homed]])
    for resource, share in enumerate(resources.replica_share):
        counted = case.users if resources.varies[resource] else case.base_users
        used = counted[holder] * inventory.demand[shards.profile[holder], resource] * share
        np.add.at(load[:, resource], site.astype(int), used)
    load[case.gone] = 0.0
    is_cut = load > case.left
    return FixedLoads(np.where(is_cut, case.left, load), is_cut)


def carrying_members(inventory: Inventory, case: Case, fixed: FixedLoads) -> dict[str, list[int]]:
    """By pool, the members that share its load.

    A reduced member is pulled out if that leaves at least as much room for every resource that it limits.
    """

    def room(members: list[int], resource: int) -> float:
        each = [float(case.left[member, resource] - fixed.load[member, resource]) for member in members]
        return min(each) * len(members)

    def is_better_out(member: int, members: list[int]) -> bool:
        limited = [int(r) for r in np.flatnonzero(np.isfinite(case.nominal[member]))]
        others = [other for other in members if other != member]
        is_reduced = bool((case.available[member, limited] < 1).any())
        return is_reduced and all(room(others, r) >= room(members, r) for r in limited)

    carrying = {}
    for pool, all_members in inventory.pools.items():
        members = [member for member in all_members if not case.gone[member]]
        while len(members) > 1:
            out = next((member for member in members if is_better_out(member, members)), None)
            if out is None:
                break
            members.remove(out)
        carrying[pool] = members
    return carrying
