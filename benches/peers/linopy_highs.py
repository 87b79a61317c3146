"""Peer: linopy with HiGHS behind it, as somebody models who starts from a table of terms.

One block of variables and two of constraints, equations and inequalities, by grouped sums over the terms. For every
level the model is made anew with the bounds that hold the earlier ones; linopy hands it to a new HiGHS, which chooses
its method. Making the model is part of what linopy does, and counts.
"""

from __future__ import annotations

import linopy
import numpy as np
import pandas as pd
import xarray

from highs_model import TOLERANCE, answer_of
from levels import Answer, Bounds, NoAnswer
from program import Program

linopy.options["semantics"] = "v1"


class LinopyHighs:
    def __init__(self, program: Program) -> None:
        self.terms = program.matrix.tocoo()

    def minimise(self, cost: np.ndarray, bounds: Bounds) -> Answer:
        model = linopy.Model(sparse=True)
        columns = model.add_variables(
            lower=_labelled(bounds.lower), upper=_labelled(bounds.upper), name="columns"
        )
        sums = self._sums(columns)
        is_equal = bounds.row_lower == bounds.row_upper
        has_terms = np.isin(np.arange(len(is_equal)), self.terms.row)
        order = []
        for sign, counts in (("=", is_equal), ("<=", ~is_equal)):
            rows = np.flatnonzero(counts & has_terms)
            order.append(rows)
            if len(rows):
                sides = xarray.DataArray(bounds.row_upper[rows], dims="row", coords={"row": rows})
                model.add_constraints(sums.sel(row=rows), sign, sides, name=f"rows {sign}")
        priced = np.flatnonzero(cost)
        weights = xarray.DataArray(cost[priced], dims="column", coords={"column": priced})
        model.add_objective((columns.sel(column=priced) * weights).sum())
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
        answer = answer_of(model.solver_model)
        duals = np.zeros(len(is_equal))
        duals[np.concatenate(order)] = answer.duals
        return Answer(answer.columns, answer.reduced_costs, duals)

    def _sums(self, columns: linopy.Variable) -> linopy.LinearExpression:
        """By row, the sum of its terms."""
        term = pd.RangeIndex(len(self.terms.row), name="term")
        picked = xarray.DataArray(self.terms.col, dims="term", coords={"term": term})
        coefficients = xarray.DataArray(self.terms.data, dims="term", coords={"term": term})
        terms = (columns.sel(column=picked) * coefficients).drop_vars("column")
        return terms.groupby(pd.Series(self.terms.row, index=term, name="row")).sum()


def _labelled(values: np.ndarray) -> xarray.DataArray:
    return xarray.DataArray(values, dims="column", coords={"column": np.arange(len(values))})
