"""What was measured, as lines, as a table in Markdown, and for machines."""

from __future__ import annotations

import csv
import json
import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from peers import PEERS
from planner import Run
from race import Answer, Limits, Race


def versions(races: list[Race], peers: list[str]) -> dict[str, str]:
    """The programs that took part."""
    packages = sorted({package for peer in peers for package in PEERS[peer].packages})
    return {
        "plimsoll": races[0].plan.version,
        **{package: version(package) for package in packages},
        "python": platform.python_version(),
    }


def solve_seconds(runs: list[Run]) -> tuple[float, float, float]:
    """Least, median and most of the repeats."""
    seconds = sorted(run.solve_seconds for run in runs)
    return seconds[0], median(seconds), seconds[-1]


def lines(race: Race) -> Iterator[str]:
    """One question in words, as soon as it is answered."""
    least, middle, most = solve_seconds(race.plan.runs)
    yield f"{race.classes} classes, {race.groups} groups, {race.steering}: {race.size}"
    yield f"plimsoll: solve {middle:.3f} s ({least:.3f} to {most:.3f})"
    for answer in race.answers:
        yield f"{answer.peer}: {_seconds(answer)} s, {_agreement(race, answer)}"


def _seconds(answer: Answer) -> str:
    if answer.outcome == "stopped":
        return f"> {answer.seconds:.0f}"
    return f"{answer.seconds:.2f}" if answer.seconds < 10 else f"{answer.seconds:.1f}"


def _ratio(race: Race, answer: Answer) -> float:
    return answer.seconds / solve_seconds(race.plan.runs)[1]


def _ratio_text(race: Race, answer: Answer) -> str:
    sign = "> " if answer.outcome == "stopped" else ""
    return f"{sign}{_ratio(race, answer):.0f}"


def _agreement(race: Race, answer: Answer) -> str:
    levels = f"{answer.agreed} of {len(race.plan.stages)} levels equal"
    if answer.outcome not in ("finished", "stopped"):
        return f"{levels}, then {answer.outcome}"
    if answer.differences and PEERS[answer.peer].is_exact:
        return f"{levels}; DIFFERENT: {'; '.join(answer.differences)}"
    return levels


def markdown(races: list[Race], peers: list[str], limits: Limits) -> str:
    """The table: a row for every question, a cell for every peer."""
    head = ["inventory", "capacities", "program", "plimsoll solve", "plimsoll in all"]
    text = [_about(races, peers, limits), "", row([*head, *peers]), row(["---"] * (len(head) + len(peers)))]
    for race in races:
        least, middle, most = solve_seconds(race.plan.runs)
        whole = min(run.whole_seconds for run in race.plan.runs)
        cells = [
            race.question.name,
            f"× {race.question.factor:g}",
            f"{race.size}, {race.steering}",
            f"{middle:.3f} ({least:.3f} to {most:.3f})",
            f"{whole:.2f}",
        ]
        cells += [_cell(race, answer) for answer in race.answers]
        text.append(row(cells))
    return "\n".join(text)


def _cell(race: Race, answer: Answer) -> str:
    settled = f"{answer.agreed}/{len(race.plan.stages)}"
    if answer.peer == "greedy":
        return f"{_seconds(answer)}, {settled} levels reach the optimum"
    if answer.is_wrong:
        return f"{_seconds(answer)}, DIFFERENT"
    if answer.outcome not in ("finished", "stopped"):
        return f"failed after {settled} levels ({answer.outcome})"
    return f"{_seconds(answer)} = {_ratio_text(race, answer)} ×, {settled} levels equal"


def row(cells: list[str]) -> str:
    """A row in Markdown."""
    return f"| {' | '.join(cells)} |"


def _about(races: list[Race], peers: list[str], limits: Limits) -> str:
    programs = ", ".join(f"{name} {number}" for name, number in versions(races, peers).items())
    runs = len(races[0].plan.runs)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {programs}; {os.cpu_count()} cores, {platform.machine()}.\n"
        f"Processor seconds on one thread. Plimsoll: solving, median (least to most) of {runs} runs, and least of the"
        f" whole process. Peers: solving all levels, at most {limits.seconds:.0f}, and how many times Plimsoll's median"
        " that is.\n"
    )


def write(races: list[Race], peers: list[str], limits: Limits, folder: Path) -> None:
    """peers.md, peers.csv (a row for every question and peer) and peers.json (every level)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "peers.md").write_text(markdown(races, peers, limits) + "\n", encoding="utf-8")
    with (folder / "peers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [_record(race, answer) for race in races for answer in race.answers]
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    document = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "versions": versions(races, peers),
        "questions": [_document(race) for race in races],
    }
    (folder / "peers.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _record(race: Race, answer: Answer) -> dict[str, object]:
    least, middle, most = solve_seconds(race.plan.runs)
    return {
        "inventory": race.question.name,
        "shards": race.plan.shards,
        "capacities": race.question.factor,
        "program": race.size,
        "steering": race.steering,
        "plimsoll_solve_seconds_least": least,
        "plimsoll_solve_seconds_median": middle,
        "plimsoll_solve_seconds_most": most,
        "plimsoll_model_seconds": median(run.model_seconds for run in race.plan.runs),
        "plimsoll_processor_seconds": min(run.whole_seconds for run in race.plan.runs),
        "peer": answer.peer,
        "outcome": answer.outcome,
        "peer_processor_seconds": answer.seconds,
        "ratio": _ratio(race, answer),
        "levels": len(race.plan.stages),
        "levels_equal": answer.agreed,
        "differences": "; ".join(answer.differences),
    }


def _document(race: Race) -> dict[str, object]:
    return {
        "inventory": race.question.name,
        "shards": race.plan.shards,
        "capacities": race.question.factor,
        "classes": race.classes,
        "groups": race.groups,
        "program": race.size,
        "steering": race.steering,
        "plimsoll": {
            "runs": [vars(run) for run in race.plan.runs],
            "levels": [vars(stage) for stage in race.plan.stages],
        },
        "peers": {
            answer.peer: {
                "outcome": answer.outcome,
                "seconds": answer.seconds,
                "levels": [vars(one) for one in answer.reached],
                "differences": answer.differences,
            }
            for answer in race.answers
        },
    }
