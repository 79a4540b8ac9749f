"""Every check that CI runs (``make test``), with the time of each part.

All parts run even when one fails, so that one run shows everything that is wrong. Name parts to
run only those: ``python scripts/test.py ruff mypy``.
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
    needs: str = ""  # a folder without which the part does not exist


def parts() -> list[Part]:
    """All parts, cheap ones first."""
    dbt = str(BIN / "dbt")
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
            [[str(BIN / "dagster"), "definitions", "validate", "-m", "orchestration.definitions"]],
        ),
        Part(
            "dbt unit tests",
            [  # on empty tables; seeds keep their rows, from which dbt takes their types
                [PYTHON, "-m", "orchestration.landing", "--empty"],
                [dbt, "--quiet", "seed"],
                [dbt, "--quiet", "run", "--empty"],
                [dbt, "test", "--select", "test_type:unit"],
            ],
        ),
        Part(
            "sqlfluff",
            [[str(BIN / "sqlfluff"), "lint", "--processes", "2", "models", "tests/data"]],
        ),
        Part("unit", [[*pytest, "tests/unit"]], "tests/unit"),
        Part("project", [[*pytest, "tests/project"]], "tests/project"),
        Part("scenarios", [[*pytest, "tests/scenarios"]], "tests/scenarios"),
        Part("end to end", [[*pytest, "tests/e2e"]], "tests/e2e"),
        Part("spark", [[*pytest, "-m", "spark", "tests/spark"]], "tests/spark"),
    ]


def environment(scratch: Path) -> dict[str, str]:
    """The environment of all parts: nothing of the user's warehouse is read or written."""
    return {
        **os.environ,
        "CDP_LANDING": str(scratch / "landing"),
        "CDP_WAREHOUSE": str(scratch / "warehouse.duckdb"),
        "CDP_SERVING": str(scratch / "serving" / "cdp.duckdb"),
        "CDP_TEMP": str(scratch / "temp"),
        "DBT_TARGET_PATH": str(scratch / "target"),
        "DBT_LOG_PATH": str(scratch / "logs"),
        "DBT_PROFILES_DIR": str(ROOT),
        "DAGSTER_HOME": "",
        "PYTHONUNBUFFERED": "1",
    }


def run_part(part: Part, environ: dict[str, str], counts: Counter[str]) -> bool:
    """Run one part, its output shown as it comes; adds pytest's closing counts to ``counts``."""
    for command in part.commands:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        closing = ""
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if " in " in line and COUNTED.search(line):
                closing = line
        if "pytest" in command:
            for count, outcome in COUNTED.findall(closing):
                counts["failed" if outcome == "error" else outcome] += int(count)
        if process.wait() != 0:
            print(f"Exit code {process.returncode} of: {' '.join(command)}", flush=True)
            return False
    return True


def main(names: Sequence[str]) -> int:
    """Run the named parts, or all; returns 1 when any failed."""
    chosen = [part for part in parts() if not names or part.name in names]
    unknown = set(names) - {part.name for part in chosen}
    if unknown:
        print(f"Unknown: {', '.join(sorted(unknown))}. Parts: {', '.join(p.name for p in parts())}")
        return 2
    counts: Counter[str] = Counter()
    table: list[tuple[str, str, float]] = []
    with tempfile.TemporaryDirectory(prefix="cdp-test-") as folder:
        environ = environment(Path(folder))
        for part in chosen:
            if part.needs and not (ROOT / part.needs).exists():
                table.append((part.name, "not there", 0.0))
                continue
            print(f"\n==== {part.name} ====", flush=True)
            started = time.monotonic()
            outcome = "ok" if run_part(part, environ, counts) else "FAILED"
            table.append((part.name, outcome, time.monotonic() - started))
    print("\n==== times ====")
    for name, outcome, seconds in table:
        print(f"{name:<20} {outcome:<10} {seconds:8.1f} s")
    print(f"{'all':<20} {'':<10} {sum(seconds for *_, seconds in table):8.1f} s")
    failed_parts = [name for name, outcome, _ in table if outcome == "FAILED"]
    if failed_parts:
        print(f"Failed parts: {', '.join(failed_parts)}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if failed_parts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
