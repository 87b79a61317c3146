"""Peer: HiGHS simplex through highspy.

The first level is solved from nothing with presolve; every later one goes on from the last basis with the primal
simplex, for which that basis is still feasible. What fails that way is solved from nothing again.
"""

from __future__ import annotations

import numpy as np

from highs_model import HighsModel
from levels import Answer, Bounds, NoAnswer
from program import Program

CHOSEN_BY_HIGHS, PRIMAL = 0, 4


class HighsSimplex:
    def __init__(self, program: Program) -> None:
        self.model = HighsModel(program, {"solver": "simplex"})

    def minimise(self, cost: np.ndarray, bounds: Bounds) -> Answer:
        self.model.change(cost, bounds)
        try:
            answer = self.model.run()
        except NoAnswer:
            self.model.highs.clearSolver()
            self.model.highs.setOptionValue("simplex_strategy", CHOSEN_BY_HIGHS)
            answer = self.model.run()
        self.model.highs.setOptionValue("simplex_strategy", PRIMAL)
        return answer
