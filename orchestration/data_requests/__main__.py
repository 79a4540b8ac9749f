"""The command: ``python -m orchestration.data_requests erase --email ana@example.org``.

Belongs here: the command line, and the folder of requests that the Dagster job works off. Does not:
what a request does.

A request in the folder ``requests`` beside the warehouse is a JSON file such as
``{"request": "erase", "email": "ana@example.org"}``; it is deleted when it is done. Dagster keeps
the configuration of every run, so an identifier in it would stay.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration import landing as loader
from orchestration import manifest as dbt_manifest
from orchestration.data_requests import (
    access,
    lifting,
    purge,
    retention,
    statements,
    tombstones,
)
from orchestration.data_requests.erasure import (
    Case,
    erase,
    open_cases,
    unfinished,
)
from orchestration.data_requests.landed_rows import MissingViewError, action_of, landed_tables
from orchestration.data_requests.person import IDENTIFIER_TYPES, PersonError, resolve, text_of
from orchestration.data_requests.steps import StoppedError
from orchestration.landing_reader import LandingError
from orchestration.lock import WriterBusyError, wait_until_writable, writer_lock
from orchestration.paths import ROOT, Paths

REQUESTS = ("erase", "restrict", "object")
WITH_A_LIFT = ("what", "channel", "owner", "reason")
LIFTED = ("restriction", "objection", "tombstone")
HELP = {
    "erase": "take a person out of everything that is kept (GDPR art. 17)",
    "restrict": "keep a person's data and use them for nothing (art. 18)",
    "object": "no marketing to a person, on any channel (art. 21)",
    "access": "write a person's whole file, as JSON and CSV (art. 15 and 20)",
    "lift": "end a restriction, an objection, or the memory of an erasure",
    "purge": "take out what has been kept for its time (art. 5(1)(e))",
    "work": "do the requests that lie in the folder requests beside the warehouse",
}


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.data_requests")
    requests = parser.add_subparsers(dest="request", required=True)
    for request in REQUESTS:
        command = requests.add_parser(request, help=HELP[request], description=HELP[request])
        add_identifiers(command)
        command.add_argument(
            "--apply", action="store_true", help="do it; without, only say what would be done"
        )
    ending = requests.add_parser("lift", help=HELP["lift"], description=HELP["lift"])
    ending.add_argument("what", choices=LIFTED, help="what ends")
    add_identifiers(ending)
    ending.add_argument("--channel", help="that a person who had objected has agreed to")
    ending.add_argument("--owner", required=True, help="who decides it")
    ending.add_argument("--reason", required=True, help="why, without naming anybody")
    ending.add_argument(
        "--apply", action="store_true", help="do it; without, only say what would be done"
    )
    asking = requests.add_parser("access", help=HELP["access"], description=HELP["access"])
    asking.add_argument("--out", type=Path, required=True, help="folder for the file")
    add_identifiers(asking)
    purging = requests.add_parser("purge", help=HELP["purge"], description=HELP["purge"])
    purging.add_argument(
        "--as-of", type=utc, metavar="TIME", help="UTC time at which to count; default: now"
    )
    purging.add_argument(
        "--apply", action="store_true", help="do it; without, only say what would be done"
    )
    requests.add_parser("work", help=HELP["work"], description=HELP["work"])
    return parser.parse_args(arguments)


def utc(text: str) -> datetime:
    """A time as given, in UTC without zone."""
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def add_identifiers(command: argparse.ArgumentParser) -> None:
    """The options that name a person; exactly one is given."""
    person = command.add_mutually_exclusive_group(required=True)
    for kind in IDENTIFIER_TYPES:
        person.add_argument(f"--{kind.replace('_', '-')}", metavar="VALUE")


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
        dbt_manifest.prepare()
        with writer_lock(paths.lock, f"orchestration.data_requests {options.request}", say=say):
            wait_until_writable(paths.warehouse, say=say)
            if options.request == "work":
                work(paths)
            elif options.request == "purge":
                purge_rows(paths, options.as_of, is_applied=options.apply)
            elif options.request == "access":
                write_file(paths, options)
            elif options.request == "erase":
                erase_people(paths, [identifier_in(options)], is_applied=options.apply)
            elif options.request == "lift":
                lift(paths, options)
            else:
                state(paths, options)
    except (
        *(tombstones.PepperError, PersonError, StoppedError, MissingViewError),
        *(LandingError, WriterBusyError, duckdb.Error, RuntimeError, OSError),
    ) as error:
        print(f"{options.request}: {error}", file=sys.stderr)
        return 1
    return 0


def erase_people(paths: Paths, identifiers: Sequence[tuple[str, str]], *, is_applied: bool) -> None:
    """Erase, or say what an erasure would do."""
    key = tombstones.pepper()
    begun = {one: unfinished(paths, key, *one, say) for one in identifiers}
    if is_applied and None in begun.values():
        loader.load(paths.landing, paths.warehouse, ROOT, say=say)
    cases = list({case.request_id: case for case in begun.values() if case}.values())
    for case in cases:
        say(f"Going on with {case.request_id}: {', '.join(case.done) or 'nothing'} done.")
    cases += open_cases(paths, key, [one for one, case in begun.items() if case is None], say)
    for case in cases:
        tell(case)
    if not is_applied:
        say("Nothing was changed. --apply erases.")
        return
    for certificate in erase(cases):
        say(f"Certificate: {certificate}")


def tell(case: Case) -> None:
    """Say what is there of the person, and what becomes of it."""
    tables = landed_tables(case.manifest)
    say(f"{len(case.person.customer_ids)} customer ids, {len(case.person.keys)} identifiers")
    say("Landed rows:")
    for source_table, rows in sorted(case.rows.items()):
        say(f"  {source_table:<48} {len(rows):>7,} {action_of(tables[source_table])}")
    named = sum(map(len, case.mentioned.values()))
    say(f"Rows of others that name the person: {named:,}")
    say("Rows that lead to the person, made again without them:")
    for table, count in sorted(case.before.items()):
        say(f"  {table:<48} {count:>7,}")


def purge_rows(paths: Paths, as_of: datetime | None, *, is_applied: bool) -> None:
    """Purge, or say what a purge would take."""
    case = purge.unfinished(paths, say)
    if case is not None:
        say(f"Going on with {case.request_id}, as of {case.as_of}.")
    case = case or purge.begin(paths, as_of or datetime.now(UTC).replace(tzinfo=None), say)
    if is_applied:
        say(f"Report: {purge.purge(case)}")
        return
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        counted = retention.find_due(connection, dbt_manifest.load(), case.as_of)
    for one in counted:
        if one.purged_count or one.held_back_count:
            say(
                f"  {one.source_table:<40} {one.scope:<14} {one.purged_count:>9,} {one.action}, "
                f"{one.held_back_count:,} held back "
                f"({one.retention_days} days from {one.retention_from})"
            )
    say(f"{sum(one.purged_count for one in counted):,} rows are due as of {case.as_of}.")
    say("Nothing was changed. --apply purges.")


def state(paths: Paths, options: argparse.Namespace) -> None:
    """Land the statement that a restriction or an objection is."""
    kind, value = identifier_in(options)
    now = datetime.now(UTC)
    if options.request == "object":
        entity, rows = "consents", statements.objection(objected_points(paths, kind, value), now)
    else:
        with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
            person = resolve(connection, kind, value)
        entity, rows = "customers", statements.restriction(person, now, is_lifted=False)
    if not options.apply:
        say(f"{len(rows)} rows of contract.{entity} would land. --apply lands them.")
        return
    file = statements.land(paths.landing, entity, rows)
    say(f"{len(rows)} rows in {file}. They count from the next run on: make run")


def lift(paths: Paths, options: argparse.Namespace) -> None:
    """Lift, or say what would be lifted."""
    kind, value = identifier_in(options)
    if options.what == "restriction":
        lifted = lifting.restriction(paths, kind, value)
    elif options.what == "objection":
        lifted = lifting.objection(paths, kind, value, options.channel)
    else:
        manifest = dbt_manifest.load()
        lifted = lifting.tombstone(paths, manifest, tombstones.pepper(), kind, value)
    if not options.apply:
        say(f"Would be lifted: {lifted.about}. --apply lifts it.")
        return
    note = lifting.note(paths, f"{options.what}: {lifted.about}", options.owner, options.reason)
    lifted.apply()
    say(f"Lifted: {lifted.about}. Noted in {note}")


def write_file(paths: Paths, options: argparse.Namespace) -> None:
    """Write the person's file."""
    manifest = dbt_manifest.load()
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        person = resolve(connection, *identifier_in(options))
        held = access.sections(connection, manifest, person)
        recipients = access.recipients(connection, manifest, person)
    file = access.write(options.out, held, recipients, datetime.now(UTC))
    rows = sum(len(section.rows) for section in held)
    say(f"{rows:,} rows of {len(held)} tables, {len(recipients)} recipients: {file}")


