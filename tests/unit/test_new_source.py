"""What the generator of a connector sees in files, and what it makes of it, on small made files."""

import gzip
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from macro_renderer import macro_renderer

from orchestration.column_tags import Dictionary
from orchestration.contract_docs import read_contract
from orchestration.new_source.__main__ import draft
from orchestration.new_source.columns import make_views
from orchestration.new_source.folder import FolderError
from orchestration.new_source.proposal import propose
from orchestration.new_source.sample import SampleError, read_sample, table_name
from orchestration.new_source.view_sql import view_sql

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS = "id,email,created_at\n" + "".join(
    f"C{n:03d},person{n}@mail.example,2026-01-{n:02d} 10:00:00\n" for n in range(1, 25)
)


@pytest.fixture(scope="module")
def contract():
    return read_contract(ROOT)


@pytest.fixture(scope="module")
def render():
    return macro_renderer()


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def column_of(folder: Path, values: list[str], header: str = "given_value"):
    """The column that a CSV file of these values shows, beside a key."""
    rows = "".join(f'{n},"{value}"\n' for n, value in enumerate(values))
    with read_sample(put(folder, "things.csv", f"id,{header}\n{rows}")) as sample:
        return sample.tables[0].column(header)


@pytest.mark.parametrize(
    ("values", "data_type", "reading"),
    [
        (["1", "-20", "300"], "bigint", ""),
        (["00120", "00450", "00001"], "string", ""),  # leading zeros are codes
        (["1.5", "2", "3.25"], "decimal(18,4)", ""),
        (["1.123456", "2"], "double", ""),
        (["1,50", "1.234,56", "7"], "string", "number_comma"),
        (["1,234.50", "17"], "string", "number_point"),
        (["1.5", "n/a", "2.5"], "string", "number_point"),
        (["2026-03-01", "2026-12-31"], "date", ""),
        (["2026-03-01 10:00:00", "2026-03-01T11:00:00Z"], "timestamp", ""),
        (["31/12/2025", "01/02/2025"], "string", "time_dmy"),
        (["12/31/2025", "01/02/2025"], "string", "time_mdy"),
        (["true", "false", "TRUE"], "boolean", ""),
        (["yes", "no"], "boolean", ""),
        (["red", "12", "2026-03-01"], "string", ""),
        (["31/12/25", "01/02/25"], "string", ""),  # which century?
    ],
)
def test_types_are_read_from_values(tmp_path, values, data_type, reading):
    column = column_of(tmp_path, values)
    assert (column.data_type, column.reading) == (data_type, reading)


def test_ids_stay_text_even_when_they_are_numbers(tmp_path):
    assert column_of(tmp_path, ["1", "2"], "order_id").data_type == "string"


def test_what_is_not_certain_is_said(tmp_path):
    guess = column_of(tmp_path, ["01/02/2025", "03/04/2025"])
    assert guess.reading == "time_dmy"
    assert "day and month cannot be told apart; read with the day first (a guess)" in guess.doubts
    thousands = column_of(tmp_path, ["1,234", "5,678"])
    assert any("comma may part thousands or decimals" in doubt for doubt in thousands.doubts)
    century = column_of(tmp_path, ["31/12/25"])
    assert any("two digits for the year" in doubt for doubt in century.doubts)
    faults = column_of(tmp_path, [str(n) for n in range(40)] + ["many"])
    assert faults.data_type == "bigint"
    assert "1 of 41 values do not fit: they send their row to the rejects" in faults.doubts


def test_a_certain_order_of_day_and_month_counts_for_the_other_columns(tmp_path):
    put(tmp_path, "a.csv", "id,sold,paid\n1,12/31/2025,01/02/2025\n2,01/01/2025,03/04/2025\n")
    with read_sample(tmp_path) as sample:
        paid = sample.tables[0].column("paid")
    assert paid.reading == "time_mdy"
    assert any("as in other columns" in doubt for doubt in paid.doubts)


