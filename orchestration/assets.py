"""The assets.

Belongs here: what a run makes and in which order, and the retry rules. Does not: how it is made;
each asset calls one program or dbt.
"""

import time
from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtCliRuntimeError, DbtCliResource, dbt_assets

from orchestration import manifest as dbt_manifest
from orchestration.checks import mart_keys
from orchestration.children import ChildFailedError, run_module
from orchestration.dbt_build import (
    build_arguments,
    failed_nodes,
    failure_reason,
    is_transient,
    models_by_layer,
    read_run_results,
    said_by_dbt,
)
from orchestration.lock import wait_until_writable, writer_lock
from orchestration.manifest import layer_of
from orchestration.paths import Paths
from orchestration.progress import Progress
from orchestration.project import dbt_project
from orchestration.resources import WRITER_POOL
from orchestration.translator import LayerTranslator, key_of

RETRIES = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)


class BuildConfig(dg.Config):
    """What a run may ask of the build."""

    as_of: str | None = None
    full_refresh: bool = False


def fail(reason: str) -> dg.Failure:
    """A failure that another try would only repeat."""
    return dg.Failure(description=reason, allow_retries=False)


def landing_asset(manifest: dict[str, Any]) -> dg.AssetsDefinition:
    """All declared source tables, fed by one load of the landing folder."""
    sources = sorted(manifest["sources"].values(), key=lambda node: node["unique_id"])
    specs = [
        dg.AssetSpec(
            key_of(node),
            group_name="landing",
            description=node["description"] or None,
            kinds={"duckdb"},
        )
        for node in sources
    ]

    @dg.multi_asset(name="landing", specs=specs, pool=WRITER_POOL, retry_policy=RETRIES)
    def landing(
        context: dg.AssetExecutionContext,
        paths: dg.ResourceParam[Paths],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Load what is new in the landing folder, each file once."""
        progress.start("landing")
        with writer_lock(paths.lock, f"landing of run {context.run_id[:8]}", say=progress.line):
            wait_until_writable(paths.warehouse, say=progress.line)
            try:
                run_module("orchestration.landing", say=context.log.info, environ=paths.as_env())
            except ChildFailedError as error:
                if is_transient(error.output):
                    raise
                raise fail(str(error)) from None
        rows = landed_rows(paths)
        progress.finish(f"{sum(rows.values()):>12,} rows in {len(rows)} tables")
        for node in sources:
            yield dg.MaterializeResult(
                asset_key=key_of(node),
                metadata={"dagster/row_count": rows.get((node["schema"], node["identifier"]), 0)},
            )

    return landing


def landed_rows(paths: Paths) -> dict[tuple[str, str], int]:
    """Rows that each landed table holds, by (schema, table); tables without rows left out."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables() "
            "where schema_name like 'landing\\_%' escape '\\' and estimated_size > 0"
        ).fetchall()
    return {(schema, table): rows for schema, table, rows in tables}


def dbt_asset(manifest: dict[str, Any]) -> dg.AssetsDefinition:
    """Every dbt model and seed, built and tested by one dbt command."""
    totals = models_by_layer(manifest)

    @dbt_assets(
        manifest=manifest,
        project=dbt_project,
        name="dbt_build",
        dagster_dbt_translator=LayerTranslator(),
        pool=WRITER_POOL,
        retry_policy=RETRIES,
    )
    def dbt_build(
        context: dg.AssetExecutionContext,
        config: BuildConfig,
        dbt: DbtCliResource,
        paths: dg.ResourceParam[Paths],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[Any]:
        progress.start("build")
        progress.expect(totals)
        started = time.time()
        with writer_lock(paths.lock, f"dbt build of run {context.run_id[:8]}", say=progress.line):
            wait_until_writable(paths.warehouse, say=progress.line)
            invocation = dbt.cli(
                build_arguments(as_of=config.as_of, full_refresh=config.full_refresh),
                context=context,
                target_path=paths.target,
            )
            try:
                for event in invocation.stream():
                    _report(event, manifest, progress)
                    yield event
            except DagsterDbtCliRuntimeError as error:
                nodes = failed_nodes(read_run_results(paths.target, started))
                if is_transient(str(error) + "\n".join(nodes)):
                    raise
                raise fail(failure_reason(nodes, said_by_dbt(str(error)))) from None
        progress.finish(progress.build_detail())

    return dbt_build


def _report(event: object, manifest: dict[str, Any], progress: Progress) -> None:
    if isinstance(event, dg.AssetCheckResult):
        progress.checked(bool(event.passed))
        if not event.passed and event.severity is dg.AssetCheckSeverity.WARN:
            progress.line(f"  warning: {event.check_name}")
    elif isinstance(event, dg.Output):
        unique_id = event.metadata["unique_id"].value
        progress.built(layer_of(manifest["nodes"][str(unique_id)]))


def publication_asset(manifest: dict[str, Any]) -> dg.AssetsDefinition:
    """What readers see: made only when the blocking checks of all marts have passed."""

    @dg.asset(
        key=["publication", "serving_file"],
        group_name="publication",
        deps=list(mart_keys(manifest).values()),
        pool=WRITER_POOL,
        kinds={"duckdb", "parquet"},
    )
    def serving_file(
        context: dg.AssetExecutionContext,
        paths: dg.ResourceParam[Paths],
        progress: dg.ResourceParam[Progress],
    ) -> None:
        """The published file, its Parquet twin and the activation files."""
        progress.start("publication")
        with writer_lock(paths.lock, f"publication of run {context.run_id[:8]}"):
            output = run_child("orchestration.publish", context, paths)
        progress.finish(output.strip().splitlines()[-1].split(":")[0])

    return serving_file


@dg.asset(
    key=["publication", "dashboards"],
    group_name="publication",
    deps=[dg.AssetKey(["publication", "serving_file"])],
    kinds={"plotly"},
)
def dashboards(
    context: dg.AssetExecutionContext,
    paths: dg.ResourceParam[Paths],
    progress: dg.ResourceParam[Progress],
) -> None:
    """The static dashboards, from the published file."""
    progress.start("dashboards")
    output = run_child("dashboards.build", context, paths)
    progress.finish(output.strip().splitlines()[-1].split(" in ")[0])


def run_child(module: str, context: dg.AssetExecutionContext, paths: Paths) -> str:
    """Run a program of ours; its failure is the step's, in its own words."""
    try:
        return run_module(module, say=context.log.info, environ=paths.as_env())
    except ChildFailedError as error:
        raise fail(str(error)) from None


def all_assets() -> list[dg.AssetsDefinition]:
    """Every asset of the platform."""
    manifest = dbt_manifest.load()
    return [
        landing_asset(manifest),
        dbt_asset(manifest),
        publication_asset(manifest),
        dashboards,
    ]
