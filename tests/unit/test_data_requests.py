"""Data requests: digests, landing files, the search, what lands again, killed steps."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pytest
from macro_renderer import macro_renderer

from orchestration import landing as loader
from orchestration import landing_reader
from orchestration.data_requests import (
    erasure,
    landed_rows,
    landing_files,
    lifting,
    scan,
    statements,
    tombstones,
    withholding,
)
from orchestration.data_requests.__main__ import identifier_in, request_in
from orchestration.data_requests.landed_rows import LandedTable
from orchestration.data_requests.person import (
    Person,
    PersonError,
    contact_point_key,
    text_of,
)
from orchestration.data_requests.steps import each
from orchestration.paths import ROOT, Paths

KEY = b"a recipe of the family"
ANA = Person(
    customer_ids=("c1",),
    identifiers=(
        ("email", "ana@example.org"),
        ("phone", "+34612345678"),
        ("customer_record", "shop|7"),
        ("customer_record", "crm|003ABCDEFG"),
        ("customer_record", "shop|order-5001"),
        ("order_id", "5001"),
        ("customer_record", "till|order-RS07-0704418703"),
        ("order_id", "RS07-0704418703"),
    ),
    keys=(
        tombstones.plain_key("email|ana@example.org"),
        tombstones.plain_key("customer_record|shop|7"),
    ),
    spellings=("612 345 678", "ANA@EXAMPLE.ORG"),
)


# ---- digests ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [b"k" * 16, b"k" * 64, b"k" * 200])
@pytest.mark.parametrize("text", ["email|ana@example.org", "record|shop.customer|ñandú", ""])
def test_sql_and_python_give_the_hmac_of_the_standard(key, text):
    plain = hashlib.sha256(text.encode()).hexdigest().encode()
    expected = hmac.new(key, plain, hashlib.sha256).hexdigest()
    with duckdb.connect() as connection:
        tombstones.create_table(connection)
        tombstones.use(connection, key)
        in_sql = connection.execute(f"select {tombstones.digest_sql('$1')}", [text]).fetchone()[0]
    assert in_sql == tombstones.digest(key, text) == expected


@pytest.mark.parametrize("environ", [{}, {tombstones.VARIABLE: "short"}])
def test_without_a_key_nothing_goes_on_and_the_message_says_what_to_do(environ):
    with pytest.raises(tombstones.PepperError, match=f"Set {tombstones.VARIABLE}"):
        tombstones.pepper(environ)


def test_another_key_is_refused_when_there_are_tombstones():
    with duckdb.connect() as connection:
        tombstones.create_table(connection)
        canary = tombstones.digest(KEY, tombstones.CANARY)
        tombstones.add(connection, [tombstones.Tombstone(canary, "r1", "2026-01-01 00:00:00")])
        tombstones.use(connection, KEY)
        with pytest.raises(tombstones.PepperError, match="is not the secret"):
            tombstones.use(connection, b"another recipe altogether")


def test_tombstones_are_only_added_to_and_outlive_the_warehouse(tmp_path):
    one = tombstones.Tombstone("aa", "r1", "2026-01-01 00:00:00")
    with duckdb.connect() as connection:
        tombstones.add(connection, [one])
        tombstones.add(connection, [tombstones.Tombstone("aa", "r2", "2026-02-02 00:00:00")])
        tombstones.remember(connection, tmp_path)
    with duckdb.connect() as connection:
        tombstones.recall(connection, tmp_path)
        tombstones.recall(connection, tmp_path)
        assert connection.execute(
            "select digest, request_id from landing.tombstones"
        ).fetchall() == [("aa", "r1")]


# ---- who it is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given", "text"),
    [
        ("email", " Ana@Example.ORG ", "email|ana@example.org"),
        ("phone", "+34 612-345 678", "phone|+34612345678"),
        ("loyalty_number", "27-00.14", "loyalty_number|270014"),
        ("user_id", " U7 ", "user_id|U7"),
    ],
)
def test_an_identifier_is_compared_as_the_graph_writes_it(kind, given, text):
    assert text_of(kind, given) == text


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("write to Ana@Example.org, please", True),
        ("call +34612345678", True),
        ("call 612 345 678!", True),
        ("see 003abcdefg", True),
        ("write to juana@example.org", False),
        ("write to ana@example.organic", False),
        ("parcel order-5001", False),  # the order stays
        ("receipt RS07-0704418703", False),
        ("parcel order-RS07-0704418703", False),
        ("part 346123456789", False),
        ("7 apples", False),
    ],
)
def test_a_person_is_named_by_whole_identifiers_only(text, is_named):
    assert bool(re.search(ANA.mentions, text, re.IGNORECASE)) == is_named
    with duckdb.connect() as connection:
        found = connection.execute("select regexp_matches($1, $2, 'i')", [text, ANA.mentions])
        assert found.fetchone()[0] == is_named


def test_nobody_without_identifiers_is_named_anywhere():
    nobody = Person(customer_ids=("c2",), identifiers=(), keys=())
    assert not re.search(nobody.mentions, "anything at all")


# ---- landing files ---------------------------------------------------------------------------

COLUMNS = ("id", "email", "total", "note")
LINES = [
    (1, "juan@example.org", 10.5, "ask ana@example.org, she knows"),
    (2, "ana@example.org", 20.25, "gift"),
    (3, "eva@example.org", 30.0, 'says "hello"\nand more'),
]


def landed_table(*, deletes_row):
    rules = {"id": "keep", "email": "nullify", "total": "keep", "note": "nullify"}
    return LandedTable("shop", "orders", deletes_row, rules, ("email", "note"), {"email": "email"})


def write(folder, name):
    """The lines as a landing file, with a column that nobody has declared."""
    path = folder / "shop" / "orders" / name
    path.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(
            "create table lines (id int, email text, total double, note text, ip text)"
        )
        connection.executemany(
            "insert into lines values (?, ?, ?, ?, '10.0.0.1')", [list(line) for line in LINES]
        )
        if name.endswith(".parquet"):
            connection.execute(f"copy lines to '{path}' (format parquet)")
        elif ".csv" in name:
            kind = "gzip" if name.endswith(".gz") else "none"
            connection.execute(f"copy lines to '{path}' (format csv, header, compression {kind})")
        else:
            text = "".join(
                json.dumps({**dict(zip(COLUMNS, line, strict=True)), "ip": "10.0.0.1"}) + "\n"
                for line in LINES
            )
            if name.endswith(".gz"):
                path.write_bytes(gzip.compress(text.encode()))
            else:
                path.write_text(text)
    declared = landing_reader.DeclaredTable(
        "shop",
        "orders",
        False,
        tuple(
            landing_reader.DeclaredColumn(column, kind, False)
            for column, kind in zip(COLUMNS, ("bigint", "string", "double", "string"), strict=True)
        ),
        "here",
    )
    kind = next(
        landing_reader.FORMATS[s]
        for s in sorted(landing_reader.FORMATS, key=len)
        if name.endswith(s)
    )
    return landing_reader.LandingFile(path, f"shop/orders/{name}", declared, kind)


def read(path):
    """id, email, total, note and ip of every row of a file."""
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            reader = f"read_parquet('{path}')"
        elif ".csv" in path.name:
            reader = f"read_csv('{path}', header = true, all_varchar = true, quote = '\"')"
        else:
            columns = "{id: 'bigint', email: 'text', total: 'double', note: 'text', ip: 'text'}"
            reader = f"read_json('{path}', columns = {columns}, format = 'newline_delimited')"
        return connection.execute(
            f"select cast(id as bigint), email, cast(total as double), note, ip from {reader}"
        ).fetchall()


@pytest.mark.parametrize("deletes_row", [True, False])
@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.csv.gz", "a.jsonl", "a.jsonl.gz"])
def test_a_file_is_written_again_without_the_person(tmp_path, name, deletes_row):
    file = write(tmp_path, name)
    with duckdb.connect() as connection:
        landing_files.rewrite(
            connection, file, landed_table(deletes_row=deletes_row), {2}, ANA.mentions
        )
        once = file.path.read_bytes()
        assert read(file.path) == [
            (1, "juan@example.org", 10.5, "ask [erased], she knows", "10.0.0.1"),
            (None, None, None, None, None) if deletes_row else (2, None, 20.25, None, None),
            (3, "eva@example.org", 30.0, 'says "hello"\nand more', "10.0.0.1"),
        ]
        assert [path.name for path in file.path.parent.iterdir()] == [name]
        landing_files.rewrite(
            connection, file, landed_table(deletes_row=deletes_row), {2}, ANA.mentions
        )
    if not name.endswith(".gz"):  # which hold the time of their making
        assert file.path.read_bytes() == once


def test_lines_that_no_loader_could_read_stay_unless_they_name_the_person(tmp_path):
    file = write(tmp_path, "a.csv")
    with file.path.open("a") as stream:
        stream.write("4,eva@example.org,1.0,fine,x,one,too,many\n5,ana@example.org,1,2,3,4,5\n")
    with duckdb.connect() as connection:
        landing_files.rewrite(connection, file, landed_table(deletes_row=True), {2}, ANA.mentions)
    text = file.path.read_text()
    assert text.endswith("4,eva@example.org,1.0,fine,x,one,too,many\n")
    assert "ana@example" not in text


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_keeps_the_delimiter_and_the_encoding_of_its_table(tmp_path, encoding):
    file = write(tmp_path, "a.csv")
    header, first = "id;email;total;note", "1;juan@example.org;10.5;a\u00f1o: "
    file.path.write_text(
        f"{header}\n{first}ask ana@example.org\n2;ana@example.org;20.25;gift\n", encoding=encoding
    )
    assert scan.count_in_files([file.path], ANA.mentions) == {file.path: 2}
    declared = replace(file.table, delimiter=";", encoding=encoding)
    with duckdb.connect() as connection:
        landing_files.rewrite(
            connection,
            replace(file, table=declared),
            landed_table(deletes_row=False),
            {2},
            ANA.mentions,
        )
    assert file.path.read_text(encoding=encoding) == (f"{header}\n{first}ask [erased]\n2;;20.25;\n")
    assert scan.count_in_files([file.path], ANA.mentions) == {}


# ---- the search ------------------------------------------------------------------------------


def test_the_search_reads_every_kind_of_file(tmp_path):
    (tmp_path / "plain.log").write_bytes(b"x" * (scan.CHUNK - 5) + b" ana@example.org")
    (tmp_path / "blocks.bin").write_bytes(bytes(range(256)) * 99 + b"\0ANA@example.org\0\xff")
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(b"id\nANA@example.org\n"))
    (tmp_path / "clean.txt").write_text("juana@example.org")
    (tmp_path / "empty.txt").touch()
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select 'ana@example.org' as email, i from range(9) as t(i)) "
            f"to '{tmp_path}/rows.parquet' (format parquet, compression zstd)"
        )
    found = scan.count_in_files(scan.files_below([tmp_path]), ANA.mentions)
    assert {path.name: count for path, count in found.items()} == {
        "plain.log": 1,
        "blocks.bin": 1,
        "packed.csv.gz": 1,
        "rows.parquet": found[tmp_path / "rows.parquet"],
    }
    assert found[tmp_path / "rows.parquet"] >= 9


def test_whole_identifiers_are_found_wherever_a_file_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "CHUNK", 64)
    monkeypatch.setattr(scan, "OVERLAP", 32)
    naming = set()
    for place in range(30, 80):
        for text in ("ana@example.org", "juana@example.org", "ana@example.organic"):
            for after in ("", "." * 100):
                path = tmp_path / f"{text} at {place} before {len(after)}"
                path.write_text("." * place + text + after)
                naming |= {path} if text == "ana@example.org" else set()
    assert set(scan.count_in_files(scan.files_below([tmp_path]), ANA.mentions)) == naming


def test_the_search_reads_every_column_of_a_database(tmp_path):
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table plain as select 1 as id, 'nothing' as note")
        connection.execute("create schema room")
        connection.execute(
            "create table room.nested as select {'who': ['x', 'ana@example.org']} as told"
        )
    assert scan.count_in_database(path, ANA.mentions) == {"room.nested": 1}


# ---- what lands again ------------------------------------------------------------------------

MANIFEST = {
    "sources": {
        "source.p.shop.customer": {
            "source_name": "shop",
            "name": "customer",
            "schema": "landing_shop",
            "columns": {
                "id": {"data_type": "bigint"},
                "email": {"data_type": "string"},
                "name": {"data_type": "string"},
            },
        },
        "source.p.shop.order": {
            "source_name": "shop",
            "name": "order",
            "schema": "landing_shop",
            "columns": {
                "order_id": {"data_type": "bigint"},
                "customer_id": {"data_type": "bigint"},
                "total": {"data_type": "double"},
            },
        },
    },
    "nodes": {
        f"model.p.{name}": {
            "resource_type": "model",
            "name": name,
            "schema": "staging",
            "columns": {column: {} for column in columns},
            "config": {"meta": {"source_table": table, "primary": True, "entity": entity}},
        }
        for name, table, entity, columns in (
            ("stg_shop__customers", "shop.customer", "customers", ("source_record_id", "email")),
            (
                "stg_shop__orders",
                "shop.order",
                "orders",
                ("source_record_id", "order_id", "customer_record_id"),
            ),
        )
    },
}
MONDAY, TUESDAY = datetime(2026, 1, 5), datetime(2026, 1, 6)


@pytest.fixture
def warehouse(tmp_path, monkeypatch):
    """Two raw tables with their staging views; what the tombstones know is ANA."""
    monkeypatch.setenv(tombstones.VARIABLE, KEY.decode())
    monkeypatch.setattr(withholding.dbt_manifest, "prepare", lambda: None)
    monkeypatch.setattr(withholding.dbt_manifest, "load", lambda: MANIFEST)
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute(
            """
            create schema landing_shop; create schema landing; create schema staging;
            create table landing.files (
                file varchar, batch_id bigint, row_count bigint, rejected_count bigint
            );
            create table landing.rejected_rows (
                source_name varchar, source_table varchar, _file varchar, _row bigint,
                batch_id bigint, landed_at timestamp, reason varchar, payload varchar
            );
            create table landing_shop.customer (
                id bigint, email varchar, name varchar,
                _batch_id bigint, _landed_at timestamp, _file varchar, _row bigint
            );
            create table landing_shop.order (
                order_id bigint, customer_id bigint, total double,
                _batch_id bigint, _landed_at timestamp, _file varchar, _row bigint
            );
            create view staging.stg_shop__customers as
            select
                'shop' as source_name, 'shop.customer' as source_table,
                cast(id as varchar) as source_record_id, email,
                _file as landed_file, _row as landed_row, _landed_at as landed_at
            from landing_shop.customer;
            create view staging.stg_shop__orders as
            select
                'shop' as source_name, 'shop.order' as source_table,
                cast(order_id as varchar) as source_record_id,
                cast(order_id as varchar) as order_id,
                cast(customer_id as varchar) as customer_record_id,
                _file as landed_file, _row as landed_row, _landed_at as landed_at
            from landing_shop.order;
            """
        )
        yield connection


def bury(connection, *texts):
    tombstones.add(
        connection,
        [
            tombstones.Tombstone(tombstones.digest(KEY, text), "r1", "2026-01-01 00:00:00")
            for text in (tombstones.CANARY, *texts)
        ],
    )


def land(connection, landed_at, batch_id, customers=(), orders=()):
    for row, values in enumerate(customers, start=1):
        connection.execute(
            "insert into landing_shop.customer values (?, ?, ?, ?, ?, 'c.csv', ?)",
            [*values, batch_id, landed_at, row],
        )
    for row, values in enumerate(orders, start=1):
        connection.execute(
            "insert into landing_shop.order values (?, ?, ?, ?, ?, 'o.csv', ?)",
            [*values, batch_id, landed_at, row],
        )
    connection.execute(
        "insert into landing.files values ('c.csv', ?, ?, 0)", [batch_id, len(customers)]
    )


def test_without_tombstones_no_key_is_asked_for(warehouse, tmp_path, monkeypatch):
    monkeypatch.delenv(tombstones.VARIABLE)
    land(warehouse, MONDAY, 1, customers=[(7, "ana@example.org", "Ana")])
    assert withholding.withhold(warehouse, tmp_path, [MONDAY]) == 0
    bury(warehouse, "email|ana@example.org")
    with pytest.raises(tombstones.PepperError):
        withholding.withhold(warehouse, tmp_path, [MONDAY])


def test_rows_of_the_erased_are_withheld_or_masked_and_accounted_for(warehouse, tmp_path):
    bury(warehouse, "email|ana@example.org", "customer_record|shop|7")
    land(warehouse, MONDAY, 1, customers=[(7, "ana@example.org", "Ana")])  # looked at before
    land(
        warehouse,
        TUESDAY,
        2,
        customers=[
            (7, "new@example.org", "Ana"),  # the record is known
            (8, " ANA@example.org", "Ana"),  # the address is
            (9, "juana@example.org", "Juana"),
        ],
        orders=[(100, 7, 25.0), (101, 9, 30.0)],
    )
    assert withholding.withhold(warehouse, tmp_path, [TUESDAY]) == 3
    customers = warehouse.execute(
        "select id, _batch_id from landing_shop.customer order by all"
    ).fetchall()
    assert customers == [(7, 1), (9, 2)]
    orders = warehouse.execute("select order_id, customer_id, total from landing_shop.order")
    assert sorted(orders.fetchall()) == [(100, None, 25.0), (101, 9, 30.0)]
    rejected = warehouse.execute(
        "select source_table, _row, reason, payload from landing.rejected_rows order by _row"
    ).fetchall()
    assert rejected == [
        ("shop.customer", 1, landed_rows.WITHHELD, None),
        ("shop.customer", 2, landed_rows.WITHHELD, None),
    ]
    assert warehouse.execute(
        "select row_count, rejected_count from landing.files where batch_id = 2"
    ).fetchall() == [(1, 2)]
    assert withholding.withhold(warehouse, tmp_path, [TUESDAY]) == 0
    assert warehouse.execute("select count(*) from landing.rejected_rows").fetchone() == (2,)


def test_a_row_is_known_again_by_its_own_key(warehouse, tmp_path):
    bury(warehouse, "record|shop.order|100")
    land(warehouse, TUESDAY, 2, orders=[(100, 12, 25.0), (101, 12, 30.0)])
    withholding.withhold(warehouse, tmp_path, [TUESDAY])
    orders = warehouse.execute("select order_id, customer_id from landing_shop.order")
    assert sorted(orders.fetchall()) == [(100, None), (101, 12)]


def test_a_rejected_row_that_names_the_erased_keeps_no_payload(warehouse, tmp_path):
    bury(warehouse, "mention|ana@example.org")
    for row, payload in enumerate(
        ['{"e":"Ana@example.org"}', '{"e":"juana@example.org"}'], start=1
    ):
        warehouse.execute(
            "insert into landing.rejected_rows values ('shop', 'shop.customer', 'c.csv', ?, 2, ?, "
            "'bad', ?)",
            [row, TUESDAY, payload],
        )
    withholding.withhold(warehouse, tmp_path, [TUESDAY])
    assert warehouse.execute(
        "select payload from landing.rejected_rows order by _row"
    ).fetchall() == [(None,), ('{"e":"juana@example.org"}',)]


def test_a_view_that_is_missing_stops_the_landing(warehouse, tmp_path):
    bury(warehouse, "email|ana@example.org")
    land(warehouse, MONDAY, 1, customers=[(7, "ana@example.org", "Ana")])
    warehouse.execute("drop view staging.stg_shop__customers")
    with pytest.raises(landed_rows.MissingViewError, match="dbt run"):
        withholding.withhold(warehouse, tmp_path, [MONDAY])


# ---- killed steps ----------------------------------------------------------------------------


class Killed(BaseException):
    """What a killed process raises nowhere, so that nothing catches it."""


def case(paths):
    return erasure.Case(
        paths=paths,
        key=KEY,
        say=lambda line: None,
        request_id="erasure-1",
        requested_at="2026-01-01T00:00:00+00:00",
        subject=tombstones.digest(KEY, "email|ana@example.org"),
        person=ANA,
        rows={"shop.customer": [("shop/customer/c.csv", 1, "2026-01-05T00:00:00")]},
        mentioned={"shop.order": [("shop/order/o.csv", 2, "2026-01-05T00:00:00")]},
        before={"marts.dim_customers": 1},
    )


@pytest.mark.parametrize("is_after_the_work", [True, False])
@pytest.mark.parametrize("position", range(4))
def test_a_killed_erasure_goes_on_where_it_was(tmp_path, position, is_after_the_work):
    paths = Paths.from_env({"CDP_WAREHOUSE": str(tmp_path / "w.duckdb")})
    names = ["one", "two", "three", "four"]
    made: list[str] = []

    def steps(killed_at=None):
        def step(name):
            def work(case):
                if name == killed_at and not is_after_the_work:
                    raise Killed
                made.append(name)
                if name == killed_at:
                    raise Killed
                return {"made": name}

            return erasure.Step(name, each(work))

        return [step(name) for name in names]

    with pytest.raises(Killed):
        erasure.erase([case(paths)], steps(names[position]))
    journal = erasure.journals(paths) / "erasure-1.json"
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert not list(paths.certificates.glob("*"))
    assert erasure.unfinished(paths, KEY, "email", "juana@example.org", print) is None
    resumed = erasure.unfinished(paths, KEY, "email", "Ana@example.org", print)
    assert resumed is not None
    assert resumed.person == ANA
    (certificate,) = erasure.erase([resumed], steps())
    expected = names + ([names[position]] if is_after_the_work else [])
    assert sorted(made) == sorted(expected)
    assert not journal.exists()
    written = certificate.read_text()
    assert json.loads(written)["steps"] == {name: {"made": name} for name in names}
    assert not re.search(ANA.mentions, written, re.IGNORECASE)
    assert "c1" not in json.loads(written).values()


# ---- restriction and objection ---------------------------------------------------------------

NOW = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def test_an_objection_is_an_act_at_each_contact_point():
    rows = statements.objection(statements.contact_points_of(ANA), NOW)
    assert [row["contact_point"] for row in rows] == ["ana@example.org", "+34612345678"]
    for row in rows:
        assert (row["status"], row["channel"], row["purpose"]) == ("objected", "all", "all")
        assert row["captured_at"] == "2026-07-01 08:30:00"
    assert len({row["source_record_id"] for row in rows}) == 2


def test_a_restriction_and_its_end_are_versions_of_one_record(tmp_path):
    begun = statements.restriction(ANA, NOW, is_lifted=False)
    ended = statements.restriction(ANA, NOW, is_lifted=True)
    assert begun[0]["source_record_id"] == ended[0]["source_record_id"]
    assert (begun[0]["is_restricted"], ended[0]["is_restricted"]) == (True, False)
    assert (begun[0]["email"], begun[0]["phone"]) == ("ana@example.org", "+34612345678")
    files = {statements.land(tmp_path, "customers", rows) for rows in (begun, ended)}
    assert len(files) == 2  # a file that came back with other content would lose the first


def test_statements_have_only_columns_that_the_contract_declares(tmp_path):
    declared = landing_reader.read_declarations(ROOT)
    for entity, rows in (
        ("consents", statements.objection(["ana@example.org"], NOW)),
        ("consents", statements.consent("ana@example.org", "email", NOW)),
        ("customers", statements.restriction(ANA, NOW, is_lifted=False)),
    ):
        columns = {column.name for column in declared[f"contract.{entity}"].columns}
        required = {c.name for c in declared[f"contract.{entity}"].columns if not c.is_optional}
        assert required <= set(rows[0]) <= columns
        statements.land(tmp_path / "landing", entity, rows)
    summary = loader.load(tmp_path / "landing", tmp_path / "w.duckdb", ROOT)
    assert (summary.rows, summary.rejected) == (3, 0)


def test_nobody_is_restricted_by_a_cookie():
    visitor = Person(customer_ids=("c9",), identifiers=(("anonymous_id", "ga4|1.2"),), keys=())
    with pytest.raises(PersonError, match="Nothing but browsers"):
        statements.restriction(visitor, NOW, is_lifted=False)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"request": "forget", "email": "a@b.es"}',
        '{"request": "erase"}',
        '{"request": "erase", "shoe_size": 42}',
        '{"request": "lift", "email": "a@b.es"}',
        '{"request": "lift", "what": "ban", "email": "a@b.es", "owner": "o", "reason": "r"}',
        '{"request": "lift", "what": "tombstone", "email": "a@b.es", "owner": "", "reason": "r"}',
        '{"request": "erase", "email": "a@b.es", "owner": "o"}',
    ],
)
def test_a_file_that_is_no_request_is_refused_with_an_example(tmp_path, text):
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(PersonError, match="is no request"):
        request_in(tmp_path / "r.json")


def test_a_request_in_a_file_is_read_as_from_the_command_line(tmp_path):
    (tmp_path / "r.json").write_text('{"request": "restrict", "email": "a@b.es"}')
    options = request_in(tmp_path / "r.json")
    assert (options.request, identifier_in(options)) == ("restrict", ("email", "a@b.es"))
    assert options.apply
    (tmp_path / "r.json").write_text(
        '{"request": "lift", "what": "tombstone", "email": "a@b.es", "owner": "DPO", '
        '"reason": "--apply for a new account"}'
    )
    options = request_in(tmp_path / "r.json")
    assert (options.request, options.what) == ("lift", "tombstone")
    assert (options.owner, options.reason) == ("DPO", "--apply for a new account")


# ---- lifting ---------------------------------------------------------------------------------

AGAIN = datetime(2026, 1, 7)


@pytest.fixture
def paths_of_erased(warehouse, tmp_path):
    """The warehouse after ANA's erasure, closed, with a refusal of hers that is a digest."""
    warehouse.execute(
        """
        create schema unified_customer;
        create table unified_customer.int_customer__refusals (contact_point_key text, act text);
        """
    )
    gone = ["email|ana+x@example.org", "contact_point|ana@example.org", "mention|ana+x@example.org"]
    bury(warehouse, *gone, "phone|+34612345678", "record|shop.customer|7")
    refused = tombstones.digest(KEY, "contact_point|ana@example.org")
    warehouse.execute(
        "insert into unified_customer.int_customer__refusals values (?, 'a'), ('b@c.es', 'b')",
        [refused],
    )
    tombstones.remember(warehouse, tmp_path / "landing")
    warehouse.close()
    return Paths.from_env(
        {"CDP_WAREHOUSE": str(tmp_path / "w.duckdb"), "CDP_LANDING": str(tmp_path / "landing")}
    )


