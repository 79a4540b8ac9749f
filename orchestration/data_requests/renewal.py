"""Making everything again that is made of landed rows, after rows have been taken out of those.

Belongs here: the build, the new warehouse file, the publication that leaves no former version, and
what former runs said. Does not: which rows went.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

from orchestration import publish
from orchestration.children import ChildFailedError, run_module
from orchestration.data_requests.scan import files_below
from orchestration.data_requests.steps import StoppedError
from orchestration.dbt_build import (
    build_arguments,
    failed_nodes,
    read_run_results,
    warned_nodes,
)
from orchestration.paths import ROOT, Paths
from orchestration.whole_files import flush_folder, put_in_place


def rebuild(paths: Paths, request_id: str) -> Any:
    """Everything that is made of landed rows, made again at the time of the last build.

    What matching learnt stays: learning from one person less could part or join others.
    """
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        row = connection.execute(
            "select cast(as_of as varchar) from audit.builds where status = 'success' "
            "order by started_at desc limit 1"
        ).fetchone()
    if row is None:
        raise StoppedError("No build has succeeded yet: mend what stops it (make run) first.")
    log = paths.run_logs / f"{request_id}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.time()
    with log.open("w") as stream:
        finished = subprocess.run(
            [
                str(Path(sys.executable).with_name("dbt")),
                *build_arguments(as_of=row[0], full_refresh=True, learns=False),
            ],
            cwd=ROOT,
            env={**os.environ, **paths.as_env(), "DBT_PROFILES_DIR": str(ROOT)},
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    results = read_run_results(paths.target, started)
    if finished.returncode != 0:
        # Their names alone: what an error says may quote whom this is about.
        names = ", ".join(node.partition(":")[0] for node in failed_nodes(results))
        raise StoppedError(f"The build failed: {names or 'it did not begin'}. What dbt said: {log}")
    warnings = warned_nodes(results)
    return {"as_of": row[0], **({"warnings": warnings} if warnings else {})}


def rewrite_warehouse(paths: Paths) -> Any:
    """The warehouse as a new file: deleted values stay in the blocks of the old one."""
    fresh = paths.warehouse.with_name(paths.warehouse.name + ".next")
    for leftover in (fresh, fresh.with_name(fresh.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(config=publish.engine_config(paths)) as connection:
        connection.execute(f"attach {publish.literal(paths.warehouse)} as warehouse")
        connection.execute("checkpoint warehouse")
        connection.execute(f"attach {publish.literal(fresh)} as fresh")
        connection.execute("copy from database warehouse to fresh")
        connection.execute("checkpoint fresh")
    put_in_place(fresh, paths.warehouse)
    paths.warehouse.with_name(paths.warehouse.name + ".wal").unlink(missing_ok=True)
    flush_folder(paths.warehouse.parent)
    return {"bytes": paths.warehouse.stat().st_size}


def publish_again(paths: Paths) -> Any:
    """The published file, Parquet, activation files and dashboards; no former version is left."""
    environ = paths.as_env()
    log: list[str] = []
    try:
        run_module("orchestration.quality.gate", ["publication"], say=log.append, environ=environ)
        run_module("orchestration.publish", say=log.append, environ=environ)
        run_module("dashboards.build", say=log.append, environ=environ)
    except ChildFailedError as error:
        raise StoppedError(f"What was built is not published yet.\n{error}") from None
    paths.previous.unlink(missing_ok=True)
    published = paths.current.resolve()
    for version in paths.versions.iterdir():
        if version.resolve() != published:
            shutil.rmtree(version)
    return {"version": published.name}


def reports(paths: Paths) -> list[Path]:
    """Where runs leave what they said: logs, reports, working files. All can be made again.

    Models and audits quote no values, but the message of an error may.
    """
    logs = Path(os.environ.get("DBT_LOG_PATH", ROOT / "logs"))
    places = [paths.audit, paths.failures, paths.run_logs, paths.temp, logs]
    history = os.environ.get("DAGSTER_HOME")
    return [*places, Path(history) / "storage"] if history else places


def remove_former_reports(paths: Paths, request_id: str) -> Any:
    """What was said before the build of this request ended, its own log apart."""
    built_at = (paths.run_logs / f"{request_id}.log").stat().st_mtime
    former = [path for path in files_below(reports(paths)) if path.stat().st_mtime < built_at]
    for path in former:
        path.unlink()
    return {"files removed": len(former)}