@pytest.mark.parametrize(
    ("content", "delimiter", "encoding"),
    [
        ("name;city\nPeña;León\n".encode("latin-1"), ";", "latin-1"),
        ("name\tcity\nPeña\tLeón\n".encode(), "\t", "utf-8"),
        ("\ufeffname|city\nPeña|León\n".encode(), "|", "utf-8"),
        ("name,city\nPeña,León\n".encode("utf-16"), ",", "utf-16"),
        ('name;city\n"Peña, Ana";León\n'.encode(), ";", "utf-8"),
    ],
)
def test_delimiters_and_encodings_are_seen(tmp_path, content, delimiter, encoding):
    with read_sample(put(tmp_path, "people.csv", content)) as sample:
        (table,) = sample.tables
        assert (table.delimiter, table.encoding) == (delimiter, encoding)
        assert [column.name for column in table.columns] == ["name", "city"]
        row = sample.connection.execute("select name, city from people").fetchone()
    assert row[0].startswith("Peña")
    assert row[1] == "León"


def test_ids_with_gaps_written_as_floats_stay_ids(tmp_path):
    duckdb.execute(
        "copy (select *, product_id as amount from (values (1.0::double), (null)) as t(product_id))"
        f" to '{tmp_path}/goods.parquet'"
    )
    put(tmp_path, "lines.csv", "product_id,amount\n1.0,1.0\n,2.0\n")
    with read_sample(tmp_path) as sample:
        for table in sample.tables:
            kinds = [column.data_type for column in table.columns]
            assert kinds[0] == "string" and kinds[1] != "string"


def test_three_kinds_of_files_and_their_tables(tmp_path):
    duckdb.execute(
        f"copy (select 7 as id, 1.5::double as price) to '{tmp_path}/goods_part_2.parquet'"
    )
    put(tmp_path, "orders_2026-01.csv", "id,total\n1,5\n")
    put(tmp_path, "orders_2026-02.csv", "id,total,note\n2,6,x\n")
    lines = '{"id": 1, "tags": ["a"], "at": 1772359200}\n{"id": 2, "at": 1772359300}\nnot json\n'
    put(tmp_path, "clicks/day.jsonl.gz", gzip.compress(lines.encode()))
    with read_sample(tmp_path) as sample:
        tables = {table.name: table for table in sample.tables}
        assert set(tables) == {"clicks", "goods", "orders"}
        assert (tables["orders"].rows, len(tables["orders"].files)) == (2, 2)
        assert [c.name for c in tables["orders"].columns] == ["id", "total", "note"]
        assert tables["goods"].column("price").data_type == "decimal(18,4)"
        assert tables["clicks"].column("at").reading == "epoch_seconds"
        assert tables["clicks"].column("tags").shape == "json"
        assert tables["clicks"].doubts == (
            "day.jsonl.gz: 1 of 3 lines are no JSON object; the loader rejects such lines.",
        )


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("orders_2026-01", "orders"),
        ("transactions_sample_75k", "transactions"),
        ("OrderLines", "order_lines"),
        ("Pedidos España", "pedidos_espana"),
        ("2024", "t_2024"),
    ],
)
def test_names_of_tables(file, table):
    assert table_name(file) == table


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", "", "the file is empty"),
        ("header.csv", "id,name\n", "has no rows"),
        (
            "data.csv",
            "17,ana@mail.example,2026-01-01\n18,b@mail.example,2026-01-02\n",
            "holds data",
        ),
        ("twice.csv", "id,Id\n1,2\n", "is there twice"),
        ("nameless.csv", "id,\n1,2\n", "column 2 has no name"),
        ("cyrillic.csv", "id,название\n1,2\n", "no Latin letter and no figure in its name"),
        ("товары.csv", "id\n1\n", "no Latin letter and no figure"),
        ("braces.csv", "id,{{ x }}\n1,2\n", "quote, brace"),
        ("broken.parquet", b"PAR1 and no more", "cannot be read as parquet"),
        ("words.jsonl", "hello\nworld\n", "no line is a JSON object"),
        ("binary.csv", b"a,b\n\x00\x01,2\n", "is not text"),
        ("cut.csv.gz", gzip.compress(b"id\n1\n" * 999)[:-20], "cannot be read"),
        ("a/b/c.csv", "id\n1\n", "lies too deep"),
        ("notes.txt", "id\n1\n", "no data file is there"),
    ],
)
def test_files_that_cannot_be_read_are_named_with_the_mend(tmp_path, name, content, message):
    put(tmp_path, name, content)
    with pytest.raises(SampleError, match=message) as error, read_sample(tmp_path):
        pass
    assert str(tmp_path) in str(error.value)


