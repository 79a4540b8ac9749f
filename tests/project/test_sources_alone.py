"""A company has some of the connectors: each must stand alone, with all the others off.

The staging views of one connector and everything harmonised are built over its own landed tables,
empty, in a database that holds nothing of any other. What reads a relation of a connector that is
off, or makes no SQL of a list that has become empty, fails.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.model_runner import ModelRunner
from orchestration.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = list(read_yaml(ROOT / "dbt_project.yml")["vars"]["source_entities"])
LOADED = {"_batch_id": "bigint", "_landed_at": "timestamp", "_file": "varchar", "_row": "bigint"}


def names_in(folder: str) -> list[str]:
    return [path.stem for path in sorted((ROOT / "models/staging" / folder).glob("*.sql"))]


@pytest.mark.parametrize("source", SOURCES)
def test_a_connector_stands_alone(source: str, manifest: dict[str, Any]) -> None:
    others_off = {f"{name}_enabled": name == source for name in SOURCES}
    with duckdb.connect() as connection:
        runner = ModelRunner(connection, others_off, manifest)
        for table in manifest["sources"].values():
            if table["source_name"] in (source, "landing"):
                columns = {name: column["data_type"] for name, column in table["columns"].items()}
                if table["source_name"] == source:
                    columns |= LOADED
                listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
                connection.execute(
                    f'create table "{table["source_name"]}_{table["name"]}" ({listed})'
                )
        runner.build_with_parents(*names_in(source), *names_in("harmonized"))
        for name in names_in("harmonized"):  # an incremental run reads them as well
            runner.build(name)
            found = {row[0] for row in connection.execute(f"describe {name}").fetchall()}
            assert found == {column["name"] for column in runner.columns_of(name)}, name
