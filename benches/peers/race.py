"""One question to Plimsoll and to every peer in turn, and whether they agree."""

from __future__ import annotations

import json
import pickle
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import case
import inventory as inventories
import planner
import program as programs
import scenario as scenarios
import setting as settings
from cases import Question, scaled
from peers import PEERS
from planner import Plan, Stage
from program import Program
from setting import Setting

AGREEMENT = 1e-6
"""Relative; of values below 1, absolute."""
VIOLATION = 1e-6
"""By how much an answer may break a row or bound, in shares of a capacity or units of a column."""


@dataclass(frozen=True)
class Limits:
    seconds: float
    """Processor seconds of one peer for all levels of one question."""
    gigabytes: float
    plan_seconds: float
    """Plimsoll's own `--time-limit`, by the clock."""


@dataclass(frozen=True)
class Reached:
    """A level that a peer settled."""

    level: str
    value: float
    seconds: float
    """Processor seconds since the problem was handed over."""


@dataclass(frozen=True)
class Answer:
    """What a peer came to."""

    peer: str
    reached: list[Reached]
    seconds: float
    outcome: str
    """`finished`, `stopped`, or why it failed."""
    differences: list[str]
    """Levels whose values are not Plimsoll's; for peers that are not exact, how far they are off."""
    agreed: int
    """Levels with the same value."""

    @property
    def is_wrong(self) -> bool:
        return PEERS[self.peer].is_exact and bool(self.differences)


@dataclass(frozen=True)
class Race:
    question: Question
    plan: Plan
    size: str
    steering: str
    classes: int
    groups: int
    answers: list[Answer]


def race(
    binary: Path,
    question: Question,
    peers: list[str],
    limits: Limits,
    repeats: int,
    steering: str,
    folder: Path,
    is_before_checked: bool,
) -> Race:
    """Asks everybody. `folder` is for what is written on the way."""
    where = scaled(question, folder / "inventory")
    plan = planner.plan(binary, where, question.scenario, folder / "plan", repeats, limits.plan_seconds)
    inventory = inventories.read(where)
    scenario = scenarios.read(question.scenario, inventory)
    target = case.at_start(inventory, scenario).target
    nominal = case.at_start(inventory, scenarios.without_events(scenario)).nominal
    kept = planner.kept_shortfall(plan.folder, inventory, target, nominal)
    if is_before_checked:
        _check_before(inventory, scenario, kept, limits, folder)
    setting = settings.during(inventory, scenario, kept)
    program = programs.write(setting, steering)
    (folder / "program").write_bytes(pickle.dumps(program))
    (folder / "setting").write_bytes(pickle.dumps(setting))
    answers = [_answer(peer, program, plan.stages, limits, folder) for peer in peers]
    return Race(
        question=question,
        plan=plan,
        size=program.size,
        steering=program.steering,
        classes=len(setting.classes.classes),
        groups=len(setting.classes.groups),
        answers=answers,
    )


def _answer(peer: str, program: Program, stages: list[Stage], limits: Limits, folder: Path) -> Answer:
    problem = folder / ("setting" if peer == "greedy" else "program")
    reached, outcome, seconds = _run(peer, problem, limits, folder)
    differences, agreed = compare({one.level: one.value for one in reached}, stages)
    if outcome == "finished" and peer != "greedy":
        worst = _violation(program, folder)
        if worst > VIOLATION:
            differences.append(f"the answer breaks a row by {worst:.1e}")
    return Answer(peer, reached, seconds, outcome, differences, agreed)


def _run(peer: str, problem: Path, limits: Limits, folder: Path) -> tuple[list[Reached], str, float]:
    """Levels reached, how it ended, and processor seconds."""
    (folder / "answer.npy").unlink(missing_ok=True)
    lines, outcome, used = child(peer, problem, limits, folder)
    reached = [Reached(line["level"], line["value"], line["seconds"]) for line in lines]
    if outcome == "finished":
        used = reached[-1].seconds
    return reached, outcome, used


def child(
    peer: str, problem: Path, limits: Limits, folder: Path
) -> tuple[list[dict[str, Any]], str, float]:
    """What a peer says in a process of its own, how it ended, and processor seconds."""
    program = Path(__file__).with_name("child.py")
    words = [str(problem), str(limits.seconds), str(limits.gigabytes), str(folder / "answer.npy")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.run(
        [sys.executable, str(program), peer, *words], capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    lines = [json.loads(line) for line in process.stdout.splitlines()]
    if lines and "failure" in lines[-1]:
        return lines[:-1], lines[-1]["failure"], used
    if process.returncode == 0:
        return lines, "finished", used
    if process.returncode == -signal.SIGXCPU:
        return lines, "stopped", limits.seconds
    reason = process.stderr.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
    return lines, reason[0], used


def compare(by_name: dict[str, float], stages: list[Stage]) -> tuple[list[str], int]:
    """Differences, and how many levels agree. After a level that Plimsoll has not proven nothing is comparable."""
    differences, agreed = [], 0
    for stage in stages:
        if stage.name not in by_name:
            break
        value = by_name[stage.name]
        slack = AGREEMENT * max(1.0, abs(stage.value))
        if not stage.is_proven:
            if not stage.bound - slack <= value <= stage.value + slack:
                differences.append(f"{stage.name}: {value!r} is outside the proven gap")
            break
        if abs(value - stage.value) <= slack:
            agreed += 1
        else:
            differences.append(f"{stage.name}: {value!r}, Plimsoll has {stage.value!r}")
    return differences, agreed


def _violation(program: Program, folder: Path) -> float:
    """By how much the last answer breaks a row or a bound of the program at most."""
    columns = np.load(folder / "answer.npy")
    activity = program.matrix @ columns
    rows = np.maximum(program.row_lower - activity, activity - program.row_upper)
    bounds = np.maximum(-columns, columns - program.upper)
    return float(max(rows.max(initial=0.0), bounds.max(initial=0.0)))


def _check_before(
    inventory: inventories.Inventory,
    scenario: scenarios.Scenario,
    kept: np.ndarray,
    limits: Limits,
    folder: Path,
) -> None:
    """Solves the state before again. Where its optimum is tied, another `s⁰` is as right; that is said."""
    setting = settings.before(inventory, scenario)
    program = programs.write(setting, "auto")
    (folder / "program").write_bytes(pickle.dumps(program))
    _, outcome, _ = _run("highs-simplex", folder / "program", limits, folder)
    if outcome != "finished":
        print(f"the state before could not be solved again: {outcome}", file=sys.stderr)
        return
    load = _loads(setting, program, np.load(folder / "answer.npy"))
    own = settings.kept_shortfall(inventory, scenario, load)
    different = np.abs(own - kept) > AGREEMENT
    counts = case.at_start(inventory, scenario).target > 0
    for component, resource_index in np.argwhere(different & counts):
        name = inventory.names[component]
        print(
            f"before: {name} has s0 {kept[component, resource_index]:.6f} in the plan,"
            f" {own[component, resource_index]:.6f} here; both may be right where the optimum is tied",
            file=sys.stderr,
        )


def _loads(setting: Setting, program: Program, columns: np.ndarray) -> np.ndarray:
    """Components × resources."""
    columns = columns.copy()
    columns[program.missing] = 0.0
    load = setting.fixed.load.copy()
    on_rows = program.matrix[program.load_rows] @ columns
    for row, load_row in enumerate(setting.network.rows):
        load[load_row.component, load_row.resource] += on_rows[row] * setting.left(row)
    return load
