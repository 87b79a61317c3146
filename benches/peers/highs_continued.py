"""HiGHS simplex through highspy, case after case of a sweep.

The first case is solved from nothing with presolve. The first level of every later one goes on from the basis that the
same level of the last case ended with, which is still dual feasible, since only bounds have changed: dual simplex. Its
later levels go on from the level before, as in `highs_simplex.py`.
"""

from __future__ import annotations

import highspy
import numpy as np

from highs_simplex import HighsSimplex
from levels import Answer, Bounds
from program import Program

DUAL = 1


class HighsContinued(HighsSimplex):
    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.basis: highspy.HighsBasis | None = None
        self.is_first = True
        self.iterations = 0
        """Of the case."""

    def begin_case(self) -> None:
        """The next level is the first one of another case."""
        self.is_first = True
        self.iterations = 0

    def minimise(self, cost: np.ndarray, bounds: Bounds) -> Answer:
        highs = self.model.highs
        if self.is_first and self.basis is not None:
            highs.setBasis(self.basis)
            highs.setOptionValue("simplex_strategy", DUAL)
        answer = super().minimise(cost, bounds)
        if self.is_first:
            self.basis = highs.getBasis()
        self.is_first = False
        self.iterations += highs.getInfo().simplex_iteration_count
        return answer
