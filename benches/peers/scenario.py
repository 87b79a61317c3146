"""The scenario file: what the policy permits, and the events that the plan counts with at its start."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from inventory import Inventory

DEFAULT_GOALS = ("unserved", "relief", "headroom", "access_points", "moves", "latency")


@dataclass(frozen=True)
class Reduction:
    """Capacity that an event takes away."""

    components: list[int]
    resources: list[int] | None
    """Only these; `None` is the component itself."""
    capacity: float
    is_failure: bool


@dataclass(frozen=True)
class Surge:
    """Demand that an event multiplies; -1 means everyone."""

    client_region: int
    profile: int
    tenant: int
    factor: float


@dataclass(frozen=True)
class Policy:
    max_latency: float | None
    headroom: dict[str, float]
    repairs: bool
    moves_affected_only: bool
    drains_anywhere: bool
    fails_over_anywhere: bool
    freezes_onboarding: bool
    opens_standby: bool
    max_moved_users: float | None
    goals: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    start: datetime
    policy: Policy
    reductions: list[Reduction]
    surges: list[Surge]


def read(path: Path, inventory: Inventory) -> Scenario:
    """The scenario as the planner sees it at its start: the first period of a plan."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    head = document["scenario"]
    start = _with_zone(head["start"])
    policy = document.get("policy", {})
    reaction = timedelta(minutes=policy.get("reaction_minutes", 0))
    in_force = [event for event in document.get("event", []) if _counts_at_start(event, start, reaction)]
    return Scenario(
        start=start,
        policy=_policy(policy, inventory),
        reductions=[_reduction(event, inventory) for event in in_force if event["kind"] != "surge"],
        surges=[_surge(event, inventory) for event in in_force if event["kind"] == "surge"],
    )


def without_events(scenario: Scenario) -> Scenario:
    """The same with nothing in force: the state before."""
    return Scenario(scenario.start, scenario.policy, [], [])


def _with_zone(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _counts_at_start(event: dict[str, Any], start: datetime, reaction: timedelta) -> bool:
    begin = _with_zone(event["start"]) if "start" in event else start
    if event["kind"] in ("failure", "gray"):
        detected = _with_zone(event["detected"]) if "detected" in event else begin
        begin = max(begin, detected + reaction)
    return begin <= start and ("end" not in event or start < _with_zone(event["end"]))


def _policy(policy: dict[str, Any], inventory: Inventory) -> Policy:
    failover = policy.get("failover", "replicas" if inventory.has_replicas else "anywhere")
    return Policy(
        max_latency=policy.get("max_latency_ms"),
        headroom=policy.get("headroom", {}),
        repairs=policy.get("existing_shortfall", "keep") == "repair",
        moves_affected_only=policy.get("movers", "all") == "affected",
        drains_anywhere=policy.get("drain", "replicas") == "anywhere",
        fails_over_anywhere=failover == "anywhere",
        freezes_onboarding=policy.get("freeze_onboarding", False),
        opens_standby=policy.get("open_standby", True),
        max_moved_users=policy.get("max_moved_users"),
        goals=tuple(policy.get("goals", DEFAULT_GOALS)),
    )


def _reduction(event: dict[str, Any], inventory: Inventory) -> Reduction:
    if "risk_group" in event:
        components = inventory.risk_groups[event["risk_group"]]
    elif event["component"] in inventory.pools:
        components = inventory.pools[event["component"]]
    else:
        components = [inventory.component[event["component"]]]
    named = event.get("resources")
    return Reduction(
        components=components,
        resources=None if named is None else [inventory.resources.ids.index(r) for r in named],
        capacity=event.get("capacity", 1.0 if event["kind"] == "gray" else 0.0),
        is_failure=event["kind"] == "failure",
    )


def _surge(event: dict[str, Any], inventory: Inventory) -> Surge:
    def position(key: str, names: list[str]) -> int:
        return names.index(event[key]) if key in event else -1

    return Surge(
        client_region=position("client_region", inventory.client_regions),
        profile=position("profile", inventory.profiles),
        tenant=position("tenant", inventory.tenants),
        factor=event["factor"],
    )
