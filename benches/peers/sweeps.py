"""One sweep asked of Plimsoll and of the written-out program continued from its warm basis, case by case."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from pathlib import Path

import case
import inventory as inventories
import program as programs
import scenario as scenarios
import setting as settings
import sweeper
from cases import Question, scaled
from contingencies import Failing, contingencies
from race import Limits, child, compare
from scenario import Reduction
from sweeper import Swept

NOTHING_HAPPENS = Reduction([], None, 0.0, is_failure=True)
"""An event, so that what fails is met with the targets of an event also where the scenario has none."""


@dataclass(frozen=True)
class Continued:
    """A case that the peer has settled."""

    failing: Failing
    seconds: float
    """Processor seconds."""
    solved: int
    """Levels that were not settled at once."""
    iterations: int
    agreed: int
    differences: list[str]


@dataclass(frozen=True)
class Sweep:
    question: Question
    over: str
    failures: int
    swept: Swept
    size: str
    steering: str
    levels: list[str]
    asked: int
    """How many cases with a failure the peer was asked."""
    first: Continued | None
    """The case without a failure, from nothing; nothing if the peer did not come to its end."""
    continued: list[Continued]
    outcome: str

    @property
    def differences(self) -> list[str]:
        """Of all cases."""
        cases = [*([self.first] if self.first else []), *self.continued]
        return [f"{'+'.join(one.failing) or 'nothing'} fails: {text}" for one in cases for text in one.differences]


def sweep(
    binary: Path,
    question: Question,
    over: str,
    failures: int,
    most: int,
    limits: Limits,
    steering: str,
    folder: Path,
) -> Sweep:
    """Asks both; the peer `most` of the cases at most, evenly spaced. `folder` is for what is written on the way."""
    where = scaled(question, folder / "inventory")
    inventory = inventories.read(where)
    scenario = scenarios.read(question.scenario, inventory)
    is_quiet = not scenario.reductions and not scenario.surges
    if is_quiet:
        scenario = replace(scenario, reductions=[NOTHING_HAPPENS])
    gone = case.at_start(inventory, scenario).gone
    all_names = inventory.sites if over == "sites" else inventory.access_points
    names = sorted(name for name in all_names if not gone[inventory.component[name]])
    out = folder / "sweep"
    swept = sweeper.sweep(binary, where, question.scenario, over, failures, names, out)
    nominal = case.at_start(inventory, scenarios.without_events(scenario)).nominal
    before = sweeper.load_before(out, inventory, nominal)
    kept = settings.kept_shortfall(inventory, scenario, before)
    setting = settings.during(inventory, scenario, kept, may_fail=True)
    program = programs.write(setting, steering)
    asked = contingencies(setting, program, names)
    levels = [level.name for level in asked.program.levels if level.name != "relief"]
    chosen = _evenly_spaced([found.failing for found in swept.cases[1:]], most)
    problem = folder / "contingencies"
    problem.write_bytes(pickle.dumps((asked, [(), *chosen])))
    size, kind = program.size, program.steering
    del setting, program, asked
    lines, outcome, _ = child("sweep", problem, limits, folder)
    of_failing = {found.failing: found for found in swept.cases}
    settled = []
    for line in lines:
        failing = tuple(line["failing"])
        is_comparable = bool(failing) or not is_quiet
        stages = of_failing[failing].stages(levels) if is_comparable else []
        differences, agreed = compare(line["levels"], stages)
        settled.append(
            Continued(failing, line["seconds"], line["solved"], line["iterations"], agreed, differences)
        )
    return Sweep(
        question=question,
        over=over,
        failures=failures,
        swept=swept,
        size=size,
        steering=kind,
        levels=levels,
        asked=len(chosen),
        first=settled[0] if settled else None,
        continued=settled[1:],
        outcome=outcome,
    )


def _evenly_spaced(cases: list[Failing], most: int) -> list[Failing]:
    """At most so many, the same distance apart; the singles are the first."""
    count = min(most, len(cases))
    return [cases[(2 * position + 1) * len(cases) // (2 * count)] for position in range(count)]
