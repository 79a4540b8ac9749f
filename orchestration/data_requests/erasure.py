"""Erasure: taking one person out of everything that is kept, and proving it.

Belongs here: the order of the steps, the journal by which a killed erasure goes on, the
certificate. Does not: how rows are found (landed_rows.py), files rewritten (landing_files.py) or
places searched (scan.py).

Whatever the warehouse knows is made of what landed, so an erasure takes the person out of the
landed rows and files and out of the few tables that are kept over a full refresh, and builds the
rest again. Every step can be made twice; the journal says which are done. It is the one place in
which the person is named until the end, readable by its owner alone, and it is deleted last.
"""

from __future__ import annotations

import json
import os
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import landing_ledger, publish
from orchestration import manifest as dbt_manifest
from orchestration.data_requests import (
    certificates,
    holds,
    landed_rows,
    landing_files,
    renewal,
    run_history,
    scan,
    tombstones,
)
from orchestration.data_requests.person import (
    Person,
    mentions_of,
    relation_counts,
    resolve,
    text_of,
    with_spellings,
)
from orchestration.data_requests.steps import (
    Journaled,
    Say,
    Step,
    StoppedError,
    make,
    once,
    write_journal,
)
from orchestration.data_requests.tables import fill, has_table
from orchestration.landing_reader import find_files, read_declarations
from orchestration.paths import ROOT, Paths

# Landed rows of each landed table: file, row, when it landed.
Rows = dict[str, list[tuple[str, int, str]]]


