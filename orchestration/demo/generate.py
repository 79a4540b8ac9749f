"""Run the SQL of the demo world, chunk by chunk, and write what each source would deliver.

The life of the people is made by the numbered files in ``sql/``; ``source_<name>.sql`` shows it in
the schema of a connector, as views named after the declared tables. This module binds the views to
the declared columns and types and writes the files. It holds no rule about the data itself.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.demo.declared import DeclaredTable, declared_tables

SQL = Path(__file__).parent / "sql"
SEEDS = Path(__file__).parent / "data"
HISTORY_DAYS = 365
MOST_PEOPLE = 2_000_000  # beyond this the ids of order lines would repeat
PEOPLE_PER_CHUNK = 25_000

WORLD_FILES = ["00_draws", "10_world", "15_choices"]
CHUNK_FILES = ["20_people", "30_behaviour", "35_interests", "40_bots", "50_truth"]
SOURCE_FILES = [
    "source_shopify",
    "source_stripe",
    "source_pos",
    "source_erp",
    "source_loyalty",
    "source_klaviyo",
    "source_zendesk",
    "source_salesforce",
    "source_segment",
    "source_ga4",
    "source_ads",
    "source_contract",
    "60_versions",
]
FORMATS = {"pos.visits": "csv", "zendesk.ticket": "jsonl"}
# Columns that name a row where the first column does not.
KEYS = {
    "ads.spend": ["platform", "campaign", "spend_date"],
    "contract.identity_labels": ["source_record_id"],
    "contract.list_checks": ["source_record_id"],
    "erp.stock": ["variant_id", "site_id", "observed_at"],
    "ga4.events": ["user_pseudo_id", "event_timestamp", "event_name"],
    "pos.receipt_lines": ["receipt_id", "line_no"],
    "shopify.customer_tag": ["customer_id", "index"],
    "shopify.discount_allocation": ["order_line_id", "index"],
    "shopify.discount_application": ["order_id", "index"],
    "shopify.inventory_level": ["inventory_item_id", "location_id"],
    "shopify.inventory_quantity": ["inventory_item_id", "name"],
    "shopify.order_discount_code": ["order_id", "index"],
    "shopify.tax_line": ["order_line_id", "index"],
}
# The column by which a row reaches the warehouse; tables that have none arrive in any order.
TIMES = [
    "updated_at",
    "last_modified_date",
    "updated",
    "received_at",
    "receipt_at",
    "occurred_at",
    "posted_at",
    "observed_at",
    "datetime",
    "created_at",
    "created",
    "processed_at",
    "visited_at",
    "clicked_at",
    "checked_at",
    "labelled_at",
    "spend_date",
    "event_date",
]
DUPLICATE_SHARE = 0.002
# Types of the columns of data/*.csv that are not text.
SEED_TYPES = {
    "cost_per_click": "decimal(18,4)",
    "ends_day": "bigint",
    "is_consumable": "boolean",
    "location_no": "bigint",
    "percent": "bigint",
    "price_from": "double",
    "price_to": "double",
    "share": "bigint",
    "starts_day": "bigint",
    "tax_rate": "double",
    "weight": "bigint",
}


@dataclass(frozen=True)
class DemoRequest:
    """What to make and where.

    ``until`` is the UTC midnight at which the history ends; ``truth`` must lie outside ``out``, so
    that no loader can take it for input. ``batches`` = 0 writes one delivery; N > 0 writes N of
    them, ``out/batch_01`` and so on, with late and repeated rows.
    """

    out: Path
    truth: Path
    people: int = 20_000
    seed: int = 7
    until: dt.date = field(default_factory=lambda: dt.datetime.now(dt.UTC).date())
    batches: int = 0
    threads: int = 2
    memory_limit: str = "5GB"
    temp_directory: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be made.

        Raises:
            ValueError: a number out of range, or the truth inside the landing folder.
        """
        if not 1 <= self.people <= MOST_PEOPLE:
            raise ValueError(f"people must be between 1 and {MOST_PEOPLE}, not {self.people}")
        if not 0 <= self.batches <= 99:
            raise ValueError(f"batches must be between 0 and 99, not {self.batches}")
        if self.truth.resolve().is_relative_to(self.out.resolve()):
            raise ValueError(f"the truth ({self.truth}) must lie outside {self.out}")


