"""Peer: linopy with HiGHS behind it, as somebody models who starts from a table of terms.

One block of variables, one block of constraints by grouped sums over the terms, and for every level another
objective and one constraint more. linopy hands the model to a new HiGHS at every solve, which chooses its method.
"""

from __future__ import annotations

import linopy
import numpy as np
import pandas as pd
import xarray

from highs_model import TOLERANCE
from levels import Hold, NoAnswer
from program import Program

linopy.options["semantics"] = "v1"


class LinopyHighs:
    def __init__(self, program: Program) -> None:
        self.model = linopy.Model(sparse=True)
        count = program.matrix.shape[1]
        upper = xarray.DataArray(program.upper, dims="column", coords={"column": np.arange(count)})
        self.columns = self.model.add_variables(lower=0.0, upper=upper, name="columns")
        terms = program.matrix.tocoo()
        sums = self._sums(terms.row, terms.col, terms.data)
        for name, side, sign in (
            ("equal", program.row_upper, "="),
            ("at most", program.row_upper, "<="),
        ):
            is_equal = program.row_lower == program.row_upper
            rows = np.flatnonzero((is_equal == (sign == "=")) & np.isfinite(side))
            rows = rows[np.isin(rows, terms.row)]
            if len(rows):
                sides = xarray.DataArray(side[rows], dims="row", coords={"row": rows})
                self.model.add_constraints(sums.sel(row=rows), sign, sides, name=name)
        self.held: list[Hold] = []

    def _sums(
        self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray
    ) -> linopy.LinearExpression:
        term = pd.RangeIndex(len(rows), name="term")
        picked = xarray.DataArray(columns, dims="term", coords={"term": term})
        row = pd.Series(rows, index=term, name="row")
        coefficients = xarray.DataArray(values, dims="term", coords={"term": term})
        terms = (self.columns.sel(column=picked) * coefficients).drop_vars("column")
        return terms.groupby(row).sum()

    def minimise(self, cost: np.ndarray, upper: np.ndarray, holds: list[Hold]) -> np.ndarray:
        model = self.model
        for position in range(len(holds), len(self.held)):
            model.remove_constraints(f"hold {position}")
        for position, hold in enumerate(holds):
            if position < len(self.held) and self.held[position] is hold:
                continue
            if position < len(self.held):
                model.remove_constraints(f"hold {position}")
            model.add_constraints(self._weighted(hold.cost) <= hold.most, name=f"hold {position}")
        self.held = list(holds)
        self.columns.upper = xarray.DataArray(upper, dims="column", coords=self.columns.coords)
        model.add_objective(self._weighted(cost), overwrite=True)
        status, reason = model.solve(
            solver_name="highs",
            io_api="direct",
            output_flag=False,
            threads=1,
            primal_feasibility_tolerance=TOLERANCE,
            dual_feasibility_tolerance=TOLERANCE,
        )
        if status != "ok":
            raise NoAnswer(reason)
        return np.maximum(self.columns.solution.to_numpy(), 0.0)

    def _weighted(self, cost: np.ndarray) -> linopy.LinearExpression:
        index = np.flatnonzero(cost)
        weights = xarray.DataArray(cost[index], dims="column", coords={"column": index})
        return (self.columns.sel(column=index) * weights).sum()
