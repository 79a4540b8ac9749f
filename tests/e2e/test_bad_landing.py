"""What the loader does with everything that can lie in a landing folder."""

import json
import os
import subprocess
import sys
import textwrap
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.landing import load
from orchestration.landing_reader import LandingError, read_declarations

ROOT = Path(__file__).parents[2]
DECLARATIONS = """
    version: 2
    sources:
      - name: shop
        tables:
          - name: order
            config: {meta: {required: true}}
            columns:
              - {name: id, data_type: bigint}
              - {name: email, data_type: string}
              - {name: total, data_type: "decimal(18,4)"}
              - {name: created_at, data_type: timestamp}
              - {name: weight, data_type: double, config: {meta: {optional: true}}}
              - {name: test, data_type: boolean, config: {meta: {optional: true}}}
              - {name: due, data_type: date, config: {meta: {optional: true}}}
          - name: visit
            columns:
              - {name: id, data_type: string}
              - name: params
                data_type: "struct(key string, value struct(text string, number bigint))[]"
              - name: place
                data_type: "struct(country string, city string)"
                config: {meta: {optional: true}}
"""
HEADER = "id,email,total,created_at\n"


class Shop:
    """A project with two tables, its landing folder and its warehouse."""

    def __init__(self, folder):
        self.project = folder / "project"
        self.landing = folder / "landing"
        self.warehouse = folder / "warehouse.duckdb"
        self.landing.mkdir()
        self.declare(DECLARATIONS)

    def declare(self, text):
        path = self.project / "models/staging/shop/_shop__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))

    def put(self, name, content):
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def put_parquet(self, name, sql):
        path = self.put(name, b"")
        duckdb.connect().execute(f"copy ({sql}) to '{path}' (format parquet)")
        return path

    def load(self, **options):
        return load(self.landing, self.warehouse, self.project, **options)

    def query(self, sql):
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def orders(self, columns="id, email, total, created_at"):
        return self.query(f'select {columns} from landing_shop."order" order by _batch_id, _row')

    def rejected(self):
        return self.query("select _row, reason, payload from landing.rejected_rows order by _row")

    def refused(self):
        with pytest.raises(LandingError) as error:
            self.load()
        return str(error.value)


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


# ---- the plain way ---------------------------------------------------------------------------


def test_each_format_gives_the_same_typed_rows(shop):
    row = (7, "ana@example.com", Decimal("12.5000"), datetime(2026, 1, 2, 3, 4, 5))
    shop.put("shop/order/a.csv", HEADER + "7,ana@example.com,12.5,2026-01-02 03:04:05\n")
    shop.put(
        "shop/order/b.jsonl",
        '{"id":7,"email":"ana@example.com","total":12.5,"created_at":"2026-01-02T03:04:05Z"}\n',
    )
    shop.put_parquet(
        "shop/order/c.parquet",
        "select 7 as id, 'ana@example.com' as email, 12.5 as total, "
        "timestamptz '2026-01-02 04:04:05+01:00' as created_at",
    )
    summary = shop.load()
    assert shop.orders() == [row] * 3
    assert (summary.batch_id, summary.files, summary.rows, summary.rejected) == (1, 3, 3, 0)
    assert shop.orders("_file, _row, _batch_id") == [
        ("shop/order/a.csv", 1, 1),
        ("shop/order/b.jsonl", 1, 1),
        ("shop/order/c.parquet", 1, 1),
    ]


def test_a_file_may_stand_directly_under_its_source(shop):
    shop.put("shop/order.csv", HEADER + "1,,1,2026-01-01\n")
    assert shop.load().rows == 1


def test_a_file_is_read_exactly_once(shop):
    shop.put("shop/order/a.csv", HEADER + "1,,1,2026-01-01\n")
    assert shop.load().batch_id == 1
    assert shop.load().batch_id is None
    os.utime(shop.landing / "shop/order/a.csv", (1, 1))  # touched, not changed
    assert shop.load().batch_id is None
    shop.put("shop/order/b.csv", HEADER + "2,,1,2026-01-01\n")
    assert shop.load().batch_id == 2
    assert shop.orders("id, _batch_id") == [(1, 1), (2, 2)]


def test_new_content_under_an_old_name_is_a_new_batch(shop):
    shop.put("shop/order/a.csv", HEADER + "1,,1,2026-01-01\n")
    shop.load()
    shop.put("shop/order/a.csv", HEADER + "1,,2,2026-01-02\n")
    assert shop.load().batch_id == 2
    assert shop.orders("id, total, _batch_id") == [(1, 1, 1), (1, 2, 2)]
    assert shop.load().batch_id is None