@dataclass
class Case(Journaled):
    """One erasure under way: what the journal holds, and where to work."""

    paths: Paths
    key: bytes
    say: Say
    request_id: str
    requested_at: str
    subject: str  # keyed digest of the identifier that was given
    person: Person
    rows: Rows  # that are the person's
    mentioned: Rows  # of others, that name the person
    before: dict[str, int]  # rows that lead to the person, by table
    done: dict[str, Any] = field(default_factory=dict)  # what each finished step reports

    @property
    def manifest(self) -> dict[str, Any]:
        """The project's models."""
        return dbt_manifest.load()

    @property
    def journal(self) -> Path:
        """The file that says how far this erasure is."""
        return journals(self.paths) / f"{self.request_id}.json"

    def keep(self) -> None:
        """Write the journal, readable by its owner alone."""
        write_journal(
            self.journal,
            {
                "request_id": self.request_id,
                "requested_at": self.requested_at,
                "subject": self.subject,
                "person": self.person.as_json(),
                "rows": self.rows,
                "mentioned": self.mentioned,
                "before": self.before,
                "done": self.done,
            },
        )

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse, ready for keyed digests."""
        with duckdb.connect(
            str(self.paths.warehouse), config=publish.engine_config(self.paths)
        ) as connection:
            connection.execute("set TimeZone = 'UTC'")
            tombstones.create_table(connection)
            tombstones.use(connection, self.key)
            yield connection


def journals(paths: Paths) -> Path:
    """Folder of the erasures under way."""
    return paths.warehouse.parent / "erasures"


def made_again(paths: Paths) -> list[Path]:
    """Where runs leave what can be made again: what they said, and compiled models."""
    return [*renewal.reports(paths), paths.target]


def kept(paths: Paths) -> list[Path]:
    """Every place in which an installation keeps anything."""
    history = os.environ.get("DAGSTER_HOME")
    return [
        paths.landing,
        paths.warehouse,
        paths.warehouse.with_name(paths.warehouse.name + ".wal"),
        paths.spark,
        *(paths.serving, paths.previous, paths.versions, paths.dashboards, paths.certificates),
        *made_again(paths),
        *([Path(history)] if history else []),
    ]


# ---- opening a case --------------------------------------------------------------------------


def unfinished(paths: Paths, key: bytes, identifier_type: str, value: str, say: Say) -> Case | None:
    """The erasure of that person which was begun and not finished, if there is one."""
    wanted = tombstones.plain_key(text_of(identifier_type, value))
    for journal in sorted(journals(paths).glob("*.json")):
        kept = json.loads(journal.read_text())
        person = Person.from_json(kept["person"])
        if wanted in person.keys or value in person.customer_ids:
            return Case(
                paths=paths,
                key=key,
                say=say,
                request_id=kept["request_id"],
                requested_at=kept["requested_at"],
                subject=kept["subject"],
                person=person,
                rows=_rows_of(kept["rows"]),
                mentioned=_rows_of(kept["mentioned"]),
                before=kept["before"],
                done=kept["done"],
            )
    return None


def _rows_of(kept: Mapping[str, Any]) -> Rows:
    return {table: [(file, row, at) for file, row, at in rows] for table, rows in kept.items()}


def open_cases(
    paths: Paths, key: bytes, identifiers: Sequence[tuple[str, str]], say: Say
) -> list[Case]:
    """Find people and every landed row of theirs; nothing is changed.

    What landed is read once for all of them. Who was erased before is said and left out; who is
    asked for twice is one case. Raises PersonError when an identifier stands for no one person or
    for one who is held.
    """
    manifest = dbt_manifest.load()
    tables = landed_rows.landed_tables(manifest)
    with duckdb.connect(
        str(paths.warehouse), read_only=True, config=publish.engine_config(paths)
    ) as connection:
        connection.execute("set TimeZone = 'UTC'")
        asked = _people(connection, paths, key, identifiers, say)
        if not asked:
            return []
        people = list(asked)
        fill(
            connection,
            "person_keys",
            {"key": "varchar", "owner": "bigint"},
            [(one, owner) for owner, person in enumerate(people) for one in person.keys],
        )
        landed_rows.find(
            connection, manifest, lambda text: f"sha256({text}) in (select key from person_keys)"
        )
        landed_rows.find_owners(connection, manifest)
        people = with_spellings(connection, people, _contact_columns(tables.values()))
        landed_rows.find_mentions(connection, tables, [person.mentions for person in people])
        rows = _by_owner(connection, "row_owners", len(people))
        naming = _by_owner(connection, "mentioned_rows", len(people))
        counts = relation_counts(connection, people)
    for mine, others in zip(rows, naming, strict=True):
        for table in [one for one in mine if landed_rows.action_of(tables[one]) == "kept"]:
            del mine[table]
        for table, found in others.items():
            found[:] = sorted(set(found).difference(mine.get(table, ())))
    stamp = datetime.now(UTC)
    return [
        Case(
            paths=paths,
            key=key,
            say=say,
            request_id=f"erasure-{stamp:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
            requested_at=stamp.isoformat(timespec="seconds"),
            subject=subject,
            person=person,
            rows=dict(rows[owner]),
            mentioned={table: found for table, found in naming[owner].items() if found},
            before={table: count[owner] for table, count in counts.items() if count[owner]},
        )
        for owner, (person, subject) in enumerate(zip(people, asked.values(), strict=True))
    ]


def _people(
    connection: duckdb.DuckDBPyConnection,
    paths: Paths,
    key: bytes,
    identifiers: Sequence[tuple[str, str]],
    say: Say,
) -> dict[Person, str]:
    """Who is to be erased, with the keyed digest of the identifier that was given first."""
    is_anybody_erased = has_table(connection, "landing", "tombstones")
    if is_anybody_erased:
        tombstones.use(connection, key)
    in_force = holds.in_force(datetime.now(UTC).replace(tzinfo=None))
    people: dict[Person, str] = {}
    for identifier_type, value in identifiers:
        subject = tombstones.digest(key, text_of(identifier_type, value))
        request = tombstones.request_of(connection, subject) if is_anybody_erased else None
        if request is not None:
            say(f"That person has been erased: {paths.certificates / (request + '.json')}")
            continue
        person = resolve(connection, identifier_type, value)
        holds.refuse(person, in_force)
        people.setdefault(person, subject)
    return people


def _by_owner(connection: duckdb.DuckDBPyConnection, relation: str, people: int) -> list[Rows]:
    """The rows of each person, by landed table."""
    found: list[Rows] = [defaultdict(list) for _ in range(people)]
    for table, file, row, landed_at, owner in connection.execute(
        f"select * from {relation} order by all"
    ).fetchall():
        found[owner][table].append((file, row, landed_at.isoformat()))
    return found


def _contact_columns(tables: Any) -> dict[str, list[str]]:
    """Text columns of raw tables in which e-mails and phones stand as people write them."""
    columns = {}
    for table in tables:
        names = [
            name
            for name in table.text_columns
            if any(
                word in name.lower() for word in ("email", "phone", "contact_point", "identifier")
            )
        ]
        if names:
            columns[table.relation] = names
    return columns


# ---- the steps -------------------------------------------------------------------------------


def _show(
    connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Put landed rows of each owner into a temporary table, as ``landed_rows`` has them."""
    fill(
        connection,
        name,
        {**landed_rows.FOUND_ROWS, "owner": "bigint"},
        [
            (table, *row, owner)
            for owner, tables in enumerate(rows)
            for table, found in tables.items()
            for row in found
        ],
    )


