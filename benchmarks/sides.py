"""Sides of one measurement, each a process of its own: ours, a library's, and Splink's.

A benchmark module runs one side with ``--side SIDE SOURCE TARGET`` and compares them without it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import measured

ROOT = Path(__file__).resolve().parents[1]
SPLINK = "splink"
FOLDER = ROOT / ".venv" / "bench"  # what requirements-bench.lock installs


def with_splink(sides: Sequence[str], *, is_left_out: bool) -> list[str]:
    """The sides to run. Raises SystemExit when Splink is wanted and not installed."""
    if is_left_out:
        return list(sides)
    if not FOLDER.is_dir():
        raise SystemExit(
            f"Splink is not in {FOLDER}: run `make bench-identity`, or give --no-peer."
        )
    return [*sides, SPLINK]


def run_side(module: str, side: str, source: Path, target: Path) -> float:
    """Run one side of a benchmark module from a file to a file; returns its peak memory in GiB.

    Raises SystemExit when it fails; the message names the log, which lies beside the target.
    """
    environment = dict(os.environ)
    if side == SPLINK:
        environment["PYTHONPATH"] = str(FOLDER)
    command = [sys.executable, "-m", module, "--side", side, str(source), str(target)]
    return measured(command, ROOT, environment, target.with_suffix(".log")).peak_gib
