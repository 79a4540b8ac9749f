"""The gate: ``python -m orchestration.quality.gate landing|publication``.

Belongs here: evaluating the suites with Great Expectations on the warehouse, the verdict, and the
audit record that publication asks for. Does not: what is expected (suites.py), how results look
(report.py, data_docs.py).

A process of its own: Great Expectations takes seconds to import, and DuckDB must be closed
read-only before the audit record can be written. Exit codes: 0 passed, 1 refused, 2 could not be
evaluated.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import manifest as dbt_manifest
from orchestration.lock import wait_until_writable, writer_lock
from orchestration.paths import Paths
from orchestration.quality.report import write_report
from orchestration.quality.suites import (
    Expectation,
    LandedTable,
    Mart,
    Severity,
    Suite,
    landing_suites,
    publication_suites,
)

GATES = ("landing", "publication")
PASSED, REFUSED, BROKEN = 0, 1, 2
ROWS_SHOWN = 3


@dataclass(frozen=True)
class Result:
    """What became of one expectation. observed: a count or share, never values of columns."""

    table: str
    claim: str
    severity: Severity
    passed: bool
    observed: str
    exception: str = ""

    @property
    def blocks(self) -> bool:
        """A critical expectation that does not hold, or any that could not be evaluated."""
        return not self.passed and (self.severity == "critical" or bool(self.exception))


@dataclass(frozen=True)
class Verdict:
    """All results of one gate about one subject: a landing batch or a build."""

    gate: str
    subject: str
    checked_at: str
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing blocks; a gate that evaluated nothing has not passed."""
        return bool(self.results) and not any(result.blocks for result in self.results)

    def as_json(self) -> dict[str, Any]:
        """For files; report.py and checks.py read it."""
        return {
            "gate": self.gate,
            "subject": self.subject,
            "checked_at": self.checked_at,
            "passed": self.passed,
            "results": [{**asdict(result), "blocks": result.blocks} for result in self.results],
        }


def newest_batch(connection: duckdb.DuckDBPyConnection) -> str:
    """The landing batch that the landing gate looks at; empty before the first."""
    row = connection.execute("select max(batch_id) from landing.files").fetchone()
    return str(row[0]) if row and row[0] is not None else ""


def newest_build(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """Id and status of the newest build; empty before the first."""
    row = connection.execute(
        "select build_id, status from audit.builds order by started_at desc limit 1"
    ).fetchone()
    return (str(row[0]), str(row[1])) if row else ("", "")


def landed_tables(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]
) -> list[LandedTable]:
    """The declared tables for which the newest batch has a file."""
    newest = dict(
        connection.execute(
            "select source_table, sum(row_count) from landing.files group by source_table "
            "having max(batch_id) = (select max(latest.batch_id) from landing.files as latest)"
        ).fetchall()
    )
    return [
        LandedTable(
            schema=node["schema"],
            table=node["identifier"],
            first_column=next(iter(node["columns"])),
            is_required=bool(node["config"].get("meta", {}).get("required")),
            row_count=int(newest[f"{node['source_name']}.{node['name']}"]),
        )
        for node in sorted(manifest["sources"].values(), key=lambda node: node["unique_id"])
        if f"{node['source_name']}.{node['name']}" in newest and node["columns"]
    ]


def marts_of(manifest: Mapping[str, Any]) -> list[Mart]:
    """The public models of schema marts; the key is the one column with a ``unique`` test."""
    keys: dict[str, list[str]] = {}
    for node in manifest["nodes"].values():
        if (
            node["resource_type"] == "test"
            and (node.get("test_metadata") or {}).get("name") == "unique"
        ):
            keys.setdefault(node["attached_node"], []).append(node["column_name"])
    return [
        Mart(
            table=node["alias"],
            key=keys[unique_id][0] if len(keys.get(unique_id, [])) == 1 else None,
            text_columns=tuple(
                name
                for name, column in node["columns"].items()
                if (column.get("data_type") or "").lower() in ("string", "varchar", "text")
            ),
        )
        for unique_id, node in sorted(manifest["nodes"].items())
        if node["resource_type"] == "model" and node["schema"] == "marts"
    ]


def previous_rows(paths: Paths) -> dict[str, int]:
    """Rows of each table that readers see now; empty when nothing has been published."""
    file = paths.current / "manifest.json"
    if not file.exists():
        return {}
    rows: dict[str, int] = json.loads(file.read_text())["rows"]
    return rows


