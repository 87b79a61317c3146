"""Rows and columns of a program while it is being written."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse

from setting import Setting

Entries = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Rows, columns and coefficients."""


@dataclass(frozen=True)
class Steering:
    """The columns of steering."""

    columns: np.ndarray
    latency: np.ndarray
    """Of one user, in milliseconds."""
    entering: dict[str, np.ndarray]
    """By access point, the columns that enter there."""
    kind: str


@dataclass
class Writer:
    """Rows and columns while a program is being written."""

    setting: Setting
    unit: float
    upper: list[np.ndarray] = field(default_factory=list)
    entries: list[Entries] = field(default_factory=list)
    row_lower: list[np.ndarray] = field(default_factory=list)
    row_upper: list[np.ndarray] = field(default_factory=list)
    column_count: int = 0
    row_count: int = 0

    def columns(self, upper: np.ndarray) -> np.ndarray:
        """New columns with these upper bounds."""
        first = self.column_count
        self.upper.append(upper)
        self.column_count += len(upper)
        return np.arange(first, self.column_count)

    def rows(self, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
        """New rows with these sides."""
        first = self.row_count
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        self.row_count += len(lower)
        return np.arange(first, self.row_count)

    def add(self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray | float) -> None:
        """Entries of the matrix; those at the same place add up."""
        self.entries.append((rows, columns, np.broadcast_to(values, rows.shape)))

    def load_of_user(self, row: int, demand: np.ndarray) -> float:
        """What one unit of a column puts on a load row, as a share of its capacity."""
        load_row = self.setting.network.rows[row]
        load = demand[load_row.resource] * load_row.share * self.unit
        return float(load / self.setting.left(row))

    def matrix(self) -> scipy.sparse.csr_matrix:
        rows, columns, values = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        shape = (self.row_count, self.column_count)
        return scipy.sparse.coo_matrix((values, (rows, columns)), shape=shape).tocsr()
