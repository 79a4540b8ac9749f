"""A drafted connector passes every rule of the house as it is, lands its sample and builds."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import test_column_tags
import test_manifest_rules

from orchestration.column_tags import Dictionary, model_tables, source_tables
from orchestration.landing import load
from orchestration.new_source.__main__ import draft

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("models", "macros", "seeds", "tests/data", "docs", "dbt_project.yml", "profiles.yml")
BIN = Path(sys.executable).parent


class Drafted:
    """A copy of the project with a source drafted from a sample of three kinds of files."""

    def __init__(self, folder: Path) -> None:
        self.root, self.landing = folder / "project", folder / "landing"
        self.warehouse = folder / "warehouse.duckdb"
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, self.root / name)
        shutil.copy(ROOT / ".sqlfluff", self.root)
        sample = self.landing / "acme"
        # As a spreadsheet in Spain writes it: Latin-1, semicolons, names with blanks and accents.
        people = "Código Cliente;Nombre;Apellidos;Correo electrónico;Teléfono;País;Fecha alta\n"
        people += "".join(
            f"{n:05d};Íñigo;Peña;inigo{n}@mail.example;+34 612 345 {n:03d};España;{n}/01/2026\n"
            for n in range(1, 31)
        )
        self.put(sample / "clientes" / "enero.csv", people.encode("latin-1"))
        lines = "ticket,line,articulo,cod_cliente,tienda,unidades,importe,fecha\n"
        lines += "".join(
            f"{n // 2:04d},{n % 2},A{n % 7},{n // 2:05d},T1,2,"
            f'"10,{n:02d}",2026-02-{n % 28 + 1:02d}\n'
            for n in range(2, 42)
        )
        self.put(sample / "lineas_venta" / "enero.csv", lines.encode())
        (sample / "articulos").mkdir()
        duckdb.execute(f"""
            copy (
                select 'A' || n as "order", 'Cosa ' || n as nombre, 'Marca' as marca, 9.5 as precio
                from range(2, 42) as numbers (n)
            ) to '{sample}/articulos/a.parquet'
        """)
        events = "".join(
            json.dumps(
                {"id": f"e{n}", "type": "page_view", "ts": 1772359200 + n, "visitorId": f"v{n % 5}"}
            )
            + "\n"
            for n in range(30)
        )
        self.put(sample / "web_events" / "e.jsonl", events.encode())
        self.folder, self.views = draft("acme", sample, self.root)
        load(self.landing, self.warehouse, self.root)

    @staticmethod
    def put(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True)
        path.write_bytes(content)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.root,
            env={
                **os.environ,
                "CDP_WAREHOUSE": str(self.warehouse),
                "CDP_TEMP": str(self.root / "temp"),
                "DBT_PROFILES_DIR": str(self.root),
                "DBT_TARGET_PATH": str(self.root / "target"),
                "DBT_LOG_PATH": str(self.root / "logs"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        return done.stdout

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Drafted:
    return Drafted(tmp_path_factory.mktemp("drafted"))


def test_a_draft_builds_on_its_sample_and_keeps_the_rules(drafted: Drafted) -> None:
    drafted.run(str(BIN / "dbt"), "--quiet", "build", "--select", "path:models/staging/acme")
    entities = {view.table.name: view.entity for view in drafted.views}
    assert entities == {
        "articulos": "products",
        "clientes": "customers",
        "lineas_venta": "order_lines",
        "web_events": "events",
    }
    for view, rows in (("clientes", 30), ("lineas_venta", 40), ("articulos", 40)):
        assert drafted.rows(f"""
            select count(*), count(reject_reason), count(distinct source_record_id)
            from staging.stg_acme__{view}
        """) == [(rows, 0, rows)]
    assert drafted.rows("""
        select given_name, email, phone, country_code, cast(created_at as varchar)
        from staging.stg_acme__clientes
        where source_record_id = '00007'
    """) == [("Íñigo", "inigo7@mail.example", "+34612345007", "ES", "2026-01-07 00:00:00")]
    # 40 amounts of 10 and their hundredths from 2 to 41
    assert drafted.rows(
        "select cast(sum(total) as varchar) from staging.stg_acme__lineas_venta"
    ) == [("408.60",)]
    # two lines each: 20 orders of 20 persons with the same amount in all
    assert drafted.rows("""
        select
            count(*),
            count(distinct customer_record_id),
            max(store_id),
            cast(sum(total) as varchar)
        from staging.int_acme__orders
    """) == [(20, 20, "T1", "408.60")]
    assert drafted.rows("""
        select cast(min(occurred_at) as varchar), count(anonymous_id)
        from staging.stg_acme__web_events
    """) == [("2026-03-01 10:00:00", 30)]
    manifest = json.loads((drafted.root / "target" / "manifest.json").read_text(encoding="utf-8"))
    assert "model.customer_data_platform.stg_acme__clientes" in manifest["nodes"]
    given = {
        "manifest": manifest,
        "nodes": {**manifest["nodes"], **manifest["sources"]},
        "models": [n for n in manifest["nodes"].values() if n["resource_type"] == "model"],
        "dictionary": Dictionary.load(drafted.root),
        "tables": model_tables(manifest) + source_tables(manifest),
    }
    kept = 0
    for module in (test_manifest_rules, test_column_tags):
        for name, rule in inspect.getmembers(module, inspect.isfunction):
            needs = inspect.signature(rule).parameters
            if (
                name.startswith("test_")
                and {"models", "tables"} & set(needs)
                and needs.keys() <= given.keys()
            ):
                rule(**{need: given[need] for need in needs})
                kept += 1
    assert kept > 15


def test_a_draft_is_in_the_style_of_the_house(drafted: Drafted) -> None:
    drafted.run(str(BIN / "sqlfluff"), "lint", "models/staging/acme")
