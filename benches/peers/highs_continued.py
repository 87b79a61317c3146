"""HiGHS simplex through highspy, case after case of a sweep.

The program without a failure is solved from nothing, for all levels at once, each with a weight. A case closes columns
and frees rows of it, so that this basis stays dual feasible: dual simplex goes on from it. (From the basis of the case
before, columns that are open again are not: on data/global that took ten times as many iterations.) Levels that
are at their least then are settled; the others go on in their order, as in `highs_simplex.py`. (Without the weights,
dual simplex at the first level only, a case took 37 s there, with them 0.5.)
"""

from __future__ import annotations

import highspy
import numpy as np

from highs_simplex import HighsSimplex
from levels import Answer, Bounds
from program import Program

DUAL = 1
WEIGHTS = {"relief": 0.1, "headroom worst": 0.01}
"""Of levels, beside 1 for unserved users."""


class HighsContinued(HighsSimplex):
    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.cost = sum(
            (WEIGHTS.get(level.name, 1.0) * level.cost for level in program.levels), np.zeros(len(program.upper))
        )
        self.basis: highspy.HighsBasis | None = None
        self.iterations = 0
        """Of the case."""

    def begin_case(self, bounds: Bounds) -> np.ndarray:
        """The columns with all levels at once; the first case is that without a failure."""
        highs = self.model.highs
        self.iterations = 0
        if self.basis is not None:
            highs.setBasis(self.basis)
            highs.setOptionValue("simplex_strategy", DUAL)
        columns = self.minimise(self.cost, bounds).columns
        if self.basis is None:
            self.basis = highs.getBasis()
        return columns

    def minimise(self, cost: np.ndarray, bounds: Bounds) -> Answer:
        answer = super().minimise(cost, bounds)
        self.iterations += self.model.highs.getInfo().simplex_iteration_count
        return answer
