"""Plimsoll beside its peers: the same drain, the same levels, processor seconds and values in one run.

`run --help` tells the options; README.md tells what is compared and how it is kept fair.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import sweep_bench
import tables
from cases import MEASURED, SMALL, SWEPT, Question, generated
from peers import PEERS, STANDARD
from race import Limits, Race, race

REPOSITORY = Path(__file__).resolve().parents[2]
SIZES = (2_400, 20_000, 100_000, 1_000_000)
FACTORS = (1.0, 0.8, 0.4)
SMOKE_SHARDS = 300


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches/peers/run", description=__doc__)
    parser.add_argument(
        "--smoke", action="store_true", help="small inventories, all peers, once; fails if values differ"
    )
    parser.add_argument(
        "--plimsoll", type=Path, default=REPOSITORY / os.environ.get("CARGO_TARGET_DIR", "target") / "debug/plimsoll", help="the binary"
    )
    parser.add_argument("--peers", default=",".join(STANDARD), help=f"of {', '.join(PEERS)}")
    parser.add_argument("--shards", default=",".join(map(str, SIZES)), help="sizes of generated inventories")
    parser.add_argument(
        "--factors", default=",".join(map(str, FACTORS)), help="what capacities are multiplied by"
    )
    parser.add_argument(
        "--inventory",
        type=Path,
        nargs=2,
        action="append",
        metavar=("FOLDER", "SCENARIO"),
        default=[],
        help="ask about this instead of generated inventories; may be repeated",
    )
    parser.add_argument(
        "--seconds", type=float, default=240, help="processor seconds of a peer for one question"
    )
    parser.add_argument("--gigabytes", type=float, default=12, help="memory of a peer")
    parser.add_argument(
        "--plan-seconds",
        type=float,
        default=120,
        help="plimsoll's own time limit, for the search for whole shards",
    )
    parser.add_argument("--repeats", type=int, default=5, help="runs of plimsoll for one question")
    parser.add_argument(
        "--steering", choices=("auto", "paths", "arcs"), default="auto", help="how paths are written out"
    )
    parser.add_argument("--check-before", action="store_true", help="solve the state before again as well")
    parser.add_argument(
        "--sweeps",
        action="store_true",
        help="ask sweeps instead of plans, beside the written-out program continued from its warm basis",
    )
    parser.add_argument("--failures", type=int, default=2, help="of a sweep: at most so many fail at once")
    parser.add_argument(
        "--over", choices=("sites", "access_points"), default="sites", help="of a sweep: what may fail"
    )
    parser.add_argument("--sites", type=int, default=60, help="of a generated inventory that is swept")
    parser.add_argument("--cases", type=int, default=1000, help="of a sweep: how many the peer is asked at most")
    parser.add_argument(
        "--out", type=Path, help="folder for peers.csv, peers.json and peers.md; of sweeps sweeps.csv and sweeps.md"
    )
    parser.add_argument(
        "--keep", type=Path, help="folder for inventories and plans, which are otherwise removed"
    )
    return parser.parse_args()


def questions(asked: argparse.Namespace, folder: Path) -> list[Question]:
    """What is asked, the smallest first."""
    factors = [float(factor) for factor in asked.factors.split(",")]
    if asked.smoke:
        tiny = REPOSITORY / "data/tiny"
        americas = REPOSITORY / "data/americas-2012"
        small = generated(asked.plimsoll, SMOKE_SHARDS, SMALL, folder / "small")
        if asked.sweeps:
            return [
                Question("americas-2012 drain-sat", americas, americas / "drain-sat.toml", 1.0),
                Question(f"{SMOKE_SHARDS} shards drain", small, small / "drain.toml", 1.0),
                Question(f"{SMOKE_SHARDS} shards drain", small, small / "drain.toml", 0.8),
            ]
        return [
            Question("tiny drain-chicago", tiny, tiny / "drain-chicago.toml", 1.0),
            Question("tiny drain-amsterdam", tiny, tiny / "drain-amsterdam.toml", 1.0),
            Question("americas-2012 drain-sat", americas, americas / "drain-sat.toml", 1.0),
            Question(f"{SMOKE_SHARDS} shards", small, small / "gray.toml", 1.0),
            Question(f"{SMOKE_SHARDS} shards", small, small / "gray.toml", 0.8),
            Question(f"{SMOKE_SHARDS} shards", small, small / "gray.toml", 0.4),
        ]
    if asked.inventory:
        return [
            Question(f"{folder.name} {scenario.stem}", folder, scenario, factor)
            for folder, scenario in asked.inventory
            for factor in factors
        ]
    found = []
    for shards in sorted(int(size) for size in asked.shards.split(",")):
        name, sizes, scenario = f"{shards:,} shards", MEASURED, "gray.toml"
        if asked.sweeps:
            name, sizes, scenario = f"{name}, {asked.sites} sites", {**SWEPT, "--sites": asked.sites}, "drain.toml"
        made = generated(asked.plimsoll, shards, sizes, folder / f"{shards}")
        found += [Question(name, made, made / scenario, factor) for factor in factors]
    return found


def main() -> int:
    asked = options()
    if not asked.plimsoll.exists():
        print(f"there is no {asked.plimsoll}: build it first, or name it with --plimsoll", file=sys.stderr)
        return 2
    if asked.smoke:
        asked.repeats = 1
        asked.check_before = True
    peers = asked.peers.split(",")
    limits = Limits(asked.seconds, asked.gigabytes, asked.plan_seconds)
    races: list[Race] = []
    with tempfile.TemporaryDirectory(prefix="plimsoll-peers-") as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if asked.sweeps:
            return sweep_bench.ask(asked, limits, questions(asked, folder), folder)
        for question in questions(asked, folder):
            print(f"{question.name}, capacities x {question.factor:g}", file=sys.stderr, flush=True)
            races.append(
                race(
                    asked.plimsoll,
                    question,
                    peers,
                    limits,
                    asked.repeats,
                    asked.steering,
                    folder,
                    asked.check_before,
                )
            )
            for line in tables.lines(races[-1]):
                print(f"  {line}", file=sys.stderr, flush=True)
            if asked.out:
                tables.write(races, peers, limits, asked.out)
        swept = 0
        if asked.smoke:
            asked.sweeps = True
            swept = sweep_bench.ask(asked, limits, questions(asked, folder), folder)
    print(tables.markdown(races, peers, limits))
    wrong = [
        f"{one.question.name} x {one.question.factor:g}, {answer.peer}: {difference}"
        for one in races
        for answer in one.answers
        if answer.is_wrong
        for difference in answer.differences
    ]
    for line in wrong:
        print(f"different: {line}", file=sys.stderr)
    failed = [
        answer for one in races for answer in one.answers if answer.outcome not in ("finished", "stopped")
    ]
    if asked.smoke and (
        failed or any(answer.outcome == "stopped" for one in races for answer in one.answers)
    ):
        print("a peer did not finish", file=sys.stderr)
        return 1
    return 1 if wrong else swept


if __name__ == "__main__":
    sys.exit(main())
