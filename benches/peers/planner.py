"""Plimsoll itself: runs it, and reads what it wrote."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inventory import Inventory

UNPROVEN = 1e-6


@dataclass(frozen=True)
class Stage:
    """A level of the first period."""

    name: str
    value: float
    bound: float
    is_proven: bool


@dataclass(frozen=True)
class Run:
    """One run of `plimsoll plan`, on one thread."""

    solve_seconds: float
    """Processor seconds of solving: the part of the process's that solving has of all phases by the clock.

    On one thread a phase takes no more than its time by the clock, which also counts waiting for a processor.
    """
    model_seconds: float
    """Likewise of case, classes, default paths and rows."""
    whole_seconds: float
    """Processor seconds of the process: reading, planning, explaining, verifying and writing."""
    megabytes: float


@dataclass(frozen=True)
class Plan:
    stages: list[Stage]
    shards: int
    runs: list[Run]
    version: str
    folder: Path


@dataclass(frozen=True)
class Spent:
    """What a process has used."""

    seconds: float
    """Of processors, of the user and of the system."""
    megabytes: float


def run(command: list[str]) -> Spent:
    """Runs Plimsoll on one thread. That somebody is unserved is an answer, no failure."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "RAYON_NUM_THREADS": "1"},
    )
    assert process.stderr is not None
    complaints = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"plimsoll ended with {process.returncode}:\n{complaints.decode()}")
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def plan(binary: Path, inventory: Path, scenario: Path, out: Path, repeats: int, time_limit: float) -> Plan:
    """Plans `repeats` times and reads the last plan; a limit cuts the search for whole shards short, not the levels."""
    runs = []
    summary: dict[str, Any] = {}
    for _ in range(repeats):
        if out.exists():
            shutil.rmtree(out)
        command = [str(binary), "plan", str(inventory), "--scenario", str(scenario)]
        spent = run([*command, "--no-charts", "--time-limit", str(time_limit), "--out", str(out)])
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        clock = summary["seconds"]
        not_waiting = min(1.0, spent.seconds / sum(clock.values()))
        runs.append(
            Run(
                solve_seconds=clock["solve"] * not_waiting,
                model_seconds=clock["model"] * not_waiting,
                whole_seconds=spent.seconds,
                megabytes=spent.megabytes,
            )
        )
    stages = [_stage(stage) for stage in summary["periods"][0]["stages"]]
    return Plan(stages, summary["model"]["shards"], runs, summary["plimsoll"], out)


def _stage(stage: dict[str, Any]) -> Stage:
    parts = [stage["goal"], stage.get("tier"), stage.get("measure")]
    return Stage(
        name=" ".join(part for part in parts if part),
        value=float(stage["value"]),
        bound=float(stage["bound"]),
        is_proven=float(stage["gap"]) <= UNPROVEN,
    )


def kept_shortfall(folder: Path, inventory: Inventory, target: np.ndarray, nominal: np.ndarray) -> np.ndarray:
    """`s⁰` of the first period, from what headroom.csv says that the target in force is: `h·(1 − s⁰)`.

    `target` is `h`, and `nominal` the capacity before; where that was 0 there is no target.
    """
    kept = np.zeros_like(target)
    with (folder / "headroom.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["period"] == "0" and row["target"]:
                key = inventory.component[row["component"]], inventory.resources.ids.index(row["resource"])
                if target[key] > 0:
                    kept[key] = min(1.0, max(0.0, 1 - float(row["target"]) / target[key]))
    kept[nominal <= 0] = 1.0
    return kept