def test_row_numbers_follow_the_file(shop):
    lines = "".join(f"{index},,1,2026-01-01\n" for index in range(1, 200_001))
    shop.put("shop/order/a.csv", HEADER + lines)
    shop.load()
    assert shop.query('select count(*), count_if(id = _row) from landing_shop."order"') == [
        (200_000, 200_000)
    ]


def test_nested_columns_are_cut_to_the_declared_fields(shop):
    shop.put("shop/order/a.csv", HEADER)
    shop.put_parquet(
        "shop/visit/a.parquet",
        """
        select
            'v1' as id,
            [{'value': {'number': 5, 'extra': 1, 'text': 'x'}, 'key': 'k'}] as params,
            {'city': 'Vigo', 'zone': 3} as place
        """,
    )
    shop.put(
        "shop/visit/b.jsonl",
        '{"id":"v2","params":[{"key":"k","value":{"number":"n","text":"y"},"more":1}]}\n',
    )
    shop.load()
    assert shop.query("select id, params, place from landing_shop.visit order by id") == [
        (
            "v1",
            [{"key": "k", "value": {"text": "x", "number": 5}}],
            {"country": None, "city": "Vigo"},
        ),
        ("v2", [{"key": "k", "value": {"text": "y", "number": None}}], None),
    ]


def test_columns_that_are_not_declared_are_left_out_and_remembered(shop):
    shop.put("shop/order/a.csv", "id,email,colour,total,created_at\n1,,red,1,2026-01-01\n")
    assert shop.load().drift == ("shop.order.colour",)
    assert shop.query("select source_table, column_name, file from landing.drift") == [
        ("shop.order", "colour", "shop/order/a.csv")
    ]


def test_changes_of_columns_are_reported_against_the_file_before(shop):
    shop.put("shop/order/a.csv", "id,email,total,created_at,weight\n1,,1,2026-01-01,5\n")
    assert shop.load().changes == ()
    shop.put("shop/order/b.csv", "id,email,total,created_at,weight_kg\n2,,1,2026-01-01,5\n")
    shop.put("shop/order/c.csv", "id,email,total,created_at,weight_kg,test\n3,,1,2026-01-01,5,\n")
    assert shop.load().changes == (
        'landing/shop/order/b.csv: column "weight" of shop.order: gone, its values are NULL; '
        "renamed to weight_kg?",
        'landing/shop/order/b.csv: column "weight_kg" of shop.order: new (not declared in '
        "models/staging/shop/_shop__sources.yml, left out)",
        'landing/shop/order/c.csv: column "test" of shop.order: new (declared)',
    )
    assert shop.load().changes == ()
    assert shop.query("select count(*), min(batch_id) from landing.column_changes") == [(3, 2)]


def test_other_types_of_parquet_columns_are_reported(shop):
    columns = "null::varchar as email, 1.5 as total, date '2026-01-01' as created_at"
    shop.put_parquet("shop/order/a.parquet", f"select 1 as id, {columns}")
    shop.load()
    shop.put_parquet("shop/order/b.parquet", f"select '2' as id, {columns}")
    assert shop.load().changes == (
        'landing/shop/order/b.parquet: column "id" of shop.order: integer before, varchar now',
    )


def test_json_objects_may_leave_out_what_they_have_no_value_for(shop):
    shop.put("shop/order/a.csv", HEADER + "1,,1,2026-01-01\n")
    shop.put("shop/visit/a.jsonl", '{"id": "v1", "params": [], "place": null}\n')
    shop.load()
    shop.put("shop/visit/b.jsonl", '{"id": "v2", "params": []}\n')
    shop.put("shop/visit/c.jsonl", '{"id": "v3", "params": [], "shoe": 1}\n')
    (change,) = shop.load().changes
    assert 'column "shoe" of shop.visit: new (not declared' in change


def test_a_column_declared_later_is_added(shop):
    shop.put("shop/order/a.csv", HEADER + "1,,1,2026-01-01\n")
    shop.load()
    shop.declare(
        DECLARATIONS.replace(
            "{name: total,",
            "{name: note, data_type: string, config: {meta: {optional: true}}}\n"
            "              - {name: total,",
        )
    )
    shop.put("shop/order/b.csv", "id,email,total,created_at,note\n2,,1,2026-01-01,hello\n")
    shop.load()
    assert shop.orders("id, note") == [(1, None), (2, "hello")]


def test_the_key_of_the_instance_is_made_once(shop, monkeypatch):
    monkeypatch.setenv("CDP_CUSTOMER_ID_KEY", "given")
    shop.load()
    monkeypatch.setenv("CDP_CUSTOMER_ID_KEY", "other")
    shop.load()
    assert shop.query("select * from landing.instance") == [("given",)]


