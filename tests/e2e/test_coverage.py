"""What the coverage table promises, seen in the rows of a generated retailer."""

from __future__ import annotations

import json

import duckdb
import pytest
from world import World

from orchestration.contract_docs import ANY_WORD, read_contract
from orchestration.paths import ROOT

CONTRACT = read_contract(ROOT)
ROWS = [row for group in CONTRACT.coverage for row in group["rows"]]


@pytest.fixture(scope="module")
def warehouse(world: World):
    with duckdb.connect(str(world.paths.warehouse), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["what"])
def test_every_row_of_the_coverage_table_has_data(warehouse, row):
    filled = " or ".join(f"{column} is not null" for column in row["columns"])
    words = " ".join(
        f"and {column} in ({', '.join(repr(word) for word in allowed)})"
        for column, allowed in row.get("when", {}).items()
    )
    query = f"from staging.harmonized_{row['entity']} where ({filled}) {words}"
    sources = {source for (source,) in warehouse.execute(f"select source_name {query}").fetchall()}
    assert sources
    assert sources <= set(CONTRACT.covering(row))


def test_models_hold_no_other_words_than_they_promise(world, warehouse):
    manifest = json.loads((world.paths.target / "manifest.json").read_text(encoding="utf-8"))
    broken = []
    for node in manifest["nodes"].values():
        for column, words in node["config"].get("meta", {}).get("values", {}).items():
            if ANY_WORD in words:
                continue
            found = warehouse.execute(
                f"select distinct {column} from staging.{node['name']} where {column} is not null"
            ).fetchall()
            broken += [f"{node['name']}.{column}: {w}" for (w,) in found if w not in words]
    assert not broken
