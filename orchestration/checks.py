"""The two quality gates as asset checks.

Belongs here: running a gate and handing its verdict to Dagster, one check per table. Does not: what
is expected (quality/suites.py). dbt tests are checks by themselves (assets.py).
"""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration import manifest as dbt_manifest
from orchestration.children import ChildFailedError, run_module
from orchestration.lock import writer_lock
from orchestration.paths import Paths
from orchestration.progress import Progress
from orchestration.resources import WRITER_POOL
from orchestration.translator import key_of

REFUSED = 1  # exit code of a gate that was evaluated and not passed


def run_gate(
    gate: str, keys: dict[str, dg.AssetKey], log: Any, paths: Paths, progress: Progress
) -> Iterator[dg.AssetCheckResult]:
    """Run the gate as a process and turn its verdict into one result per table.

    keys: asset key by schema.table. What is about no table of keys (the loader's ledger, the row
    accounting) counts for the first of them. A gate that cannot be evaluated fails the step.
    """
    file = paths.audit / f"{gate}.json"
    file.unlink(missing_ok=True)
    progress.start(f"{gate} audit")
    try:
        with writer_lock(paths.lock, f"{gate} audit", say=progress.line):
            run_module("orchestration.quality.gate", [gate], say=log.info, environ=paths.as_env())
    except ChildFailedError as error:
        if error.exit_code != REFUSED or not file.exists():
            reason = f"The {gate} gate could not be evaluated: {error}"
            raise dg.Failure(description=reason, allow_retries=False) from None
    verdict = json.loads(file.read_text())
    general = next(iter(keys))
    by_table: dict[str, list[dict[str, Any]]] = {table: [] for table in keys}
    for result in verdict["results"]:
        table = result["table"]
        by_table[table if table in keys else general].append(result)
    refused = sum(result["blocks"] for result in verdict["results"])
    warned = sum(not result["passed"] for result in verdict["results"]) - refused
    total = len(verdict["results"])
    progress.finish(f"{total:>4} expectations, {refused} refused, {warned} warnings")
    for table, results in by_table.items():
        yield check_result(keys[table], gate, results)


def check_result(key: dg.AssetKey, gate: str, results: list[dict[str, Any]]) -> dg.AssetCheckResult:
    """The check of one table; its reason names what is not met."""
    unmet = sorted(
        (result for result in results if not result["passed"]),
        key=lambda result: not result["blocks"],
    )
    blocks = any(result["blocks"] for result in unmet)
    reason = "; ".join(
        f"{result['claim']} ({result['exception'] or result['observed']})" for result in unmet
    )
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=f"{gate}_audit",
        passed=not unmet,
        severity=dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN,
        metadata={"expectations": len(results), **({"reason": reason} if reason else {})},
    )


def landing_keys(manifest: dict[str, Any]) -> dict[str, dg.AssetKey]:
    """Landed tables by name, the loader's ledger first."""
    nodes = sorted(
        manifest["sources"].values(),
        key=lambda node: (node["source_name"] != "landing", node["unique_id"]),
    )
    return {f"{node['schema']}.{node['identifier']}": key_of(node) for node in nodes}


def mart_keys(manifest: dict[str, Any]) -> dict[str, dg.AssetKey]:
    """Tables of schema marts by name."""
    return {
        f"marts.{node['alias']}": key_of(node)
        for _, node in sorted(manifest["nodes"].items())
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }


def gate_checks(gate: str, keys: dict[str, dg.AssetKey]) -> dg.AssetChecksDefinition:
    """One blocking check per table, evaluated together by one process."""

    @dg.multi_asset_check(
        name=f"{gate}_audit",
        specs=[
            dg.AssetCheckSpec(name=f"{gate}_audit", asset=key, blocking=True)
            for key in keys.values()
        ],
        pool=WRITER_POOL,
    )
    def audit(
        context: dg.AssetCheckExecutionContext,
        paths: dg.ResourceParam[Paths],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.AssetCheckResult]:
        yield from run_gate(gate, keys, context.log, paths, progress)

    return audit


def all_checks() -> list[dg.AssetChecksDefinition]:
    """Both gates; without marts there is nothing to publish and no second gate."""
    manifest = dbt_manifest.load()
    gates = {"landing": landing_keys(manifest), "publication": mart_keys(manifest)}
    return [gate_checks(gate, keys) for gate, keys in gates.items() if keys]