def test_the_command_creates_every_declared_table(tmp_path):
    warehouse = tmp_path / "w.duckdb"
    command = [sys.executable, "-m", "orchestration.landing", "--empty", "--warehouse", warehouse]
    subprocess.run(command, cwd=ROOT, check=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = {
            f"{schema.removeprefix('landing_')}.{table}"
            for schema, table in connection.execute(
                "select schema_name, table_name from duckdb_tables() where schema_name <> 'landing'"
            ).fetchall()
        }
    assert found == set(read_declarations(ROOT))


# ---- what is refused, with nothing changed ---------------------------------------------------


def test_an_empty_landing_folder_brings_nothing(shop):
    assert shop.load().batch_id is None
    assert shop.orders() == []


def test_no_landing_folder_is_said(shop):
    shop.landing.rmdir()
    summary = shop.load()
    assert summary.batch_id is None
    assert "no landing folder" in summary.warnings[0]


def test_a_missing_column_names_file_table_and_mend(shop):
    shop.put("shop/order/part-1.csv", "id,email,created_at\n1,,2026-01-01\n")
    message = shop.refused()
    assert message == (
        'landing/shop/order/part-1.csv: column "total" is missing (table shop.order). Add the '
        "column, or mark it optional in models/staging/shop/_shop__sources.yml. "
        'Delimiter seen: ",".'
    )


def test_a_wrong_delimiter_is_named(shop):
    shop.put("shop/order/a.csv", (HEADER + "1,,1,2026-01-01\n").replace(",", ";"))
    assert 'Delimiter seen: ";". Write the file with ","' in shop.refused()


def test_a_missing_column_of_parquet_and_json(shop):
    shop.put_parquet("shop/order/a.parquet", "select 1 as id")
    shop.put("shop/order/b.jsonl", '{"id": 1, "total": 2, "created_at": null}\n')
    message = shop.refused()
    assert 'a.parquet: column "total" is missing' in message
    assert 'b.jsonl: column "email" is missing' in message


def test_a_missing_column_with_one_that_nobody_knows_may_be_a_new_name(shop):
    shop.put("shop/order/a.csv", "id,email,total_eur,created_at\n1,,1,2026-01-01\n")
    assert 'column "total" is missing (table shop.order). Is it "total_eur" now?' in shop.refused()


def test_a_retyped_column_of_parquet(shop):
    shop.put_parquet(
        "shop/order/a.parquet",
        "select 1 as id, 'x' as email, 1.0 as total, 1767225600 as created_at",
    )
    message = shop.refused()
    assert 'column "created_at" is integer, which cannot be read as timestamp' in message
    assert "shop.order" in message


@pytest.mark.parametrize(("first", "second"), [("\r\n", "\n"), ("\n", "\r\n")])
def test_lines_that_end_in_two_ways_are_named(shop, first, second):
    shop.put("shop/order/a.csv", HEADER.replace("\n", first) + f"1,,1,2026-01-01{second}" * 2)
    message = shop.refused()
    assert message.startswith("landing/shop/order/a.csv: cannot be read as csv (table shop.order)")
    assert "lines do not all end alike" in message


def test_a_truncated_parquet_file(shop):
    path = shop.put_parquet("shop/order/a.parquet", "select 1 as id from range(10000)")
    path.write_bytes(path.read_bytes()[:-20])
    message = shop.refused()
    assert message.startswith("landing/shop/order/a.parquet: cannot be read as parquet")
    assert "shop.order" in message


def test_parquet_damaged_inside(shop):
    path = shop.put_parquet(
        "shop/order/a.parquet",
        "select range as id, md5(range::varchar) as email, 1.0 as total, "
        "timestamp '2026-01-01' as created_at from range(10000)",
    )
    content = bytearray(path.read_bytes())
    content[20_000:24_000] = os.urandom(4000)
    path.write_bytes(bytes(content))
    assert "landing/shop/order/a.parquet: cannot be read as parquet" in shop.refused()
    assert shop.query("select count(*) from duckdb_tables()") == [(0,)]


def test_a_parquet_file_of_no_bytes(shop):
    shop.put("shop/order/a.parquet", b"")
    assert "landing/shop/order/a.parquet: cannot be read as parquet" in shop.refused()


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_text_file_of_no_bytes_is_no_row_and_a_warning(shop, name):
    shop.put(f"shop/order/{name}", b"")
    summary = shop.load()
    assert (summary.files, summary.rows) == (1, 0)
    assert "the file is empty" in summary.warnings[0]


def test_a_required_table_without_files(shop):
    shop.put("shop/visit/a.jsonl", '{"id":"v","params":[]}\n')
    assert "table shop.order is required and has no file" in shop.refused()


def test_a_later_batch_need_not_bring_a_required_table(shop):
    path = shop.put("shop/order/a.csv", HEADER + "1,,1,2026-01-01\n")
    shop.load()
    path.unlink()
    shop.put("shop/visit/a.jsonl", '{"id":"v","params":[]}\n')
    assert shop.load().batch_id == 2


def test_a_missing_optional_table_is_empty(shop):
    shop.put("shop/order/a.csv", HEADER + "1,,1,2026-01-01\n")
    shop.load()
    assert shop.query("select count(*) from landing_shop.visit") == [(0,)]


def test_other_files_and_tables_are_said_and_left(shop):
    shop.put("shop/order/a.csv", HEADER)
    shop.put("shop/order/notes.txt", "hello")
    shop.put("shop/ordr/a.csv", HEADER)
    shop.put("shopp/order/a.csv", HEADER)
    shop.put("shop/order/.part.csv", "half")
    warnings = "\n".join(shop.load().warnings)
    assert "landing/shop/order/notes.txt: not read" in warnings
    assert "table shop.ordr is not declared" in warnings
    assert "source shopp is not declared" in warnings
    assert ".part.csv" not in warnings


def test_one_bad_file_keeps_the_good_ones_out(shop):
    shop.put("shop/order/a.csv", HEADER + "1,,1,2026-01-01\n")
    shop.put("shop/order/b.csv", "id\n1\n")
    shop.refused()
    shop.put("shop/order/b.csv", HEADER + "2,,1,2026-01-01\n")
    assert shop.load().batch_id == 1
    assert shop.orders("id") == [(1,), (2,)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_named(shop, encoding):
    shop.put("shop/order/a.csv", (HEADER + "1,,1,2026-01-01\n").encode(encoding))
    assert "the file is UTF-16 (table shop.order). Write it as UTF-8" in shop.refused()


ROWS = [{"id": n, "email": None, "total": 1, "created_at": None} for n in range(2)]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        "[" + ",\n".join(json.dumps(row) for row in ROWS) + "]",
        (json.dumps(ROWS[0]) + "\n").encode("utf-16"),
    ],
    ids=["list", "indented", "list over lines", "UTF-16"],
)
def test_json_that_is_no_json_lines_is_named(shop, content):
    shop.put("shop/order/a.jsonl", content)
    assert shop.refused().startswith(
        "landing/shop/order/a.jsonl: no line is a JSON object (table shop.order). Write one object "
        "per line, in UTF-8"
    )


