"""Peer: PDLP of OR-Tools, a first order method.

It stops at residuals, not at a vertex, so its values are near and not exact; they are reported and judge nobody.
"""

from __future__ import annotations

from glop import Glop


class Pdlp(Glop):
    solver = "PDLP"
    parameters = (
        "termination_criteria { simple_optimality_criteria "
        "{ eps_optimal_absolute: 1e-8 eps_optimal_relative: 1e-8 } }"
    )
