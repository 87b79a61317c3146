"""Plimsoll's sweep: runs it, and reads what it wrote."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np

from contingencies import Failing
from inventory import Inventory
from planner import Spent, Stage, run


@dataclass(frozen=True)
class Found:
    """What one case comes to."""

    failing: Failing
    unserved: dict[str, float]
    """By tiers of one rank; 0 where there is none."""
    worst: float
    settled_by: str
    is_proven: bool

    def stages(self, levels: list[str]) -> list[Stage]:
        """These levels, as those of a plan."""
        found = []
        for level in levels:
            value = self.worst if level == "headroom worst" else self.unserved.get(level.split(" ", 1)[1], 0.0)
            found.append(Stage(level, value, value if self.is_proven else 0.0, self.is_proven))
        return found


@dataclass(frozen=True)
class Swept:
    cases: list[Found]
    """Without those of risk groups."""
    all_cases: int
    settled_by: dict[str, int]
    """How many of all cases."""
    whole: Spent
    """Reading, what all cases share, all cases, tables, page and writing."""
    around: float
    """Processor seconds of all that with one case only."""
    version: str


def sweep(
    binary: Path, inventory: Path, scenario: Path, over: str, failures: int, names: list[str], out: Path
) -> Swept:
    """Sweeps all cases of up to so many failures of `names`, at the scenario's start."""
    count = sum(comb(len(names), size) for size in range(failures + 1))
    command = [str(binary), "sweep", str(inventory), "--scenario", str(scenario), "--over", over]
    command += ["--failures", str(failures), "--period", "0", "--no-charts", "--quiet", "--out", str(out)]
    for folder in (out, Path(f"{out}.unfinished")):
        if folder.exists():
            shutil.rmtree(folder)
    around = run([*command, "--part", f"1/{count}"]).seconds
    shutil.rmtree(out)
    whole = run(command)
    summary = json.loads((out / "sweep.json").read_text(encoding="utf-8"))
    found = summary["found"][0]
    unserved: dict[int, dict[str, float]] = {}
    for row in _rows(out / "unserved_by_tier.csv"):
        unserved.setdefault(int(row["case"]), {})[row["tier"]] = float(row["users"])
    of_names = [failing for size in range(failures + 1) for failing in combinations(names, size)]
    cases = []
    for failing, row in zip(of_names, _rows(out / "by_failure.csv"), strict=False):
        if row["failing"] != "+".join(failing):
            raise RuntimeError(f"case {row['case']} is {row['failing']}, not {'+'.join(failing)}")
        cases.append(
            Found(
                failing=failing,
                unserved=unserved.get(int(row["case"]), {}),
                worst=float(row["worst_shortfall"]),
                settled_by=row["settled_by"],
                is_proven=row["proven"] == "yes",
            )
        )
    return Swept(
        cases=cases,
        all_cases=summary["cases"],
        settled_by={own["by"]: own["cases"] for own in found["settled_by"]},
        whole=whole,
        around=around,
        version=summary["plimsoll"],
    )


def load_before(folder: Path, inventory: Inventory, nominal: np.ndarray) -> np.ndarray:
    """Components × resources in the state before, from utilization_before.csv; `nominal` is the capacity of then."""
    load = np.zeros_like(nominal)
    for row in _rows(folder / "utilization_before.csv"):
        key = inventory.component[row["component"]], inventory.resources.ids.index(row["resource"])
        load[key] = float(row["utilization"]) * nominal[key]
    return load


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
