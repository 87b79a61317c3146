"""The inventory folder, read from its CSV files into arrays.

Only what the linear program needs is kept, and the folder is taken to be valid: `plimsoll check` says so or not.
Components are numbered sites first, then access points, elements and links.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import numpy as np
import pandas as pd

NOT_LIMITED = float("inf")
EARTH_RADIUS_KM = 6371.0088
LIGHT_IN_FIBRE_KM_PER_MS = 204.19
USUAL_STRETCH = 1.75
MOVE_RULES = ("free", "replica_only", "pinned")


@dataclass(frozen=True)
class Resources:
    ids: list[str]
    is_network: np.ndarray
    headroom: np.ndarray
    event_headroom: np.ndarray
    """NaN where there is none."""
    varies: np.ndarray
    replica_share: np.ndarray


@dataclass(frozen=True)
class Link:
    component: int
    start: str
    end: str
    profiles: frozenset[int] | None
    """The profiles that may use it; `None` is all."""
    latency: float
    """Round trip in milliseconds."""


@dataclass(frozen=True)
class Shards:
    """Columns of shards.csv; -1 stands for a blank id, NaN for a blank number."""

    users: np.ndarray
    site: np.ndarray
    profile: np.ndarray
    client_region: np.ndarray
    rank: np.ndarray
    """Rank of the tier."""
    tenant: np.ndarray
    jurisdiction: np.ndarray
    max_latency: np.ndarray
    move_rule: np.ndarray
    """Position in `MOVE_RULES`."""


@dataclass(frozen=True)
class Dated:
    """A row that counts from a date on."""

    date: datetime
    subject: int
    """A shard or a component."""
    resource: int
    value: float


@dataclass(frozen=True)
class Inventory:
    resources: Resources
    profiles: list[str]
    demand: np.ndarray
    """Profiles × resources: of one user."""
    sites: list[str]
    access_points: list[str]
    client_regions: list[str]
    tenants: list[str]
    jurisdictions: list[str]
    offered: list[frozenset[int]]
    """By site, the jurisdictions that it lists."""
    is_standby: np.ndarray
    """By access point."""
    component: dict[str, int]
    names: list[str]
    """By component, its id."""
    capacity: np.ndarray
    """Components × resources; infinite where the component does not limit the resource."""
    own_headroom: np.ndarray
    """By component; NaN where it has none."""
    pool_of: dict[int, str]
    """By component of an element, the pool that it is a member of."""
    pools: dict[str, list[int]]
    links: list[Link]
    risk_groups: dict[str, list[int]]
    shards: Shards
    tier_label: dict[int, str]
    """By rank, the names of its tiers joined by `+`."""
    replicas: list[tuple[int, int, bool]]
    """Shard, site, whether it may take over; none at a shard's own site."""
    has_replicas: bool
    """Whether replicas.csv has a row."""
    onboarding: list[Dated]
    capacity_changes: list[Dated]
    background: np.ndarray
    """Components × resources."""

    @property
    def first_link(self) -> int:
        """The component of the first link."""
        return self.component_count - len(self.links)

    @property
    def component_count(self) -> int:
        return len(self.names)

    def place(self, component: int) -> str:
        """The node of the graph at which a site, access point or element stands."""
        return self.pool_of.get(component, self.names[component])


def instant(text: str) -> datetime:
    """An ISO 8601 date or instant; midnight and UTC where nothing else is said."""
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def read(folder: Path) -> Inventory:
    """The inventory in a folder."""
    tables = {path.stem: _table(path) for path in sorted(folder.glob("*.csv"))}
    resources = _resources(tables["resources"])
    profiles = list(tables["profiles"]["profile"])
    demand = tables["profiles"][resources.ids].astype(float).to_numpy()
    sites, access_points = tables["sites"], tables["access_points"]
    elements = tables.get("elements", pd.DataFrame({"element": []}, dtype=str))
    rows = [
        (sites, "site"),
        (access_points, "access_point"),
        (elements, "element"),
        (tables["links"], "link"),
    ]
    names = [name for table, key in rows for name in table[key]]
    component = {name: position for position, name in enumerate(names)}
    capacity = np.vstack([_capacities(table, resources) for table, _ in rows])
    own_headroom = np.concatenate([_numbers(table, "headroom") for table, _ in rows])
    pool_of = _pools(elements, component)
    pools: dict[str, list[int]] = {}
    for member, pool in pool_of.items():
        pools.setdefault(pool, []).append(member)
    for members in pools.values():
        members.sort(key=lambda member: names[member])
    shards_table = tables["shards"]
    jurisdictions, offered = _jurisdictions(sites, shards_table)
    tenants, tenant = _codes(shards_table["tenant"])
    shard_ids = pd.Index(shards_table["shard"])
    shards = _shards(tables, profiles, jurisdictions, tenant)
    return Inventory(
        resources=resources,
        profiles=profiles,
        demand=demand,
        sites=list(sites["site"]),
        access_points=list(access_points["access_point"]),
        client_regions=list(tables["client_regions"]["client_region"]),
        tenants=tenants,
        jurisdictions=jurisdictions,
        offered=offered,
        is_standby=(_text(access_points, "state") == "standby").to_numpy(),
        component=component,
        names=names,
        capacity=capacity,
        own_headroom=own_headroom,
        pool_of=pool_of,
        pools=pools,
        links=_links(tables, component, pool_of, profiles),
        risk_groups=_risk_groups(tables, component),
        shards=shards,
        tier_label=_tier_labels(tables["tiers"]),
        has_replicas="replicas" in tables and len(tables["replicas"]) > 0,
        replicas=_replicas(tables, shard_ids, component, shards),
        onboarding=_onboarding(tables, shard_ids),
        capacity_changes=_capacity_changes(tables, component, resources),
        background=_background(tables, component, resources, capacity.shape),
    )


