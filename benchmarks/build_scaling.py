"""How the build grows: the same platform at three sizes, beside the floor of its input.

    python -m benchmarks.build_scaling [--people 5000 20000 80000]

For each size: demo data, landing, a full build and a second build with nothing new. Prints rows,
seconds per layer, peak memory and the growth exponent (slope of log seconds over log rows). The
floor, in the same run: one DuckDB process that reads the same landing files once and groups the
facts by the identifier that they carry.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measurement, environment_for, growth_exponent, measured
from orchestration.paths import ROOT

AS_OF = "2026-10-01"
LAYERS = ("staging", "identity_graph", "unified_customer", "marts")

FLOOR = """
import sys, duckdb
connection = duckdb.connect(config={"threads": 2})
landing = sys.argv[1]
facts = {
    "segment/pages": "anonymous_id", "segment/tracks": "anonymous_id",
    "ga4/events": "user_pseudo_id", "klaviyo/event": "person_id", "shopify/order": "email",
    "pos/receipts": "loyalty_number", "loyalty/points_transactions": "loyalty_number",
}
for table, identifier in facts.items():
    connection.execute(
        f"select {identifier}, count(*) from read_parquet('{landing}/{table}/*.parquet') group by 1"
    ).fetchall()
for name in set(sys.argv[2:]) - set(facts):
    connection.execute(
        f"select count(columns(*)) from read_parquet('{landing}/{name}/*.parquet')"
    ).fetchall()
"""


@dataclass(frozen=True)
class Size:
    """One size of the benchmark: landed rows and what each step cost."""

    people: int
    rows: int
    landing: Measurement
    build: Measurement
    rebuild: Measurement
    floor: Measurement
    layer_seconds: dict[str, float]


def layer_seconds(run_results: Path) -> dict[str, float]:
    """Seconds of model execution by layer, read from dbt's run results."""
    seconds = dict.fromkeys(LAYERS, 0.0)
    for result in json.loads(run_results.read_text(encoding="utf-8"))["results"]:
        relation = result.get("relation_name") or ""
        for layer in LAYERS:
            if f'"{layer}' in relation:
                seconds[layer] += result["execution_time"]
                break
    return seconds


def landed_rows(folder: Path) -> int:
    """Rows that landed, from the ledger of landed files."""
    import duckdb

    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        row = connection.execute("select sum(row_count) from landing.files").fetchone()
    return int(row[0]) if row else 0


def measure_size(people: int, folder: Path) -> Size:
    """Make demo data of one size and measure landing, full build, rebuild and floor."""
    environment = environment_for(folder)
    log = folder / "bench.log"
    python = sys.executable
    dbt = [str(Path(python).parent / "dbt"), "build", "--profiles-dir", str(ROOT)]
    dbt += ["--exclude-resource-type", "test", "unit_test", "--vars", f"{{as_of: '{AS_OF}'}}"]

    def step(*command: str) -> Measurement:
        return measured(command, ROOT, environment, log)

    step(python, "-m", "orchestration.demo", "--people", str(people), "--seed", "7")
    landing = step(python, "-m", "orchestration.landing")
    build = step(*dbt)
    seconds = layer_seconds(folder / "target" / "run_results.json")
    rebuild = step(*dbt)
    tables = sorted(
        {f"{p.parent.parent.name}/{p.parent.name}" for p in (folder / "landing").rglob("*.parquet")}
    )
    floor = step(python, "-c", FLOOR, str(folder / "landing"), *tables)
    return Size(people, landed_rows(folder), landing, build, rebuild, floor, seconds)


def print_report(sizes: list[Size]) -> None:
    """Print one line per size, seconds per layer, and the growth of each."""
    header = f"{'people':>9} {'rows':>11} {'floor s':>8} {'land s':>8} {'build s':>8}"
    header += f" {'again s':>8} {'peak GiB':>9} {'build/floor':>12}"
    print(header)
    for size in sizes:
        peak = max(size.landing.peak_gib, size.build.peak_gib, size.rebuild.peak_gib)
        ratio = (size.landing.seconds + size.build.seconds) / size.floor.seconds
        print(
            f"{size.people:>9,} {size.rows:>11,} {size.floor.seconds:>8.1f}"
            f" {size.landing.seconds:>8.1f} {size.build.seconds:>8.1f}"
            f" {size.rebuild.seconds:>8.1f} {peak:>9.2f} {ratio:>12.1f}"
        )
    print("\nseconds of model execution per layer")
    for layer in LAYERS:
        cells = "".join(f"{size.layer_seconds[layer]:>11.1f}" for size in sizes)
        print(f"{layer:>18}{cells}")
    if len(sizes) > 1:
        rows = [size.rows for size in sizes]
        print("\ngrowth exponent (1 = linear)")
        for name, costs in {
            "floor": [size.floor.seconds for size in sizes],
            "landing": [size.landing.seconds for size in sizes],
            "build": [size.build.seconds for size in sizes],
            "models only": [sum(size.layer_seconds.values()) for size in sizes],
        }.items():
            print(f"{name:>18} {growth_exponent(rows, costs):.2f}")


def main() -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--people", type=int, nargs="+", default=[5_000, 20_000, 80_000])
    parser.add_argument("--folder", type=Path, help="keep the files here (default: temporary)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cdp-bench-") as temporary:
        base = arguments.folder or Path(temporary)
        sizes = []
        for people in arguments.people:
            folder = base / str(people)
            folder.mkdir(parents=True)
            print(f"measuring {people:,} people ...", flush=True)
            sizes.append(measure_size(people, folder))
        print_report(sizes)


if __name__ == "__main__":
    main()