def test_who_comes_back_is_let_in_by_what_was_lifted_and_by_nothing_else(paths_of_erased):
    paths = paths_of_erased
    lifted = lifting.tombstone(paths, MANIFEST, KEY, "email", "Ana+x@Example.org")
    assert "r1" in lifted.about
    assert "ana" not in lifted.about
    before = (paths.landing / tombstones.NAME).read_text()
    with duckdb.connect(str(paths.warehouse)) as connection:
        assert connection.execute("select count(*) from landing.tombstones").fetchone() == (6,)
    lifted.apply()
    with duckdb.connect(str(paths.warehouse)) as connection:
        rows = [
            (8, "ana+x@example.org", "a new account"),
            (7, "ana+x@example.org", "the account of then"),
        ]
        land(connection, AGAIN, 1, customers=rows)
        assert withholding.withhold(connection, paths.landing, [AGAIN]) == 1
        assert connection.execute("select name from landing_shop.customer").fetchall() == [
            ("a new account",)
        ]
        # What was refused before counts for the address again.
        assert connection.execute(
            "select contact_point_key from unified_customer.int_customer__refusals order by act"
        ).fetchall() == [("ana@example.org",), ("b@c.es",)]
        assert connection.execute("select count(*) from landing.tombstones").fetchone() == (3,)
    assert len(before.splitlines()) == 6
    assert len((paths.landing / tombstones.NAME).read_text().splitlines()) == 3
    with pytest.raises(PersonError, match="Nobody who was erased"):
        lifting.tombstone(paths, MANIFEST, KEY, "email", "ana+x@example.org")


