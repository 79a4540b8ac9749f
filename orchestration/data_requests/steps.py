"""Work in steps of which each can be made twice, and the journal that says which are done.

Belongs here: the order, the noting, the promise that a killed run goes on where it was. Does not:
what a step does.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from orchestration.whole_files import write_whole

Say = Callable[[str], None]


class StoppedError(RuntimeError):
    """It cannot go on; the message says why, and the same command goes on afterwards."""


class Journaled(ABC):
    """Something under way: ``done`` has what each finished step reports."""

    done: dict[str, Any]
    say: Say

    @abstractmethod
    def keep(self) -> None:
        """Write the journal."""


Work = TypeVar("Work", bound=Journaled)


@dataclass(frozen=True)
class Step(Generic[Work]):
    """A step. make: gets all under way that it waits for, gives what each of them reports."""

    name: str
    make: Callable[[list[Work]], Sequence[Any]]


def each(make_one: Callable[[Work], Any]) -> Callable[[list[Work]], Sequence[Any]]:
    """Made for one after the other."""
    return lambda works: [make_one(work) for work in works]


def once(make_for_all: Callable[[Work], Any]) -> Callable[[list[Work]], Sequence[Any]]:
    """Made once, by the first, for all that are under way together; all report the same."""
    return lambda works: [make_for_all(works[0])] * len(works)


def make(under_way: Sequence[Work], steps: Sequence[Step[Work]]) -> None:
    """Make the steps that are not done yet; whatever stops one, the same call goes on from it."""
    for one in under_way:
        one.keep()
    for step in steps:
        waiting = [one for one in under_way if step.name not in one.done]
        if not waiting:
            continue
        say = waiting[0].say
        say(f"{step.name} ...")
        reports = step.make(waiting)
        for one, report in zip(waiting, reports, strict=True):
            one.done[step.name] = report
            one.keep()
        for told in dict.fromkeys(summary(report) for report in reports):
            say(f"{step.name}: {told}")


def summary(report: Mapping[str, Any]) -> str:
    """What a step reports, in one line."""
    return ", ".join(f"{key} {value}" for key, value in report.items()) or "nothing to do"


def write_journal(journal: Path, fields: Mapping[str, Any]) -> None:
    """Write a journal, readable by its owner alone."""
    journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(journal, json.dumps(fields, indent=1), mode=0o600)
