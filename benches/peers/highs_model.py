"""A program inside HiGHS, for the peers that use highspy."""

from __future__ import annotations

import highspy
import numpy as np

from levels import Answer, Bounds, NoAnswer, bounds_of
from program import Program

TOLERANCE = 1e-9


class HighsModel:
    """The matrix stays; costs and bounds change from level to level."""

    def __init__(self, program: Program, options: dict[str, str]) -> None:
        self.highs = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "primal_feasibility_tolerance": TOLERANCE,
            "dual_feasibility_tolerance": TOLERANCE,
            **options,
        }.items():
            self.highs.setOptionValue(option, value)
        lp = highspy.HighsLp()
        rows, columns = program.matrix.shape
        lp.num_col_, lp.num_row_ = columns, rows
        lp.col_cost_ = np.zeros(columns)
        lp.col_lower_ = np.zeros(columns)
        lp.col_upper_ = program.upper
        lp.row_lower_ = program.row_lower
        lp.row_upper_ = program.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = program.matrix.indptr
        lp.a_matrix_.index_ = program.matrix.indices
        lp.a_matrix_.value_ = program.matrix.data
        self.highs.passModel(lp)
        self.cost = np.zeros(columns)
        self.bounds = bounds_of(program)

    def change(self, cost: np.ndarray, bounds: Bounds) -> None:
        """Sets the level's costs and what is held, where they are others than before."""
        highs, old = self.highs, self.bounds
        columns = _where((bounds.lower != old.lower) | (bounds.upper != old.upper))
        highs.changeColsBounds(len(columns), columns, bounds.lower[columns], bounds.upper[columns])
        rows = _where((bounds.row_lower != old.row_lower) | (bounds.row_upper != old.row_upper))
        highs.changeRowsBounds(len(rows), rows, bounds.row_lower[rows], bounds.row_upper[rows])
        costs = _where(cost != self.cost)
        highs.changeColsCost(len(costs), costs, cost[costs])
        self.cost, self.bounds = cost, bounds.copy()

    def run(self) -> Answer:
        """An optimum. Raises `NoAnswer`."""
        self.highs.run()
        return answer_of(self.highs)


def _where(is_other: np.ndarray) -> np.ndarray:
    return np.flatnonzero(is_other).astype(np.int32)


def answer_of(highs: highspy.Highs) -> Answer:
    """The optimum that HiGHS has found. Raises `NoAnswer`."""
    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise NoAnswer(highs.modelStatusToString(status))
    solution = highs.getSolution()
    return Answer(
        columns=np.array(solution.col_value),
        reduced_costs=np.array(solution.col_dual),
        duals=np.array(solution.row_dual),
    )