def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _text(table: pd.DataFrame, column: str) -> pd.Series:
    return table[column] if column in table else pd.Series("", index=table.index, dtype=str)


def _numbers(table: pd.DataFrame, column: str, blank: float = np.nan) -> np.ndarray:
    text = _text(table, column).replace({"": str(blank), "unlimited": "inf"})
    return text.astype(float).to_numpy()


def _codes(text: pd.Series) -> tuple[list[str], np.ndarray]:
    codes, names = pd.factorize(text)
    return list(names), codes


def _positions(text: pd.Series, names: list[str]) -> np.ndarray:
    """Positions among `names`; -1 for a blank cell."""
    return pd.Index(names).get_indexer(text)


def _resources(table: pd.DataFrame) -> Resources:
    return Resources(
        ids=list(table["resource"]),
        is_network=(table["scope"] == "network").to_numpy(),
        headroom=_numbers(table, "headroom", 0.0),
        event_headroom=_numbers(table, "event_headroom"),
        varies=(_text(table, "varies") != "no").to_numpy(),
        replica_share=_numbers(table, "replica_share", 0.0),
    )


def _capacities(table: pd.DataFrame, resources: Resources) -> np.ndarray:
    columns = [
        _numbers(table, resource) if resource in table else np.full(len(table), NOT_LIMITED)
        for resource in resources.ids
    ]
    return np.column_stack(columns)


def _pools(elements: pd.DataFrame, component: dict[str, int]) -> dict[int, str]:
    pairs = zip(elements["element"], _text(elements, "pool"), strict=True)
    return {component[element]: pool for element, pool in pairs if pool}


def _jurisdictions(sites: pd.DataFrame, shards: pd.DataFrame) -> tuple[list[str], list[frozenset[int]]]:
    offered = [
        frozenset(part.strip() for part in cell.split(";") if part.strip())
        for cell in _text(sites, "jurisdiction")
    ]
    asked = set(_text(shards, "jurisdiction")) - {""}
    names = sorted(asked.union(*offered))
    return names, [frozenset(names.index(name) for name in of_site) for of_site in offered]


def _shards(
    tables: dict[str, pd.DataFrame],
    profiles: list[str],
    jurisdictions: list[str],
    tenant: np.ndarray,
) -> Shards:
    table = tables["shards"]
    tiers = tables["tiers"]
    rank_of = dict(zip(tiers["tier"], tiers["rank"].astype(int), strict=True))
    move_rule = _text(table, "move").replace({"": "free"})
    return Shards(
        users=table["users"].astype(float).to_numpy(),
        site=_positions(_text(table, "site"), list(tables["sites"]["site"])),
        profile=_positions(table["profile"], profiles),
        client_region=_positions(table["client_region"], list(tables["client_regions"]["client_region"])),
        rank=table["tier"].map(rank_of).to_numpy(),
        tenant=tenant,
        jurisdiction=_positions(_text(table, "jurisdiction"), jurisdictions),
        max_latency=_numbers(table, "max_latency_ms"),
        move_rule=_positions(move_rule, list(MOVE_RULES)),
    )


def _tier_labels(tiers: pd.DataFrame) -> dict[int, str]:
    by_rank = tiers.groupby(tiers["rank"].astype(int))["tier"]
    return {int(rank): "+".join(sorted(names)) for rank, names in by_rank}