def write_tombstones(cases: Sequence[Case]) -> list[Any]:
    """Digests of the people's identifiers, contact points, landed rows and ids, added for good."""
    first = cases[0]
    with first.warehouse() as connection:
        _show(connection, "row_owners", [case.rows for case in cases])
        texts: list[list[str]] = [[tombstones.CANARY] for _ in cases]
        for owner, text in landed_rows.record_texts(connection, first.manifest):
            texts[owner].append(text)
        stones = []
        for case, mine in zip(cases, texts, strict=True):
            mine += [f"contact_point|{point}" for point in case.person.contact_points]
            mine += [f"mention|{word}" for word in case.person.words]
            digests = {tombstones.digest_of_key(case.key, plain) for plain in case.person.keys}
            digests |= {tombstones.digest(case.key, text) for text in mine} | {case.subject}
            digests |= {tombstones.digest_of_id(one) for one in case.person.customer_ids}
            stones.append(
                [
                    tombstones.Tombstone(one, case.request_id, case.requested_at[:19])
                    for one in sorted(digests)
                ]
            )
        connection.begin()
        for written in stones:
            tombstones.add(connection, written)
        connection.commit()
        tombstones.remember(connection, first.paths.landing)
    return [{"tombstones": len(written)} for written in stones]


def clear_files(cases: Sequence[Case]) -> list[Any]:
    """Landing files without the people; the ledger learns what they contain now."""
    landing, first = cases[0].paths.landing, cases[0]
    tables = landed_rows.landed_tables(first.manifest)
    files = {file.name: file for file in find_files(landing, read_declarations(ROOT))[0]}
    mentions = mentions_of(case.person for case in cases)
    reports: list[dict[str, Any]] = [{"rewritten": 0, "no longer in the folder": []} for _ in cases]
    with first.warehouse() as connection:
        for (name, source_table), rows in sorted(_files_with_people(connection, cases).items()):
            if name not in files:
                for owner in rows:
                    reports[owner]["no longer in the folder"].append(name)
                continue
            table, numbers = tables[source_table], set().union(*rows.values())
            landing_files.rewrite(connection, files[name], table, numbers, mentions)
            landing_files.note_content(connection, files[name])
            for owner in rows:
                reports[owner]["rewritten"] += 1
        warning = landing_ledger.remember(landing, landing_ledger.landed(connection))
    if warning is not None:
        raise StoppedError(warning)
    return reports


