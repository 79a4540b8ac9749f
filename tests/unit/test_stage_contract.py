"""The contract source: files already in the harmonised shape are cleaned like a connector's.

dbt unit tests cannot see the YAML columns from which stage_contract() makes its SQL, so the macro
is rendered here over the columns that the project declares.
"""

import ast
import functools
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.column import DuckDBColumn
from macro_renderer import macro_renderer

CONTRACT = Path(__file__).parents[2] / "models/staging/contract"
SOURCES = yaml.safe_load((CONTRACT / "_contract__sources.yml").read_text())["sources"][0]
MODELS = yaml.safe_load((CONTRACT / "_contract__models.yml").read_text())["models"]
LANDING = {"_batch_id": "bigint", "_landed_at": "timestamp", "_file": "string", "_row": "bigint"}


@functools.cache
def contract_sql(entity):
    model = next(m for m in MODELS if m["name"] == f"stg_contract__{entity}")
    columns = {
        column["name"]: SimpleNamespace(
            name=column["name"],  # with the type as dbt hands it to the model: TEXT for string
            data_type=DuckDBColumn.translate_type(column["data_type"]),
        )
        for column in model["columns"]
    }
    render = macro_renderer(
        dbt_context={
            "model": SimpleNamespace(columns=columns),
            "source": lambda source, table: "landed_table",
        },
        source_entities={"shopify": {}, "pos": {}, "contract": {}},
        pos_enabled=False,
    )
    return render(f"stage_contract('{entity}')")


def staged(entity, rows, columns):
    """Stage rows (dicts of text or None) and return the named columns."""
    table = next(t for t in SOURCES["tables"] if t["name"] == entity)
    connection = duckdb.connect()
    types = {c["name"]: c["data_type"] for c in table["columns"]} | LANDING
    connection.execute(
        "create table landed_table ("
        + ", ".join(f'"{name}" {data_type}' for name, data_type in types.items())
        + ")"
    )
    for number, row in enumerate(rows, start=1):
        row = {"source_name": "crm", "source_record_id": str(number), "_row": number} | row
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" for _ in row)
        connection.execute(
            f"insert into landed_table ({names}) values ({marks})", list(row.values())
        )
    return connection.execute(
        f"select {columns} from ({contract_sql(entity)}) order by landed_row"
    ).fetchall()


@pytest.mark.parametrize("entity", [table["name"] for table in SOURCES["tables"]])
def test_every_entity_gives_its_declared_columns_and_types(entity):
    model = next(m for m in MODELS if m["name"] == f"stg_contract__{entity}")
    rows = staged(entity, [], "*")
    assert rows == []
    connection = duckdb.connect()
    table = next(t for t in SOURCES["tables"] if t["name"] == entity)
    types = {c["name"]: c["data_type"] for c in table["columns"]} | LANDING
    connection.execute(
        "create table landed_table ("
        + ", ".join(f'"{name}" {data_type}' for name, data_type in types.items())
        + ")"
    )
    found = connection.execute(f"describe {contract_sql(entity)}").fetchall()
    declared = {c["name"]: str(duckdb.sqltype(c["data_type"])) for c in model["columns"]}
    assert {row[0]: row[1] for row in found} == declared


def test_people_are_normalised_in_their_own_country():
    rows = [
        {
            "given_name": "  Ana  María ",
            "email": "ANA@X.ES",
            "phone": "07700 900123",
            "country_code": "United Kingdom",
            "postal_code": "sw1a 1aa",
            "gender": "Female",
            "language": "en-GB",
        },
        {"email": "nobody", "phone": "999999999", "postal_code": "8001", "country_code": "es"},
    ]
    columns = "given_name, email, phone, country_code, postal_code, gender, language"
    assert staged("customers", rows, columns) == [
        ("Ana María", "ana@x.es", "+447700900123", "GB", "SW1A1AA", "female", "en"),
        (None, None, None, "ES", "08001", None, None),
    ]


def test_the_time_of_creation_stands_in_for_the_time_of_change():
    rows = [
        {"created_at": "2026-01-01", "recorded_at": "2026-02-01"},
        {"created_at": "2026-01-01"},
        {"created_at": "0001-01-01"},
    ]
    assert staged("customers", rows, "created_at, recorded_at, reject_reason") == [
        (datetime(2026, 1, 1), datetime(2026, 2, 1), None),
        (datetime(2026, 1, 1), datetime(2026, 1, 1), None),
        (datetime(1, 1, 1), None, None),  # the union makes none of it
    ]


def test_what_is_rejected():
    rows = [
        {"source_name": None},
        {"source_record_id": "\x00 "},
        {"source_name": "shopify"},  # an enabled connector
        {"source_name": "pos"},  # one that is switched off
        {"recorded_at": "9999-01-01"},
    ]
    assert staged("customers", rows, "reject_reason") == [
        ("null source name",),
        ("null key",),
        ("source name of an enabled connector",),
        (None,),
        ("bad recorded_at",),
    ]


def test_what_an_order_may_leave_out():
    rows = [
        {"ordered_at": "2026-01-01 10:00:00", "currency": "eur"},
        {"order_id": "o-2", "ordered_at": "9999-12-31", "status": "Cancelled"},
        {},
    ]
    assert staged("orders", rows, "order_id, status, currency, recorded_at, reject_reason") == [
        ("1", "completed", "EUR", datetime(2026, 1, 1, 10), None),
        ("o-2", "cancelled", None, None, "bad ordered_at"),
        ("3", "completed", None, None, "bad ordered_at"),
    ]


def test_a_line_without_a_total_has_its_price():
    rows = [
        {"quantity": 3, "unit_price": Decimal("0.335")},
        {"quantity": 2, "unit_price": 5, "discount": Decimal("1.50")},
        {"quantity": 2, "unit_price": 5, "total": 7},
    ]
    assert staged("order_lines", rows, "total") == [
        (Decimal("1.01"),),
        (Decimal("8.50"),),
        (Decimal("7.00"),),
    ]


def test_contact_points_and_identifiers_are_read_by_what_they_are():
    points = [{"contact_point": "A@B.es"}, {"contact_point": "612 345 678"}, {"contact_point": "x"}]
    rows = [{**point, "captured_at": "2026-01-01"} for point in points]
    assert staged("consents", rows, "contact_point") == [("a@b.es",), ("+34612345678",), ("x",)]
    rows = [
        {"identifier_type": "Email", "identifier_value": "A@B.es"},
        {"identifier_type": "phone", "identifier_value": "612 345 678"},
        {"identifier_type": "user_id", "identifier_value": " U1 "},
    ]
    assert staged("identifiers", rows, "identifier_type, identifier_value") == [
        ("email", "a@b.es"),
        ("phone", "+34612345678"),
        ("user_id", "U1"),
    ]


def test_the_pages_name_the_required_times_and_the_defaults():
    """What the macro rejects and fills in is what the YAML of the entities says of the columns."""
    render = macro_renderer()
    path = CONTRACT.parent / "harmonized" / "_harmonized__models.yml"
    required, defaults = {}, {}
    for model in yaml.safe_load(path.read_text())["models"]:
        entity = model["name"].removeprefix("harmonized_")
        for column in model["columns"]:
            meta = column.get("config", {}).get("meta", {})
            if meta.get("required") and not column["name"].startswith("source_"):
                required[entity] = column["name"]
            if meta.get("default") == "source_record_id":
                defaults[entity] = column["name"]
    assert required == ast.literal_eval(render("contract_main_times()"))
    assert defaults == ast.literal_eval(render("contract_own_ids()"))