def test_a_lift_that_is_killed_before_it_is_committed_is_made_again(paths_of_erased, monkeypatch):
    paths = paths_of_erased

    def killed(connection, landing):
        remember(connection, landing)
        raise Killed

    remember = tombstones.remember
    lifted = lifting.tombstone(paths, MANIFEST, KEY, "phone", "+34 612 345 678")
    with monkeypatch.context() as patch:
        patch.setattr(tombstones, "remember", killed)
        with pytest.raises(Killed):
            lifted.apply()
    lifting.tombstone(paths, MANIFEST, KEY, "phone", "+34612345678").apply()
    with duckdb.connect(str(paths.warehouse)) as connection:
        tombstones.recall(connection, paths.landing)
        assert (
            tombstones.request_of(connection, tombstones.digest(KEY, "phone|+34612345678")) is None
        )


def test_the_record_of_then_is_let_in_when_it_is_named_itself(paths_of_erased):
    with duckdb.connect(str(paths_of_erased.warehouse)) as connection:
        bury(connection, "customer_record|shop|7")
    lifting.tombstone(paths_of_erased, MANIFEST, KEY, "customer_record", "shop|7").apply()
    with duckdb.connect(str(paths_of_erased.warehouse)) as connection:
        land(connection, AGAIN, 1, customers=[(7, "new@example.org", "again")])
        assert withholding.withhold(connection, paths_of_erased.landing, [AGAIN]) == 0


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("email", "ana+shop@example.org", "ana@example.org"),
        ("email", "a.n.a@googlemail.com", "ana@gmail.com"),
        ("email", "a.n.a@example.org", "a.n.a@example.org"),
        ("email", "+x@example.org", "+x@example.org"),
        ("phone", "+34612345678", "+34612345678"),
    ],
)
def test_python_and_the_macro_make_the_same_key_of_a_contact_point(kind, value, key):
    with duckdb.connect() as connection:
        sql = macro_renderer()("contact_point_key('$1', '$2')")
        assert connection.execute(f"select {sql}", [kind, value]).fetchone() == (key,)
    assert contact_point_key(kind, value) == key


