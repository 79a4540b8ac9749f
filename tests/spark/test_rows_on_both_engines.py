"""One set of models: the same landed rows end in the same rows on DuckDB and on Spark.

A small demo lands in two batches, and both engines build after each: DuckDB incrementally, Spark
anew. Rows are compared as they are, doubles bit by bit. Two things may differ: the width of an
integer, and the zeros at the end of a time inside the payload of a reject, which each engine writes
in its own way.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyspark.sql import SparkSession

from orchestration import spark
from orchestration.landing import load
from orchestration.paths import ROOT

PEOPLE = 120
BATCHES = 2
UNTIL = "2026-10-01"
ROOMS = ("staging", "identity_graph", "unified_customer", "marts")
# Enough for the comparison to say something: what stays empty are entities without a demo source.
LEAST_FILLED = 75
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")

pytestmark = [pytest.mark.spark, pytest.mark.slow]


@dataclass(frozen=True)
class Model:
    """A model on both engines after a batch."""

    columns: tuple[Mapping[str, str], Mapping[str, str]]  # name -> type, on DuckDB and on Spark
    rows: int
    only_on_duckdb: int
    only_on_spark: int

    @property
    def is_same(self) -> bool:
        """Same columns in the same order, same rows the same number of times."""
        return list(self.columns[0].items()) == list(self.columns[1].items()) and (
            self.only_on_duckdb,
            self.only_on_spark,
        ) == (0, 0)


class Engines:
    """One landing folder and warehouse, and Spark beside it."""

    def __init__(self, folder: Path, session: SparkSession) -> None:
        self.folder = folder
        self.session = session
        self.warehouse = folder / "warehouse.duckdb"
        self.landing = folder / "landing"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CDP_LANDING": str(self.landing),
            "CDP_WAREHOUSE": str(self.warehouse),
            "CDP_TEMP": str(self.folder / "temp"),
            "CDP_TARGET": "duckdb",
            "DBT_PROFILES_DIR": str(ROOT),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def land(self, delivery: Path) -> None:
        """Load what a delivery (a landing folder of its own) brings."""
        for file in delivery.glob("*/*/*"):
            target = self.landing / file.relative_to(delivery).with_stem(delivery.name)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.rename(target)
        load(self.landing, self.warehouse, ROOT)

    def build_on_duckdb(self) -> None:
        dbt = str(Path(sys.executable).with_name("dbt"))
        done = subprocess.run(
            [dbt, "build", "--resource-type", "seed", "--resource-type", "model", *self.clock],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:]

    def build_on_spark(self, *arguments: str) -> None:
        assert spark.main([*arguments, *self.clock]) == 0

    @property
    def clock(self) -> list[str]:
        return ["--vars", json.dumps({"as_of": UNTIL})]

    def compare(self) -> dict[str, Model]:
        """Every model that other rooms may read, on both engines."""
        manifest = json.loads((self.folder / "target" / "manifest.json").read_text())
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach '{self.warehouse}' as warehouse (read_only)")
            return {
                node["name"]: self.compare_model(connection, f"{node['schema']}.{node['alias']}")
                for node in manifest["nodes"].values()
                if node["resource_type"] == "model"
                and node["fqn"][1] in ROOMS
                and not node["name"].startswith(("stg_", "int_"))
            }

    def compare_model(self, connection: duckdb.DuckDBPyConnection, relation: str) -> Model:
        connection.register("on_spark", self.session.table(relation).toArrow())
        columns = (
            columns_of(connection, f"warehouse.{relation}"),
            columns_of(connection, "on_spark"),
        )
        comparable = ", ".join(comparable_value(name) for name in columns[0])
        duckdb_rows = f"select {comparable} from warehouse.{relation}"
        spark_rows = f"select {comparable} from on_spark"
        found = connection.execute(
            f"""
            select
                (select count(*) from warehouse.{relation}),
                (select count(*) from ({duckdb_rows} except all {spark_rows})),
                (select count(*) from ({spark_rows} except all {duckdb_rows}))
            """
        ).fetchall()
        return Model(columns, *found[0])


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Name -> type; integers of every width are one type, times with and without a zone another."""
    described: list[tuple[Any, ...]] = connection.execute(f"describe {relation}").fetchall()
    return {
        name: "integer" if data_type in INTEGERS else data_type.removesuffix(" WITH TIME ZONE")
        for name, data_type, *_ in described
    }


def comparable_value(column: str) -> str:
    """SQL of a column without what each engine writes in its own way."""
    if column == "payload":
        time = '(:[0-9]{2}:[0-9]{2})[.]?([0-9]*?)0*"'
        return f"""regexp_replace({column}, '{time}', '\\1.\\2"', 'g')"""
    return f'"{column}"'


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, spark_folder: Path, session: SparkSession
) -> Iterator[Engines]:
    engines = Engines(tmp_path_factory.mktemp("engines"), session)
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in engines.environment.items():
            patch.setenv(variable, value)
        yield engines


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders of the demo's batches."""
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run(
        [
            *(sys.executable, "-m", "orchestration.demo", "--people", str(PEOPLE)),
            *("--until", UNTIL, "--batches", str(BATCHES)),
            *("--out", str(folder / "landing"), "--truth", str(folder / "truth")),
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return sorted((folder / "landing").iterdir())


@pytest.fixture(scope="module")
def after_first_batch(engines: Engines, deliveries: list[Path]) -> dict[str, Model]:
    """Built on Spark with every data test."""
    engines.land(deliveries[0])
    engines.build_on_duckdb()
    engines.build_on_spark(*spark.DEFAULT_ARGUMENTS)
    return engines.compare()


@pytest.fixture(scope="module")
def after_second_batch(
    engines: Engines, deliveries: list[Path], after_first_batch: dict[str, Model]
) -> dict[str, Model]:
    engines.land(deliveries[1])
    engines.build_on_duckdb()
    engines.build_on_spark("run")
    return engines.compare()


def report(models: Mapping[str, Model]) -> None:
    different = {name: model for name, model in models.items() if not model.is_same}
    assert not different, "\n".join(f"{name}: {model}" for name, model in different.items())


def test_rows_are_equal_after_the_first_batch(after_first_batch: dict[str, Model]) -> None:
    report(after_first_batch)


def test_rows_are_equal_after_the_second_batch(after_second_batch: dict[str, Model]) -> None:
    report(after_second_batch)


def test_most_models_have_rows(after_second_batch: dict[str, Model]) -> None:
    filled = [name for name, model in after_second_batch.items() if model.rows > 0]
    assert len(filled) >= LEAST_FILLED, sorted(set(after_second_batch) - set(filled))


def test_the_second_batch_moves_customers(
    after_first_batch: dict[str, Model], after_second_batch: dict[str, Model]
) -> None:
    """Else equal rows would not show that Spark keeps what it has said about an id."""
    assert after_first_batch["identity_merges"].rows == 0
    assert after_second_batch["identity_merges"].rows > 0
