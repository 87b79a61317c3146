"""Peer: HiGHS simplex through highspy.

The first level is solved from nothing with presolve; every later one goes on from the last basis with the primal
simplex, for which that basis is still feasible. What fails that way is solved from nothing again.
"""

from __future__ import annotations

import numpy as np

from highs_model import HighsModel
from levels import Hold, NoAnswer
from program import Program

PRIMAL = 4


class HighsSimplex:
    def __init__(self, program: Program) -> None:
        self.model = HighsModel(program, {"solver": "simplex"})

    def minimise(self, cost: np.ndarray, upper: np.ndarray, holds: list[Hold]) -> np.ndarray:
        self.model.change(cost, upper, holds)
        try:
            columns = self.model.run()
        except NoAnswer:
            self.model.highs.clearSolver()
            self.model.highs.setOptionValue("simplex_strategy", 0)
            columns = self.model.run()
        self.model.highs.setOptionValue("simplex_strategy", PRIMAL)
        return columns
