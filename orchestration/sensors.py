"""The sensors.

Belongs here: starting a run when files have landed, and keeping why a run failed. Off until
switched on in Dagster (the failure hook is on).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.failures import record_failure
from orchestration.jobs import build_and_publish
from orchestration.paths import Paths

SUFFIXES = (".parquet", ".csv", ".jsonl")


@dataclass(frozen=True)
class LandingState:
    """The folder at one look: newest change (nanoseconds), digest of names and sizes."""

    newest: int
    digest: str


def look_at(landing: Path) -> LandingState | None:
    """The state of the folder; None when it holds no data file."""
    files = sorted(
        file for file in landing.rglob("*") if file.suffix in SUFFIXES and file.is_file()
    )
    if not files:
        return None
    newest = 0
    digest = hashlib.sha256()
    for file in files:
        stat = file.stat()
        newest = max(newest, stat.st_mtime_ns)
        digest.update(f"{file.relative_to(landing)}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return LandingState(newest, digest.hexdigest()[:16])


@dg.sensor(
    name="landing_files",
    job=build_and_publish,
    minimum_interval_seconds=60,
    description="Runs when the landing folder has changed and then kept still between two looks.",
)
def landing_files(
    context: dg.SensorEvaluationContext, paths: dg.ResourceParam[Paths]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Cursor: what the last look saw, and the newest change that a run was asked for."""
    cursor: dict[str, Any] = {"seen": "", "requested": 0}
    cursor.update(json.loads(context.cursor or "{}"))
    state = look_at(paths.landing)
    if state is None:
        yield dg.SkipReason(f"No data file in {paths.landing}.")
        return
    if state.newest <= cursor["requested"]:
        yield dg.SkipReason("Nothing new has landed.")
        return
    if state.digest != cursor["seen"]:
        context.update_cursor(json.dumps({**cursor, "seen": state.digest}))
        yield dg.SkipReason("Files are still arriving; looking again at the next tick.")
        return
    context.update_cursor(json.dumps({"seen": state.digest, "requested": state.newest}))
    yield dg.RunRequest(run_key=f"landing-{state.digest}")


@dg.run_failure_sensor(
    name="keep_failures",
    monitored_jobs=[build_and_publish],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Writes warehouse/failures/<run>.json and logs the reason.",
)
def keep_failures(context: dg.RunFailureSensorContext) -> None:
    """One file per failed run, as the run command writes it too."""
    steps = context.get_step_failure_events()
    step = steps[0].step_key or "" if steps else ""
    reason = context.failure_event.message or "unknown"
    if steps and steps[0].step_failure_data.user_failure_data is not None:
        reason = steps[0].step_failure_data.user_failure_data.description or reason
    record_failure(Paths.from_env(), context.dagster_run.run_id, reason, step=step)
