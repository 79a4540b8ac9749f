"""The run command (``python -m orchestration.run``, ``make run``): one whole run in this process.

Belongs here: the command line, the lock around the run, how a run ends. Does not: what a run
makes (assets.py).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration import manifest as dbt_manifest
from orchestration.children import ChildFailedError, run_module
from orchestration.failures import record_failure
from orchestration.lock import WriterBusyError, writer_lock
from orchestration.paths import Paths
from orchestration.progress import Progress, to_console
from orchestration.summary import summary

if TYPE_CHECKING:
    import dagster as dg

JOB = "build_and_publish"
RUN_TAG = "orchestration/command"
RUN_LOGS_KEPT = 20


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; paths given here win over the environment."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.run", description=__doc__)
    parser.add_argument("--as-of", help="the run's 'now' in UTC, such as 2026-06-30 12:00:00")
    parser.add_argument(
        "--full-refresh",
        action="store_true",
        help="rebuild from all landed rows",
    )
    parser.add_argument("--landing", type=Path, help="folder of input files (CDP_LANDING)")
    parser.add_argument("--people", type=int, help="size of the demo data, if it is made")
    parser.add_argument("--seed", type=int, help="seed of the demo data, if it is made")
    parser.add_argument(
        "--accept-row-change",
        action="store_true",
        help="publish although tables shrank or grew beyond the audit's bands",
    )
    parser.add_argument(
        "--wait", type=float, default=3600.0, help="seconds to wait for another run (3600)"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit code: 0 published, 1 failed, 130 interrupted."""
    options = parse_arguments(arguments)
    if options.landing is not None:
        os.environ["CDP_LANDING"] = str(options.landing.absolute())
    if options.accept_row_change:
        os.environ["CDP_ACCEPT_ROW_CHANGE"] = "1"
    paths = Paths.from_env()
    os.environ.update(paths.as_env())
    progress = to_console()
    before = state_of(paths.serving)
    started = time.monotonic()
    try:
        with writer_lock(
            paths.lock, "orchestration.run", timeout_seconds=options.wait, say=progress.line
        ):
            reason = run(options, paths, progress)
    except WriterBusyError as error:
        reason = str(error)
    except KeyboardInterrupt:
        print("\nInterrupted. Nothing was published; the next run goes on from here.")
        return 130
    seconds = time.monotonic() - started
    if reason is not None:
        if not paths.serving.exists():
            served = "Nothing has been published yet."
        elif state_of(paths.serving) == before:
            served = f"The published file is as it was: {paths.serving}"
        else:
            served = f"The new publication is out, what failed came after it: {paths.serving}"
        print(f"\nFAILED after {seconds:.0f} s: {reason}\n\n{served}", flush=True)
        return 1
    print(f"\nPublished after {seconds:.0f} s.\n\n{summary(paths)}", flush=True)
    return 0


def state_of(file: Path) -> tuple[int, int] | None:
    """What changes when a file is replaced; None when there is none."""
    if not file.exists():
        return None
    stat = file.stat()
    return stat.st_ino, stat.st_mtime_ns


def run(options: argparse.Namespace, paths: Paths, progress: Progress) -> str | None:
    """Make demo data if needed and run the job; returns why it failed, None when it did not."""
    run_name = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        with run_log(paths, run_name) as log:
            progress.line(f"Everything that is said on the way: {log}")
            if is_empty(paths.landing):
                make_demo(options, paths, progress)
            progress.start("project")
            dbt_manifest.prepare(options.as_of)
            progress.finish("dbt manifest is current")
            return run_job(options, progress, run_name)
    except (ChildFailedError, RuntimeError, OSError) as error:
        record_failure(paths, run_name, str(error))
        return str(error)


def is_empty(landing: Path) -> bool:
    """Whether the landing folder has no file at all (hidden ones do not count)."""
    if not landing.exists():
        return True
    return not any(file.is_file() and not file.name.startswith(".") for file in landing.rglob("*"))


def make_demo(options: argparse.Namespace, paths: Paths, progress: Progress) -> None:
    """Fill the empty landing folder with generated data."""
    progress.start("demo data")
    arguments = ["--truth", str(paths.warehouse.parent / "truth")]
    if options.as_of is not None:
        arguments += ["--until", options.as_of[:10]]
    if options.people is not None:
        arguments += ["--people", str(options.people)]
    if options.seed is not None:
        arguments += ["--seed", str(options.seed)]
    run_module("orchestration.demo", arguments, environ=paths.as_env())
    progress.finish(f"written to {paths.landing}")


