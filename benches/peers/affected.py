"""Which shards an event touches: those that count as moved for relief only if nothing else helps."""

from __future__ import annotations

import heapq

import numpy as np

from case import Case
from inventory import Inventory, Link
from network import LATENCY_SLACK_MS
from scenario import Scenario

State = tuple[str, bool]
"""A place, and whether the access point has been passed when one stands there."""
Reached = dict[State, tuple[float, State | None]]
"""By state, the least latency and the next state towards where the search began."""

STEPS_FOR_ONE_PAIR = 20_000
"""How long a simple path is looked for where two halves meet; after that there is taken to be one."""


def affected_shards(inventory: Inventory, scenario: Scenario, case: Case) -> np.ndarray:
    """By shard. At the scenario's start there is no growth since its start yet."""
    shards = inventory.shards
    if scenario.policy.repairs:
        return np.ones(len(shards.users), dtype=bool)
    homed = shards.site >= 0
    affected = case.surged.copy()
    affected[homed] |= case.touched[shards.site[homed]]
    on_the_way = [int(e) for e in np.flatnonzero(case.touched) if e >= len(inventory.sites)]
    if not on_the_way:
        return affected
    limit = limits(inventory, scenario)
    asked = np.column_stack([shards.profile, shards.client_region, shards.site, limit])
    kinds, kind_of = np.unique(asked[homed], axis=0, return_inverse=True)
    affected[homed] |= touched_kinds(inventory, kinds, on_the_way)[kind_of.ravel()]
    return affected


def touched_kinds(inventory: Inventory, kinds: np.ndarray, on_the_way: list[int]) -> np.ndarray:
    """By row of `kinds` (profile, client region, site, latency limit), whether a path of it passes one of these."""
    touches = np.zeros(len(kinds), dtype=bool)
    for profile in range(len(inventory.profiles)):
        graph = _Graph(inventory, profile)
        reaches = [_Reach(graph, component) for component in on_the_way]
        for kind in np.flatnonzero(kinds[:, 0] == profile):
            region = inventory.client_regions[int(kinds[kind, 1])]
            site = inventory.sites[int(kinds[kind, 2])]
            touches[kind] = any(reach.is_between(region, site, kinds[kind, 3]) for reach in reaches)
    return touches


def limits(inventory: Inventory, scenario: Scenario) -> np.ndarray:
    """By shard, the latency limit of its users' paths; infinite where there is none."""
    own = inventory.shards.max_latency
    of_policy = scenario.policy.max_latency
    return np.where(np.isnan(own), np.inf if of_policy is None else of_policy, own)


class _Graph:
    """The links that a profile may use, whatever is open or gone."""

    def __init__(self, inventory: Inventory, profile: int) -> None:
        self.inventory = inventory
        self.access_points = set(inventory.access_points)
        self.sites = set(inventory.sites)
        self.regions = set(inventory.client_regions)
        self.leaving: dict[str, list[Link]] = {}
        self.entering: dict[str, list[Link]] = {}
        for link in inventory.links:
            if link.profiles is None or profile in link.profiles:
                self.leaving.setdefault(link.start, []).append(link)
                self.entering.setdefault(link.end, []).append(link)

    def may_stand(self, state: State) -> bool:
        place, has_entered = state
        if place in self.regions:
            return not has_entered
        return has_entered or (place not in self.access_points and place not in self.sites)

    def step(self, state: State, place: str) -> State | None:
        """The state after a step, if a path may take it."""
        has_entered = state[1]
        if place in self.regions or state[0] in self.sites:
            return None
        if place in self.access_points:
            return None if has_entered else (place, True)
        if place in self.sites and not has_entered:
            return None
        return (place, has_entered)

    def steps(self, state: State, is_forward: bool) -> list[tuple[float, State, Link]]:
        if is_forward:
            return [
                (link.latency, after, link)
                for link in self.leaving.get(state[0], [])
                if (after := self.step(state, link.end)) is not None
            ]
        return [
            (link.latency, before, link)
            for link in self.entering.get(state[0], [])
            for before in ((link.start, False), (link.start, True))
            if self.may_stand(before) and self.step(before, state[0]) == state
        ]

    def reached(self, start: State, is_forward: bool) -> Reached:
        """Least latencies between `start` and every state (Dijkstra 1959)."""
        reached: Reached = {}
        heap: list[tuple[float, State, State | None]] = [(0.0, start, None)]
        while heap:
            latency, state, towards = heapq.heappop(heap)
            if state in reached:
                continue
            reached[state] = (latency, towards)
            for further, other, _ in self.steps(state, is_forward):
                if other not in reached:
                    heapq.heappush(heap, (latency + further, other, state))
        return reached


class _Reach:
    """What lies before and behind one component."""

    def __init__(self, graph: _Graph, component: int) -> None:
        self.graph = graph
        inventory = graph.inventory
        is_link = component >= inventory.first_link
        self.link = inventory.links[component - inventory.first_link] if is_link else None
        self.place = None if is_link else inventory.place(component)
        self.halves: list[tuple[Reached, Reached]] = []
        for has_entered in (False, True):
            if self.link is None:
                assert self.place is not None
                start: State = (self.place, has_entered)
                after: State | None = start
            else:
                start = (self.link.start, has_entered)
                is_usable = self.link in graph.leaving.get(self.link.start, [])
                after = graph.step(start, self.link.end) if is_usable else None
            if after is None or not graph.may_stand(start):
                continue
            self.halves.append((graph.reached(start, False), graph.reached(after, True)))

    def is_between(self, region: str, site: str, limit: float) -> bool:
        """Whether the component lies on some path between them within the limit."""
        start, end = (region, False), (site, True)
        may_meet = False
        for before, behind in self.halves:
            if start not in before or end not in behind:
                continue
            latency = before[start][0] + behind[end][0] + (self.link.latency if self.link else 0.0)
            if latency > limit + LATENCY_SLACK_MS:
                continue
            first, second = _places(before, start), _places(behind, end)
            if self.place is not None:
                second.remove(self.place)
            if not set(first) & set(second):
                return True
            may_meet = True
        return may_meet and self._is_on_simple_path(start, end, limit + LATENCY_SLACK_MS)

    def _is_on_simple_path(self, start: State, end: State, longest: float) -> bool:
        """Looks depth first, for a bounded number of steps."""
        rest = self.graph.reached(end, False)
        steps = 0
        waiting: list[tuple[State, float, bool, frozenset[str]]] = [
            (start, 0.0, False, frozenset({start[0]}))
        ]
        while waiting:
            state, latency, has_met, passed = waiting.pop()
            steps += 1
            if steps > STEPS_FOR_ONE_PAIR:
                return True
            if state == end:
                if has_met:
                    return True
                continue
            for further, other, link in self.graph.steps(state, True):
                so_far = latency + further
                is_hopeless = other not in rest or so_far + rest[other][0] > longest
                if is_hopeless or other[0] in passed:
                    continue
                meets = has_met or link is self.link or other[0] == self.place
                waiting.append((other, so_far, meets, passed | {other[0]}))
        return False


def _places(reached: Reached, state: State | None) -> list[str]:
    places = []
    while state is not None:
        places.append(state[0])
        state = reached[state][1]
    return places
