"""A program inside HiGHS, for the peers that use highspy."""

from __future__ import annotations

import highspy
import numpy as np

from levels import Hold, NoAnswer
from program import Program

TOLERANCE = 1e-9


class HighsModel:
    """The rows and columns stay; costs, upper bounds and holds change from level to level."""

    def __init__(self, program: Program, options: dict[str, object]) -> None:
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
        self.columns = np.arange(columns, dtype=np.int32)
        self.first_hold = rows
        self.held: list[Hold] = []

    def change(self, cost: np.ndarray, upper: np.ndarray, holds: list[Hold]) -> None:
        """Sets the level's costs, the upper bounds, and the rows of the held levels."""
        kept = 0
        while kept < min(len(holds), len(self.held)) and holds[kept] is self.held[kept]:
            kept += 1
        if kept < len(self.held):
            first, last = self.first_hold + kept, self.first_hold + len(self.held)
            self.highs.deleteRows(last - first, np.arange(first, last, dtype=np.int32))
        for hold in holds[kept:]:
            index = np.flatnonzero(hold.cost).astype(np.int32)
            self.highs.addRow(-np.inf, hold.most, len(index), index, hold.cost[index])
        self.held = list(holds)
        count = len(self.columns)
        self.highs.changeColsBounds(count, self.columns, np.zeros(count), upper)
        self.highs.changeColsCost(count, self.columns, cost)

    def run(self) -> np.ndarray:
        """Optimal columns. Raises `NoAnswer`."""
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise NoAnswer(self.highs.modelStatusToString(status))
        return np.maximum(np.array(self.highs.getSolution().col_value), 0.0)