@contextlib.contextmanager
def run_log(paths: Paths, run_name: str) -> Iterator[Path]:
    """Send all that dbt and Dagster print to a file of its own; keeps the newest files."""
    paths.run_logs.mkdir(parents=True, exist_ok=True)
    for old in sorted(paths.run_logs.glob("*.log"))[: -RUN_LOGS_KEPT + 1]:
        old.unlink(missing_ok=True)
    file = paths.run_logs / f"{run_name}.log"
    with (
        file.open("w") as stream,
        contextlib.redirect_stdout(stream),
        contextlib.redirect_stderr(stream),
    ):
        yield file


def run_job(options: argparse.Namespace, progress: Progress, run_name: str) -> str | None:
    """Run the Dagster job in this process; returns why it failed."""
    import dagster as dg  # takes seconds: not before the lock is ours

    from orchestration.build import build_defs

    paths = Paths.from_env()
    definitions = build_defs({"progress": progress})
    job = definitions.get_job_def(JOB)
    build: dict[str, Any] = {"full_refresh": options.full_refresh}
    if options.as_of is not None:
        build["as_of"] = options.as_of
    with open_instance(dg, progress) as instance:
        result = job.execute_in_process(
            instance=instance,
            run_config={
                "ops": {"dbt_build": {"config": build}},
                "loggers": {"console": {"config": {"log_level": "INFO"}}},
            },
            tags={RUN_TAG: run_name},
            raise_on_error=False,
        )
    if not result.success:
        step, reason = failure_of(result)
        record_failure(paths, run_name, reason, step=step)
        return reason
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    missing = {key for key in job.asset_layer.selected_asset_keys} - made
    if missing:  # a selection that dbt did not share would otherwise pass in silence
        names = ", ".join(sorted(key.to_user_string() for key in missing)[:10])
        return f"{len(missing)} assets were not made although no step failed: {names}"
    return None


@contextlib.contextmanager
def open_instance(dagster: Any, progress: Progress) -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME, so that the run shows in ``make dev``; else one in memory.

    A run must not fail because its history cannot be kept.
    """
    home = os.environ.get("DAGSTER_HOME")
    if not home:
        with dagster.DagsterInstance.ephemeral() as instance:
            yield instance
        return
    try:
        instance = dagster.DagsterInstance.get()
        end_dead_runs(dagster, instance)
    except Exception as error:  # whatever is wrong with the history, the run goes on
        progress.line(f"Dagster's history in {home} is not usable, the run is not kept: {error}")
        with dagster.DagsterInstance.ephemeral() as instance:
            yield instance
        return
    with instance:
        yield instance


def end_dead_runs(dagster: Any, instance: dg.DagsterInstance) -> None:
    """Mark as failed what a killed run command left unfinished; we hold its lock, so it is dead."""
    unfinished = dagster.RunsFilter(
        statuses=[dagster.DagsterRunStatus.STARTED, dagster.DagsterRunStatus.NOT_STARTED]
    )
    for dead in instance.get_runs(filters=unfinished):
        if RUN_TAG in dead.tags:
            instance.report_run_failed(dead, "The process of this run ended before the run did.")


def failure_of(result: dg.ExecuteInProcessResult) -> tuple[str, str]:
    """The step that failed first and why, in the words of what failed."""
    refusals = [
        f"  {evaluation.asset_key.path[-1]}: {text_of(evaluation.metadata['reason'])}"
        for evaluation in result.get_asset_check_evaluations()
        if evaluation.severity.value == "ERROR" and "reason" in evaluation.metadata
    ]
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        step = event.step_key or ""
        data = event.step_failure_data
        if data.user_failure_data is not None and data.user_failure_data.description:
            return step, data.user_failure_data.description
        if refusals:
            return step, f"{step.replace('_', ' ')} refused:\n" + "\n".join(refusals)
        if data.error is not None:
            return step, data.error.cause.message if data.error.cause else data.error.message
    return "", "the run ended without naming a step; see the log"


def text_of(value: Any) -> str:
    """A Dagster metadata value as text."""
    value = getattr(value, "value", value)
    return value if isinstance(value, str) else json.dumps(value)


if __name__ == "__main__":
    sys.exit(main())
