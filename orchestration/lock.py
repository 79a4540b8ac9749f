"""One writer at a time.

Belongs here: the operating system's lock beside the warehouse, and waiting for a process that has
the warehouse file open. Does not: what the writer then does.

The kernel frees the lock when its holder ends, however it ends, so a killed run never blocks the
next.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import duckdb

# Tells child processes that their parent holds the lock for them: "<process id>:<lock file>".
HELD_BY_PARENT = "CDP_WRITER"
_held: dict[Path, TextIO] = {}


class WriterBusyError(RuntimeError):
    """Another process kept the warehouse longer than we were told to wait."""


def holder_of(lock_file: Path) -> str:
    """Who holds the lock, in words."""
    try:
        holder = json.loads(lock_file.read_text())
        return f"process {holder['pid']} ({holder['purpose']}), since {holder['since']}"
    except (OSError, ValueError, KeyError):
        return "another process"


def _say(message: str) -> None:
    print(message, flush=True)


@contextmanager
def writer_lock(
    lock_file: Path,
    purpose: str,
    *,
    timeout_seconds: float = 3600.0,
    say: Callable[[str], None] = _say,
) -> Iterator[None]:
    """Hold the lock while the block runs; waits for another holder and says who it is.

    Re-entrant: an inner block, also in a child process, takes part in the outer one's hold.
    Raises WriterBusyError after timeout_seconds.
    """
    if lock_file in _held or os.environ.get(HELD_BY_PARENT) == f"{os.getppid()}:{lock_file}":
        yield
        return
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a+") as handle:
        _acquire(handle, lock_file, timeout_seconds, say)
        _held[lock_file] = handle
        os.environ[HELD_BY_PARENT] = f"{os.getpid()}:{lock_file}"
        try:
            handle.seek(0)
            handle.truncate()
            json.dump(
                {
                    "pid": os.getpid(),
                    "purpose": purpose,
                    "since": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
                },
                handle,
            )
            handle.flush()
            yield
        finally:
            del _held[lock_file]
            del os.environ[HELD_BY_PARENT]
            fcntl.flock(handle, fcntl.LOCK_UN)


def _acquire(
    handle: TextIO, lock_file: Path, timeout_seconds: float, say: Callable[[str], None]
) -> None:
    deadline = time.monotonic() + timeout_seconds
    has_said = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = holder_of(lock_file)
            if not has_said:
                say(f"Waiting: the warehouse is being written by {holder}.")
                has_said = True
            if time.monotonic() > deadline:
                raise WriterBusyError(
                    f"The warehouse is still being written by {holder} "
                    f"after {timeout_seconds:.0f} seconds."
                ) from None
            time.sleep(0.2)
        else:
            return


def wait_until_writable(
    warehouse: Path,
    *,
    timeout_seconds: float = 600.0,
    say: Callable[[str], None] = _say,
) -> None:
    """Return once no other process has the warehouse file open; creates the file when absent.

    Somebody who opened it by hand (a shell, a BI tool, what is left of a killed run) holds DuckDB's
    own lock, not ours. Raises WriterBusyError after timeout_seconds.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout_seconds
    has_said = False
    while True:
        try:
            duckdb.connect(str(warehouse)).close()
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            found = re.search(r"held in (.+?\(PID \d+\))", str(error))
            holder = found.group(1) if found else "another process"
            if not has_said:
                say(f"Waiting: {warehouse} is open in {holder}.")
                has_said = True
            if time.monotonic() > deadline:
                raise WriterBusyError(
                    f"{warehouse} is still open in {holder} after {timeout_seconds:.0f} seconds. "
                    "BI tools should read the published file, not the warehouse."
                ) from error
            time.sleep(0.2)
        else:
            return
