"""The levels one after the other: each is solved, then held while the later ones are.

A level is held by staying on its optimal face: by complementary slackness every optimum has the columns with a
reduced cost at their bound and the rows with a dual tight, and whatever has is an optimum. So no row is added, no
tolerance is spent, and the program becomes smaller from level to level. (Held by a row with a slack of 1e-9 instead,
the values of later levels were off by up to 2e-5, or nothing was feasible any more.)

A level whose value in the answer at hand is that of the columns' lower bounds, which mostly are 0, is settled without
a solve, since it cannot be below that, and is held by closing its columns. The worst missing share is held by upper bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np

from program import Level, Program

SLACK = 1e-9
"""By how much the worst missing share may be exceeded later."""
NOTHING = 1e-9
"""A value, in units of the level's largest cost, that is taken to be 0."""
PRICED = 1e-8
"""Reduced costs and duals below it, where the largest cost is 1, are taken to be 0."""


class NoAnswer(Exception):
    """The solver found no optimum."""


@dataclass(frozen=True)
class Bounds:
    """`lower ≤ columns ≤ upper`, `row_lower ≤ matrix · columns ≤ row_upper`."""

    lower: np.ndarray
    upper: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray

    def copy(self) -> Bounds:
        return Bounds(self.lower.copy(), self.upper.copy(), self.row_lower.copy(), self.row_upper.copy())


@dataclass(frozen=True)
class Answer:
    """A basic optimum: its columns, and its duals in the sign of a minimisation."""

    columns: np.ndarray
    reduced_costs: np.ndarray
    duals: np.ndarray


class Solver(Protocol):
    """What a peer has to offer."""

    def minimise(self, cost: np.ndarray, bounds: Bounds) -> Answer:
        """An optimum of the program with these bounds. Raises `NoAnswer`."""


@dataclass(frozen=True)
class Settled:
    name: str
    value: float
    is_skipped: bool


@dataclass
class State:
    """What is held so far, and the columns at hand."""

    bounds: Bounds
    columns: np.ndarray | None = None


Report = Callable[[Settled], None]


def bounds_of(program: Program) -> Bounds:
    """The program's own, to be changed."""
    lower = np.zeros(len(program.upper))
    return Bounds(lower, program.upper, program.row_lower, program.row_upper).copy()


def climb(program: Program, state: State, solver: Solver, report: Report) -> State:
    """Settles all levels in order, narrowing the bounds, and returns the last answer."""
    for position, level in enumerate(program.levels):
        if level.name == "access_points":
            return _choose_openings(program, solver, state, position, report)
        report(_settle(program, solver, state, level))
    return state


def _settle(program: Program, solver: Solver, state: State, level: Level) -> Settled:
    bounds = state.bounds
    least = float(level.cost @ bounds.lower)
    counted = level.cost > 0
    if state.columns is not None and float(level.cost @ state.columns) - least <= NOTHING:
        bounds.upper[counted] = bounds.lower[counted]
        return Settled(level.name, least * level.scale, True)
    answer = solver.minimise(level.cost, bounds)
    state.columns = answer.columns
    reached = float(level.cost @ answer.columns)
    if reached - least <= NOTHING:
        reached = least
        bounds.upper[counted] = bounds.lower[counted]
    elif level.name == "headroom worst":
        most = reached + SLACK
        bounds.upper[program.worst] = min(1.0, most)
        bounds.upper[program.missing] = np.minimum(bounds.upper[program.missing], most)
    else:
        _stay_on_face(bounds, answer)
    return Settled(level.name, reached * level.scale, False)


def _stay_on_face(bounds: Bounds, answer: Answer) -> None:
    at_lower, at_upper = answer.reduced_costs > PRICED, answer.reduced_costs < -PRICED
    bounds.upper[at_lower] = bounds.lower[at_lower]
    bounds.lower[at_upper] = bounds.upper[at_upper]
    at_lower, at_upper = answer.duals > PRICED, answer.duals < -PRICED
    bounds.row_upper[at_lower] = bounds.row_lower[at_lower]
    bounds.row_lower[at_upper] = bounds.row_upper[at_upper]


def _choose_openings(program: Program, solver: Solver, state: State, position: int, report: Report) -> State:
    """The fewest standby access points that keep the earlier levels; then the best of all sets of that number."""
    names = list(program.standby)
    for number in range(len(names) + 1):
        candidates = [
            candidate
            for opened in combinations(names, number)
            if (candidate := _with_openings(program, solver, state, set(opened))) is not None
        ]
        if candidates:
            report(Settled("access_points", float(number), number == 0))
            return _best(program, solver, candidates, position + 1, report)
    raise NoAnswer("no set of standby access points keeps the earlier levels")


def _with_openings(program: Program, solver: Solver, state: State, opened: set[str]) -> State | None:
    """The state with only these standby access points open, if that keeps the earlier levels."""
    closed = [columns for name, columns in program.standby.items() if name not in opened]
    entering = np.zeros(len(program.upper))
    if closed:
        entering[np.concatenate(closed)] = 1.0
    candidate = State(state.bounds.copy(), state.columns)
    assert candidate.columns is not None
    if float(entering @ candidate.columns) > NOTHING:
        candidate.columns = solver.minimise(entering, candidate.bounds).columns
        if float(entering @ candidate.columns) > NOTHING:
            return None
    candidate.bounds.upper[entering > 0] = 0.0
    return candidate


def _best(program: Program, solver: Solver, candidates: list[State], position: int, report: Report) -> State:
    best: tuple[list[float], list[Settled], State] | None = None
    for candidate in candidates:
        settled = [_settle(program, solver, candidate, level) for level in program.levels[position:]]
        values = [_rounded(one.value) for one in settled]
        if best is None or values < best[0]:
            best = (values, settled, candidate)
    assert best is not None
    for one in best[1]:
        report(one)
    return best[2]


def _rounded(value: float) -> float:
    """Nine digits, so that what solvers leave in the last ones decides nothing."""
    return float(f"{value:.9g}")