def test_a_second_writer_is_told(shop):
    shop.load()
    code = f"import duckdb, time; held = duckdb.connect({str(shop.warehouse)!r}); print(1); "
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code + "time.sleep(60)"], stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        try:
            assert "one writer at a time" in shop.refused()
        finally:
            holder.kill()


# ---- rows that are rejected, and values that are not -----------------------------------------


def test_values_of_another_type_reject_their_row(shop):
    shop.put(
        "shop/order/a.csv",
        "id,email,total,created_at,weight,test,due\n"
        "1,,1,2026-01-01,,,\n"
        "x,,1,2026-01-01,,,\n"
        "3,,1.2.3,2026-01-01,,,\n"
        "4,,1,31/12/2026,,,\n"
        "5,,1,2026-01-01,heavy,,\n"
        "6,,1,2026-01-01,,maybe,\n"
        "7,,1,2026-01-01,,,2026-02-30\n"
        "8.5,,1,2026-01-01,,,\n"
        "9.0,,1,2026-01-01,1e3,true,2026-02-28\n"
        "10,,99999999999999999999,2026-01-01,,,\n"
        "11,,1,2026-01-01,nan,,\n"
        "12,,1,infinity,,,\n"
        ",,,,,,\n",
    )
    summary = shop.load()
    assert shop.orders("id, weight, test, due") == [
        (1, None, None, None),
        (9, 1000.0, True, date(2026, 2, 28)),
    ]
    assert [(row, reason) for row, reason, _ in shop.rejected()] == [
        (2, 'column "id": x is not a bigint'),
        (3, 'column "total": 1.2.3 is not a decimal(18,4)'),
        (
            4,
            'column "created_at": 31/12/2026 is not a timestamp; day, month and year in another '
            "order, or a year of two figures: declare the column as string and read it with "
            "time_from_text",
        ),
        (5, 'column "weight": heavy is not a double'),
        (
            6,
            'column "test": maybe is not a boolean; another word for yes or no: declare the column '
            "as string and read it with map_values",
        ),
        (7, 'column "due": 2026-02-30 is not a date'),
        (8, 'column "id": 8.5 is not a bigint'),
        (10, 'column "total": 99999999999999999999 is not a decimal(18,4)'),
        (11, 'column "weight": nan is not a double; a word for nothing: leave the cell empty'),
        (12, 'column "created_at": infinity is not a timestamp'),
    ]
    assert json.loads(shop.rejected()[0][2])["id"] == "x"
    assert (summary.rows, summary.rejected) == (2, 10)  # the row without any value is no row
    assert shop.query("select row_count, rejected_count from landing.files") == [(2, 10)]


