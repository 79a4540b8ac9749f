"""Run the platform on a public data set.

    make run-real NAME=uci_online_retail DATA=../shared/data

Belongs here: the command line. Everything of such a run (landing files, warehouse,
published copy) lives in a folder of its own, so that it never mixes with a company's data.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from orchestration.examples.example import Example, MissingDataError, write_landing

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("uci_online_retail", "olist", "ga4_sample_ecommerce", "completejourney")


def example_named(name: str) -> Example:
    """The data set of that name."""
    example = import_module(f"orchestration.examples.{name}").EXAMPLE
    assert isinstance(example, Example)
    return example


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the landing files and run; returns the run's exit code, 2 when the data is missing."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.examples", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the data sets")
    parser.add_argument("--out", type=Path, help="folder of this run (default: real/<name>)")
    parser.add_argument("--convert-only", action="store_true", help="write landing files, no run")
    options = parser.parse_args(arguments)
    out = (options.out or ROOT / "real" / options.name).absolute()
    example = example_named(options.name)
    try:
        rows = write_landing(example, options.data, out / "landing")
    except MissingDataError as error:
        print(error, file=sys.stderr)
        return 2
    for table, count in rows.items():
        print(f"{count:>10,}  {out / 'landing' / table}")
    if options.convert_only:
        return 0
    os.environ.update(
        CDP_LANDING=str(out / "landing"),
        CDP_WAREHOUSE=str(out / "warehouse.duckdb"),
        CDP_SERVING=str(out / "serving" / "cdp.duckdb"),
        CDP_TEMP=str(out / "temp"),
    )
    from orchestration.run import main as run

    return run(["--as-of", example.as_of])


if __name__ == "__main__":
    raise SystemExit(main())
