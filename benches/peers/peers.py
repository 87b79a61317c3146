"""The peers by name. Each is imported in a process of its own: two of them bring a HiGHS of their own."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from levels import Solver
from program import Program


@dataclass(frozen=True)
class Peer:
    module: str
    solver: str
    packages: tuple[str, ...]
    is_exact: bool
    """Whether its values have to equal Plimsoll's."""


PEERS = {
    "linopy+highs": Peer("linopy_highs", "LinopyHighs", ("linopy", "highspy"), True),
    "highs-simplex": Peer("highs_simplex", "HighsSimplex", ("highspy",), True),
    "highs-ipm": Peer("highs_ipm", "HighsIpm", ("highspy",), True),
    "glop": Peer("glop", "Glop", ("ortools",), True),
    "greedy": Peer("greedy", "Greedy", (), False),
}
STANDARD = ("linopy+highs", "highs-simplex", "highs-ipm", "glop", "greedy")


def solver(peer: Peer, program: Program) -> Solver:
    """A solver that has the program."""
    return cast(Solver, getattr(import_module(peer.module), peer.solver)(program))