@pytest.mark.parametrize(
    ("column", "value", "mend"),
    [
        ("total", "12,50", "read it with number_from_text"),
        ("total", "1.234,50", "read it with number_from_text"),
        ("total", "1,234.50", "read it with number_from_text"),
        ("total", "1 234,50", "read it with number_from_text"),
        ("total", "€12.50", "read it with number_from_text"),
        ("id", "1,5", "read it with number_from_text"),
        ("id", "1.5", None),
        ("created_at", "31/12/2026", "read it with time_from_text"),
        ("created_at", "26-01-02", "read it with time_from_text"),
        ("created_at", "31-12-26 10:00", "read it with time_from_text"),
        ("due", "85-03-12", "read it with time_from_text"),
        ("created_at", "1767225600", "for seconds or 1000 for milliseconds"),
        ("created_at", "1767225600123", "for seconds or 1000 for milliseconds"),
        ("created_at", "epoch", None),
        ("total", "N/A", "a word for nothing: leave the cell empty"),
        ("created_at", "NULL", "a word for nothing: leave the cell empty"),
        ("test", "\\N", "a word for nothing: leave the cell empty"),
        ("test", "sí", "read it with map_values"),
        ("total", "12.50 EUR", None),
    ],
)
def test_a_value_in_another_way_of_writing_rejects_its_row_with_the_mend(shop, column, value, mend):
    row = {"id": "1", "email": "", "total": "1", "created_at": "2026-01-01", "test": "", "due": ""}
    row[column] = f'"{value}"'
    shop.put("shop/order/a.csv", ",".join(row) + "\n" + ",".join(row.values()) + "\n")
    summary = shop.load()
    assert (summary.rows, summary.rejected) == (0, 1)
    ((file, table, reason),) = shop.query(
        "select _file, source_table, reason from landing.rejected_rows"
    )
    assert (file, table) == ("shop/order/a.csv", "shop.order")
    assert reason.startswith(f'column "{column}": {value} is not a ')
    assert reason.endswith(mend) if mend else ";" not in reason


def test_values_of_another_type_in_parquet_and_json(shop):
    shop.put_parquet(
        "shop/order/a.parquet",
        "select unnest(['1', 'x']) as id, 5 as email, 1.5::float as total, "
        "'2026-01-01T00:00:00+02:00' as created_at",
    )
    shop.put(
        "shop/order/b.jsonl",
        '{"id":3,"email":{"a":1},"total":"2","created_at":"2026-01-01"}\n'
        '{"id":true,"email":null,"total":"2","created_at":"2026-01-01"}\n'
        "[1]\n{broken\n\n",
    )
    shop.load()
    assert shop.orders() == [
        (1, "5", Decimal("1.5000"), datetime(2025, 12, 31, 22)),
        (3, '{"a":1}', Decimal("2.0000"), datetime(2026, 1, 1)),
    ]
    assert [reason for _, reason, _ in shop.rejected()] == [
        'column "id": x is not a bigint',
        'column "id": true is not a bigint',
        "the line is not a JSON object",
        "the line is not a JSON object",
    ]
    assert shop.rejected()[-1][2] == "{broken"


def test_json_lines_of_every_shape(shop):
    lines = [
        "null",  # so that the first line has no keys
        ' \t{"created_at": null, "id": 1, "total": 1, "email": "a@x"}  ',
        "{}",
        "   ",
        '{"id": 2, "email": "b@x", "total": 1, "created_at": null, "shoe": 41}',
        '{"total": 1, "id": 3}',
        '{"id": 4, "total": 1} {"id": 5}',
        '{"id": 6, "id": 7}',
    ]
    shop.put("shop/order/a.jsonl", "\n".join(lines) + "\n")
    assert shop.load().drift == ("shop.order.shoe",)
    assert shop.orders("id, email, _row") == [
        (1, "a@x", 2),
        (2, "b@x", 5),
        (3, None, 6),
        (6, None, 8),
    ]
    assert shop.rejected() == [
        (1, "the line is not a JSON object", "null"),
        (7, "the line is not a JSON object", lines[6]),
    ]


