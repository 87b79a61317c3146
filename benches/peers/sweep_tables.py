"""What was measured of sweeps, as lines, as a table in Markdown, and for machines."""

from __future__ import annotations

import csv
import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import mean

from race import Limits
from sweeps import Sweep
from tables import row

HEAD = (
    "inventory",
    "cases",
    "program",
    "plimsoll: processor seconds",
    "around the cases",
    "ms a case",
    "settled by",
    "first case of the LP",
    "asked",
    "ms a case, least to most",
    "all cases",
    "times",
    "equal",
)


def lines(sweep: Sweep) -> Iterator[str]:
    """One sweep in words, as soon as it is answered."""
    yield f"{sweep.steering}: {sweep.size}"
    for name, cell in zip(HEAD[3:], _cells(sweep)[3:], strict=True):
        yield f"{name}: {cell}"


def markdown(sweeps: list[Sweep], limits: Limits) -> str:
    """The table: a row for every sweep."""
    text = [_about(sweeps, limits), "", row(list(HEAD)), row(["---"] * len(HEAD))]
    return "\n".join([*text, *(row(_cells(sweep)) for sweep in sweeps)])


def _cells(sweep: Sweep) -> list[str]:
    swept = sweep.swept
    share = {by: 100 * cases / swept.all_cases for by, cases in swept.settled_by.items()}
    return [
        f"{sweep.question.name} × {sweep.question.factor:g}, {sweep.over}",
        f"{len(swept.cases) - 1:,}",
        f"{sweep.size}, {sweep.steering}",
        f"{swept.whole.seconds:.2f}",
        f"{swept.around:.2f}",
        f"{1e3 * _own_seconds(sweep):.3g}",
        ", ".join(f"{by} {part:.1f} %" for by, part in share.items()),
        *_peer_cells(sweep),
    ]


def _peer_cells(sweep: Sweep) -> list[str]:
    cases = [one.seconds for one in sweep.continued]
    if sweep.first is None:
        return [sweep.outcome, "0", "–", "–", "–", "–"]
    if not cases:
        return [f"{sweep.first.seconds:.2f} s", "0", sweep.outcome, "–", "–", _equal(sweep)]
    whole = mean(cases) * (len(sweep.swept.cases) - 1)
    is_whole = len(cases) == len(sweep.swept.cases) - 1
    return [
        f"{sweep.first.seconds:.2f} s",
        f"{len(cases)} of {sweep.asked}",
        f"{1e3 * mean(cases):.3g} ({1e3 * min(cases):.3g} to {1e3 * max(cases):.3g})",
        f"{whole:.3g} s{'' if is_whole else ', extrapolated'}",
        f"{mean(cases) / _own_seconds(sweep):.3g}",
        _equal(sweep),
    ]


def _own_seconds(sweep: Sweep) -> float:
    """Plimsoll's, of a case: what all cases take beyond a sweep of one, those of risk groups among them."""
    return max(sweep.swept.whole.seconds - sweep.swept.around, 1e-6) / sweep.swept.all_cases


def _equal(sweep: Sweep) -> str:
    cases = [one for one in (sweep.first, *sweep.continued) if one is not None]
    values = f"{sum(one.agreed for one in cases)} values"
    return f"{values}; {len(sweep.differences)} DIFFERENT" if sweep.differences else values


def _about(sweeps: list[Sweep], limits: Limits) -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; plimsoll {sweeps[0].swept.version}, highspy {version('highspy')}, python"
        f" {platform.python_version()}; {os.cpu_count()} cores, {platform.machine()}.\n"
        "Processor seconds on one thread. Plimsoll: the whole process, the same with one case only, and the difference"
        " by case (with the cases of risk groups). The LP: the case without a failure from nothing, then cases from its"
        f" basis, evenly spaced where not all are asked, for {limits.seconds:.0f} s at most.\n"
    )


def write(sweeps: list[Sweep], limits: Limits, folder: Path) -> None:
    """sweeps.md and sweeps.csv (a row for every case that the LP was asked)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sweeps.md").write_text(markdown(sweeps, limits) + "\n", encoding="utf-8")
    with (folder / "sweeps.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["inventory", "over", "failing", "settled_by", "seconds", "solved_levels", "iterations", "differences"]
        )
        for sweep in sweeps:
            by = {found.failing: found.settled_by for found in sweep.swept.cases}
            for one in (sweep.first, *sweep.continued):
                if one is not None:
                    writer.writerow(
                        [
                            sweep.question.name,
                            sweep.over,
                            "+".join(one.failing),
                            by[one.failing],
                            one.seconds,
                            one.solved,
                            one.iterations,
                            "; ".join(one.differences),
                        ]
                    )