def evaluate(paths: Paths, gate: str, suites: Sequence[Suite]) -> list[Result]:
    """Evaluate the suites, the warehouse opened read-only; write Data Docs."""
    import great_expectations as gx  # takes seconds

    import orchestration.quality.dialect  # noqa: F401  registers duckdb+gx
    from orchestration.quality import data_docs

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    add_sql: Any = context.data_sources.add_sql  # its signature leaves out ``kwargs``
    source = add_sql(
        name="warehouse",
        connection_string=f"duckdb+gx:///{paths.warehouse}",
        create_temp_table=False,
        kwargs={
            "connect_args": {
                "read_only": True,
                "config": {
                    "memory_limit": os.environ.get("CDP_MEMORY_LIMIT", "6GB"),
                    "threads": int(os.environ.get("CDP_THREADS", "2")),
                },
            }
        },
    )
    results: list[Result] = []
    engines = [source.get_engine()]
    for suite in suites:
        asset = source.add_table_asset(suite.name, table_name=suite.table, schema_name=suite.schema)
        batch = asset.add_batch_definition_whole_table("all")
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(
                name=suite.name,
                data=batch,
                suite=context.suites.add(
                    gx.ExpectationSuite(
                        name=f"{gate}: {suite.name}",
                        expectations=[as_gx(expectation) for expectation in suite.expectations],
                    )
                ),
            )
        )
        outcome = gx.Checkpoint(
            name=suite.name,
            validation_definitions=[definition],
            actions=[],
            result_format={"result_format": "SUMMARY", "partial_unexpected_count": 0},
        )
        run = context.checkpoints.add(outcome).run()
        for validation in run.run_results.values():
            results.extend(read_results(suite, validation.results))
        engines.append(batch.get_batch().data.execution_engine.engine)
    data_docs.build(context, paths.data_docs / gate)
    for engine in engines:
        engine.dispose()
    return [explained(paths, suites, result) for result in results]


def explained(paths: Paths, suites: Sequence[Suite], result: Result) -> Result:
    """The result with the first rows that a query found; Great Expectations only counts them."""
    if result.passed or result.exception:
        return result
    queries = [
        str(expectation.arguments["unexpected_rows_query"])
        for suite in suites
        for expectation in suite.expectations
        if (suite.name, expectation.claim) == (result.table, result.claim)
        and "unexpected_rows_query" in expectation.arguments
    ]
    if not queries:
        return result
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        cursor = connection.execute(queries[0].format(batch=result.table))
        names = [column[0] for column in cursor.description or []]
        rows = cursor.fetchmany(ROWS_SHOWN)
    shown = "; ".join(
        ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True)) for row in rows
    )
    return replace(result, observed=f"{result.observed} found, such as {shown}")


def as_gx(expectation: Expectation) -> Any:
    """The Great Expectations object."""
    import great_expectations.expectations as gxe

    kind = getattr(gxe, expectation.kind)
    return kind(
        **expectation.arguments,
        severity=expectation.severity,
        meta={"claim": expectation.claim},
        notes=expectation.claim,
    )


def read_results(suite: Suite, validated: Iterable[Any]) -> list[Result]:
    """Great Expectations' results as ours. An exception comes as a result, in two shapes."""
    found = [
        Result(
            table=suite.name,
            claim=result.expectation_config.meta["claim"],
            severity=result.expectation_config.severity,
            passed=bool(result.success) and not exception_of(result.exception_info),
            observed=observation(result.result),
            exception=exception_of(result.exception_info),
        )
        for result in validated
    ]
    missing = len(suite.expectations) - len(found)
    if missing:
        raise RuntimeError(f"{missing} expectations about {suite.name} gave no result.")
    return found


def exception_of(info: Mapping[str, Any] | None) -> str:
    """The message of an exception, given flat or one level deeper by metric; empty when none."""
    if not info:
        return ""
    if "raised_exception" in info:
        return str(info.get("exception_message") or "exception") if info["raised_exception"] else ""
    return "; ".join(
        filter(
            None, (exception_of(nested) for nested in info.values() if isinstance(nested, Mapping))
        )
    )