def test_files_of_one_table_that_do_not_go_together_are_named(tmp_path):
    duckdb.execute(f"copy (select 1 as id) to '{tmp_path}/orders_1.parquet'")
    duckdb.execute(f"copy (select [1] as id) to '{tmp_path}/orders_2.parquet'")
    with pytest.raises(SampleError, match="orders: its files do not go together"):  # noqa: SIM117
        with read_sample(tmp_path):
            pass
    put(tmp_path / "mixed", "a.csv", "id\n1\n")
    put(tmp_path / "mixed", "a.jsonl", '{"id": 1}\n')
    with pytest.raises(SampleError, match="files of several kinds"):  # noqa: SIM117
        with read_sample(tmp_path / "mixed"):
            pass


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SampleError, match="no such file"), read_sample(tmp_path / "gone"):
        pass


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("id,city\n1,Vigo\n2,Vigo\n", ("id",)),
        ("city,code\nVigo,a\nVigo,b\n", ("code",)),
        ("order_id,line_no,units\n1,1,5\n1,2,5\n2,1,5\n", ("order_id", "line_no")),
        ("id,city\n1,Vigo\n,Vigo\n1,Lugo\n", ()),
        ("city,units\nVigo,5\nVigo,5\n", ()),  # the same twice may be two things
        ("coupon_id,product_id\n1,1\n1,2\n1,2\n", ("coupon_id", "product_id")),  # ids alone: no
    ],
)
def test_keys_are_filled_and_unique(tmp_path, content, key):
    with read_sample(put(tmp_path, "things.csv", content)) as sample:
        assert sample.tables[0].key == key


def proposals_of(folder: Path, contract):
    with read_sample(folder) as sample:
        return {p.table.name: p for p in propose(sample, contract)}


def test_entities_and_columns_are_found_by_names_and_values(tmp_path, contract):
    put(
        tmp_path,
        "clientes.csv",
        "codigo;nombre;correo;telefono;alta;shoe\n"
        "C1;Ana;ana@mail.example;+34 612 345 678;31/12/2025;42\n"
        "C2;Luis;luis@mail.example;+34 612 345 679;30/12/2025;43\n",
    )
    put(
        tmp_path,
        "pedidos.csv",
        "num_pedido;quien;cod_cliente;fecha;importe;divisa\n"
        'P1;x;C1;31/12/2025;"1.000,50";EUR\nP2;x;C2;30/12/2025;"20,00";EUR\n',
    )
    found = proposals_of(tmp_path, contract)
    customers, orders = found["clientes"].chosen, found["pedidos"].chosen
    assert customers.entity.name == "customers"
    assert {m.column.name: m.target.name for m in customers.mappings} == {
        "nombre": "given_name",
        "correo": "email",
        "telefono": "phone",
        "alta": "created_at",
    }
    assert [column.name for column, _ in customers.left] == ["shoe"]
    assert orders.entity.name == "orders"
    assert {m.column.name: m.target.name for m in orders.mappings} == {
        "num_pedido": "order_id",
        "cod_cliente": "customer_record_id",
        "fecha": "ordered_at",
        "importe": "total",
        "divisa": "currency",
    }
    assert orders.mapped("customer_record_id").score == 1.0
    assert all(0.5 <= m.score <= 1 for m in (*customers.mappings, *orders.mappings))