def _files_with_people(
    connection: duckdb.DuckDBPyConnection, cases: Sequence[Case]
) -> dict[tuple[str, str], dict[int, set[int]]]:
    """Files as they landed last, by name and table: whose they hold, and in which rows of theirs.

    A file that only names a person has none.
    """
    latest = dict(
        connection.execute(
            "select file, arg_max(loaded_at, batch_id) from landing.files group by file"
        ).fetchall()
    )
    found: dict[tuple[str, str], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for owner, case in enumerate(cases):
        for source_table, rows in case.rows.items():
            for name, row, landed_at in rows:
                if datetime.fromisoformat(landed_at) == latest.get(name):
                    found[name, source_table][owner].add(row)
        for source_table, rows in case.mentioned.items():
            for name, _, _ in rows:
                found[name, source_table].setdefault(owner, set())
    tables = landed_rows.landed_tables(cases[0].manifest)
    landed_rows.show_mentions(connection, [case.person.mentions for case in cases])
    for owner, name, source_table, row, landed_at, has_columns in connection.execute(
        """
        select owner, _file, source_table, _row, landed_at, not starts_with(reason, 'line ')
        from landing.rejected_rows
        inner join mentions on regexp_matches(payload, pattern, 'i')
        """
    ).fetchall():
        if source_table in tables and landed_at == latest.get(name):
            found[name, source_table][owner] |= {row} if has_columns else set()
    return found


def clear_rows(cases: Sequence[Case]) -> list[Any]:
    """The raw tables without the people, in one transaction."""
    tables = landed_rows.landed_tables(cases[0].manifest)
    mentions = mentions_of(case.person for case in cases)
    with cases[0].warehouse() as connection:
        connection.begin()
        _show(connection, "found_rows", [case.rows for case in cases])
        landed_rows.take_out(connection, tables)
        _show(
            connection, "mentioned_rows", [*(c.rows for c in cases), *(c.mentioned for c in cases)]
        )
        landed_rows.blot_out(connection, tables, mentions)
        connection.execute(
            f"""
            update landing.rejected_rows
            set payload = null, reason = '{landed_rows.WITHHELD}'
            where regexp_matches(payload, $1, 'i') or regexp_matches(reason, $1, 'i')
            """,
            [mentions],
        )
        connection.commit()
    return [
        {
            "rows": {
                table: [landed_rows.action_of(tables[table]), len(rows)]
                for table, rows in case.rows.items()
            },
            "rows of others that named the person": sum(map(len, case.mentioned.values())),
        }
        for case in cases
    ]


def forget_ids(
    connection: duckdb.DuckDBPyConnection, registry: str = "identity_graph.int_identity__registry"
) -> int:
    """Take whom person_ids and person_keys name out of the log of ids; returns the rows deleted.

    An id that was made of a record of theirs, but stands for somebody else since the two were
    parted, stays with that customer, and forgets the record.
    """
    connection.execute(
        f"""
        update {registry}
        set anchor_identifier_key = null, anchor_source_record_id = null
        where anchor_identifier_key in (from person_keys) and customer_id not in (from person_ids)
        """
    )
    deleted = connection.execute(
        f"""
        delete from {registry}
        where
            customer_id in (from person_ids)
            or old_customer_id in (from person_ids)
            or identifier_key in (from person_keys)
        """
    ).fetchone()
    return int(deleted[0]) if deleted else 0


def clear_memories(cases: Sequence[Case]) -> list[Any]:
    """What a full refresh keeps: the log of customer ids forgets, refusals become digests."""
    with cases[0].warehouse() as connection:
        connection.begin()
        reports = [_clear_memories_of(connection, case.person) for case in cases]
        connection.commit()
    return reports


def _clear_memories_of(connection: duckdb.DuckDBPyConnection, person: Person) -> dict[str, int]:
    for name, values in {
        "person_ids": person.customer_ids,
        "person_keys": person.keys,
        "person_points": person.contact_points,
        "person_acts": person.acts,
    }.items():
        fill(connection, name, {"value": "varchar"}, [(value,) for value in values])
    log = forget_ids(connection)
    point = tombstones.digest_sql("'contact_point|' || contact_point_key")
    act = tombstones.digest_sql("'act|' || act_key")
    refusals = connection.execute(
        f"""
        update unified_customer.int_customer__refusals
        set
            contact_point_key = case
                when contact_point_key in (from person_points) then {point}
                else contact_point_key
            end,
            act_key = {act},
            source_record_id = null
        where contact_point_key in (from person_points) or act_key in (from person_acts)
        """
    ).fetchone()
    return {
        "entries of the log of customer ids deleted": log,
        "refusals kept as digests": int(refusals[0]) if refusals else 0,
    }


def write_removals(cases: Sequence[Case]) -> list[Any]:
    """Lines of the activation files with a person, to be sent as removals to who got them."""
    paths = cases[0].paths
    owner_of = {one: owner for owner, case in enumerate(cases) for one in case.person.customer_ids}
    written: list[dict[str, int]] = [{} for _ in cases]
    with duckdb.connect(config=publish.engine_config(paths)) as connection:
        connection.execute(f"attach {publish.literal(paths.warehouse)} as warehouse (read_only)")
        fill(
            connection, "owners", {"customer_id": "varchar", "owner": "bigint"}, [*owner_of.items()]
        )
        for node in publish.sync_models(cases[0].manifest):
            table = node["alias"]
            for owner, count in connection.execute(
                "select owner, count(*) "
                f'from warehouse.marts."{table}" inner join owners using (customer_id) group by all'
            ).fetchall():
                folder = paths.serving.parent / "removals" / cases[owner].request_id
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                file = folder / f"{table}.csv"
                ids = f"(select customer_id from owners where owner = {owner})"
                connection.execute(
                    publish.activation_query(connection, node, file, f"customer_id in {ids}")
                )
                written[owner][table] = int(count)
    return written


def remove_traces(cases: Sequence[Case]) -> list[Any]:
    """Logs, reports, working files and Dagster's runs in which a person is named."""
    mentions = mentions_of(case.person for case in cases)
    found = scan.count_in_files(scan.files_below(made_again(cases[0].paths)), mentions)
    for path in found:
        path.unlink()
    runs = run_history.forget(mentions)
    return [{"files removed": len(found), "runs removed": runs}] * len(cases)


def verify(cases: Sequence[Case]) -> list[Any]:
    """Look for the people in every table and file; raises StoppedError with where they are."""
    paths = cases[0].paths
    mentions = mentions_of(case.person for case in cases)
    with cases[0].warehouse() as connection:
        after = relation_counts(connection, [case.person for case in cases])
    found = {f"warehouse {table}": sum(count) for table, count in after.items() if any(count)}
    for database in (paths.warehouse, paths.serving):
        for table, count in scan.count_in_database(database, mentions).items():
            found[f"{database.name} {table}"] = count
    files = sorted(set(scan.files_below(kept(paths))))
    found |= {str(path): count for path, count in scan.count_in_files(files, mentions).items()}
    if found:
        for case in cases:  # whatever stopped it before may have named the person, too
            case.done.pop("traces", None)
            case.keep()
        places = "\n".join(f"  {place}: {count}" for place, count in sorted(found.items()))
        raise StoppedError(f"A person is still in:\n{places}\nMend it and erase again.")
    return [{"tables": len(after), "files": len(files), "found": 0}] * len(cases)


STEPS: tuple[Step[Case], ...] = (
    Step("tombstones", write_tombstones),
    Step("landing files", clear_files),
    Step("landed rows", clear_rows),
    Step("removals", write_removals),
    Step("memories", clear_memories),
    Step("build", once(lambda case: renewal.rebuild(case.paths, case.request_id))),
    Step("warehouse file", once(lambda case: renewal.rewrite_warehouse(case.paths))),
    Step("publication", once(lambda case: renewal.publish_again(case.paths))),
    Step("traces", remove_traces),
    Step("verification", verify),
)


def erase(cases: Sequence[Case], steps: Sequence[Step[Case]] = STEPS) -> list[Path]:
    """Make the steps that are not done yet; returns the certificates. Hold the writer's lock.

    Raises StoppedError, or whatever stops a step; the same call then goes on from there.
    """
    make(cases, steps)
    return [certify(case) for case in cases]


def certify(case: Case) -> Path:
    """Write the certificate, which names nobody, and delete the journal, which did."""
    certificate = certificates.write(
        case.paths,
        case.request_id,
        {
            "requested_at": case.requested_at,
            "completed_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "subject": case.subject,
            "rows_that_led_to_the_person": case.before,
            "steps": case.done,
        },
    )
    case.journal.unlink()
    return certificate
