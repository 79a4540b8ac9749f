"""One small world for all end-to-end tests: generated, built and published once per session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from world import PEOPLE, World

from orchestration.lock import writer_lock
from orchestration.paths import ROOT


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world after its first run. Tests must not change it; they take a ``copy_of_world``.

    CDP_TEST_WORLD names a folder in which to keep it for other sessions, to save its making.
    """
    kept = os.environ.get("CDP_TEST_WORLD")
    if kept is None:
        return make_world(tmp_path_factory.mktemp("world"))
    with writer_lock(Path(kept).with_suffix(".lock"), "tests", timeout_seconds=1800):
        said = Path(kept) / "output.txt"
        return World(Path(kept), said.read_text()) if said.exists() else make_world(Path(kept))


def make_world(folder: Path) -> World:
    """Generate, build and publish a world in an empty folder."""
    (folder / "dagster").mkdir(parents=True)
    shutil.copy(ROOT / "dagster.yaml", folder / "dagster")
    empty = World(folder, "")
    finished = empty.call(empty.command("--people", PEOPLE))
    assert finished.returncode == 0, finished.stdout
    (folder / "output.txt").write_text(finished.stdout)
    return World(folder, finished.stdout)


@pytest.fixture
def copy_of_world(world: World, tmp_path: Path) -> Callable[[], World]:
    """Makes a copy that a test may break."""

    def copy() -> World:
        folder = tmp_path / "world"
        shutil.copytree(world.folder, folder, symlinks=True)
        return World(folder, world.output)

    return copy
