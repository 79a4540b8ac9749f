"""The landed rows of a person: finding them, and taking the person out of them.

Belongs here: which landed row carries which identifier, and what the column tags make of it in the
raw tables. Does not: whose identifiers are asked for (person.py for an erasure, the tombstones for
what lands after it), the files (landing_files.py).

One way of finding serves both: a row is found when an identifier that its staging view or its raw
columns give is wanted, or when it is the row itself that is. What is compared are the texts
``<identifier type>|<value>`` of the identity graph, and ``record|<table>|<record id>`` for rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from orchestration.column_tags import TEXT_TYPES, Dictionary, Table, source_tables
from orchestration.data_requests.tables import fill

# Takes SQL of a text and gives SQL that is true when the text is wanted.
Wanted = Callable[[str], str]

FOUND_ROWS = {
    "source_table": "varchar",
    "landed_file": "varchar",
    "landed_row": "bigint",
    "landed_at": "timestamp",
}
WITHHELD = "belongs to a person who was erased"
ERASED = "[erased]"


@dataclass(frozen=True)
class LandedTable:
    """A raw table and what an erasure does to a row of it."""

    source: str
    name: str
    deletes_row: bool
    columns: Mapping[str, str]  # rule of each declared column
    text_columns: tuple[str, ...]
    key_columns: Mapping[str, str]  # meaning of each column that may lead to a person
    retention_days: int | None = None  # after which a row goes; None = never
    retention_from: str | None = None  # column of a view or of the table; None = last activity
    column_days: Mapping[str, int] = field(default_factory=dict)  # of columns with their own period
    entities: frozenset[str] = frozenset()  # that its rows feed

    @property
    def source_table(self) -> str:
        """Name as people write it: source.table."""
        return f"{self.source}.{self.name}"

    @property
    def relation(self) -> str:
        """Quoted name in the warehouse."""
        return f'"landing_{self.source}"."{self.name}"'

    @property
    def cleared(self) -> list[str]:
        """Columns that lose their value; a digest of it is among the tombstones."""
        return [column for column, rule in self.columns.items() if rule != "keep"]

    @property
    def quoted_texts(self) -> str:
        """Quoted names of the text columns, in a list."""
        return ", ".join(f'"{name}"' for name in self.text_columns)

    @property
    def mentions_any(self) -> str:
        """SQL that is true when a text of the row matches the pattern ``$mentions``."""
        return " or ".join(
            f"regexp_matches(\"{name}\", $mentions, 'i')" for name in self.text_columns
        )


@dataclass(frozen=True)
class StagingView:
    """A staging view with the columns by which its rows lead to a person."""

    name: str
    source_table: str
    entity: str | None
    is_primary: bool
    columns: frozenset[str]
    part_of: Mapping[str, str]  # column and the landed table whose record it names, if any


def landed_tables(
    manifest: Mapping[str, Any], dictionary: Dictionary | None = None
) -> dict[str, LandedTable]:
    """The raw tables that may hold something of a person, by source.table."""
    dictionary = dictionary or Dictionary.load()
    entities: dict[str, frozenset[str]] = defaultdict(frozenset)
    for view in staging_views(manifest):
        entities[view.source_table] |= {view.entity} if view.entity else frozenset()
    tables = {}
    for table in source_tables(manifest):
        holding = dictionary.holding_of(table)
        if holding is None or holding.category == "none":
            continue
        schema, name = table.name.split(".", 1)
        source = schema.removeprefix("landing_")
        tables[f"{source}.{name}"] = LandedTable(
            source=source,
            name=name,
            deletes_row=holding.erase_row == "delete",
            columns=dictionary.erase_rules(table),
            text_columns=tuple(
                column.name
                for column in table.columns
                if column.data_type.lower().startswith(TEXT_TYPES)
            ),
            key_columns=_key_columns(dictionary, table),
            retention_days=holding.retention_days,
            retention_from=holding.retention_from,
            column_days=dictionary.column_days(table),
            entities=entities[f"{source}.{name}"],
        )
    return tables


def _key_columns(dictionary: Dictionary, table: Table) -> dict[str, str]:
    found = {column.name: dictionary.meaning_of(column.name) for column in table.columns}
    meanings = {
        name: meaning[0].tag
        for name, meaning in found.items()
        if meaning and meaning[0].is_subject_key
    }
    # Connectors call an address what they like: receipt_email, from_email.
    others = {
        column.name: "email"
        for column in table.columns
        if "email" in column.name and column.data_type.lower().startswith(TEXT_TYPES)
    }
    return {**others, **meanings}


def staging_views(manifest: Mapping[str, Any]) -> list[StagingView]:
    """The views that read landed tables, except those about things that nobody is found by."""
    return [
        StagingView(
            name=node["name"],
            source_table=node["config"]["meta"]["source_table"],
            entity=node["config"]["meta"].get("entity"),
            is_primary=bool(node["config"]["meta"].get("primary")),
            columns=frozenset(node["columns"]),
            part_of=node["config"]["meta"].get("part_of") or {},
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["schema"] == "staging"
        and node["config"]["meta"].get("source_table")
    ]


# ---- identifiers of a row --------------------------------------------------------------------


def view_texts(view: StagingView) -> list[str]:
    """SQL of every text by which a row of the view may be wanted, as the graph writes it."""
    has = view.columns.__contains__
    texts = ["'record|' || source_table || '|' || source_record_id"] if view.is_primary else []
    for column, template in {
        "email": "'email|' || lower(trim(email))",
        "phone": "'phone|' || trim(phone)",
        "user_id": "'user_id|' || trim(user_id)",
        "loyalty_number": "'loyalty_number|' || "
        "upper(regexp_replace(loyalty_number, '[^0-9A-Za-z]+', '', 'g'))",
        "device_id": "'device_id|' || trim(device_id)",
        "anonymous_id": "'anonymous_id|' || source_name || '|' || trim(anonymous_id)",
        "customer_record_id": "'customer_record|' || source_name || '|' || "
        "trim(customer_record_id)",
    }.items():
        if has(column):
            texts.append(template)
    # Who is online where an order is placed is not told by the order, says the graph.
    if has("order_id") and view.entity != "events":
        texts.append("'order_id|' || trim(order_id)")
    if has("contact_point"):
        texts.append(
            "case when contact_point like '%@%' then 'email|' || lower(trim(contact_point)) "
            "when contact_point like '+%' then 'phone|' || trim(contact_point) end"
        )
    if has("social_handle") and has("network"):
        texts.append("'social_handle|' || lower(trim(network || ':' || social_handle))")
    if has("entity_record_id"):
        texts.append(
            "case when entity = 'customers' "
            "then 'customer_record|' || source_name || '|' || trim(entity_record_id) end"
        )
    if has("other_record_id"):
        texts += [
            "'customer_record|' || record_source_name || '|' || trim(record_id)",
            "'customer_record|' || other_source_name || '|' || trim(other_record_id)",
        ]
    if has("identifier_value"):
        texts.append(
            "identifier_type || '|' || case identifier_type "
            "when 'email' then lower(trim(identifier_value)) "
            "when 'social_handle' then lower(trim(identifier_value)) "
            "when 'loyalty_number' then "
            "upper(regexp_replace(identifier_value, '[^0-9A-Za-z]+', '', 'g')) "
            "when 'national_id' then "
            "upper(regexp_replace(identifier_value, '[^0-9A-Za-z]+', '', 'g')) "
            "when 'anonymous_id' then source_name || '|' || trim(identifier_value) "
            "else trim(identifier_value) end"
        )
    if view.entity == "customers":
        texts.append("'customer_record|' || source_name || '|' || source_record_id")
    return texts


def raw_texts(table: LandedTable) -> list[str]:
    """SQL of every text by which a raw row may be wanted although no view gives it."""
    if table.source == "contract":  # its columns are those of the views
        return []
    texts = []
    for column, meaning in table.key_columns.items():
        value = f'trim(cast("{column}" as varchar))'
        if meaning in ("customer", "record_of_person", "login"):
            texts.append(f"'customer_record|{table.source}|' || {value}")
        if meaning == "login":
            texts.append(f"'user_id|' || {value}")
        if meaning == "email":
            texts.append(f"'email|' || lower({value})")
        if meaning == "card":
            texts.append(
                f"'loyalty_number|' || upper(regexp_replace({value}, '[^0-9A-Za-z]+', '', 'g'))"
            )
    return texts


def find(
    connection: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    wanted: Wanted,
    landed_at: Sequence[datetime] | None = None,
    only: Collection[str] | None = None,
) -> None:
    """Fill the temporary table ``found_rows`` with every row of which a text is wanted.

    landed_at: look only at what landed then. only: look only into these landed tables. A record
    that is part of another one (a comment of a ticket) is found with it; its key is looked for
    among those found and those wanted.
    """
    views = staging_views(manifest)
    tables = landed_tables(manifest)
    if only is not None:
        wholes = {whole for v in views if v.source_table in only for whole in v.part_of.values()}
        tables = {name: table for name, table in tables.items() if name in wholes.union(only)}
    views = [view for view in views if view.source_table in tables]
    present = {
        row[0]
        for row in connection.execute(
            "select view_name from duckdb_views() where schema_name = 'staging' "
            "and database_name = current_database()"
        ).fetchall()
    }
    present_tables = filled(connection, tables.values())
    fill(connection, "found_rows", FOUND_ROWS, [])
    recent = ""
    if landed_at is not None:
        times = ", ".join(f"timestamp '{time}'" for time in landed_at) or "null"
        recent = f"and landed_at in ({times})"
    for view in views:
        if view.source_table not in present_tables:
            continue
        if view.name not in present:
            raise MissingViewError(view.name)
        texts = view_texts(view)
        if texts:
            _add(connection, f'staging."{view.name}"', view.source_table, texts, wanted, recent)
    for table in tables.values():
        texts = raw_texts(table)
        if texts and table.source_table in present_tables:
            _add(connection, _as_landed(table), table.source_table, texts, wanted, recent)
    _deduplicate(connection)
    for view in views:
        for column, whole in view.part_of.items():
            if view.source_table in present_tables:
                primary = next(v.name for v in views if v.is_primary and v.source_table == whole)
                text = f"'record|{whole}|' || \"{column}\""
                connection.execute(
                    f"""
                    insert into found_rows
                    select source_table, landed_file, landed_row, landed_at
                    from staging."{view.name}"
                    where ({wanted(text)} or "{column}" in ({_found_records(primary)})) {recent}
                    """
                )
    _deduplicate(connection)


class MissingViewError(LookupError):
    """A staging view has not been made yet, so nobody would be known again in what it reads."""

    def __init__(self, view: str) -> None:
        """Say which one and what to do."""
        super().__init__(
            f"The view staging.{view} has not been made, so it cannot be told whose rows landed. "
            "Run: dbt run --select path:models/staging,config.materialized:view"
        )


def filled(connection: duckdb.DuckDBPyConnection, tables: Iterable[LandedTable]) -> set[str]:
    """The tables that exist and hold rows, by source.table."""
    existing = {
        (row[0], row[1])
        for row in connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = current_database()"
        ).fetchall()
    }
    return {
        table.source_table
        for table in tables
        if (f"landing_{table.source}", table.name) in existing
        and connection.execute(f"select 1 from {table.relation} limit 1").fetchone()
    }


def _as_landed(table: LandedTable) -> str:
    """A raw table with the columns by which the staging views name a row."""
    return (
        f"(select *, '{table.source_table}' as source_table, _file as landed_file, "
        f"_row as landed_row, _landed_at as landed_at from {table.relation})"
    )


def _add(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    source_table: str,
    texts: Sequence[str],
    wanted: Wanted,
    recent: str,
) -> None:
    conditions = " or ".join(wanted(text) for text in texts)
    connection.execute(
        f"insert into found_rows select '{source_table}', landed_file, landed_row, landed_at "
        f"from {relation} where ({conditions}) {recent}"
    )


def _deduplicate(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create or replace temp table found_rows as from found_rows group by all")


def _found_records(primary_view: str) -> str:
    return (
        f'select source_record_id from staging."{primary_view}" as whole '
        "inner join found_rows using (source_table, landed_file, landed_row, landed_at)"
    )


def find_owners(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> None:
    """Fill the temporary table ``row_owners``: whose each row of ``found_rows`` is.

    Whose it is say the keys of ``person_keys``: by its own identifiers, or as a part of a record.
    """
    owners = connection.execute("select distinct owner from person_keys").fetchall()
    if len(owners) == 1:
        connection.execute(
            "create or replace temp table row_owners as "
            "select found_rows.*, cast(? as bigint) as owner from found_rows",
            owners[0],
        )
        return
    fill(connection, "row_owners", {**FOUND_ROWS, "owner": "bigint"}, [])
    tables = landed_tables(manifest)
    views = [v for v in staging_views(manifest) if _found(connection, v.source_table)]
    for view in views:
        _add_owners(connection, f'staging."{view.name}"', view_texts(view))
    for table in tables.values():
        if _found(connection, table.source_table):
            _add_owners(connection, _as_landed(table), raw_texts(table))
    for view in views:
        for column, whole in view.part_of.items():
            for primary in views:
                if primary.is_primary and primary.source_table == whole:
                    connection.execute(
                        f"""
                        insert into row_owners
                        with wholes as (
                            select source_record_id, owner
                            from staging."{primary.name}"
                            inner join row_owners
                                using (source_table, landed_file, landed_row, landed_at)
                        )

                        select source_table, landed_file, landed_row, landed_at, owner
                        from staging."{view.name}" as part
                        inner join found_rows
                            using (source_table, landed_file, landed_row, landed_at)
                        inner join wholes on part."{column}" = wholes.source_record_id
                        """
                    )
    connection.execute("create or replace temp table row_owners as from row_owners group by all")


def _add_owners(connection: duckdb.DuckDBPyConnection, relation: str, texts: Sequence[str]) -> None:
    if texts:
        connection.execute(
            f"""
            insert into row_owners
            with named as (
                select source_table, landed_file, landed_row, landed_at,
                    unnest([{", ".join(texts)}]) as text
                from {relation}
                inner join found_rows using (source_table, landed_file, landed_row, landed_at)
            )

            select source_table, landed_file, landed_row, landed_at, owner
            from named
            inner join person_keys on sha256(text) = key
            """
        )


def record_texts(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]
) -> list[tuple[int, str]]:
    """Owner and text of each row of ``row_owners``: by it, it is known when it lands again."""
    texts: list[tuple[int, str]] = []
    for view in staging_views(manifest):
        if view.is_primary and _found(connection, view.source_table, "row_owners"):
            texts += connection.execute(
                f"""
                select distinct owner, 'record|' || source_table || '|' || source_record_id
                from staging."{view.name}"
                inner join row_owners using (source_table, landed_file, landed_row, landed_at)
                where source_record_id is not null
                """
            ).fetchall()
    return texts


def show_mentions(connection: duckdb.DuckDBPyConnection, mentions: Sequence[str]) -> None:
    """Fill the temporary table ``mentions``: the pattern that names each owner."""
    fill(connection, "mentions", {"owner": "bigint", "pattern": "varchar"}, [*enumerate(mentions)])


def find_mentions(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, LandedTable],
    mentions: Sequence[str],
) -> None:
    """Fill the temporary table ``mentioned_rows``: landed rows that name each of several people.

    mentions: the pattern of each owner. The rows are read once for all of them.
    """
    show_mentions(connection, mentions)
    fill(connection, "mentioned_rows", {**FOUND_ROWS, "owner": "bigint"}, [])
    present = filled(connection, tables.values())
    for table in tables.values():
        if table.text_columns and table.source_table in present:
            connection.execute(
                f"""
                insert into mentioned_rows
                with naming as (
                    select *, concat_ws(chr(10), {table.quoted_texts}) as told
                    from {table.relation}
                    where {table.mentions_any}
                )

                select '{table.source_table}', _file, _row, _landed_at, owner
                from naming
                inner join mentions on regexp_matches(told, pattern, 'i')
                """,
                {"mentions": "|".join(mentions)},
            )


def _found(
    connection: duckdb.DuckDBPyConnection, source_table: str, rows: str = "found_rows"
) -> bool:
    return bool(
        connection.execute(
            f"select 1 from {rows} where source_table = ? limit 1", [source_table]
        ).fetchone()
    )


# ---- taking the person out -------------------------------------------------------------------


def counts(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, LandedTable]
) -> dict[str, tuple[str, int]]:
    """What is done to the rows that were found and to how many, by landed table."""
    return {
        source_table: (action_of(tables[source_table]), count)
        for source_table, count in connection.execute(
            "select source_table, count(*) from found_rows group by all order by all"
        ).fetchall()
        if action_of(tables[source_table]) != "kept"
    }


def action_of(table: LandedTable) -> str:
    """In a word: deleted, masked, or kept where nothing in the row is personal."""
    if table.deletes_row:
        return "deleted"
    return "masked" if table.cleared else "kept"


def take_out(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, LandedTable],
    *,
    leaves_line: bool = True,
) -> dict[str, int]:
    """Delete or mask the rows that were found, within the caller's transaction; counts by table.

    A row that goes leaves a line without its content in landing.rejected_rows, so that landed =
    accepted + duplicate + rejected holds; without leaves_line, it has not landed. A second call
    changes nothing more.
    """
    done: dict[str, int] = {}
    found = connection.execute("select distinct source_table from found_rows").fetchall()
    for (source_table,) in sorted(found):
        table = tables[source_table]
        here = _is_in("found_rows", source_table)
        if table.deletes_row:
            if leaves_line:
                connection.execute(
                    f"""
                    insert into landing.rejected_rows
                    select '{table.source}', '{source_table}', _file, _row, _batch_id, _landed_at,
                        '{WITHHELD}', null
                    from {table.relation} where {here}
                    """
                )
            connection.execute(
                f"""
                update landing.files
                set
                    row_count = files.row_count - gone.gone_count,
                    rejected_count = files.rejected_count + if($leaves_line, gone.gone_count, 0)
                from (
                    select _file, _batch_id, count(*) as gone_count
                    from {table.relation} where {here} group by all
                ) as gone
                where files.file = gone._file and files.batch_id = gone._batch_id
                """,
                {"leaves_line": leaves_line},
            )
            changed = connection.execute(f"delete from {table.relation} where {here}").fetchone()
        elif table.cleared:
            values = ", ".join(f'"{name}" = null' for name in table.cleared)
            changed = connection.execute(
                f"update {table.relation} set {values} where {here}"
            ).fetchone()
        else:
            continue
        done[source_table] = int(changed[0]) if changed else 0
    return done


def blot_out(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, LandedTable], mentions: str
) -> None:
    """Blot out what the pattern matches in the texts of ``mentioned_rows``."""
    for (source_table,) in connection.execute(
        "select distinct source_table from mentioned_rows order by all"
    ).fetchall():
        table = tables[source_table]
        if table.text_columns:
            values = ", ".join(
                f"\"{name}\" = regexp_replace(\"{name}\", $mentions, '{ERASED}', 'gi')"
                for name in table.text_columns
            )
            connection.execute(
                f"update {table.relation} set {values} "
                f"where {_is_in('mentioned_rows', source_table)} and ({table.mentions_any})",
                {"mentions": mentions},
            )


def _is_in(rows: str, source_table: str) -> str:
    """SQL that is true when a raw row is one of those in a temporary table."""
    return (
        f"exists (select 1 from {rows} where source_table = '{source_table}' "
        "and landed_file = _file and landed_row = _row and landed_at = _landed_at)"
    )
