"""A written-out program of which sites or access points may fail: every case differs from it by bounds and costs only.

All columns that some case permits are written once. Closing what fails, and homes that a class may not have in a case,
are upper bounds of 0; a load row of what fails is free; whoever has no home left is unserved by a lower bound.
Which moves count as relief depends on who is affected, and so do that level's costs.

That is exact for sites, in which paths end, and for access points, which each path passes once: failures of these close
columns and make no path that was left out any better. Elements and links may be passed by entries, tails and flows
that were kept because of them, and members of a pool share its load anew; these are not asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from affected import touched_kinds
from classes import Touch
from levels import Bounds, bounds_of
from program import Level, Program, moved_homes
from setting import Setting

Failing = tuple[str, ...]
"""Ids of what fails at once."""


@dataclass(frozen=True)
class _Member:
    """What goes with a site or an access point."""

    columns: np.ndarray
    rows: np.ndarray
    touched: np.ndarray
    """By class, whether its failure affects it."""
    homeless: np.ndarray
    """By class, whether it is the current site."""


@dataclass(frozen=True)
class Contingencies:
    program: Program
    """Nothing fails in it; its last level is the last that a sweep settles."""
    members: dict[str, _Member]
    permitted: np.ndarray
    """`Touch` x columns `x`: where the rules let the class be."""
    affected: np.ndarray
    """By class, by the scenario itself."""
    moved: np.ndarray
    """By column `x`, whether it serves users elsewhere than where they are."""

    def bounds(self, failing: Failing) -> Bounds:
        """The program's bounds in a case."""
        program, homes = self.program, self.program.homes
        bounds = bounds_of(program)
        members = [self.members[name] for name in failing]
        touch = np.full(len(self.affected), Touch.NONE)
        for member in members:
            touch[member.touched] = np.maximum(touch[member.touched], Touch.AFFECTED)
            touch[member.homeless] = Touch.HOMELESS
        is_permitted = self.permitted[touch[homes.of_class], np.arange(len(homes.columns))]
        bounds.upper[homes.columns[~is_permitted]] = 0.0
        for member in members:
            bounds.upper[member.columns] = 0.0
            bounds.row_upper[member.rows] = np.inf
        is_open = bounds.upper[homes.columns] > 0
        has_home = np.zeros(len(self.affected), dtype=bool)
        has_home[homes.of_class[is_open]] = True
        for columns, of_class in program.unserved.values():
            trapped = columns[~has_home[of_class]]
            bounds.lower[trapped] = bounds.upper[trapped]
        return bounds

    def program_of(self, failing: Failing) -> Program:
        """The program with the levels of a case."""
        homes = self.program.homes
        affected = self.affected.copy()
        for name in failing:
            affected |= self.members[name].touched
        cost = np.zeros(len(self.program.upper))
        cost[homes.columns[self.moved & ~affected[homes.of_class]]] = 1.0
        levels = [
            Level(level.name, cost, level.scale) if level.name == "relief" else level
            for level in self.program.levels
        ]
        return replace(self.program, levels=levels)


def contingencies(setting: Setting, program: Program, names: list[str]) -> Contingencies:
    """What these sites or access points take with them."""
    classes, homes = setting.classes.classes, program.homes
    permitted = np.array(
        [
            [site in classes[c].sites_when[touch] for c, site in zip(homes.of_class, homes.site, strict=True)]
            for touch in Touch
        ]
    )
    return Contingencies(
        program=replace(program, levels=_levels(program)),
        members={name: _member(setting, program, name) for name in names},
        permitted=permitted,
        affected=np.array([c.is_affected for c in classes], dtype=bool),
        moved=moved_homes(setting, homes),
    )


def _levels(program: Program) -> list[Level]:
    """Those up to the last that a sweep tells."""
    told = [
        position
        for position, level in enumerate(program.levels)
        if level.name.startswith("unserved") or level.name == "headroom worst"
    ]
    levels = program.levels[: told[-1] + 1]
    if any(level.name == "access_points" for level in levels):
        raise ValueError("access points are counted before what a sweep tells")
    return levels


def _member(setting: Setting, program: Program, name: str) -> _Member:
    inventory, classes, homes = setting.inventory, setting.classes.classes, program.homes
    component = inventory.component[name]
    rows = np.array(setting.network.rows_at.get(name, []), dtype=int)
    current = np.array([c.current for c in classes], dtype=int)
    if component < len(inventory.sites):
        is_home = current == component
        return _Member(homes.columns[homes.site == component], rows, is_home, is_home)
    return _Member(
        program.entering[name], rows, _passing(setting, component), np.zeros(len(classes), dtype=bool)
    )


def _passing(setting: Setting, component: int) -> np.ndarray:
    """By class, whether a path to its current site passes a component."""
    groups = setting.classes.groups
    kinds = np.array(
        [
            [(group := groups[c.group]).profile, group.client_region, c.current, group.max_latency]
            for c in setting.classes.classes
        ]
    )
    homed = kinds[:, 2] >= 0
    passing = np.zeros(len(kinds), dtype=bool)
    different, kind_of = np.unique(kinds[homed], axis=0, return_inverse=True)
    passing[homed] = touched_kinds(setting.inventory, different, [component])[kind_of.ravel()]
    return passing