def test_an_id_column_with_gaps_written_as_floats(shop):
    shop.put("shop/order/a.csv", HEADER)
    shop.put_parquet(
        "shop/visit/a.parquet",
        "select unnest([1001.0::double, null]) as id, "
        "[]::struct(key varchar, value struct(text varchar, number bigint))[] as params",
    )
    shop.load()
    shop.put("shop/visit/b.csv", "id,params\n1002.0,[]\n1003.5,[]\n1004.00,[]\nv.0,[]\n")
    shop.put("shop/visit/c.jsonl", '{"id": 1005.0, "params": []}\n')
    shop.load()
    assert [row for (row,) in shop.query("select id from landing_shop.visit order by id")] == [
        *("1001", "1002", "1003.5", "1004.00", "1005", "v.0", None)
    ]


def test_only_text_of_figures_loses_the_fraction_of_a_whole_number(shop):
    shop.put("shop/order/a.csv", HEADER)
    shop.declare(
        DECLARATIONS.replace(
            "{name: email, data_type: string}",
            "{name: email, data_type: string}\n"
            "              - {name: phone, data_type: string}\n"
            "              - {name: postal_code, data_type: string}\n"
            "              - {name: consent_version, data_type: string}",
        )
    )
    header = "id,email,phone,postal_code,consent_version,total,created_at\n"
    shop.put("shop/order/a.csv", header + "1,,34612345678.0,8001.0,2.0,1,2026-01-01\n")
    shop.load()
    assert shop.orders("phone, postal_code, consent_version") == [("34612345678", "8001", "2.0")]


def test_a_header_within_a_file_is_no_record(shop):
    shop.declare(
        DECLARATIONS.replace(
            "bigint}\n              - {name: email", "string}\n              - {name: email"
        )
    )
    shop.put("shop/order/a.csv", HEADER + "1,id,1,2026-01-01\n" + HEADER + "id,,1,2026-01-01\n")
    shop.put("shop/visit/a.csv", "place,id,params,note\n,v1,[],\nplace,id,params,note\n")
    summary = shop.load()
    assert (summary.rows, summary.rejected) == (3, 2)
    assert shop.orders("id") == [("1",), ("id",)]
    assert shop.query("select distinct reason from landing.rejected_rows") == [
        ("the header again",)
    ]


def test_lines_that_cannot_be_split_are_rejected(shop):
    shop.put(
        "shop/order/a.csv",
        (HEADER + "1,,1,2026-01-01\n").encode()
        + b"2,caf\xe9@x.com,1,2026-01-01\n"
        + b"3,,1,2026-01-01,more,and,more\n"
        + b"4\n"
        + b"5,,1,2026-01-01\n",
    )
    summary = shop.load()
    assert shop.orders("id") == [(1,), (5,)]
    assert [reason for _, reason, _ in shop.rejected()] == [
        "line 3: invalid encoding",
        "line 4: too many columns",
        "line 5: missing columns",
    ]
    assert summary.rejected == 3


def test_bad_utf8_in_json_is_rejected(shop):
    good = b'{"id":1,"email":null,"total":1,"created_at":null}\n'
    shop.put("shop/order/a.jsonl", good + good.replace(b"null,", b'"\xe9",', 1) + good)
    assert (shop.load().rows, shop.rejected()[0][1]) == (2, "line 2: invalid encoding")


def test_a_string_of_10_megabytes(shop):
    text = "x" * 10_000_000
    shop.put("shop/order/a.csv", HEADER + f"1,{text},1,2026-01-01\n2,,1,2026-01-01\n")
    row = {"id": 3, "email": text, "total": 1, "created_at": None}
    shop.put("shop/order/b.jsonl", json.dumps(row) + "\n")
    shop.load()
    assert (1, 10_000_000) in shop.orders("id, length(email)")
    assert shop.query('select count(*), sum(length(email)) from landing_shop."order"') == [
        (3, 20_000_000)
    ]


def test_a_line_over_the_limit_is_rejected_and_the_rest_loaded(shop):
    text = "x" * 40_000_000
    shop.put("shop/order/a.csv", HEADER + f"1,{text},1,2026-01-01\n2,,1,2026-01-01\n")
    shop.load()
    assert shop.orders("id") == [(2,)]
    assert shop.rejected()[0][1] == "line 2: line size over maximum"


