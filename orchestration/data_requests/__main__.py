"""The command: ``python -m orchestration.data_requests erase --email ana@example.org``.

Belongs here: the command line. Does not: what a request does.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import duckdb

from orchestration import landing as loader
from orchestration import manifest as dbt_manifest
from orchestration.data_requests import tombstones
from orchestration.data_requests.erasure import (
    Case,
    ErasureError,
    erase,
    open_case,
    unfinished,
)
from orchestration.data_requests.landed_rows import MissingViewError, action_of, landed_tables
from orchestration.data_requests.person import IDENTIFIER_TYPES, PersonError
from orchestration.lock import WriterBusyError, wait_until_writable, writer_lock
from orchestration.paths import ROOT, Paths


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.data_requests")
    requests = parser.add_subparsers(dest="request", required=True)
    erasing = requests.add_parser("erase", help="take a person out of everything that is kept")
    for command in (erasing,):
        person = command.add_mutually_exclusive_group(required=True)
        for kind in IDENTIFIER_TYPES:
            person.add_argument(f"--{kind.replace('_', '-')}", metavar="VALUE")
        command.add_argument(
            "--apply", action="store_true", help="do it; without, only say what would be done"
        )
    return parser.parse_args(arguments)


def identifier_in(options: argparse.Namespace) -> tuple[str, str]:
    """Type and value of the identifier that was given."""
    return next(
        (kind, getattr(options, kind)) for kind in IDENTIFIER_TYPES if getattr(options, kind)
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns 0 when done, 1 with the reason on standard error when not."""
    options = parse_arguments(arguments)
    paths = Paths.from_env()
    try:
        key = tombstones.pepper()
        dbt_manifest.prepare()
        with writer_lock(paths.lock, f"orchestration.data_requests {options.request}", say=say):
            wait_until_writable(paths.warehouse, say=say)
            return erase_person(paths, key, *identifier_in(options), is_applied=options.apply)
    except (
        *(tombstones.PepperError, PersonError, ErasureError, MissingViewError),
        *(loader.LandingError, WriterBusyError, duckdb.Error, RuntimeError, OSError),
    ) as error:
        print(f"{options.request}: {error}", file=sys.stderr)
        return 1


def erase_person(
    paths: Paths, key: bytes, identifier_type: str, value: str, *, is_applied: bool
) -> int:
    """Erase, or say what an erasure would do."""
    case = unfinished(paths, key, identifier_type, value, say)
    if case is not None:
        say(f"Going on with {case.request_id}: {', '.join(case.done) or 'nothing'} done so far.")
    else:
        if is_applied:
            loader.load(paths.landing, paths.warehouse, ROOT, say=say)
        case = open_case(paths, key, identifier_type, value, say)
    tell(case)
    if not is_applied:
        say("Nothing was changed. --apply erases.")
        return 0
    say(f"Certificate: {erase(case)}")
    return 0


def tell(case: Case) -> None:
    """Say what is there of the person, and what becomes of it."""
    tables = landed_tables(case.manifest)
    say(f"{len(case.person.customer_ids)} customer ids, {len(case.person.keys)} identifiers")
    say("Landed rows:")
    for source_table, rows in sorted(case.rows.items()):
        say(f"  {source_table:<48} {len(rows):>7,} {action_of(tables[source_table])}")
    say("Rows that lead to the person, made again without them:")
    for table, count in sorted(case.before.items()):
        say(f"  {table:<48} {count:>7,}")


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