def test_a_name_counts_for_nothing_against_the_values(tmp_path, contract):
    rows = "".join(f"{n},word{n},5+\n" for n in range(3))
    put(tmp_path, "customers.csv", f"id,email,household_size\n{rows}")
    (proposal,) = proposals_of(tmp_path, contract).values()
    assert proposal.chosen is None or not proposal.chosen.mappings
    left = dict((c.name, why) for c, why in proposal.others[0].left)
    assert "values are not of the shape email" in left["email"]
    assert "values are text, not bigint" in left["household_size"]


def test_lines_of_orders_are_no_orders(tmp_path, contract):
    put(
        tmp_path,
        "sales.csv",
        "receipt_no,product_id,qty,amount,date\n"
        "1,A,1,5.00,2026-01-01\n1,B,2,6.00,2026-01-01\n2,A,1,5.00,2026-01-02\n",
    )
    proposal = proposals_of(tmp_path, contract)["sales"]
    assert proposal.chosen.entity.name == "order_lines"
    assert any("repeats" in lack for c in proposal.others for lack in c.lacks)


def test_contact_points_are_kept_out_of_tables_about_things(tmp_path, contract):
    put(
        tmp_path,
        "products.csv",
        "product_id,brand,category,email\nP1,A,x,buyer@mail.example\nP2,B,y,seller@mail.example\n",
    )
    with read_sample(tmp_path) as sample:
        proposals = propose(sample, contract)
    (view,) = make_views("acme", proposals, Dictionary.load(ROOT))
    assert view.entity is None
    assert "nothing about people" in view.proposal.others[0].lacks[0]


def project_copy(folder: Path) -> Path:
    """What the generator reads and writes of the project, in a folder of its own."""
    (folder / "models" / "staging").mkdir(parents=True)
    for name in ("seeds", "docs"):
        (folder / name).symlink_to(ROOT / name)
    for path in (ROOT / "models" / "staging").iterdir():
        (folder / "models" / "staging" / path.name).symlink_to(path)
    (folder / "dbt_project.yml").write_bytes((ROOT / "dbt_project.yml").read_bytes())
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_draft_is_a_folder_and_lines_in_the_registry(tmp_path):
    project = project_copy(tmp_path / "project")
    sample = put(tmp_path, "sample/customers.csv", CUSTOMERS)
    folder, _ = draft("acme", sample.parent, project)
    assert sorted(path.name for path in folder.iterdir()) == [
        "CHECKLIST.md",
        "_acme__models.yml",
        "_acme__sources.yml",
        "_acme__unit_tests.yml",
        "stg_acme__customers.sql",
    ]
    before = (ROOT / "dbt_project.yml").read_text().splitlines()
    after = (project / "dbt_project.yml").read_text().splitlines()
    assert [line for line in after if line in before] == before
    variables = yaml.safe_load("\n".join(after))["vars"]
    assert variables["acme_enabled"] is True
    assert variables["source_entities"]["acme"] == {"customers": ["stg_acme__customers"]}
    assert variables["primary_models"]["acme"] == {"customers": "stg_acme__customers"}


def test_a_draft_declares_how_a_key_is_made_that_is_not_the_column_id(tmp_path):
    project = project_copy(tmp_path / "project")
    put(tmp_path, "sample/customers.csv", CUSTOMERS)
    lines = "".join(f"{order},{line},9\n" for order in range(1, 9) for line in (1, 2))
    put(tmp_path, "sample/lines.csv", "order_id,line_no,units\n" + lines)
    folder, _ = draft("acme", tmp_path / "sample", project)
    declared = yaml.safe_load((folder / "_acme__sources.yml").read_text())["sources"][0]["tables"]
    keys = {table["name"]: table["config"]["meta"].get("record_id") for table in declared}
    assert keys == {"customers": None, "lines": "{order_id}-{line_no}"}


@pytest.mark.parametrize("name", ["Acme", "1st", "a__b", "a-b", "", "a" * 41, "contract", "pos"])
def test_bad_and_taken_names_change_nothing(tmp_path, name):
    project = project_copy(tmp_path / "project")
    sample = put(tmp_path, "sample/customers.csv", CUSTOMERS)
    before = files_of(project)
    with pytest.raises(FolderError):
        draft(name, sample.parent, project)
    assert files_of(project) == before


