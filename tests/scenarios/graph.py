"""The identity graph on a DuckDB connection of its own, without a dbt process, fed with rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pandas as pd

from benchmarks.model_runner import ModelRunner

SEEDS = ("identifier_types", "blocked_identifier_values", "identity_overrides", "nicknames")
AS_OF = "2026-06-30 00:00:00"
Rows = Mapping[str, Iterable[Mapping[str, Any]]]  # entity -> rows


class Graph:
    """Lands batches of harmonised rows and builds the graph over them."""

    def __init__(self, key: str = "key of the scenarios") -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.runner = ModelRunner(self.connection, {"as_of": AS_OF})
        self.entities = sorted(
            name.removeprefix("harmonized_")
            for name in self.runner.models
            if name.startswith("harmonized_")
        )
        for entity in self.entities:
            self.runner.create_empty(f"harmonized_{entity}")
        for seed in SEEDS:
            self.runner.load_seed(seed)
        self.connection.execute("create table landing_instance (customer_id_key varchar)")
        self.connection.execute("insert into landing_instance values (?)", [key])
        self.connection.execute("create table landing_tombstones (digest text, request_id text)")
        self.public = sorted(name for name in self.runner.models if name.startswith("identity_"))
        self.models = self.runner.ordered(self.public)
        self.batch = 0

    def land(self, batch: Rows, *, number: int | None = None) -> None:
        """Replace and add rows as the harmonised layer would: the latest version of each record."""
        self.batch = number or self.batch + 1
        for entity, rows in batch.items():
            for row in rows:
                self._land(entity, row)

    def _land(self, entity: str, row: Mapping[str, Any]) -> None:
        table = f"harmonized_{entity}"
        key = [row["source_name"], row["source_record_id"]]
        found = self.connection.execute(
            f"select first_batch_id, recorded_at > cast(? as timestamp), batch_id from {table} "
            "where source_name = ? and source_record_id = ?",
            [row["recorded_at"], *key],
        ).fetchone()
        values = {
            "source_table": f"contract.{entity}",
            "times_landed": 1,
            **row,
            "batch_id": self.batch,
            "first_batch_id": min(self.batch, found[0]) if found else self.batch,
        }
        match = " where source_name = ? and source_record_id = ?"
        if found and found[1]:  # what is there is newer
            self.connection.execute(
                f"update {table} set batch_id = ?, first_batch_id = ?" + match,
                [max(self.batch, found[2]), values["first_batch_id"], *key],
            )
            return
        self.connection.execute(f"delete from {table}" + match, key)
        self.connection.execute(
            f"insert into {table} ({', '.join(values)}) values ({', '.join('?' * len(values))})",
            list(values.values()),
        )

    def delete(self, entity: str, source_name: str, source_record_id: str) -> None:
        """Take a record out, as an erasure does."""
        self.connection.execute(
            f"delete from harmonized_{entity} where source_name = ? and source_record_id = ?",
            [source_name, source_record_id],
        )

    def build(self, *, full_refresh: bool = False) -> dict[str, pd.DataFrame]:
        """Build every model; returns the public ones, sorted."""
        self.runner.build(*self.models, full_refresh=full_refresh)
        return self.state()

    def state(self) -> dict[str, pd.DataFrame]:
        """Every public model of the graph, sorted."""
        return {
            name: self.connection.execute(f"select * from {name} order by all").df()
            for name in self.public
        }

    def copy_rows_from(self, other: Graph) -> None:
        """Take over what has landed elsewhere, and the rules, but nothing that was built."""
        tables = [f"harmonized_{entity}" for entity in self.entities] + list(SEEDS)
        for table in tables:
            rows = other.connection.sql(f"select * from {table}").to_arrow_table()
            self.connection.execute(f"delete from {table}")
            self.connection.register("rows_of_other", rows)
            self.connection.execute(f"insert into {table} by name select * from rows_of_other")
            self.connection.unregister("rows_of_other")
