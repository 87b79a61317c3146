"""The linear program, written out: one column for every class and site, and for every group and path.

Columns are in units of the mean class, load rows in shares of the capacity that is left, so that numbers are near 1.

    x[c,d]   users of class c homed at site d           (only where the class may be)
    f[g,p]   users of group g on path p                 (only paths to sites where a class of g may be)
    u[c,k]   unserved users of class c and rank k
    s[e,r]   missing share of a headroom target;  t  the worst of them

    class      Σ_d x[c,d] + Σ_k u[c,k] = U_c
    coupling   Σ_{c in g} x[c,d] = Σ_{p to d} f[g,p]
    load       F + Σ q · x (at sites) or Σ q · f (on the way)  ≤  A · (1 − h·(1 − s⁰ − s))
    worst      s[e,r] ≤ t
    moves      Σ users moved ≤ the move limit

How paths are written out is `ways.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse

from classes import Class
from setting import Setting
from ways import write_steering
from writer import Steering, Writer


@dataclass(frozen=True)
class Level:
    """What one level minimises: `scale · cost · columns`."""

    name: str
    cost: np.ndarray
    """The largest is 1; empty at the level of access points."""
    scale: float


@dataclass(frozen=True)
class Homes:
    """The columns `x`, one entry each."""

    columns: np.ndarray
    of_class: np.ndarray
    site: np.ndarray


@dataclass
class Program:
    """`row_lower ≤ matrix · columns ≤ row_upper`, `0 ≤ columns ≤ upper`."""

    matrix: scipy.sparse.csr_matrix
    row_lower: np.ndarray
    row_upper: np.ndarray
    upper: np.ndarray
    levels: list[Level]
    homes: Homes
    unserved: dict[int, tuple[np.ndarray, np.ndarray]]
    """By rank, the columns `u` and their classes."""
    entering: dict[str, np.ndarray]
    """By access point, the columns that enter there."""
    standby: dict[str, np.ndarray]
    """Of these, those of standby access points that may be opened."""
    worst: int
    """The column `t`."""
    missing: np.ndarray
    """The columns `s`."""
    unit: float
    """Users in one unit of a column."""
    load_rows: slice
    """The rows of the load family, in the order of `Network.rows`."""
    steering: str
    """How paths are written out: `paths` or `arcs`."""

    @property
    def size(self) -> str:
        rows, columns = self.matrix.shape
        return f"{rows} rows x {columns} columns, {self.matrix.nnz} entries"


def write(setting: Setting, steering: str) -> Program:
    """The program of a setting. `steering` is `paths`, `arcs`, or `auto` for whichever is exact and smaller."""
    classes = setting.classes.classes
    unit = max(1.0, sum(c.users for c in classes) / max(1, len(classes)))
    writer = Writer(setting, unit)
    load_rows = _load_rows(writer)
    homes = _homes(writer)
    unserved = _unserved(writer)
    _class_rows(writer, homes, unserved)
    _site_loads(writer, homes)
    coupling = _coupling_rows(writer, homes)
    paths = write_steering(writer, coupling, steering)
    missing, target_users, worst = _headroom(writer)
    _move_limit(writer, homes)
    levels = _levels(writer, homes, unserved, paths, missing, target_users, worst)
    return Program(
        matrix=writer.matrix(),
        row_lower=np.concatenate(writer.row_lower),
        row_upper=np.concatenate(writer.row_upper),
        upper=np.concatenate(writer.upper),
        levels=levels,
        homes=homes,
        unserved=unserved,
        entering=paths.entering,
        standby=_standby(setting, paths),
        worst=worst,
        missing=missing,
        unit=unit,
        load_rows=load_rows,
        steering=paths.kind,
    )


def _standby(setting: Setting, paths: Steering) -> dict[str, np.ndarray]:
    inventory = setting.inventory
    return {
        name: paths.entering[name]
        for name, is_standby in zip(inventory.access_points, inventory.is_standby, strict=True)
        if is_standby and setting.scenario.policy.opens_standby
    }


def _load_rows(writer: Writer) -> slice:
    """Load rows come first, so that a row has the number that it has in the network."""
    setting = writer.setting
    room = []
    for row, load_row in enumerate(setting.network.rows):
        e, r = load_row.component, load_row.resource
        full = 1 - setting.fixed.load[e, r] / setting.left(row)
        room.append(full - setting.target(row) * (1 - setting.kept[e, r]))
    writer.rows(np.full(len(room), -np.inf), np.array(room))
    return slice(0, len(room))


def _homes(writer: Writer) -> Homes:
    classes = writer.setting.classes.classes
    of_class = [index for index, c in enumerate(classes) for _ in c.sites]
    site = [site for c in classes for site in c.sites]
    columns = writer.columns(np.full(len(site), np.inf))
    return Homes(columns, np.array(of_class, dtype=int), np.array(site, dtype=int))


def _unserved(writer: Writer) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """By rank: columns and their classes."""
    unserved = {}
    for rank in writer.setting.classes.ranks:
        having = [
            (index, c.users_of_rank[rank])
            for index, c in enumerate(writer.setting.classes.classes)
            if rank in c.users_of_rank
        ]
        columns = writer.columns(np.array([users for _, users in having]) / writer.unit)
        unserved[rank] = (columns, np.array([index for index, _ in having]))
    return unserved


def _class_rows(writer: Writer, homes: Homes, unserved: dict[int, tuple[np.ndarray, np.ndarray]]) -> None:
    users = np.array([c.users for c in writer.setting.classes.classes]) / writer.unit
    rows = writer.rows(users, users)
    writer.add(rows[homes.of_class], homes.columns, 1.0)
    for columns, of_class in unserved.values():
        writer.add(rows[of_class], columns, 1.0)


def _site_loads(writer: Writer, homes: Homes) -> None:
    """A class with a copy at a site has its share in the fixed load there, unless that had to be cut."""
    setting = writer.setting
    resources = setting.inventory.resources
    classes, groups = setting.classes.classes, setting.classes.groups
    demand = np.array([setting.demand(groups[c.group]) for c in classes])
    has_copy = np.array(
        [s in classes[c].copies for c, s in zip(homes.of_class, homes.site, strict=True)],
        dtype=bool,
    )
    for site, name in enumerate(setting.inventory.sites):
        here = homes.site == site
        for row in setting.network.rows_at.get(name, []):
            resource = setting.network.rows[row].resource
            load = demand[homes.of_class[here], resource] * (writer.unit / setting.left(row))
            if not setting.fixed.is_cut[site, resource]:
                load = load * np.where(has_copy[here], 1 - resources.replica_share[resource], 1.0)
            is_some = load > 0
            columns = homes.columns[here][is_some]
            writer.add(np.full(len(columns), row), columns, load[is_some])


def _coupling_rows(writer: Writer, homes: Homes) -> dict[tuple[int, int], int]:
    """By group and site, the row in which homes and steering agree."""
    group_of = np.array([c.group for c in writer.setting.classes.classes], dtype=int)
    pairs = np.column_stack([group_of[homes.of_class], homes.site])
    different, position = np.unique(pairs, axis=0, return_inverse=True)
    rows = writer.rows(np.zeros(len(different)), np.zeros(len(different)))
    writer.add(rows[position.ravel()], homes.columns, 1.0)
    return {(int(group), int(site)): int(row) for (group, site), row in zip(different, rows, strict=True)}


def _headroom(writer: Writer) -> tuple[np.ndarray, np.ndarray, int]:
    """Columns `s`, what a whole target is worth in users, and the column `t`."""
    setting = writer.setting
    worst = writer.columns(np.array([1.0]))
    with_target, most, worth = [], [], []
    for row, load_row in enumerate(setting.network.rows):
        kept = setting.kept[load_row.component, load_row.resource]
        target = setting.target(row)
        if target > 0 and kept < 1:
            mean = setting.mean_demand[load_row.resource]
            with_target.append(row)
            most.append(1 - kept)
            worth.append(target * setting.left(row) / mean if mean > 0 else 0.0)
    missing = writer.columns(np.array(most))
    targets = np.array([setting.target(row) for row in with_target])
    writer.add(np.array(with_target, dtype=int), missing, -targets)
    rows = writer.rows(np.full(len(missing), -np.inf), np.zeros(len(missing)))
    writer.add(rows, missing, 1.0)
    writer.add(rows, np.repeat(worst, len(missing)), -1.0)
    return missing, np.array(worth), int(worst[0])


def moved_homes(setting: Setting, homes: Homes) -> np.ndarray:
    """Which columns `x` serve users elsewhere than where they are."""
    current = np.array([c.current for c in setting.classes.classes], dtype=int)
    where = current[homes.of_class]
    return (where >= 0) & (where != homes.site)


def _move_limit(writer: Writer, homes: Homes) -> None:
    limit = writer.setting.scenario.policy.max_moved_users
    if limit is not None:
        row = writer.rows(np.array([-np.inf]), np.array([1.0]))
        moved = homes.columns[moved_homes(writer.setting, homes)]
        share = writer.unit / max(limit, 1.0) if limit > 0 else writer.unit
        writer.add(np.repeat(row, len(moved)), moved, share)
        if limit <= 0:
            writer.row_upper[-1] = np.array([0.0])


def _levels(
    writer: Writer,
    homes: Homes,
    unserved: dict[int, tuple[np.ndarray, np.ndarray]],
    paths: Steering,
    missing: np.ndarray,
    target_users: np.ndarray,
    worst: int,
) -> list[Level]:
    setting, unit = writer.setting, writer.unit
    classes: list[Class] = setting.classes.classes
    moved = moved_homes(setting, homes)
    affected = np.array([c.is_affected for c in classes], dtype=bool)
    has_copy = np.array(
        [s in classes[c].copies for c, s in zip(homes.of_class, homes.site, strict=True)],
        dtype=bool,
    )

    def level(name: str, columns: np.ndarray, cost: np.ndarray | float, in_units: float) -> Level:
        dense = np.zeros(writer.column_count)
        dense[columns] = cost
        largest = float(dense.max(initial=0.0)) or 1.0
        return Level(name, dense / largest, largest * in_units)

    levels = []
    for goal in setting.scenario.policy.goals:
        if goal == "unserved":
            for rank, (columns, _) in unserved.items():
                name = f"unserved {setting.inventory.tier_label[rank]}"
                levels.append(level(name, columns, 1.0, unit))
        elif goal == "relief":
            relief = homes.columns[moved & ~affected[homes.of_class]]
            levels.append(level("relief", relief, 1.0, unit))
        elif goal == "headroom":
            levels.append(level("headroom worst", np.array([worst]), 1.0, 1.0))
            levels.append(level("headroom total", missing, target_users, 1.0))
        elif goal == "access_points":
            levels.append(Level("access_points", np.array([]), 1.0))
        elif goal == "moves":
            if setting.inventory.has_replicas:
                copied = homes.columns[moved & ~has_copy]
                levels.append(level("moves copied", copied, 1.0, unit))
            levels.append(level("moves moved", homes.columns[moved], 1.0, unit))
        elif goal == "latency":
            levels.append(level("latency", paths.columns, paths.latency, unit))
    return levels
