"""The one dbt command of a run.

Belongs here: its arguments and what its failure means. Does not: Dagster events (assets.py).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.manifest import layer_of, variables_of

# dbt says these when another process has the warehouse open; nothing else is worth another try.
TRANSIENT_SIGNS = ("could not set lock on file", "conflicting lock is held")
BAD_STATUSES = frozenset({"error", "fail", "runtime error"})
REASONS_SHOWN = 8


def build_arguments(
    *, as_of: str | None = None, full_refresh: bool = False, learns: bool = True
) -> list[str]:
    """Arguments after ``dbt``; see ``variables_of`` for ``as_of`` and ``learns``.

    Unit tests belong to CI: they test the code, which a scheduled run cannot change.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    if full_refresh:
        arguments.append("--full-refresh")
    return [*arguments, *variables_of(as_of, learns=learns)]


def models_by_layer(manifest: Mapping[str, Any]) -> Counter[str]:
    """How many tables and views a whole build makes, by layer."""
    return Counter(
        layer_of(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed", "snapshot")
        and node["config"]["materialized"] != "ephemeral"
        and node["config"]["enabled"]
    )


def is_transient(text: str) -> bool:
    """Whether a failure goes away by waiting."""
    return any(sign in text.lower() for sign in TRANSIENT_SIGNS)


def failed_nodes(run_results: Mapping[str, Any]) -> list[str]:
    """One line per failed node: its name and dbt's message."""
    return [
        f"{result['unique_id'].split('.')[2]}: {one_line(result.get('message'))}"
        for result in run_results["results"]
        if result["status"] in BAD_STATUSES
    ]


def read_run_results(target: Path, invocation_started: float) -> dict[str, Any]:
    """``run_results.json`` of this invocation; empty when dbt ended before it could write one.

    invocation_started: seconds since the epoch; an older file belongs to another invocation.
    """
    file = target / "run_results.json"
    if not file.exists() or file.stat().st_mtime < invocation_started:
        return {"results": []}
    run_results: dict[str, Any] = json.loads(file.read_text())
    return run_results


def failure_reason(nodes: Sequence[str], otherwise: str) -> str:
    """The reason of a failed build in a few lines."""
    if not nodes:
        return otherwise
    shown = "\n".join(f"  {line}" for line in nodes[:REASONS_SHOWN])
    rest = len(nodes) - REASONS_SHOWN
    more = f"\n  ... and {rest} more" if rest > 0 else ""
    noun = "model or test" if len(nodes) == 1 else "models or tests"
    return f"{len(nodes)} {noun} failed in the dbt build:\n{shown}{more}"


def said_by_dbt(error: str) -> str:
    """What dbt said itself in the error of its process; if nothing, the start of that error."""
    return error.partition("Errors parsed from dbt logs:")[2].strip() or one_line(error)


def warned_nodes(run_results: Mapping[str, Any]) -> list[str]:
    """Names of the tests that did not pass but stop nothing."""
    return [
        result["unique_id"].split(".")[2]
        for result in run_results["results"]
        if result["status"] == "warn"
    ]


def one_line(message: object) -> str:
    """A message without line breaks, at most 300 characters."""
    return " ".join(str(message or "").split())[:300]