def _links(
    tables: dict[str, pd.DataFrame],
    component: dict[str, int],
    pool_of: dict[int, str],
    profiles: list[str],
) -> list[Link]:
    table = tables["links"]
    where = _coordinates(tables, component, pool_of)
    links = []
    columns = (table["link"], table["from"], table["to"])
    cells = zip(*columns, _text(table, "profiles"), _text(table, "latency_ms"), strict=True)
    for name, start, end, permitted, latency in cells:
        links.append(
            Link(
                component=component[name],
                start=start,
                end=end,
                profiles=frozenset(profiles.index(part.strip()) for part in permitted.split(";"))
                if permitted
                else None,
                latency=float(latency) if latency else _light_with_stretch(where[start], where[end]),
            )
        )
    return links


def _coordinates(
    tables: dict[str, pd.DataFrame], component: dict[str, int], pool_of: dict[int, str]
) -> dict[str, tuple[float, float]]:
    """Where places are; a pool is where its first member with coordinates is."""
    where: dict[str, tuple[float, float]] = {}
    for file, key in (
        ("sites", "site"),
        ("access_points", "access_point"),
        ("elements", "element"),
        ("client_regions", "client_region"),
    ):
        if file not in tables:
            continue
        table = tables[file]
        cells = zip(table[key], _text(table, "latitude"), _text(table, "longitude"), strict=True)
        for name, latitude, longitude in cells:
            if latitude and longitude:
                place = pool_of.get(component[name], name) if file == "elements" else name
                where.setdefault(place, (float(latitude), float(longitude)))
    return where


def _light_with_stretch(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Round trip over the great circle (haversine) with the usual stretch, in milliseconds."""
    latitude_1, longitude_1, latitude_2, longitude_2 = map(radians, (*start, *end))
    half_chord = (
        sin((latitude_2 - latitude_1) / 2) ** 2
        + cos(latitude_1) * cos(latitude_2) * sin((longitude_2 - longitude_1) / 2) ** 2
    )
    distance = 2 * EARTH_RADIUS_KM * asin(sqrt(half_chord))
    return USUAL_STRETCH * 2 * distance / LIGHT_IN_FIBRE_KM_PER_MS


def _risk_groups(tables: dict[str, pd.DataFrame], component: dict[str, int]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    if "risk_groups" in tables:
        table = tables["risk_groups"]
        for group, member in zip(table["risk_group"], table["component"], strict=True):
            groups.setdefault(group, []).append(component[member])
    return groups


def _replicas(
    tables: dict[str, pd.DataFrame], shard_ids: pd.Index, component: dict[str, int], shards: Shards
) -> list[tuple[int, int, bool]]:
    """Replicas by shard; one at the shard's own site is ignored, as the manual says."""
    if "replicas" not in tables:
        return []
    table = tables["replicas"]
    shard = shard_ids.get_indexer(table["shard"])
    site = table["site"].map(component).to_numpy()
    is_ready = (_text(table, "state") != "blocked").to_numpy()
    counts = shards.site[shard] != site
    return sorted(
        zip(
            shard[counts].tolist(),
            site[counts].tolist(),
            is_ready[counts].tolist(),
            strict=True,
        )
    )


def _onboarding(tables: dict[str, pd.DataFrame], shard_ids: pd.Index) -> list[Dated]:
    if "onboarding" not in tables:
        return []
    table = tables["onboarding"]
    shard = shard_ids.get_indexer(table["shard"])
    return [
        Dated(instant(date), int(subject), -1, float(users))
        for date, subject, users in zip(table["date"], shard, table["users"], strict=True)
    ]


def _capacity_changes(
    tables: dict[str, pd.DataFrame], component: dict[str, int], resources: Resources
) -> list[Dated]:
    if "capacity_changes" not in tables:
        return []
    table = tables["capacity_changes"]
    columns = (table["date"], table["component"], table["resource"])
    changes = [
        Dated(instant(date), component[name], resources.ids.index(resource), capacity)
        for date, name, resource, capacity in zip(*columns, _numbers(table, "capacity"), strict=True)
    ]
    return sorted(changes, key=lambda change: change.date)


def _background(
    tables: dict[str, pd.DataFrame],
    component: dict[str, int],
    resources: Resources,
    shape: tuple[int, ...],
) -> np.ndarray:
    load = np.zeros(shape)
    if "background" in tables:
        table = tables["background"]
        for name, resource, amount in zip(table["component"], table["resource"], table["load"], strict=True):
            load[component[name], resources.ids.index(resource)] += float(amount)
    return load
