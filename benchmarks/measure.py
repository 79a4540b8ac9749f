"""Run one command and measure it: seconds of wall clock and CPU, peak resident memory."""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.paths import ROOT

# Linux counts the memory of the process that starts another as the other's: a small one starts it.
ALONE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    file.write(f"{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}")
sys.exit(code)
"""


@dataclass(frozen=True)
class Measurement:
    """What one command cost.

    Attributes:
        seconds: wall clock time in seconds.
        cpu_seconds: user and system time of the command and its children, in seconds.
        peak_gib: largest resident set of the command or one of its children, in GiB.
    """

    seconds: float
    cpu_seconds: float
    peak_gib: float


def measured(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], log: Path
) -> Measurement:
    """Run a command with its output in a log file.

    Raises:
        SystemExit: the command failed; the message names the log.
    """
    started = time.monotonic()
    with log.open("ab") as output, tempfile.NamedTemporaryFile("r") as usage:
        code = subprocess.call(
            [sys.executable, "-c", ALONE, usage.name, *command],
            cwd=cwd,
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        if code != 0:
            raise SystemExit(f"{' '.join(command)} ended with {code}; see {log}")
        seconds = time.monotonic() - started
        cpu, peak_kib = (float(word) for word in usage.read().split())
    return Measurement(seconds=seconds, cpu_seconds=cpu, peak_gib=peak_kib / 1024**2)


def cpu_seconds() -> float:
    """User and system time of this process and of its children that have ended, in seconds."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def environment_for(folder: Path) -> dict[str, str]:
    """Environment that keeps what is measured apart from the user's own data."""
    return {
        **os.environ,
        "CDP_LANDING": str(folder / "landing"),
        "CDP_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "CDP_SERVING": str(folder / "serving" / "cdp.duckdb"),
        "CDP_TEMP": str(folder / "temp"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROFILES_DIR": str(ROOT),
    }


def growth_exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Slope of log(cost) over log(size) by least squares: 1 is linear growth."""
    xs = [math.log(size) for size in sizes]
    ys = [math.log(cost) for cost in costs]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
