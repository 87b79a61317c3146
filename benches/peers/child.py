"""One peer in a process of its own: `child.py PEER PROBLEM SECONDS GIGABYTES ANSWER`.

PROBLEM is a pickled program (for `greedy` a setting, for `sweep` a program of failures and the cases that are asked).
Every settled level is a line of JSON on standard output, with the processor seconds so far, of a sweep every case;
loading the problem is not counted, handing it to the solver is. The last answer's columns go to the file ANSWER, but
for a sweep. The kernel ends the process when its processor seconds or memory run out.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
import time
from math import ceil
from pathlib import Path
from typing import TextIO

import numpy as np

from contingencies import Contingencies, Failing
from levels import NoAnswer, Settled, State, bounds_of, climb
from peers import PEERS, solver

GIGABYTE = 2**30


def main() -> int:
    name, problem, seconds, gigabytes, answer = sys.argv[1:]
    # Solvers print what they like; only lines of this program go where it is listened to.
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    with Path(problem).open("rb") as file:
        loaded = pickle.load(file)
    memory = int(float(gigabytes) * GIGABYTE)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    if name != "greedy":
        # What a package costs to import is not the solver's.
        __import__("highs_continued" if name == "sweep" else PEERS[name].module)
    started = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(started + float(seconds)), resource.RLIM_INFINITY))

    def report(settled: Settled) -> None:
        line = {
            "level": settled.name,
            "value": settled.value,
            "skipped": settled.is_skipped,
            "seconds": time.process_time() - started,
        }
        print(json.dumps(line), file=lines, flush=True)

    try:
        if name == "greedy":
            from greedy import Greedy

            for settled in Greedy(loaded).plan():
                report(settled)
        elif name == "sweep":
            _sweep(*loaded, lines)
        else:
            state = climb(loaded, State(bounds_of(loaded)), solver(PEERS[name], loaded), report)
            assert state.columns is not None
            np.save(answer, state.columns)
    except (NoAnswer, MemoryError) as failure:
        print(json.dumps({"failure": f"{type(failure).__name__}: {failure}"}), file=lines, flush=True)
    return 0


def _sweep(contingencies: Contingencies, cases: list[Failing], lines: TextIO) -> None:
    """Every case from the basis of the one without a failure; of each a line with its levels and what it took."""
    from highs_continued import HighsContinued

    started = time.process_time()
    solver = HighsContinued(contingencies.program)
    for failing in cases:
        program, bounds = contingencies.program_of(failing), contingencies.bounds(failing)
        if failing:
            started = time.process_time()
        settled: list[Settled] = []
        state = State(bounds, solver.begin_case(bounds))
        climb(program, state, solver, settled.append)
        line = {
            "failing": failing,
            "levels": {level.name: level.value for level in settled},
            "solved": sum(not level.is_skipped for level in settled),
            "iterations": solver.iterations,
            "seconds": time.process_time() - started,
        }
        print(json.dumps(line), file=lines, flush=True)


if __name__ == "__main__":
    sys.exit(main())