def objected_points(paths: Paths, kind: str, value: str) -> list[str]:
    """Contact points of the person; the one that was given counts although nobody has it yet."""
    try:
        with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
            points = statements.contact_points_of(resolve(connection, kind, value))
    except PersonError:
        if kind not in ("email", "phone"):
            raise
        points = []
    given = [text_of(kind, value).split("|", 1)[1]] if kind in ("email", "phone") else []
    points += [point for point in given if point not in points]
    if not points:
        raise PersonError("That person has no e-mail address or phone at which to be contacted.")
    return points


def work(paths: Paths) -> None:
    """Do the requests in the folder, erasures together; a file goes when its request is done."""
    files = sorted((paths.warehouse.parent / "requests").glob("*.json"))
    erasures: list[Path] = []
    for file in files:
        options = request_in(file)
        if options.request == "erase":
            erasures.append(file)
        else:
            (lift if options.request == "lift" else state)(paths, options)
            file.unlink()
    if erasures:
        people = [identifier_in(request_in(file)) for file in erasures]
        erase_people(paths, people, is_applied=True)
    for file in erasures:
        file.unlink()
    say(f"{len(files)} requests done")


def request_in(file: Path) -> argparse.Namespace:
    """The request that a file holds, as from the command line; raises PersonError without one."""
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
        request = fields.pop("request")
        more = {name: fields.pop(name) for name in WITH_A_LIFT if name in fields}
        ((name, value),) = fields.items()
        if request not in (*REQUESTS, "lift") or name not in IDENTIFIER_TYPES:
            raise ValueError
        if bool(more) != (request == "lift"):
            raise ValueError
        if more and (more["what"] not in LIFTED or not more["owner"] or not more["reason"]):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PersonError(
            f'{file} is no request. Write {{"request": "erase", "email": "..."}}; requests are '
            f"{', '.join(REQUESTS)} and lift (with what, owner and reason), identifiers "
            f"{', '.join(IDENTIFIER_TYPES)}."
        ) from None
    given = {name.replace("_", "-"): value, **more}
    what = [str(given.pop("what"))] if more else []
    return parse_arguments(
        [request, *what, "--apply", *(f"--{option}={value}" for option, value in given.items())]
    )


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
