"""Reading and harmonising beside the floor: DuckDB that scans the same files and writes them.

    python -m benchmarks.reading [--rows 2000000] [--formats parquet csv jsonl] [--files 4]

Events in the shape of the contract, some of them twice, as files of each format. For each: the
loader reads them into the raw table, the harmonised table is built over the staging view, both as
in a first run; the floor reads the same files with the same types into a table of a new database,
and nothing else. Each side is a process of its own with two threads; prints CPU seconds, peak
memory and ratios to the floor.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.measure import Measurement, environment_for, measured
from orchestration.landing import ensure_tables
from orchestration.landing_reader import read_declarations
from orchestration.paths import ROOT

TABLE = "contract.events"
MODEL = "harmonized_events"
FORMATS = ("parquet", "csv", "jsonl")
SHARE_AGAIN = 0.02  # rows that come a second time, as connectors deliver them
EVENTS = """
select
    'web' as source_name,
    'e' || number as source_record_id,
    'e' || number as event_id,
    ['product_viewed', 'page_viewed', 'add_to_cart', 'checkout_started'][number % 4 + 1]
        as event_type,
    'web' as channel,
    timestamp '2026-01-01' + to_seconds(number % 15000000) as occurred_at,
    occurred_at + interval 3 seconds as received_at,
    'anon-' || hash(number % 400009) as anonymous_id,
    null::varchar as device_id,
    case when number % 5 = 0 then 'u' || number % 90001 end as user_id,
    null::varchar as customer_record_id,
    case when number % 5 = 0 then 'Person.' || number % 90001 || '@Mail.example' end as email,
    's' || number % 1000003 as session_key,
    'https://shop.example/p/' || number % 5003 || '?ref=' || number % 17 as page_url,
    case when number % 3 = 0 then 'https://search.example/' end as referrer,
    case when number % 3 = 0 then 'search' end as utm_source,
    case when number % 3 = 0 then 'cpc' end as utm_medium,
    case when number % 3 = 0 then 'spring-' || number % 11 end as utm_campaign,
    'p' || number % 5003 as product_id,
    'v' || number % 20011 as variant_id,
    null::varchar as order_id,
    null::varchar as items,
    1 as quantity,
    (number % 20000 / 100)::decimal(18, 2) as value,
    'EUR' as currency,
    (number % 300)::double as duration_seconds,
    'Mozilla/5.0 (X11; Linux x86_64) browser/' || number % 37 as user_agent,
    '{{"experiment": "' || number % 7 || '"}}' as properties,
    occurred_at as recorded_at
from (select unnest(range({first}, {last})) as number)
"""
FLOOR = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], config={"threads": 2, "memory_limit": "6GB"})
connection.execute("set preserve_insertion_order = false")
connection.execute("create table events as select * from " + sys.argv[2])
"""
HARMONIZE = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], config={"threads": 2, "memory_limit": "6GB"})
connection.execute("set preserve_insertion_order = false")
connection.execute("set timezone = 'UTC'")
sql = open(sys.argv[2]).read()
connection.execute("create or replace table staging.harmonized_events as " + sql)
"""


def write_files(folder: Path, rows: int, files: int, format: str) -> None:
    """Write the events as files of one format."""
    options = {"parquet": "format parquet", "csv": "format csv, header", "jsonl": "format json"}
    folder.mkdir(parents=True)
    connection = duckdb.connect(config={"threads": 2})
    for number in range(files):
        first, last = rows * number // files, rows * (number + 1) // files
        again = first - int((last - first) * SHARE_AGAIN)
        events = EVENTS.format(first=max(0, again), last=last)
        connection.execute(
            f"copy ({events}) to '{folder}/part-{number}.{format}' ({options[format]})"
        )


def reader_of(folder: Path, format: str) -> str:
    """DuckDB's own reader of the files, with the declared types."""
    columns = ", ".join(
        f"'{column.name}': '{column.data_type}'"
        for column in read_declarations(ROOT)[TABLE].columns
    )
    return {
        "parquet": f"read_parquet('{folder}/*.parquet')",
        "csv": f"read_csv('{folder}/*.csv', header = true, auto_detect = false, delim = ',', "
        f"quote = '\"', columns = {{{columns}}})",
        "jsonl": f"read_json('{folder}/*.jsonl', format = 'newline_delimited', "
        f"columns = {{{columns}}})",
    }[format]


def prepare(folder: Path) -> None:
    """A warehouse with the raw tables and the staging view, and the SQL of the harmonised table."""
    environment = environment_for(folder)
    log = folder / "bench.log"
    ensure_tables(folder / "warehouse.duckdb", ROOT)
    dbt = str(Path(sys.executable).with_name("dbt"))
    sources = {table.source for table in read_declarations(ROOT).values()} - {"contract"}
    others_off = {f"{source}_enabled": False for source in sources}
    variables = ("--vars", json.dumps({"as_of": "2026-12-31", **others_off}))
    for command in (
        ("seed", "--select", "path:seeds/reference"),
        ("run", "--select", "stg_contract__events"),
        ("compile", "--full-refresh", "--select", MODEL),
    ):
        measured([dbt, *command, *variables], ROOT, environment, log)


def measure_format(folder: Path, rows: int, files: int, format: str) -> list[Measurement]:
    """Floor, reading and harmonising of one format."""
    landing = folder / f"landing-{format}"
    write_files(landing / TABLE.replace(".", "/"), rows, files, format)
    environment = {**environment_for(folder), "CDP_LANDING": str(landing), "CDP_THREADS": "2"}
    log = folder / "bench.log"
    source = landing / TABLE.replace(".", "/")
    floor_file = folder / f"floor-{format}.duckdb"
    python = sys.executable
    floor = measured(
        [python, "-c", FLOOR, str(floor_file), reader_of(source, format)], ROOT, environment, log
    )
    floor_file.unlink()
    warehouse = Path(environment["CDP_WAREHOUSE"])
    empty = warehouse.read_bytes()
    reading = measured([python, "-m", "orchestration.landing"], ROOT, environment, log)
    sql = next((folder / "target" / "compiled").rglob(f"{MODEL}.sql"))
    harmonizing = measured(
        [python, "-c", HARMONIZE, str(warehouse), str(sql)], ROOT, environment, log
    )
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            f"select count(*), sum(times_landed) from staging.{MODEL}"
        ).fetchone()
    if found is None or found[0] != rows:
        raise SystemExit(f"{found} harmonised, expected {rows} records; see {log}")
    warehouse.write_bytes(empty)
    return [floor, reading, harmonizing]


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--folder", type=Path, help="keep the files here (default: temporary)")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cdp-bench-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        prepare(folder)
        print(f"the view is made, {time.monotonic() - started:.0f} s", flush=True)
        print(
            f"{'format':>8} {'rows':>11} {'floor CPU':>10} {'read CPU':>9} {'x':>5} {'GiB':>5} "
            f"{'harmonise CPU':>14} {'x':>5} {'GiB':>5} {'both x':>7}"
        )
        for format in options.formats:
            floor, reading, harmonizing = measure_format(
                folder, options.rows, options.files, format
            )
            unit = floor.cpu_seconds
            print(
                f"{format:>8} {options.rows:>11,} {unit:>10.1f} {reading.cpu_seconds:>9.1f}"
                f" {reading.cpu_seconds / unit:>5.1f} {reading.peak_gib:>5.2f}"
                f" {harmonizing.cpu_seconds:>14.1f} {harmonizing.cpu_seconds / unit:>5.1f}"
                f" {harmonizing.peak_gib:>5.2f}"
                f" {(reading.cpu_seconds + harmonizing.cpu_seconds) / unit:>7.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
