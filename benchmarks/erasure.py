"""What an erasure costs: the same platform at several sizes, one person and several together.

    python -m benchmarks.erasure [--people 1000 4000 16000] [--together 1 20]

For each size: demo data, a first run and its publication; then, each time in a copy, the full
refresh of all models with their tests, which is the measure of the rest, and the erasure of so many
people, from finding them to the certificates, as the command makes it. Who is erased has an average
number of records. Prints rows, bytes of the landing folder and of the warehouse, CPU seconds, their
ratio to those of the full refresh, clock seconds, peak memory, the CPU seconds of each step, and
the growth exponent (slope of log CPU seconds over log rows). CPU is that of the process and of the
programs that it starts.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.build_scaling import landed_rows
from benchmarks.measure import Measurement, cpu_seconds, environment_for, growth_exponent, measured
from orchestration import manifest as dbt_manifest
from orchestration.data_requests import erasure, tombstones
from orchestration.dbt_build import build_arguments
from orchestration.paths import ROOT, Paths

AS_OF = "2026-10-01 00:00:00"
RENEWAL = ("build", "warehouse file", "publication")  # what any erasure does once

# Customers whom an e-mail proves, those with a number of records nearest to the mean first.
AVERAGE_PEOPLE = """
    with
    owners as (
        select customer_id, min(identifier_value) as email
        from identity_graph.identity_map
        where identifier_type = 'email'
        group by customer_id
    ),

    sizes as (
        select owners.email, count(*) as record_count
        from owners
        inner join identity_graph.identity_source_records as records
            on owners.customer_id = records.customer_id
        group by all
    )

    select email
    from sizes
    order by abs(record_count - (select avg(record_count) from sizes)), md5(email)
    limit ?
