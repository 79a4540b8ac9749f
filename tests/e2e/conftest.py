"""One small world for all end-to-end tests: generated, built and published once per session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from world import World, world_in


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world after its first run. Tests must not change it; they take a ``copy_of_world``.

    CDP_TEST_WORLD names a folder in which to keep it for other sessions, to save its making.
    """
    kept = os.environ.get("CDP_TEST_WORLD")
    return world_in(Path(kept) if kept else tmp_path_factory.mktemp("worlds") / "world")


@pytest.fixture
def copy_of_world(world: World, tmp_path: Path) -> Callable[[], World]:
    """Makes a copy that a test may break."""

    def copy() -> World:
        folder = tmp_path / "world"
        shutil.copytree(world.folder, folder, symlinks=True)
        return World(folder, world.output)

    return copy
