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
from dataclasses import dataclass, field, replace
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
    scan,
    tombstones,
)
from orchestration.data_requests.person import (
    Person,
    PersonError,
    relation_counts,
    resolve,
    spellings,
    text_of,
)
from orchestration.data_requests.steps import (
    Journaled,
    Say,
    Step,
    StoppedError,
    make,
    write_journal,
)
from orchestration.data_requests.tables import fill, has_table
from orchestration.landing_reader import find_files, read_declarations
from orchestration.paths import ROOT, Paths


class AlreadyErasedError(PersonError):
    """There is a tombstone of what was given."""


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
    rows: dict[str, list[tuple[str, int, str]]]  # of each landed table: file, row, when it landed
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

    def show_found_rows(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Put the person's landed rows where ``landed_rows`` looks for them."""
        fill(
            connection,
            "found_rows",
            landed_rows.FOUND_ROWS,
            [(table, *row) for table, rows in self.rows.items() for row in rows],
        )


def journals(paths: Paths) -> Path:
    """Folder of the erasures under way."""
    return paths.warehouse.parent / "erasures"


def made_again(paths: Paths) -> list[Path]:
    """Where runs leave what can be made again: logs, reports, compiled models, working files."""
    logs = Path(os.environ.get("DBT_LOG_PATH", ROOT / "logs"))
    return [paths.audit, paths.failures, paths.run_logs, paths.target, paths.temp, logs]


def kept(paths: Paths) -> list[Path]:
    """Every place in which an installation keeps anything."""
    history = os.environ.get("DAGSTER_HOME")
    return [
        paths.landing,
        paths.warehouse,
        paths.warehouse.with_name(paths.warehouse.name + ".wal"),
        paths.spark,
        *(paths.serving, paths.previous, paths.versions, paths.dashboards),
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
                rows={
                    table: [(file, row, landed_at) for file, row, landed_at in rows]
                    for table, rows in kept["rows"].items()
                },
                before=kept["before"],
                done=kept["done"],
            )
    return None


def open_case(paths: Paths, key: bytes, identifier_type: str, value: str, say: Say) -> Case:
    """Find the person and every landed row of theirs; nothing is changed.

    Raises PersonError when the identifier stands for no one person or for one who is held,
    AlreadyErasedError when for one who was erased.
    """
    manifest = dbt_manifest.load()
    subject = tombstones.digest(key, text_of(identifier_type, value))
    with duckdb.connect(
        str(paths.warehouse), read_only=True, config=publish.engine_config(paths)
    ) as connection:
        connection.execute("set TimeZone = 'UTC'")
        if has_table(connection, "landing", "tombstones"):
            tombstones.use(connection, key)
            request = tombstones.request_of(connection, subject)
            if request is not None:
                raise AlreadyErasedError(
                    f"That person has been erased: {paths.certificates / (request + '.json')}"
                )
        person = resolve(connection, identifier_type, value)
        holds.refuse(person, holds.in_force(datetime.now(UTC).replace(tzinfo=None)))
        fill(connection, "person_keys", {"key": "varchar"}, [(key,) for key in person.keys])
        landed_rows.find(
            connection, manifest, lambda text: f"sha256({text}) in (select key from person_keys)"
        )
        tables = landed_rows.landed_tables(manifest)
        rows: dict[str, list[tuple[str, int, str]]] = defaultdict(list)
        for source_table, file, row, landed_at in connection.execute(
            "select * from found_rows order by all"
        ).fetchall():
            if landed_rows.action_of(tables[source_table]) != "kept":
                rows[source_table].append((file, row, landed_at.isoformat()))
        person = replace(
            person, spellings=spellings(connection, person, _contact_columns(tables.values()))
        )
        before = relation_counts(connection, person)
    stamp = datetime.now(UTC)
    return Case(
        paths=paths,
        key=key,
        say=say,
        request_id=f"erasure-{stamp:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        requested_at=stamp.isoformat(timespec="seconds"),
        subject=subject,
        person=person,
        rows=dict(rows),
        before={table: count for table, count in before.items() if count},
    )


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


def write_tombstones(case: Case) -> Any:
    """Digests of the person's identifiers, contact points and landed rows, added for good."""
    with case.warehouse() as connection:
        case.show_found_rows(connection)
        digests = {tombstones.digest_of_key(case.key, plain) for plain in case.person.keys}
        texts = landed_rows.record_texts(connection, case.manifest)
        texts += [f"contact_point|{point}" for point in case.person.contact_points]
        texts += [f"mention|{word}" for word in case.person.words]
        digests |= {tombstones.digest(case.key, text) for text in [*texts, tombstones.CANARY]}
        connection.begin()
        tombstones.add(
            connection,
            (
                tombstones.Tombstone(one, case.request_id, case.requested_at[:19])
                for one in sorted(digests | {case.subject})
            ),
        )
        connection.commit()
        tombstones.remember(connection, case.paths.landing)
    return {"tombstones": len(digests)}


def clear_files(case: Case) -> Any:
    """Landing files without the person; the ledger learns what they contain now."""
    declarations = read_declarations(ROOT)
    tables = landed_rows.landed_tables(case.manifest)
    found, _ = find_files(case.paths.landing, declarations)
    files = {file.name: file for file in found}
    rewritten, absent = [], []
    with case.warehouse() as connection:
        for name, source_table, rows in _files_with_person(connection, case, tables):
            if name not in files:
                absent.append(name)
                continue
            landing_files.rewrite(
                connection, files[name], tables[source_table], rows, case.person.mentions
            )
            landing_files.note_content(connection, files[name])
            rewritten.append(name)
        warning = landing_ledger.remember(case.paths.landing, landing_ledger.landed(connection))
    if warning is not None:
        raise StoppedError(warning)
    return {"rewritten": len(rewritten), "no longer in the folder": absent}


def _files_with_person(
    connection: duckdb.DuckDBPyConnection, case: Case, tables: Mapping[str, landed_rows.LandedTable]
) -> list[tuple[str, str, set[int]]]:
    """Files as they landed last: name, table, and the numbers of the person's rows in them."""
    latest = dict(
        connection.execute(
            "select file, arg_max(loaded_at, batch_id) from landing.files group by file"
        ).fetchall()
    )
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for source_table, rows in case.rows.items():
        for name, row, landed_at in rows:
            if datetime.fromisoformat(landed_at) == latest.get(name):
                found[name, source_table].add(row)
    mentions = case.person.mentions
    for table in tables.values():
        for name in _files_that_mention(connection, table, mentions):
            found.setdefault((name, table.source_table), set())
    for name, source_table, row, landed_at, has_columns in connection.execute(
        """
        select _file, source_table, _row, landed_at, not starts_with(reason, 'line ')
        from landing.rejected_rows
        where regexp_matches(payload, $1, 'i')
        """,
        [mentions],
    ).fetchall():
        if source_table in tables and landed_at == latest.get(name):
            found[name, source_table] |= {row} if has_columns else set()
    return sorted((name, table, rows) for (name, table), rows in found.items())


def _mentioned(table: landed_rows.LandedTable) -> str:
    return " or ".join(f"regexp_matches(\"{name}\", $1, 'i')" for name in table.text_columns)


def _files_that_mention(
    connection: duckdb.DuckDBPyConnection, table: landed_rows.LandedTable, mentions: str
) -> list[str]:
    if not table.text_columns:
        return []
    rows = connection.execute(
        f"select distinct _file from {table.relation} where {_mentioned(table)}", [mentions]
    ).fetchall()
    return [row[0] for row in rows]


def clear_rows(case: Case) -> Any:
    """The raw tables without the person, in one transaction."""
    tables = landed_rows.landed_tables(case.manifest)
    mentions = case.person.mentions
    elsewhere = 0
    with case.warehouse() as connection:
        connection.begin()
        case.show_found_rows(connection)
        landed_rows.take_out(connection, tables)
        for table in tables.values():
            if table.text_columns and _files_that_mention(connection, table, mentions):
                values = ", ".join(
                    f"\"{name}\" = regexp_replace(\"{name}\", $1, '{landed_rows.ERASED}', 'gi')"
                    for name in table.text_columns
                )
                changed = connection.execute(
                    f"update {table.relation} set {values} where {_mentioned(table)}", [mentions]
                ).fetchone()
                elsewhere += int(changed[0]) if changed else 0
        connection.execute(
            f"""
            update landing.rejected_rows
            set payload = null, reason = '{landed_rows.WITHHELD}'
            where regexp_matches(payload, $1, 'i') or regexp_matches(reason, $1, 'i')
            """,
            [mentions],
        )
        connection.commit()
    return {
        "rows": {
            table: [landed_rows.action_of(tables[table]), len(rows)]
            for table, rows in case.rows.items()
        },
        "rows of others that named the person": elsewhere,
    }


def clear_memories(case: Case) -> Any:
    """What a full refresh keeps: the log of customer ids forgets, refusals become digests."""
    with case.warehouse() as connection:
        for name, values in {
            "person_ids": case.person.customer_ids,
            "person_keys": case.person.keys,
            "person_points": case.person.contact_points,
            "person_acts": case.person.acts,
        }.items():
            fill(connection, name, {"value": "varchar"}, [(value,) for value in values])
        connection.begin()
        log = connection.execute(
            """
            delete from identity_graph.int_identity__registry
            where
                customer_id in (from person_ids)
                or old_customer_id in (from person_ids)
                or identifier_key in (from person_keys)
                or anchor_identifier_key in (from person_keys)
            """
        ).fetchone()
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
        connection.commit()
    return {
        "entries of the log of customer ids deleted": int(log[0]) if log else 0,
        "refusals kept as digests": int(refusals[0]) if refusals else 0,
    }


def write_removals(case: Case) -> Any:
    """Lines of the activation files with the person, to be sent as removals to who got them."""
    folder = case.paths.serving.parent / "removals" / case.request_id
    written = {}
    with duckdb.connect(config=publish.engine_config(case.paths)) as connection:
        connection.execute(
            f"attach {publish.literal(case.paths.warehouse)} as warehouse (read_only)"
        )
        ids = ", ".join(publish.literal(one) for one in case.person.customer_ids)
        for node in publish.sync_models(case.manifest):
            table, where = node["alias"], f"customer_id in ({ids})"
            row = connection.execute(
                f'select count(*) from warehouse.marts."{table}" where {where}'
            ).fetchone()
            if row and row[0]:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                file = folder / f"{table}.csv"
                connection.execute(publish.activation_query(connection, node, file, where))
                written[table] = int(row[0])
    return written


def remove_traces(case: Case) -> Any:
    """Logs, reports and working files in which the person is named: they can be made again."""
    mentions = case.person.mentions
    removed = 0
    for path in scan.files_below(made_again(case.paths)):
        if scan.count_in_file(path, mentions):
            path.unlink()
            removed += 1
    return {"files removed": removed}


def verify(case: Case) -> Any:
    """Look for the person in every table and file; raises StoppedError with where they are."""
    mentions = case.person.mentions
    with case.warehouse() as connection:
        after = relation_counts(connection, case.person)
    found = {f"warehouse {table}": count for table, count in after.items() if count}
    looked_at = 0
    for database in (case.paths.warehouse, case.paths.serving):
        for table, count in scan.count_in_database(database, mentions).items():
            found[f"{database.name} {table}"] = count
    for path in scan.files_below(kept(case.paths)):
        looked_at += 1
        count = scan.count_in_file(path, mentions)
        if count:
            found[str(path)] = count
    if found:
        places = "\n".join(f"  {place}: {count}" for place, count in sorted(found.items()))
        raise StoppedError(f"The person is still in:\n{places}\nMend it and erase again.")
    return {"tables": len(after), "files": looked_at, "found": 0}


STEPS: tuple[Step[Case], ...] = (
    Step("tombstones", write_tombstones),
    Step("landing files", clear_files),
    Step("landed rows", clear_rows),
    Step("removals", write_removals),
    Step("memories", clear_memories),
    Step("build", lambda case: renewal.rebuild(case.paths, case.request_id), is_shared=True),
    Step("warehouse file", lambda case: renewal.rewrite_warehouse(case.paths), is_shared=True),
    Step("publication", lambda case: renewal.publish_again(case.paths), is_shared=True),
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