"""


@dataclass(frozen=True)
class Erasure:
    """What the erasure of some people together cost; steps: CPU seconds by name."""

    people: int
    rows: int
    landing_bytes: int
    warehouse_bytes: int
    together: int
    cost: Measurement
    refresh: Measurement  # of the full refresh of the same warehouse
    steps: dict[str, float]


def erase_average_people(count: int, report: Path) -> None:
    """Erase them in the installation of the environment. Runs in a process of its own."""
    paths = Paths.from_env()
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        emails = [row[0] for row in connection.execute(AVERAGE_PEOPLE, [count]).fetchall()]
    key = tombstones.pepper()
    dbt_manifest.prepare()
    names = {step.name for step in erasure.STEPS}
    steps: dict[str, float] = defaultdict(float)
    noted = cpu_seconds()

    def note(line: str) -> None:
        """What has been used since the last line belongs to the step that this line ends."""
        nonlocal noted
        used = cpu_seconds()
        ended = line.partition(":")[0]
        steps[ended if ended in names else "finding"] += used - noted
        noted = used
        print(line, flush=True)

    erasure.erase(erasure.open_cases(paths, key, [("email", email) for email in emails], note))
    note("certificates: written")
    report.write_text(json.dumps(steps), encoding="utf-8")


def measure_refresh(made: Path, folder: Path) -> Measurement:
    """Build a copy of a world anew, as a run does."""
    shutil.copytree(made, folder, symlinks=True)
    command = [str(Path(sys.executable).with_name("dbt"))]
    command += build_arguments(as_of=AS_OF, full_refresh=True)
    cost = measured(command, ROOT, environment_for(folder), folder / "bench.log")
    shutil.rmtree(folder)
    return cost


def measure(people: int, together: int, made: Path, folder: Path, refresh: Measurement) -> Erasure:
    """Erase so many people in a copy of a world that was made and published."""
    shutil.copytree(made, folder, symlinks=True)
    environment = {**environment_for(folder), tombstones.VARIABLE: "key of the benchmark"}
    report = folder / "steps.json"
    rows = landed_rows(folder)
    landing_bytes = sum(
        file.stat().st_size for file in (folder / "landing").rglob("*") if file.is_file()
    )
    warehouse_bytes = (folder / "warehouse.duckdb").stat().st_size
    command = [sys.executable, "-m", "benchmarks.erasure", "--erase", str(together), str(report)]
    cost = measured(command, ROOT, environment, folder / "bench.log")
    steps = json.loads(report.read_text(encoding="utf-8"))
    shutil.rmtree(folder)
    return Erasure(people, rows, landing_bytes, warehouse_bytes, together, cost, refresh, steps)


def make_world(people: int, folder: Path) -> None:
    """Demo data of one size, landed, built, audited and published."""
    folder.mkdir(parents=True)
    environment = environment_for(folder)
    environment.pop("DAGSTER_HOME", None)
    command = [sys.executable, "-m", "orchestration.run", "--as-of", AS_OF, "--seed", "7"]
    measured([*command, "--people", str(people)], ROOT, environment, folder / "bench.log")


def print_report(erasures: Sequence[Erasure]) -> None:
    """Print one line per erasure, the CPU seconds of each step, and the growth of both."""
    print(
        f"{'people':>9} {'rows':>11} {'landing MiB':>12} {'warehouse MiB':>14} {'erased':>7}"
        f" {'CPU s':>8} {'refresh':>8} {'ratio':>6} {'seconds':>8} {'GiB':>6}"
    )
    for one in erasures:
        print(
            f"{one.people:>9,} {one.rows:>11,} {one.landing_bytes / 2**20:>12.1f}"
            f" {one.warehouse_bytes / 2**20:>14.1f} {one.together:>7}"
            f" {one.cost.cpu_seconds:>8.1f} {one.refresh.cpu_seconds:>8.1f}"
            f" {one.cost.cpu_seconds / one.refresh.cpu_seconds:>6.2f}"
            f" {one.cost.seconds:>8.1f} {one.cost.peak_gib:>6.2f}"
        )
    print("\nCPU seconds by step")
    for name in ("finding", *(step.name for step in erasure.STEPS)):
        cells = "".join(f"{one.steps.get(name, 0):>10.2f}" for one in erasures)
        print(f"{name:>18}{cells}")
    without = {id(one): sum(one.steps.values()) - renewal_of(one) for one in erasures}
    print(f"{'without renewal':>18}" + "".join(f"{without[id(one)]:>10.2f}" for one in erasures))
    if len({one.people for one in erasures}) > 1:
        print("\ngrowth exponent (1 = linear)")
        for together in sorted({one.together for one in erasures}):
            these = [one for one in erasures if one.together == together]
            rows = [one.rows for one in these]
            for name, costs in {
                "full refresh": [one.refresh.cpu_seconds for one in these],
                "all": [one.cost.cpu_seconds for one in these],
                "renewal": [renewal_of(one) for one in these],
                "without renewal": [without[id(one)] for one in these],
            }.items():
                print(f"{together:>3} erased {name:>18} {growth_exponent(rows, costs):.2f}")


def renewal_of(one: Erasure) -> float:
    """CPU seconds of the steps that cost the same for nobody and for many."""
    return sum(one.steps.get(name, 0) for name in RENEWAL)


def main() -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, nargs="+", default=[1_000, 4_000, 16_000])
    parser.add_argument("--together", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--folder", type=Path, help="keep the worlds here (default: temporary)")
    parser.add_argument("--erase", nargs=2, metavar=("COUNT", "REPORT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.erase:
        erase_average_people(int(arguments.erase[0]), Path(arguments.erase[1]))
        return
    with tempfile.TemporaryDirectory(prefix="cdp-bench-") as temporary:
        base = arguments.folder or Path(temporary)
        erasures = []
        for people in arguments.people:
            made = base / str(people)
            started = time.monotonic()
            if not made.exists():
                make_world(people, made)
            print(f"{people:,} people: made in {time.monotonic() - started:.0f} s", flush=True)
            refresh = measure_refresh(made, base / f"{people}-refresh")
            for together in arguments.together:
                copy = base / f"{people}-{together}"
                erasures.append(measure(people, together, made, copy, refresh))
        print_report(erasures)


if __name__ == "__main__":
    main()
