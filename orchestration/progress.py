"""What a run tells the person who waits for it.

Belongs here: lines of progress. Does not: logs.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping


class Progress:
    """Reports stages and the share of the dbt build that is done.

    The default says nothing on the console (Dagster has its own pages); the run command prints.
    """

    def __init__(self, write: Callable[[str], None] = lambda line: None) -> None:
        """``write`` takes one finished line."""
        self._write = write
        self._started = time.monotonic()
        self._stage_started = self._started
        self._stage = ""
        self._total: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._checks: Counter[str] = Counter()

    def line(self, text: str) -> None:
        """One line as it is."""
        self._write(text)

    def start(self, stage: str) -> None:
        """A stage begins."""
        self._stage = stage
        self._stage_started = time.monotonic()

    def finish(self, detail: str = "") -> None:
        """The stage that began last has ended well."""
        seconds = time.monotonic() - self._stage_started
        self._write(f"{self._stage:<18} {detail:<52} {seconds:6.1f} s")

    def expect(self, models_by_layer: Mapping[str, int]) -> None:
        """How many tables the dbt build will make, by layer."""
        self._total = Counter(models_by_layer)
        self._done.clear()
        self._checks.clear()

    def built(self, layer: str) -> None:
        """One more table of the layer is there; says so when it was the last."""
        self._done[layer] += 1
        if self._done[layer] == self._total[layer]:
            done, total = self._done.total(), self._total.total()
            seconds = time.monotonic() - self._stage_started
            detail = f"{self._total[layer]:>4} models ({done} of {total})"
            self._write(f"  {layer:<16} {detail:<52} {seconds:6.1f} s")

    def checked(self, passed: bool) -> None:
        """One more dbt test has run."""
        self._checks["passed" if passed else "failed"] += 1

    def build_detail(self) -> str:
        """The build in a few words."""
        return (
            f"{self._done.total()} models, {self._checks['passed']} tests passed, "
            f"{self._checks['failed']} not"
        )


def to_console() -> Progress:
    """Progress on what is standard output now, whatever is redirected later."""
    stream = sys.stdout

    def write(line: str) -> None:
        stream.write(line + "\n")
        stream.flush()

    return Progress(write)
