"""Public data sets for the end-to-end tests: where they are, the platform run on one of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.examples.__main__ import example_named
from orchestration.examples.example import write_landing

ROOT = Path(__file__).parents[2]
# Licences forbid shipping most sets with the code, so they lie beside it or where this names them.
DATA = Path(os.environ.get("CDP_TEST_DATA") or ROOT.parent / "shared" / "data")


def require(name: str) -> Path:
    """Folder of a data set; skips the test when this machine does not have it."""
    folder = DATA / name
    if not folder.exists():
        pytest.skip(f"{folder} is not here (CDP_TEST_DATA names the folder of public data sets)")
    return folder


class RealRun:
    """One data set landed and built in a folder of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        require(name)
        self.example = example_named(name)
        self.landing = folder / "landing"
        self.warehouse = folder / "warehouse.duckdb"
        self.environment = {
            **os.environ,
            "CDP_LANDING": str(self.landing),
            "CDP_WAREHOUSE": str(self.warehouse),
            "CDP_SERVING": str(folder / "serving" / "cdp.duckdb"),
            "CDP_TEMP": str(folder / "temp"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_PROFILES_DIR": str(ROOT),
        }
        self.written = write_landing(self.example, DATA, self.landing)

    def load(self) -> None:
        self._run(sys.executable, "-m", "orchestration.landing")

    def build(self, *selection: str) -> None:
        """Build the selected models and seeds as of the end of the data set."""
        dbt = str(Path(sys.executable).parent / "dbt")
        variables = f"{{as_of: '{self.example.as_of}'}}"
        self._run(
            *(dbt, "--quiet", "build", "--vars", variables),
            *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
            *("--select", *selection),
        )

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (
            f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-2000:]}"
        )

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            yield connection

    def rows(self, query: str) -> list[tuple]:
        with self.connect() as connection:
            return connection.execute(query).fetchall()

    def row(self, query: str) -> tuple:
        (row,) = self.rows(query)
        return row