def test_a_folder_that_is_there_stays_as_it_is(tmp_path):
    project = project_copy(tmp_path / "project")
    mine = put(project, "models/staging/acme/mine.sql", "select 1")
    sample = put(tmp_path, "sample/customers.csv", CUSTOMERS)
    with pytest.raises(FolderError, match="is already there"):
        draft("acme", sample.parent, project)
    assert mine.read_text() == "select 1"
    assert [path.name for path in mine.parent.iterdir()] == ["mine.sql"]


def test_nothing_is_dropped_in_silence(tmp_path):
    project = project_copy(tmp_path / "project")
    header = "id,email,shoe_size,odd (x),country"
    rows = "".join(f"{n},p{n}@mail.example,{40 + n},x,Spain\n" for n in range(1, 25))
    sample = put(tmp_path, "sample/customers.csv", f"{header}\n{rows}")
    folder, (view,) = draft("acme", sample.parent, project)
    page = (folder / "CHECKLIST.md").read_text()
    for name in ("id", "email", "shoe_size", "odd (x)", "country"):
        assert name in page
    assert "| shoe_size | bigint | 100% | **not mapped**: attributes |" in page
    assert "{" not in page  # dbt reads pages of its folders as templates
    assert "('shoe_size', 'cast(customers.shoe_size as string)')" in view_sql(view)


NUMBERS = [
    ("1.234,50", ",", Decimal("1234.50")),
    ("12,5", ",", Decimal("12.50")),
    ("-7", ",", Decimal("-7.00")),
    ("1 234,50 €", ",", Decimal("1234.50")),
    ("99,90 €", ",", Decimal("99.90")),
    ("1,234.50", ".", Decimal("1234.50")),
    ("1.5", ".", Decimal("1.50")),
    ("1.234.5", ".", None),
    ("n/a", ".", None),
    ("", ",", None),
    (None, ",", None),
]


@pytest.mark.parametrize(("text", "mark", "number"), NUMBERS)
def test_numbers_from_text(render, text, mark, number):
    sql = render(f"number_from_text('given.v', 'decimal(18,2)', '{mark}')")
    found = duckdb.execute(f"select {sql} from (select $1::varchar as v) as given", [text])
    assert found.fetchone()[0] == number


@pytest.mark.parametrize(
    ("text", "order", "time"),
    [
        ("31/12/2025", "dmy", "2025-12-31 00:00:00"),
        ("1.2.2025 10:30", "dmy", "2025-02-01 10:30:00"),
        ("12-31-2025 10:30:05", "mdy", "2025-12-31 10:30:05"),
        ("2025-12-31", "iso", "2025-12-31 00:00:00"),
        ("2025/12/31 08:00:00", "iso", "2025-12-31 08:00:00"),
        ("12/31/2025", "dmy", None),
        ("31/12/25", "dmy", None),
        ("n/a", "iso", None),
        (None, "dmy", None),
    ],
)
def test_times_from_text(render, text, order, time):
    sql = render(f"time_from_text('given.v', '{order}')")
    found = duckdb.execute(
        f"select cast({sql} as varchar) from (select $1::varchar as v) as given", [text]
    )
    assert found.fetchone()[0] == time


@pytest.mark.parametrize(
    ("text", "order", "time"),
    [
        ("31/12/49", "dmy", "2049-12-31 00:00:00"),
        ("31.12.50 10:30", "dmy", "1950-12-31 10:30:00"),
        ("3-1-99", "mdy", "1999-03-01 00:00:00"),
        ("26-01-02", "iso", "2026-01-02 00:00:00"),
        ("31/12/2025", "dmy", "2025-12-31 00:00:00"),
        ("31/12/205", "dmy", None),
        ("31/13/25", "dmy", None),
    ],
)
def test_years_of_two_figures_need_their_century(render, text, order, time):
    sql = render(f"time_from_text('given.v', '{order}', first_year=1950)")
    found = duckdb.execute(
        f"select cast({sql} as varchar) from (select $1::varchar as v) as given", [text]
    )
    assert found.fetchone()[0] == time