def observation(result: Mapping[str, Any]) -> str:
    """The observed value or share in a few words."""
    if "observed_value" in result:
        value = result["observed_value"]
        return f"{value:,}" if isinstance(value, int) else str(value)
    if "unexpected_percent" in result:
        count, share = result.get("unexpected_count") or 0, result["unexpected_percent"] or 0.0
        return f"{count:,} rows ({share:.2f} %)"
    return ""


def record(paths: Paths, verdict: Verdict, rows: Mapping[str, int]) -> None:
    """Write the audit record; rows: what each audited table of marts held."""
    wait_until_writable(paths.warehouse)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.begin()
        connection.execute(
            """
            create schema if not exists audit;
            create table if not exists audit.audits (
                gate varchar not null,
                subject varchar not null,
                is_passed boolean not null,
                expectation_count bigint not null,
                refusal_count bigint not null,
                warning_count bigint not null,
                checked_at timestamp not null
            );
            create table if not exists audit.audited_tables (
                build_id varchar not null,
                table_name varchar not null,
                row_count bigint not null
            );
            """
        )
        refused = sum(result.blocks for result in verdict.results)
        failed = sum(not result.passed for result in verdict.results)
        connection.execute(
            "insert into audit.audits values (?, ?, ?, ?, ?, ?, ?)",
            [
                verdict.gate,
                verdict.subject,
                verdict.passed,
                len(verdict.results),
                refused,
                failed - refused,
                verdict.checked_at,
            ],
        )
        connection.execute("delete from audit.audited_tables where build_id = ?", [verdict.subject])
        if rows:
            connection.executemany(
                "insert into audit.audited_tables values (?, ?, ?)",
                [[verdict.subject, table, count] for table, count in rows.items()],
            )
        connection.commit()


def result_file(paths: Paths, gate: str) -> Path:
    """The newest verdict of a gate as JSON."""
    return paths.audit / f"{gate}.json"


def run_gate(paths: Paths, gate: str, *, accept_row_change: bool = False) -> Verdict:
    """Evaluate a gate, write JSON, report, Data Docs and audit record; returns the verdict."""
    paths.audit.mkdir(parents=True, exist_ok=True)
    result_file(paths, gate).unlink(missing_ok=True)
    manifest = dbt_manifest.load()
    rows: dict[str, int] = {}
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        if gate == "landing":
            subject = newest_batch(connection)
            suites = landing_suites(landed_tables(connection, manifest))
        else:
            subject, status = newest_build(connection)
            if status != "success":
                raise RuntimeError(f"The newest build is '{status or 'none'}', not 'success'.")
            marts = marts_of(manifest)
            suites = publication_suites(
                marts, previous_rows(paths), accept_row_change=accept_row_change
            )
            rows = {mart.table: count_rows(connection, mart.table) for mart in marts}
    verdict = Verdict(
        gate=gate,
        subject=subject,
        checked_at=datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds"),
        results=tuple(evaluate(paths, gate, suites)),
    )
    result_file(paths, gate).write_text(json.dumps(verdict.as_json(), indent=2) + "\n")
    write_report(paths.audit / f"{gate}.html", verdict.as_json())
    record(paths, verdict, rows)
    return verdict


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a table of schema marts."""
    row = connection.execute(f'select count(*) from marts."{table}"').fetchone()
    assert row is not None
    return int(row[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one gate from the command line."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.quality.gate")
    parser.add_argument("gate", choices=GATES)
    parser.add_argument(
        "--accept-row-change",
        action="store_true",
        default=bool(os.environ.get("CDP_ACCEPT_ROW_CHANGE")),
        help="report row counts outside the band without refusing",
    )
    options = parser.parse_args(arguments)
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    paths = Paths.from_env()
    try:
        with writer_lock(paths.lock, f"{options.gate} gate"):
            verdict = run_gate(paths, options.gate, accept_row_change=options.accept_row_change)
    except Exception:  # the gate fails closed whatever goes wrong
        traceback.print_exc()
        return BROKEN
    for result in verdict.results:
        if not result.passed:
            word = "REFUSED" if result.blocks else "warning"
            print(f"{word}: {result.table}: {result.claim} ({result.exception or result.observed})")
    failed = sum(not result.passed for result in verdict.results)
    print(f"{options.gate} gate: {len(verdict.results)} expectations, {failed} not met")
    return PASSED if verdict.passed else REFUSED


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # DuckDB's types that SQLAlchemy keeps would be reported as leaks
