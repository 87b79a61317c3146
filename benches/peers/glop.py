"""Peer: GLOP, the simplex of OR-Tools, with its presolve; every level is solved from nothing."""

from __future__ import annotations

import numpy as np
from ortools.linear_solver.python import model_builder_helper as ortools

from levels import Answer, Bounds, NoAnswer
from program import Program

PARAMETERS = "primal_feasibility_tolerance: 1e-9 dual_feasibility_tolerance: 1e-9"


class Glop:
    def __init__(self, program: Program) -> None:
        self.matrix = program.matrix

    def minimise(self, cost: np.ndarray, bounds: Bounds) -> Answer:
        model = ortools.ModelBuilderHelper()
        model.fill_model_from_sparse_data(
            bounds.lower, bounds.upper, cost, bounds.row_lower, bounds.row_upper, self.matrix
        )
        solver = ortools.ModelSolverHelper("GLOP")
        solver.set_solver_specific_parameters(PARAMETERS)
        solver.solve(model)
        if solver.status() != ortools.SolveStatus.OPTIMAL:
            raise NoAnswer(str(solver.status()))
        return Answer(
            columns=solver.variable_values(),
            reduced_costs=solver.reduced_costs(),
            duals=solver.dual_values(),
        )
