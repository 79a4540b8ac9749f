"""Personal data in the running system: every column is tagged, and readers get no identifiers."""

from __future__ import annotations

import json
import re
from itertools import groupby

import duckdb
import pytest

from orchestration.column_tags import Dictionary, UntaggedColumnsError, table_in_warehouse
from orchestration.data_requests import erasure, scan

SCHEMAS = ("staging", "identity_graph", "unified_customer", "marts", "marts_work")
EMAIL = r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}"


@pytest.fixture(scope="module")
def connection(world):
    """Published file and warehouse side by side, with what is known of the demo's people."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{world.paths.serving}' as published (read_only)")
        connection.execute(f"attach '{world.paths.warehouse}' as warehouse (read_only)")
        connection.execute(
            """
            create table numbers as
            with phones as (
                select phone from warehouse.staging.harmonized_customers
                union select phone from warehouse.staging.harmonized_orders
            )
            select ltrim(phone, '+') as digits from phones where phone is not null
            union
            select substr(phone, 4) from phones where phone like '+34%'
            """
        )
        truth = world.folder / "house" / "truth" / "persons" / "*.parquet"
        connection.execute(
            f"""
            create table people as
            select distinct lower(strip_accents(given_name || ' ' || family_name)) as full_name
            from read_parquet('{truth}')
            where given_name is not null and family_name is not null
            """
        )
        yield connection


def texts(connection, database, tables):
    """Every distinct text of the tables, with the column that holds it."""
    connection.execute("create or replace table texts (place varchar, value varchar)")
    for schema, table in tables:
        for (column,) in connection.execute(
            "select column_name from duckdb_columns() where database_name = ? and schema_name = ?"
            " and table_name = ? and data_type = 'VARCHAR'",
            [database, schema, table],
        ).fetchall():
            connection.execute(
                f"insert into texts select distinct '{table}.{column}', "
                f'"{column}" from {database}.{schema}."{table}" where "{column}" is not null'
            )
    return connection.execute("select count(*) from texts").fetchone()[0]


def identifiers_in_texts(connection):
    """Places that hold an e-mail address, a phone number or the name of a person of the demo."""
    emails = connection.execute(
        f"select distinct place, 'e-mail' from texts where regexp_matches(lower(value), '{EMAIL}')"
    ).fetchall()
    phones = connection.execute(
        """
        with runs as (
            select
                place,
                unnest(
                    regexp_extract_all(regexp_replace(value, '[ .()-]', '', 'g'), '[0-9]{9,15}')
                ) as digits
            from texts
        )
        select distinct runs.place, 'phone'
        from runs
        inner join numbers on runs.digits = numbers.digits
        """
    ).fetchall()
    names = connection.execute(
        """
        select distinct place, 'name'
        from texts
        join people on contains(lower(strip_accents(texts.value)), people.full_name)
        """
    ).fetchall()
    return set(emails + phones + names)


def marts(connection):
    return [
        ("marts", table)
        for (table,) in connection.execute(
            "select table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall()
    ]


def test_the_scan_finds_what_there_is(connection):
    """The same scan of the room that holds the golden records finds all three."""
    assert texts(connection, "warehouse", [("unified_customer", "unified_customers")]) > 100
    found = identifiers_in_texts(connection)
    assert {
        ("unified_customers.email", "e-mail"),
        ("unified_customers.phone", "phone"),
        ("unified_customers.full_name", "name"),
    } <= found


def test_published_values_hold_no_email_phone_or_name(connection):
    tables = marts(connection)
    assert len(tables) > 25
    assert texts(connection, "published", tables) > 1000
    assert not identifiers_in_texts(connection)


def test_activation_files_hold_digests_and_no_identifiers(world):
    files = list((world.paths.current / "activation").glob("*.csv"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8").lower()
        assert not re.search(EMAIL, text), file
        assert not re.search(r"\+[0-9]{8,15}", text), file


def test_what_runs_leave_behind_names_nobody(world, connection, monkeypatch):
    """Logs, audit pages, compiled models, Dagster's records and dashboards, searched by byte."""
    words = connection.execute(
        """
        with points as (
            select email as word from warehouse.staging.harmonized_customers
            union select loyalty_number from warehouse.staging.harmonized_customers
            union select digits from numbers
            union select full_name from people where contains(full_name, ' ')
        )
        select lower(word) from points
        where length(word) > 8 and word not like '%600000000'  -- which examples have, too
        """
    ).fetchall()
    pattern = r"\b(?:" + "|".join(re.escape(word) for (word,) in words) + r")\b"
    monkeypatch.setenv("DAGSTER_HOME", world.environ["DAGSTER_HOME"])
    monkeypatch.setenv("DBT_LOG_PATH", world.environ["DBT_LOG_PATH"])
    places = [*erasure.made_again(world.paths), world.folder / "dagster", world.paths.dashboards]
    files = set(scan.files_below([*places, world.paths.current / "manifest.json"]))
    assert {".html", ".json", ".log", ".db", ".sql", ".err"} <= {file.suffix for file in files}
    assert not scan.count_in_files(files, pattern)
    assert len(scan.count_in_files(scan.files_below([world.paths.landing]), pattern)) > 10


def test_every_column_of_the_warehouse_has_a_tag(world):
    """Working steps too, whose columns no YAML declares."""
    manifest = json.loads((world.paths.target / "manifest.json").read_text())
    dictionary = Dictionary.load()
    with duckdb.connect(str(world.paths.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns()"
            f" where schema_name in {SCHEMAS} order by schema_name, table_name, column_index"
        ).fetchall()
    problems, tagged = [], 0
    for (_, name), columns in groupby(rows, key=lambda row: row[:2]):
        table = table_in_warehouse(manifest, name, [(row[2], row[3]) for row in columns])
        try:
            tagged += bool(dictionary.tags_of(table))
        except UntaggedColumnsError as error:
            problems.append(str(error))
    assert not problems, "\n" + "\n".join(problems)
    assert tagged > 120
