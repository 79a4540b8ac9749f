"""Build a lost warehouse again as it came to be (``python -m orchestration.replay``).

Belongs here: landing the remembered batches one by one and building after each what has a memory:
the ids, and the refusals of contact. Does not: anything else of a run; ``make run`` comes after it.

A plain run on a new warehouse gives the same customers and, as long as no customer was ever split,
the same ids. What it cannot give is history: the map as of a past time, merges and splits with
their dates, ids that went with the larger part of a split, and refusals that reached a contact
point while it was another customer's. Replaying the batches does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration import landing, landing_ledger
from orchestration.landing_reader import LandingError
from orchestration.lock import WriterBusyError, writer_lock
from orchestration.manifest import variables_of
from orchestration.paths import ROOT, Paths

WITH_MEMORY = ("+int_identity__registry", "+int_customer__refusals")


class ReplayError(RuntimeError):
    """The batches cannot be replayed; the message says why and what to do."""


def replay(paths: Paths) -> int:
    """Land and build every remembered batch; returns how many there were.

    Raises ReplayError when the warehouse is not new, when nothing is remembered or a build fails.
    """
    remembered = landing_ledger.read(paths.landing).values()
    batches = {entry.batch_id: entry.time for entry in remembered}
    if not batches:
        raise ReplayError(f"{paths.landing} remembers no batch: `make run` lands it as one.")
    if paths.warehouse.exists() and _has_registry(paths.warehouse):
        raise ReplayError(
            f"{paths.warehouse} has a history of its own. Move it away, then replay again."
        )
    for position, (batch_id, landed_at) in enumerate(sorted(batches.items()), start=1):
        summary = landing.load(paths.landing, paths.warehouse, ROOT, until_batch=batch_id)
        print(f"batch {batch_id} ({position} of {len(batches)}): {summary.rows:,} rows", flush=True)
        variables = variables_of(landed_at.isoformat(sep=" "))
        if position == 1:
            _dbt(paths, "seed", *variables)
        _dbt(paths, "run", "--select", *WITH_MEMORY, *variables)
    return len(batches)


def _has_registry(warehouse: Path) -> bool:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select 1 from duckdb_tables() where table_name = 'int_identity__registry'"
        ).fetchone()
    return found is not None


def _dbt(paths: Paths, *arguments: str) -> None:
    finished = subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--quiet", *arguments],
        cwd=ROOT,
        env={**os.environ, **paths.as_env(), "DBT_PROFILES_DIR": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise ReplayError(f"dbt {arguments[0]} failed:\n{finished.stdout}{finished.stderr}".strip())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 1 and one message when the batches cannot be replayed."""
    argparse.ArgumentParser(
        prog="python -m orchestration.replay",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    paths = Paths.from_env()
    try:
        with writer_lock(paths.lock, "orchestration.replay", say=print):
            count = replay(paths)
    except (ReplayError, WriterBusyError, LandingError, duckdb.IOException) as error:
        print(f"replay: {error}", file=sys.stderr)
        return 1
    print(f"{count} batches replayed. `make run` builds and publishes the rest.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
