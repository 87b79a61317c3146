"""What is planned: inventories of several sizes, and the same with every capacity scaled."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

CAPACITY_FILES = ("sites.csv", "access_points.csv", "elements.csv", "links.csv")
MEASURED = {"--sites": 43, "--access-points": 100, "--client-regions": 1200}
"""What the generated inventories have beside shards."""
SWEPT = {"--access-points": 200, "--client-regions": 1200}
"""The same of those that are swept, beside shards and sites."""
SMALL = {"--sites": 6, "--access-points": 12, "--client-regions": 40}
"""The same for a quick look."""


@dataclass(frozen=True)
class Question:
    """An inventory folder and a scenario file, with every capacity times `factor`."""

    name: str
    inventory: Path
    scenario: Path
    factor: float


def generated(binary: Path, shards: int, sizes: dict[str, int], folder: Path) -> Path:
    """The folder of a generated inventory; its scenario `gray.toml` is a drain with a gray element."""
    command = [str(binary), "generate", "--out", str(folder), "--quiet", "--shards", str(shards)]
    options = [word for name, value in sizes.items() for word in (name, str(value))]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return folder


def without_events(question: Question, folder: Path) -> Question:
    """The same with nothing happening; events stand at the end of a scenario."""
    folder.mkdir(parents=True, exist_ok=True)
    text = question.scenario.read_text(encoding="utf-8")
    quiet = folder / f"{question.inventory.name}-{question.scenario.name}"
    quiet.write_text(text.split("[[event]]")[0], encoding="utf-8")
    return replace(question, name=f"{question.name}, no event", scenario=quiet)


def scaled(question: Question, folder: Path) -> Path:
    """The folder of the inventory with its capacities scaled; the original one where nothing changes."""
    if question.factor == 1:
        return question.inventory
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    resources = _resources(question.inventory)
    for path in sorted(question.inventory.glob("*.csv")):
        if path.name in CAPACITY_FILES:
            _scale(path, folder / path.name, resources, question.factor)
        elif path.name == "capacity_changes.csv":
            _scale(path, folder / path.name, ["capacity"], question.factor)
        else:
            (folder / path.name).symlink_to(path.resolve())
    return folder


def _resources(inventory: Path) -> list[str]:
    with (inventory / "resources.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["resource"] for row in csv.DictReader(file)]


def _scale(source: Path, target: Path, columns: list[str], factor: float) -> None:
    with (
        source.open(encoding="utf-8-sig", newline="") as read,
        target.open("w", encoding="utf-8", newline="") as written,
    ):
        rows = csv.DictReader(read)
        assert rows.fieldnames is not None
        writer = csv.DictWriter(written, rows.fieldnames, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            for column in columns:
                if row.get(column) not in (None, "", "unlimited"):
                    row[column] = repr(float(row[column]) * factor)
            writer.writerow(row)
