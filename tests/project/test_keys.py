"""A word for nothing is no key: rows that say NULL in every text column are no record of their own.

Each landed table gets one such row, with sound times and numbers. Rows of tables whose key is text
must be rejected as rows without a key are, and no view may make a record of the word.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.model_runner import ModelRunner
from orchestration.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
LOADED = {"_batch_id": "bigint", "_landed_at": "timestamp", "_file": "varchar", "_row": "bigint"}
VALUES = {"string": "'NULL'", "timestamp": "timestamp '2026-01-01'", "date": "date '2026-01-01'"}


def test_rows_of_the_word_null_are_nobodys_record(manifest: dict[str, Any]) -> None:
    primary = read_yaml(ROOT / "dbt_project.yml")["vars"]["primary_models"]
    with duckdb.connect() as connection:
        runner = ModelRunner(connection, {"ga4_orders_enabled": True}, manifest)
        for table in manifest["sources"].values():
            columns = {name: column["data_type"] for name, column in table["columns"].items()}
            if table["source_name"] != "landing":
                columns |= LOADED
            values = {name: VALUES.get(kind, 1) for name, kind in columns.items()}
            values |= {"source_name": "'crm'"} if "source_name" in columns else {}
            listed = ", ".join(
                f'try_cast({value} as {columns[name]}) as "{name}"'
                for name, value in values.items()
            )
            rows = 0 if table["source_name"] == "landing" else 1
            connection.execute(
                f'create table "{table["source_name"]}_{table["name"]}" as '
                f"select {listed} from range({rows})"
            )
        views = [
            path.stem
            for path in sorted((ROOT / "models/staging").glob("*/*.sql"))
            if path.parent.name != "harmonized" and path.stem != "stg_ga4__consent_states"
        ]
        runner.build_with_parents(*views)
        made = {}
        for name in views:
            keys = connection.execute(
                f"select source_record_id from {name} where reject_reason is null"
            ).fetchall()
            made[name] = [key for (key,) in keys if key is None or "null" in key.lower()]
        assert not {name: keys for name, keys in made.items() if keys}
        found = {}
        for source, tables in primary.items():
            for table, name in tables.items():
                node = manifest["sources"][f"source.customer_data_platform.{source}.{table}"]
                pattern = node["config"]["meta"].get("record_id", "{source_record_id|id}")
                parts = re.findall(r"\w+", " ".join(re.findall("{(.*?)}", pattern)))
                kinds = {p: c["data_type"] for p, c in node["columns"].items() if p in parts}
                if "string" in kinds.values():
                    found[name] = connection.execute(
                        f"select source_record_id, reject_reason from {name}"
                    ).fetchall()
        assert {name: rows for name, rows in found.items() if rows != [(None, "null key")]} == {}
