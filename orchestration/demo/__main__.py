"""Command: ``python -m orchestration.demo --people 20000 --seed 7 --out landing/``."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from pathlib import Path

from orchestration.demo.generate import DemoRequest, generate


def main(arguments: list[str] | None = None) -> int:
    """Make the demo data and print what was written."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.demo", description=main.__doc__)
    parser.add_argument("--people", type=int, default=20_000, help="persons (default 20000)")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another world")
    parser.add_argument(
        "--until",
        type=dt.date.fromisoformat,
        default=dt.datetime.now(dt.UTC).date(),
        help="UTC midnight at which the year of history ends (default today)",
    )
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("CDP_LANDING", "landing")))
    parser.add_argument("--truth", type=Path, default=Path("warehouse/truth"))
    parser.add_argument("--batches", type=int, default=0, help="deliver in N batches (default one)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-limit", default="5GB")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    try:
        request = DemoRequest(
            out=options.out,
            truth=options.truth,
            people=options.people,
            seed=options.seed,
            until=options.until,
            batches=options.batches,
            threads=options.threads,
            memory_limit=options.memory_limit,
        )
    except ValueError as problem:
        parser.error(str(problem))
    rows = generate(request)
    for table, count in rows.items():
        print(f"{table:32} {count:>12,}")
    seconds = time.perf_counter() - started
    print(f"{'all':32} {sum(rows.values()):>12,} rows in {seconds:.1f} s, in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
