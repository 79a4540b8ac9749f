"""An installation in a folder of its own, for end-to-end tests.

``python -m tests.e2e.world`` makes the world of CDP_TEST_WORLD unless it is there, and copies its
warehouse to CDP_WAREHOUSE.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.lock import writer_lock
from orchestration.paths import ROOT, Paths

PEOPLE = "300"
AS_OF = "2026-06-30 12:00:00"


@dataclass(frozen=True)
class World:
    """An installation in a folder of its own; ``output`` is what its first run printed."""

    folder: Path
    output: str

    @property
    def environ(self) -> dict[str, str]:
        """The environment of its commands."""
        return {
            **os.environ,
            "CDP_LANDING": str(self.folder / "landing"),
            "CDP_WAREHOUSE": str(self.folder / "house" / "warehouse.duckdb"),
            "CDP_SERVING": str(self.folder / "serving" / "cdp.duckdb"),
            "CDP_TEMP": str(self.folder / "temp"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DAGSTER_HOME": str(self.folder / "dagster"),
        }

    @property
    def paths(self) -> Paths:
        """Its places."""
        return Paths.from_env(self.environ)

    def command(self, *arguments: str) -> Sequence[str]:
        """A run at the world's own time."""
        return [sys.executable, "-m", "orchestration.run", "--as-of", AS_OF, *arguments]

    def call(
        self, command: Sequence[str], environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in this world; standard error is part of the output."""
        return subprocess.run(
            command,
            cwd=ROOT,
            env={**self.environ, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def dbt(
        self, *arguments: str, as_of: str = AS_OF, environ: Mapping[str, str] | None = None
    ) -> None:
        """Run dbt in this world at a time (UTC); raises AssertionError with what it said."""
        dbt = str(Path(sys.executable).with_name("dbt"))
        finished = self.call(
            [dbt, *arguments, "--vars", json.dumps({"as_of": as_of})],
            {"DBT_PROFILES_DIR": str(ROOT), **(environ or {})},
        )
        assert finished.returncode == 0, finished.stdout[-4000:]


def public_models(target: Path) -> dict[str, str]:
    """Relation of each model that others may read, by name; target: dbt's folder."""
    manifest = json.loads((target / "manifest.json").read_text())
    return {
        node["name"]: f'"{node["schema"]}"."{node["alias"]}"'
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"]["access"] in ("public", "protected")
        and node["config"]["materialized"] != "ephemeral"
        and not node["name"].startswith(("stg_", "int_"))
    }


def world_in(folder: Path) -> World:
    """The world of this folder: generated, built and published unless somebody has done so."""
    with writer_lock(folder.with_suffix(".lock"), "tests"):
        said = folder / "output.txt"
        if not said.exists():
            (folder / "dagster").mkdir(parents=True)
            shutil.copy(ROOT / "dagster.yaml", folder / "dagster")
            empty = World(folder, "")
            finished = empty.call(empty.command("--people", PEOPLE))
            assert finished.returncode == 0, finished.stdout
            said.write_text(finished.stdout)
        return World(folder, said.read_text())


if __name__ == "__main__":
    made = world_in(Path(os.environ["CDP_TEST_WORLD"]))
    shutil.copy(made.paths.warehouse, os.environ["CDP_WAREHOUSE"])