NASTY = [
    'O\'Brien "the" `tick`',
    "{{ env_var('HOME') }} {% raw %} {# #}",
    '\'; drop table landing_shop."order"; --',
    "line one\nline two",
    "back\\slash \\' \\x00",
    "nul\x00byte",
    "emoji 🛍️ and 李小龙",
    "=cmd|' /C calc'!A0",
    "$batch_id ? :x %s {0}",
]


def test_values_that_look_like_code_stay_values(shop):
    rows = [
        {"id": index, "email": text, "total": 1, "created_at": None}
        for index, text in enumerate(NASTY)
    ]
    quoted = "".join(f'{r["id"]},"{r["email"].replace(chr(34), chr(34) * 2)}",1,\n' for r in rows)
    shop.put("shop/order/a.csv", HEADER + quoted)
    shop.put("shop/order/b.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    shop.load()
    for name in ("a.csv", "b.jsonl"):
        assert shop.query(
            f"select email from landing_shop.\"order\" where _file like '%{name}' order by _row"
        ) == [(text,) for text in NASTY]


def test_names_of_files_that_look_like_code(shop):
    names = ["it's.csv", "a[1].csv", "what?.csv", "st*r.csv", "{{ x }}.csv", "a;b$file.csv"]
    for index, name in enumerate(names):
        shop.put(f"shop/order/{name}", HEADER + f"{index},,1,2026-01-01\n")
    shop.load()
    assert sorted(shop.orders("_file, id")) == sorted(
        (f"shop/order/{name}", index) for index, name in enumerate(names)
    )


def test_ten_thousand_identical_rows_all_land(shop):
    shop.put("shop/order/a.csv", HEADER + "1,a@b.es,1,2026-01-01\n" * 10_000)
    assert shop.load().rows == 10_000


def test_years_0001_and_9999_land(shop):
    shop.put(
        "shop/order/a.csv",
        HEADER + "1,,1,0001-01-01\n2,,1,9999-12-31 23:59:59\n3,,1,10000-01-01\n",
    )
    shop.load()
    assert shop.query('select id, created_at::varchar from landing_shop."order" order by id') == [
        (1, "0001-01-01 00:00:00"),
        (2, "9999-12-31 23:59:59"),
        (3, "10000-01-01 00:00:00"),
    ]


def test_headers_with_marks_case_and_blanks(shop):
    shop.put(
        "shop/order/a.csv", '\ufeffID, Email ,"TOTAL",created_at,\r\n1,a@b.es,2,2026-01-01,\r\n'
    )
    shop.load()
    assert shop.orders() == [(1, "a@b.es", Decimal("2.0000"), datetime(2026, 1, 1))]


def test_a_column_twice_is_refused(shop):
    shop.put("shop/order/a.csv", "id,email,total,created_at,Email\n1,,1,2026-01-01,\n")
    assert 'column "email" is there twice' in shop.refused().replace("Email", "email")


# ---- a load that is killed -------------------------------------------------------------------


def test_a_killed_load_changes_nothing_and_the_next_one_heals(shop):
    expected = 400_000
    for part in range(4):
        shop.put_parquet(
            f"shop/order/{part}.parquet",
            f"select range as id, md5(range::varchar) as email, 1.0 as total, "
            f"timestamp '2026-01-01' as created_at from range({expected // 4})",
        )
    code = (
        "import os, orchestration.landing as landing\n"
        "calls = []\n"
        "inner = landing._read_file\n"
        "def dying(*arguments):\n"
        "    calls.append(1)\n"
        "    if len(calls) == 3:\n"
        "        os.kill(os.getpid(), 9)\n"
        "    return inner(*arguments)\n"
        "landing._read_file = dying\n"
        f"landing.load({str(shop.landing)!r}, {str(shop.warehouse)!r}, {str(shop.project)!r})\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == -9
    summary = shop.load()
    assert (summary.batch_id, summary.rows) == (1, expected)
    assert shop.query('select count(*) from landing_shop."order"') == [(expected,)]


def test_a_full_disk_is_said_and_the_next_load_heals(shop, tmp_path):
    shop.put_parquet(
        "shop/order/a.parquet",
        "select range as id, md5(range::varchar) || md5((range + 1)::varchar) as email, "
        "1.0 as total, timestamp '2026-01-01' as created_at from range(500000)",
    )
    # A limit on the size of files stands for the end of the disk.
    code = (
        "import resource, signal, sys, orchestration.landing as landing\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))\n"
        "try:\n"
        f"    landing.load({str(shop.landing)!r}, {str(shop.warehouse)!r}, {str(shop.project)!r})\n"
        "except landing.LandingError as error:\n"
        "    print(error)\n"
        "    sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 7, done.stderr
    assert shop.load().rows == 500_000


def test_random_bytes_never_land_silently(shop):
    for index in range(12):
        shop.put(f"shop/order/{index}.csv", HEADER.encode() + os.urandom(2000))
    try:
        summary = shop.load()
    except LandingError as error:
        assert "landing/shop/order/" in str(error)
        return
    assert summary.rows + summary.rejected > 0


def declared_as(shop, meta):
    shop.declare(DECLARATIONS.replace("{meta: {required: true}}", "{meta: {" + meta + "}}"))


@pytest.mark.parametrize(
    ("meta", "delimiter", "encoding"),
    [
        ('delimiter: ";"', ";", "utf-8"),
        ('delimiter: "\\t", encoding: utf-16', "\t", "utf-16"),
        ('delimiter: "|", encoding: latin-1', "|", "latin-1"),
    ],
)
def test_csv_files_are_read_with_the_delimiter_and_encoding_declared(
    shop, meta, delimiter, encoding
):
    declared_as(shop, meta)
    lines = ["id,email,total,created_at", "1,peña@mail.example,1.5,2026-01-01", "2,x,y"]
    content = "\n".join(line.replace(",", delimiter) for line in lines) + "\n"
    shop.put("shop/order/a.csv", content.encode(encoding))
    summary = shop.load()
    assert (summary.rows, summary.rejected) == (1, 1)
    assert shop.orders("id, email, total") == [(1, "peña@mail.example", Decimal("1.5"))]


def test_a_file_that_is_not_as_declared_says_what_to_declare(shop):
    shop.put("shop/order/a.csv", HEADER.replace(",", ";") + "1;;1;2026-01-01\n")
    with pytest.raises(LandingError, match='declare delimiter: ";" for the table'):
        shop.load()
    shop.put("shop/order/a.csv", HEADER.encode("utf-16"))
    with pytest.raises(LandingError, match=r"the file is UTF-16 .* or declare its encoding in"):
        shop.load()
    declared_as(shop, "encoding: utf-16")
    shop.put("shop/order/a.csv", HEADER)
    with pytest.raises(LandingError, match="the file is not UTF-16"):
        shop.load()
    declared_as(shop, "encoding: ebcdic")
    with pytest.raises(LandingError, match=r"no encoding is called ebcdic\. Write one of utf-8"):
        shop.load()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("1,peña@mail.example,1,2026-01-01\n".encode(), "the file is UTF-8, not Latin-1"),
        ("1,5 €,1,2026-01-01\n".encode("windows-1252"), "characters of Windows-1252"),
    ],
)
def test_text_in_another_encoding_than_latin_1_is_refused(shop, content, told):
    declared_as(shop, "encoding: latin-1")
    shop.put("shop/order/a.csv", HEADER.encode() + content)
    message = shop.refused()
    assert message.startswith("landing/shop/order/a.csv: ")
    assert told in message
    assert "(table shop.order, declared in models/staging/shop/_shop__sources.yml)" in message


# ---- full snapshots --------------------------------------------------------------------------


def test_files_of_full_snapshots_carry_the_time_of_their_delivery(shop):
    shop.put("shop/order/first.csv", HEADER + "1,,1,2026-01-01\n")
    shop.put("shop/order/2025-02-01/part-1.csv", HEADER)
    shop.load()
    declared_as(shop, "full_snapshots: true")
    shop.put("shop/order/orders_20250301_0002.csv", HEADER + "2,,1,2026-01-01\n")
    assert shop.load().rows == 1
    assert shop.query("select file, snapshot_at from landing.files order by file") == [
        ("shop/order/2025-02-01/part-1.csv", datetime(2025, 2, 1)),
        ("shop/order/first.csv", None),
        ("shop/order/orders_20250301_0002.csv", datetime(2025, 3, 1)),
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("orders.csv", "the name has no date"),
        ("2025-02-01/orders_2025-03-01.csv", "two dates: 2025-02-01 00:00:00 and 2025-03-01"),
        ("2098-02-01.csv", "the date in the name is to come: 2098-02-01"),
    ],
)
def test_a_snapshot_that_cannot_be_dated_is_refused(shop, name, told):
    declared_as(shop, "full_snapshots: true")
    shop.put(f"shop/order/{name}", HEADER + "1,,1,2026-01-01\n")
    message = shop.refused()
    assert told in message
    assert "landing/shop/order/2026-05-01/part-1.csv" in message
    assert "_shop__sources.yml" in message