def test_an_objection_ends_with_a_consent_at_one_point_on_one_channel(tmp_path):
    paths = Paths.from_env({"CDP_LANDING": str(tmp_path)})
    lifting.objection(paths, "phone", "+34 612 345 678", "sms").apply()
    (file,) = (tmp_path / "contract" / "consents").iterdir()
    row = json.loads(file.read_text())
    assert (row["contact_point"], row["channel"], row["purpose"], row["status"]) == (
        *("+34612345678", "sms", "marketing", "granted"),
    )


@pytest.mark.parametrize(
    ("kind", "value", "channel"),
    [
        ("email", "ana@example.org", None),
        ("email", "ana@example.org", "sms"),
        ("loyalty_number", "2700", "email"),
    ],
)
def test_an_objection_does_not_end_without_saying_where(tmp_path, kind, value, channel):
    with pytest.raises(PersonError, match="--channel"):
        lifting.objection(Paths.from_env({}), kind, value, channel)


def test_who_lifted_what_and_why_is_kept(tmp_path):
    paths = Paths.from_env({"CDP_WAREHOUSE": str(tmp_path / "w.duckdb")})
    kept = json.loads(lifting.note(paths, "tombstone of r1", "DPO", "new account").read_text())
    assert (kept["lifted"], kept["owner"], kept["reason"]) == (
        *("tombstone of r1", "DPO", "new account"),
    )
