"""Every check that CI runs (``make test``), with the time of each part.

All parts run even when one fails, so that one run shows everything that is wrong. Two run at
a time, each with folders of its own; what a part says is printed when it ends. Name parts to run
only those: ``python scripts/test.py ruff mypy``; a single one prints as it goes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
COUNTED = re.compile(r"(\d+) (passed|failed|error|skipped|xfailed)")


@dataclass(frozen=True)
class Part:
    """One part: commands that run one after the other until one fails."""

    name: str
    commands: Sequence[Sequence[str]]
    weight: int = 1  # how long it takes, compared with the others
    is_default: bool = True


def parts() -> list[Part]:
    """All parts, cheap ones first."""
    dbt = str(BIN / "dbt")
    sqlfluff = [PYTHON, "scripts/lint_sql.py", "lint", "--processes", "1"]
    folders = [*sorted(f"models/{path.name}" for path in ROOT.glob("models/*/")), "tests/data"]
    pytest = [PYTHON, "-m", "pytest", "-q", "--durations=10", "--durations-min=5"]
    return [
        Part(
            "ruff",
            [[str(BIN / "ruff"), "check", "."], [str(BIN / "ruff"), "format", "--check", "."]],
        ),
        Part("mypy", [[str(BIN / "mypy"), "orchestration", "dashboards", "benchmarks", "scripts"]]),
        Part("dbt parse", [[dbt, "--warn-error", "--quiet", "parse", "--no-partial-parse"]]),
        Part(
            "dagster validate",
            [
                [PYTHON, "-m", "orchestration.manifest"],
                [
                    str(BIN / "dagster"),
                    "definitions",
                    "validate",
                    "-m",
                    "orchestration.definitions",
                ],
            ],
        ),
        Part(
            "dbt unit tests",
            [  # dbt takes the types of inputs from tables that are there
                [PYTHON, "-m", "tests.e2e.world"],
                [dbt, "test", "--select", "test_type:unit"],
            ],
        ),
        # One process each: sqlfluff waits for ever for a worker that has died.
        Part("sqlfluff-staging", [[*sqlfluff, *(f for f in folders if "staging" in f)]], weight=3),
        Part("sqlfluff", [[*sqlfluff, *(f for f in folders if "staging" not in f)]], weight=1),
        Part("unit", [[*pytest, "tests/unit"]], weight=2),
        Part("project", [[*pytest, "tests/project"]], weight=1),
        Part("scenarios", [[*pytest, "tests/scenarios"]], weight=3),
        # Before the data requests, which would wait for the world that the end to end tests make.
        Part("real data", [[*pytest, "tests/real_data"]], weight=5),
        Part("end to end", [[*pytest, "-m", "not data_requests", "tests/e2e"]], weight=12),
        Part("data requests", [[*pytest, "-m", "data_requests", "tests/e2e"]], weight=4),
        Part("spark", [[*pytest, "-m", "spark", "tests/spark"]], weight=5, is_default=False),
    ]


def environment(scratch: Path) -> dict[str, str]:
    """The environment of all parts: nothing of the user's warehouse is read or written."""
    return {
        **os.environ,
        "CDP_LANDING": str(scratch / "landing"),
        "CDP_WAREHOUSE": str(scratch / "warehouse.duckdb"),
        "CDP_SERVING": str(scratch / "serving" / "cdp.duckdb"),
        "CDP_TEMP": str(scratch / "temp"),
        "CDP_TEST_WORLD": str(scratch.parent / "world"),
        "DBT_TARGET_PATH": str(scratch / "target"),
        "DBT_LOG_PATH": str(scratch / "logs"),
        "DBT_PROFILES_DIR": str(ROOT),
        "DAGSTER_HOME": "",
        "PYTHONUNBUFFERED": "1",
    }


@dataclass
class Result:
    """What became of one part: seconds of wall clock beside another part, and of processor time."""

    part: Part
    outcome: str
    seconds: float
    cpu_seconds: float
    output: str
    counts: Counter[str]


def run_part(part: Part, scratch: Path, is_shown: bool) -> Result:
    """Run one part, its output shown as it comes if ``is_shown``, else kept."""
    started = time.monotonic()
    cpu_seconds = 0.0
    counts: Counter[str] = Counter()
    lines: list[str] = []
    outcome = "ok"
    scratch.mkdir(parents=True)
    for command in part.commands:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(scratch),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        closing = ""
        assert process.stdout is not None
        for line in process.stdout:
            if is_shown:
                print(line, end="", flush=True)
            lines.append(line)
            if " in " in line and COUNTED.search(line):
                closing = line
        if "pytest" in command:
            for count, word in COUNTED.findall(closing):
                counts["failed" if word == "error" else word] += int(count)
        _, status, usage = os.wait4(process.pid, 0)  # with all that the command started itself
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu_seconds += usage.ru_utime + usage.ru_stime
        if process.returncode != 0:
            lines.append(f"Exit code {process.returncode} of: {' '.join(command)}\n")
            outcome = "FAILED"
            break
    return Result(part, outcome, time.monotonic() - started, cpu_seconds, "".join(lines), counts)


def main(names: Sequence[str]) -> int:
    """Run the named parts, or all; returns 1 when any failed."""
    known = [part.name for part in parts()]
    unknown = set(names) - set(known)
    if unknown:
        print(f"Unknown: {', '.join(sorted(unknown))}. Parts: {', '.join(known)}")
        return 2
    chosen = [part for part in parts() if part.name in names or (not names and part.is_default)]
    is_shown = len(chosen) == 1
    results: list[Result] = []
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="cdp-test-") as folder,
        ThreadPoolExecutor(max_workers=2) as pool,
    ):
        # The longest first: nothing then waits for it alone at the end.
        runs = [
            pool.submit(run_part, part, Path(folder) / part.name.replace(" ", "_"), is_shown)
            for part in sorted(chosen, key=lambda part: -part.weight)
        ]
        print(f"Running: {', '.join(part.name for part in chosen)}", flush=True)
        for run in as_completed(runs):
            result = run.result()
            results.append(result)
            print(f"\n==== {result.part.name}: {result.outcome}, {result.seconds:.0f} s ====")
            if not is_shown:
                print(result.output, flush=True)
    print("\n==== times (two parts at a time) ====")
    for result in sorted(results, key=lambda result: known.index(result.part.name)):
        print(
            f"{result.part.name:<20} {result.outcome:<10} {result.seconds:8.1f} s "
            f"{result.cpu_seconds:8.1f} s of CPU"
        )
    print(
        f"{'all':<20} {'':<10} {time.monotonic() - started:8.1f} s "
        f"{sum(result.cpu_seconds for result in results):8.1f} s of CPU"
    )
    failed_parts = [result.part.name for result in results if result.outcome == "FAILED"]
    if failed_parts:
        print(f"Failed parts: {', '.join(failed_parts)}")
    counts = sum((result.counts for result in results), Counter[str]())
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if failed_parts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
