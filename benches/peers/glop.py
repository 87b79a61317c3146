"""Peer: GLOP, the simplex of OR-Tools, with its presolve; every level is solved from nothing."""

from __future__ import annotations

import numpy as np
import scipy.sparse
from ortools.linear_solver.python import model_builder_helper as ortools

from levels import Hold, NoAnswer
from program import Program

PARAMETERS = "primal_feasibility_tolerance: 1e-9 dual_feasibility_tolerance: 1e-9"


class Glop:
    solver = "GLOP"
    parameters = PARAMETERS

    def __init__(self, program: Program) -> None:
        self.program = program

    def minimise(self, cost: np.ndarray, upper: np.ndarray, holds: list[Hold]) -> np.ndarray:
        program = self.program
        held = scipy.sparse.csr_matrix(np.array([hold.cost for hold in holds]).reshape(-1, len(cost)))
        model = ortools.ModelBuilderHelper()
        model.fill_model_from_sparse_data(
            np.zeros(len(cost)),
            upper,
            cost,
            np.concatenate([program.row_lower, np.full(len(holds), -np.inf)]),
            np.concatenate([program.row_upper, [hold.most for hold in holds]]),
            scipy.sparse.vstack([program.matrix, held], format="csr"),
        )
        solver = ortools.ModelSolverHelper(self.solver)
        solver.set_solver_specific_parameters(self.parameters)
        solver.solve(model)
        if solver.status() != ortools.SolveStatus.OPTIMAL:
            raise NoAnswer(str(solver.status()))
        return np.maximum(solver.variable_values(), 0.0)
