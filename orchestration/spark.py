"""The same models on Spark: ``python -m orchestration.spark [dbt arguments]`` (default: build).

Belongs here: handing what has landed in the warehouse to Spark, where Spark keeps its things, and
dbt in the process that holds the session. Does not: reading landing files (landing.py), what a
model says (the macros in macros/cross_db), publication, which is made from the embedded warehouse.

    <spark>/conf/                           settings; SPARK_CONF_DIR names others instead
    <spark>/landing/<schema>/<table>/       what has landed, as Parquet
    <spark>/tables/<schema>.db/<table>/     what the models make, as Parquet
    <spark>/metastore/                      Spark's catalogue, which the next call goes on with
    <spark>/target/, logs/                  dbt's own files
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.paths import ROOT, Paths

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Unit tests belong to the code: they run on DuckDB, whose rows the tests on Spark compare with.
DEFAULT_ARGUMENTS = ("build", "--exclude-resource-type", "unit_test")
# Spark's own default prints a line for every view that it replaces.
LOG_SETTINGS = """
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""


def default_settings(folder: Path) -> dict[str, str]:
    """Spark's settings for one machine, with everything that it writes below the folder.

    Time zone and ANSI rules are not here: results depend on them, so profiles.yml sets them.
    """
    return {
        "spark.master": "local[*]",
        "spark.driver.memory": "4g",
        "spark.driver.extraJavaOptions": shlex.quote(f"-Dderby.system.home={folder}"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={folder / 'metastore'};create=true"
        ),
        "spark.local.dir": str(folder / "temp"),
        "spark.sql.warehouse.dir": str(folder / "tables"),
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),  # 200 suit a cluster
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


def write_settings(folder: Path, settings: Mapping[str, str]) -> Path:
    """Write the settings as a folder for SPARK_CONF_DIR; returns it."""
    conf = folder / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{name} {value}\n" for name, value in settings.items())
    (conf / "spark-defaults.conf").write_text(lines, encoding="utf-8")
    (conf / "log4j2.properties").write_text(LOG_SETTINGS, encoding="utf-8")
    return conf


def export_landed(warehouse: Path, folder: Path) -> list[tuple[str, str]]:
    """Write every landed table, the loader's ledger included, to <folder>/<schema>/<table>.

    What an earlier call wrote is replaced. Returns (schema, table). Raises duckdb.Error when the
    warehouse cannot be read, as while a run writes it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.begin()  # all tables as of one moment
        # Spark takes a time without a zone for a type of its own, not for its timestamp.
        tables = connection.execute(
            """
            select
                schema_name,
                table_name,
                string_agg(
                    case
                        when data_type = 'TIMESTAMP'
                            then format('cast("{0}" as timestamptz) as "{0}"', column_name)
                        else format('"{}"', column_name)
                    end,
                    ', ' order by column_index
                ) as columns
            from duckdb_columns()
            where
                database_name = current_database()
                and regexp_matches(schema_name, '^landing(_|$)')
            group by schema_name, table_name
            order by schema_name, table_name
            """
        ).fetchall()
        for schema, table, columns in tables:
            place = folder / schema / table
            place.mkdir(parents=True)
            connection.execute(
                f'copy (select {columns} from "{schema}"."{table}") '
                f"to '{place / 'part-0.parquet'}' (format parquet)"
            )
    return [(schema, table) for schema, table, _ in tables]


def register_landed(session: SparkSession, folder: Path, tables: Sequence[tuple[str, str]]) -> None:
    """Make the exported tables known to Spark under the names that the dbt sources have."""
    for schema in sorted({schema for schema, _ in tables}):
        session.sql(f"create schema if not exists `{schema}`")
    for schema, table in tables:
        name = f"`{schema}`.`{table}`"
        session.sql(f"drop table if exists {name}")
        session.sql(f"create table {name} using parquet location '{folder / schema / table}'")


def open_session() -> SparkSession:
    """The Spark session of this process, which dbt-spark takes as its own."""
    from pyspark.sql import SparkSession  # takes seconds

    return SparkSession.builder.enableHiveSupport().getOrCreate()


def main(arguments: Sequence[str] | None = None) -> int:
    """Hand over what has landed and run dbt on it; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    paths = Paths.from_env()
    if "SPARK_CONF_DIR" not in os.environ:
        conf = write_settings(paths.spark, default_settings(paths.spark))
        os.environ["SPARK_CONF_DIR"] = str(conf)
    landed = paths.spark / "landing"
    try:
        tables = export_landed(paths.warehouse, landed)
    except duckdb.Error as error:
        print(f"spark: what has landed cannot be read: {error}", file=sys.stderr)
        return 1
    register_landed(open_session(), landed, tables)

    from dbt.cli.main import dbtRunner

    os.environ |= {
        "DBT_TARGET_PATH": str(paths.spark / "target"),  # the manifest beside it is DuckDB's
        "DBT_LOG_PATH": str(paths.spark / "logs"),
    }
    folders = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
    result = dbtRunner().invoke([*(given or DEFAULT_ARGUMENTS), *folders, "--target", "spark"])
    if result.exception is not None:
        print(f"spark: {result.exception}", file=sys.stderr)
    return 0 if result.success else 1


if __name__ == "__main__":
    sys.exit(main())
