"""The levels one after the other: each is solved, then held while the later ones are.

A level whose value is 0 in the answer at hand is settled without a solve, since no level can be below 0, and is held
by closing its columns. The worst missing share is held by upper bounds. Any other level is held by a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np

from program import Level, Program

SLACK = 1e-9
"""By how much a held level may be exceeded, relative to its value or one unit, whichever is larger."""
NOTHING = 1e-9
"""A value, in units of the level's largest cost, that is taken to be 0."""


class NoAnswer(Exception):
    """The solver found no optimum."""


@dataclass(frozen=True)
class Hold:
    """A settled level: `cost · columns ≤ most`."""

    cost: np.ndarray
    most: float


class Solver(Protocol):
    """What a peer has to offer."""

    def minimise(self, cost: np.ndarray, upper: np.ndarray, holds: list[Hold]) -> np.ndarray:
        """Optimal columns. Raises `NoAnswer`."""


@dataclass(frozen=True)
class Settled:
    name: str
    value: float
    is_skipped: bool


@dataclass
class State:
    """What is held so far, and the answer at hand."""

    upper: np.ndarray
    holds: list[Hold]
    columns: np.ndarray | None = None

    def copy(self) -> State:
        return State(self.upper.copy(), list(self.holds), self.columns)


Report = Callable[[Settled], None]


def climb(program: Program, solver: Solver, report: Report) -> State:
    """Settles all levels in order and returns the last answer."""
    state = State(program.upper.copy(), [])
    for position, level in enumerate(program.levels):
        if level.name == "access_points":
            return _choose_openings(program, solver, state, position, report)
        report(_settle(program, solver, state, level))
    return state


def _settle(program: Program, solver: Solver, state: State, level: Level) -> Settled:
    if state.columns is not None and float(level.cost @ state.columns) <= NOTHING:
        reached, is_skipped = 0.0, True
    else:
        state.columns = solver.minimise(level.cost, state.upper, state.holds)
        reached, is_skipped = max(0.0, float(level.cost @ state.columns)), False
    most = reached + SLACK * max(1.0, reached)
    if level.name == "headroom worst":
        state.upper[program.worst] = min(1.0, most)
        state.upper[program.missing] = np.minimum(state.upper[program.missing], most)
    elif reached <= NOTHING:
        reached = 0.0
        state.upper[level.cost > 0] = 0.0
    else:
        state.holds.append(Hold(level.cost, most))
    return Settled(level.name, reached * level.scale, is_skipped)


def _choose_openings(
    program: Program, solver: Solver, state: State, position: int, report: Report
) -> State:
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


def _with_openings(
    program: Program, solver: Solver, state: State, opened: set[str]
) -> State | None:
    """The state with only these standby access points open, if that keeps the earlier levels."""
    closed = [columns for name, columns in program.standby.items() if name not in opened]
    entering = np.zeros(len(state.upper))
    if closed:
        entering[np.concatenate(closed)] = 1.0
    candidate = state.copy()
    assert candidate.columns is not None
    if float(entering @ candidate.columns) > NOTHING:
        candidate.columns = solver.minimise(entering, candidate.upper, candidate.holds)
        if float(entering @ candidate.columns) > 10 * SLACK:
            return None
    candidate.upper[entering > 0] = 0.0
    return candidate


def _best(
    program: Program, solver: Solver, candidates: list[State], position: int, report: Report
) -> State:
    best: tuple[list[float], list[Settled], State] | None = None
    for candidate in candidates:
        settled = [
            _settle(program, solver, candidate, level) for level in program.levels[position:]
        ]
        values = [round_off(one.value) for one in settled]
        if best is None or values < best[0]:
            best = (values, settled, candidate)
        if len(candidates) == 1:
            break
    assert best is not None
    for one in best[1]:
        report(one)
    return best[2]


def round_off(value: float) -> float:
    """Nine digits, so that what solvers leave in the last ones decides nothing."""
    return float(f"{value:.9g}")
