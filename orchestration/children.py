"""Programs that a run starts.

Belongs here: starting a child process that cannot outlive the run, and keeping what it said. Does
not: what the programs do.

Landing, gates, publication and dashboards each run as their own process: DuckDB's file lock is
then surely free afterwards, and slow imports stay out of the run.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from orchestration.paths import ROOT

PR_SET_PDEATHSIG = 1
_LINUX_LIBRARY = ctypes.CDLL(None) if sys.platform == "linux" else None


class ChildFailedError(RuntimeError):
    """A program ended with an exit code other than 0; the message is the end of what it said."""

    def __init__(self, module: str, exit_code: int, output: str) -> None:
        """Keep the exit code for callers that tell kinds of failure apart."""
        super().__init__(reason_in(output) or f"{module} ended with exit code {exit_code}")
        self.module = module
        self.exit_code = exit_code
        self.output = output


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends (Linux; elsewhere does nothing)."""
    if _LINUX_LIBRARY is not None:
        _LINUX_LIBRARY.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def reason_in(output: str) -> str:
    """The last paragraph that a failed program printed, without the frames of a traceback."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    if "Traceback (most recent call last):" in lines:
        last = len(lines) - 1 - lines[::-1].index("Traceback (most recent call last):")
        lines = [line for line in lines[last + 1 :] if not line.startswith((" ", "\t"))]
    return "\n".join(lines[-12:])


def run_module(
    module: str,
    arguments: Sequence[str] = (),
    *,
    say: Callable[[str], None] = print,
    environ: Mapping[str, str] | None = None,
) -> str:
    """Run ``python -m module``, hand each line to ``say`` as it comes, return all of it.

    Raises ChildFailedError when the exit code is not 0.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=die_with_parent,
    )
    lines: list[str] = []
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            say(line.rstrip("\n"))
    output = "".join(lines)
    if process.returncode != 0:
        raise ChildFailedError(module, process.returncode, output)
    return output
