"""Sweeps of some questions: asks, tells, and says whether anything is wrong."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

import sweep_tables
from cases import Question, without_events
from race import Limits
from sweeps import Sweep, sweep


def ask(asked: Namespace, limits: Limits, found: list[Question], folder: Path) -> int:
    """Sweeps of all questions, without events and with theirs; the exit code."""
    sweeps: list[Sweep] = []
    for question in [both for one in found for both in (without_events(one, folder / "quiet"), one)]:
        print(f"sweep of {question.name}, capacities x {question.factor:g}", file=sys.stderr, flush=True)
        sweeps.append(
            sweep(
                asked.plimsoll,
                question,
                asked.over,
                asked.failures,
                asked.cases,
                limits,
                asked.steering,
                folder,
            )
        )
        for line in sweep_tables.lines(sweeps[-1]):
            print(f"  {line}", file=sys.stderr, flush=True)
        if asked.out:
            sweep_tables.write(sweeps, limits, asked.out)
    print(sweep_tables.markdown(sweeps, limits))
    wrong = [f"{one.question.name}: {text}" for one in sweeps for text in one.differences]
    for line in wrong:
        print(f"different: {line}", file=sys.stderr)
    is_unfinished = any(one.outcome not in ("finished", "stopped") for one in sweeps)
    if asked.smoke and any(one.outcome != "finished" for one in sweeps):
        print("a sweep was not finished", file=sys.stderr)
        return 1
    return 1 if wrong or is_unfinished else 0
