"""Peer: the interior point method of HiGHS (IPX) through highspy, with crossover.

Without crossover its values and duals are not exact enough to hold a level for the next one. An interior point
method has no hot start, so every level is solved from nothing, with presolve.
"""

from __future__ import annotations

import numpy as np

from highs_model import HighsModel
from levels import Answer, Bounds, NoAnswer
from program import Program


class HighsIpm:
    def __init__(self, program: Program) -> None:
        self.model = HighsModel(program, {"solver": "ipx", "run_crossover": "on"})

    def minimise(self, cost: np.ndarray, bounds: Bounds) -> Answer:
        self.model.change(cost, bounds)
        self.model.highs.clearSolver()
        try:
            return self.model.run()
        except NoAnswer:
            # Where crossover ends without an optimum the simplex method finishes from its basis.
            self.model.highs.setOptionValue("solver", "simplex")
            try:
                return self.model.run()
            finally:
                self.model.highs.setOptionValue("solver", "ipx")