def generate(request: DemoRequest) -> dict[str, int]:
    """Make the demo data; return the number of rows written per ``source.table``."""
    # Labels are about the records of all other tables, so they are written last.
    tables = sorted(declared_tables(), key=lambda table: table.name == "identity_labels")
    connection = duckdb.connect(config=_settings(request))
    try:
        connection.execute("set enable_progress_bar = false")
        _load_seeds(connection)
        _set_variables(connection, request)
        for name in WORLD_FILES:
            connection.execute(_sql(name))
        chunk_sql = [_sql(name) for name in CHUNK_FILES + SOURCE_FILES]
        writer = _Writer(connection, request, tables)
        writer.clean()
        for part, (first, last) in enumerate(_chunks(request.people), start=1):
            connection.execute(f"set variable first_person = {first}")
            connection.execute(f"set variable last_person = {last}")
            connection.execute(f"set variable is_first_chunk = {part == 1}")
            writer.begin_chunk()
            for statements in chunk_sql:
                connection.execute(statements)
            writer.write_chunk(part)
        return writer.rows
    finally:
        connection.close()


def _sql(name: str) -> str:
    """The text of one file of ``sql/``."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _settings(request: DemoRequest) -> dict[str, str | bool | int | float | list[str]]:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": request.threads,
        "memory_limit": request.memory_limit,
    }
    if request.temp_directory is not None:
        settings["temp_directory"] = str(request.temp_directory)
    return settings


def _chunks(people: int) -> Iterator[tuple[int, int]]:
    """First and last person number of each chunk, both included."""
    for first in range(1, people + 1, PEOPLE_PER_CHUNK):
        yield first, min(first + PEOPLE_PER_CHUNK - 1, people)


def _load_seeds(connection: duckdb.DuckDBPyConnection) -> None:
    """Load each CSV of names and places as ``seed_<name>``, numbered by ``position``."""
    for path in sorted(SEEDS.glob("*.csv")):
        header = path.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        columns = {name: SEED_TYPES.get(name, "varchar") for name in header}
        connection.execute(
            f"create temp table seed_{path.stem} as "
            "select row_number() over () as position, * "
            f"from read_csv('{path}', header = true, delim = ',', quote = '\"', escape = '\"', "
            f"auto_detect = false, parallel = false, columns = {columns})"
        )


def _set_variables(connection: duckdb.DuckDBPyConnection, request: DemoRequest) -> None:
    since = request.until - dt.timedelta(days=HISTORY_DAYS)
    products = min(480, max(80, 80 + request.people // 100)) // 20 * 20
    for name, value in {
        "seed": f"'{request.seed}'",
        "people": str(request.people),
        "products": str(products),
        "days": str(HISTORY_DAYS),
        "since": f"timestamp '{since:%Y-%m-%d}'",
        "until": f"timestamp '{request.until:%Y-%m-%d}'",
    }.items():
        connection.execute(f"set variable {name} = {value}")


class _Writer:
    """Writes the views of a chunk as files and keeps count."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        request: DemoRequest,
        tables: list[DeclaredTable],
    ) -> None:
        self.connection = connection
        self.request = request
        self.tables = tables
        self.rows = {table.full_name: 0 for table in tables}
        self.dirty = _dirty_statements()
        self.truth = _sql("truth")

    def clean(self) -> None:
        """Remove what an earlier run left in the folders of tables and truth."""
        for folder in [*self.request.out.glob("batch_[0-9][0-9]"), self.request.out]:
            for table in self.tables:
                shutil.rmtree(folder / table.source / table.name, ignore_errors=True)
        for name in ("persons", "records", "anonymous_ids"):
            shutil.rmtree(self.request.truth / name, ignore_errors=True)
        self.request.truth.mkdir(parents=True, exist_ok=True)

    def begin_chunk(self) -> None:
        """Forget who stood behind the records of the chunk before."""
        self.connection.execute(
            "create or replace temp table truth_seen (source_name varchar, entity varchar, "
            "source_record_id varchar, anonymous_id varchar, person_id varchar, "
            "has_identifier boolean)"
        )

    def write_chunk(self, part: int) -> None:
        """Write every table of the chunk that has rows, then the truth about it."""
        for table in self.tables:
            self._materialise(table, part)
            self._note_truth(table)
            if self.request.batches == 0:
                self.rows[table.full_name] += self._copy(table, self.request.out, part, "true")
            for batch in range(1, self.request.batches + 1):
                self.rows[table.full_name] += self._copy(
                    table,
                    self.request.out / f"batch_{batch:02d}",
                    part,
                    f"list_contains(_batches, {batch})",
                )
        self._write_truth(part)

    def _materialise(self, table: DeclaredTable, part: int) -> None:
        """Bring the view to the declared columns as the temp table ``delivered``."""
        present = self._columns_of(table.full_name)
        more = self._columns_of(f"{table.full_name}__more")
        text_times = table.full_name in FORMATS
        columns = []
        for name, declared in table.columns.items():
            source = f'"{name}"' if name in present else "null"
            cast = f"cast({source} as {declared})"
            if text_times and declared in {"timestamp", "date"}:
                cast = f"cast({cast} as varchar)"
            columns.append(f'{cast} as "{name}"')
        # Columns that start with "_" and are not declared are for the truth alone.
        helpers = [name for name in present if name.startswith("_") and name not in table.columns]
        if "_person_id" not in helpers:
            helpers.append("null::varchar as _person_id")
        source_sql = f'select * from "{table.full_name}"'
        if more:
            source_sql += f' union all by name select * from "{table.full_name}__more"'
        self.connection.execute(
            "create or replace temp table landed as "
            f"select {', '.join(columns + helpers)} from ({source_sql}) as delivered_rows"
        )
        # "_tie" orders dirty rows that share time and key; others have a key of their own.
        statements = ["select *, null as _tie from landed"]
        key = self._key_text(table)
        statements.append(
            "select *, null as _tie from landed "
            f"where draw('repeated {table.full_name}', {key}) < {DUPLICATE_SHARE}"
        )
        if part == 1 and table.full_name in self.dirty:
            statements.append(
                "select *, md5(dirty_rows::varchar) as _tie "
                f"from ({self.dirty[table.full_name]}) as dirty_rows"
            )
        kind = "view" if self.request.batches == 0 else "table"
        for old_kind in ("view", "table"):
            self._drop("delivered", old_kind)
        self.connection.execute(
            f"create temp {kind} delivered as "
            f"select *, {self._batches(table)} as _batches from ("
            + " union all by name ".join(statements)
            + ") as all_rows"
        )

    def _batches(self, table: DeclaredTable) -> str:
        """Batches of a row: by time, a few later than their time, a few twice."""
        count = self.request.batches
        if count == 0:
            return "null"
        key = self._key_text(table)
        anywhere = f"1 + draw_integer('batch {table.full_name}', {key}, {count})"
        time = next((name for name in TIMES if name in table.columns), None)
        if time is None:
            in_time = anywhere
        else:
            moment = f'try_cast("{time}" as timestamp)'
            if time == "event_date":
                moment = "make_timestamp(event_timestamp)"
            days = f"date_diff('day', getvariable('since')::timestamp, {moment})"
            in_time = f"greatest(1, least({count}, 1 + ({days} * {count}) // getvariable('days')))"
        late = f"draw('late batch {table.full_name}', {key}) < 0.06"
        again = f"draw('sent again {table.full_name}', {key}) < 0.02"
        other = f"1 + draw_integer('other batch {table.full_name}', {key}, {count})"
        first = (
            f"coalesce(case when {late} then greatest({in_time}, {anywhere}) else {in_time} end, 1)"
        )
        return f"case when {again} then [{first}, {other}] else [{first}] end"

    def _key_text(self, table: DeclaredTable) -> str:
        keys = KEYS.get(table.full_name, [next(iter(table.columns))])
        return " || ' ' || ".join(f"coalesce(\"{key}\"::varchar, '')" for key in keys)

    def _copy(self, table: DeclaredTable, folder: Path, part: int, condition: str) -> int:
        """Write the rows under a condition to one file, in a fixed order; return their number."""
        if not self.connection.execute(
            f"select 1 from delivered where {condition} limit 1"
        ).fetchone():
            return 0
        extension = FORMATS.get(table.full_name, "parquet")
        target = folder / table.source / table.name / f"part-{part:04d}.{extension}"
        target.parent.mkdir(parents=True, exist_ok=True)
        options = {
            "parquet": "(format parquet, compression zstd, row_group_size 122880)",
            "csv": "(format csv, header true)",
            "jsonl": "(format json, array false)",
        }[extension]
        columns = ", ".join(f'"{name}"' for name in table.columns)
        time = next((name for name in TIMES if name in table.columns), None)
        keys = KEYS.get(table.full_name, [next(iter(table.columns))])
        order = ", ".join(f'"{name}"' for name in ([time] if time else []) + keys)
        row = self.connection.execute(
            f"copy (select {columns} from delivered where {condition} order by {order}, _tie) "
            f"to '{target}' {options}"
        ).fetchone()
        return int(row[0]) if row else 0

    def _note_truth(self, table: DeclaredTable) -> None:
        """Remember who stands behind the records of this table."""
        match = re.search(
            rf"-- table: {re.escape(table.full_name)}\n(.*?)(?=-- table:|\Z)", self.truth, re.DOTALL
        )
        if match:
            self.connection.execute(f"insert into truth_seen by name {match.group(1)}")

    def _write_truth(self, part: int) -> None:
        for name, query in {
            "persons": 'select * from "truth.persons" order by person_id',
            "records": (
                "select source_name, entity, source_record_id, person_id, "
                "coalesce(has_identifier, true) as has_identifier from truth_seen "
                "where entity is not null order by all"
            ),
            "anonymous_ids": (
                "select source_name, anonymous_id, case when count(distinct person_id) = 1 "
                "and not bool_or(is_kiosk) then min(person_id) end as person_id, "
                "count(distinct person_id) as people, bool_or(is_kiosk) as is_kiosk "
                "from truth_anonymous group by all order by all"
            ),
        }.items():
            if name == "anonymous_ids":
                self.connection.execute(
                    "create or replace temp table truth_anonymous as "
                    "select distinct truth_seen.source_name, truth_seen.anonymous_id, "
                    "truth_seen.person_id, kiosks.anonymous_id is not null as is_kiosk "
                    "from truth_seen left join kiosks using (anonymous_id) "
                    "where truth_seen.anonymous_id is not null"
                )
                if part > 1:
                    # A kiosk is used by people of every chunk: the first one names it.
                    query = f"select * from ({query}) where not is_kiosk"
            folder = self.request.truth / name
            folder.mkdir(parents=True, exist_ok=True)
            self.connection.execute(
                f"copy ({query}) to '{folder / f'part-{part:04d}.parquet'}' (format parquet)"
            )

    def _columns_of(self, view: str) -> list[str]:
        """Columns of a view, none when there is no such view."""
        rows = self.connection.execute(
            "select column_name from duckdb_columns() where table_name = ? order by column_index",
            [view],
        ).fetchall()
        return [name for (name,) in rows]

    def _drop(self, name: str, kind: str) -> None:
        """Drop a temp view or table of a name when it is of that kind."""
        found = self.connection.execute(
            "select 1 from duckdb_views() where view_name = ?"
            if kind == "view"
            else "select 1 from duckdb_tables() where table_name = ?",
            [name],
        ).fetchone()
        if found:
            self.connection.execute(f"drop {kind} {name}")


def _dirty_statements() -> dict[str, str]:
    """The statements of ``dirty.sql`` by table."""
    text = _sql("dirty")
    parts = re.split(r"^-- table: (\S+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[0::2], parts[1::2], strict=True))
