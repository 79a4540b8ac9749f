"""Resources of the assets.

Belongs here: the dbt command line and the places, made ready for Dagster. Does not: reading the
environment (paths.py).
"""

from __future__ import annotations

import os
import sys
from typing import Any

from dagster_dbt import DbtCliResource

from orchestration.paths import ROOT, Paths
from orchestration.progress import Progress
from orchestration.project import dbt_project

WRITER_POOL = "duckdb_writer"


def dbt_resource() -> DbtCliResource:
    """Dbt as a child process that ends with the run."""
    os.environ.setdefault("CDP_PYTHON", sys.executable)
    return DbtCliResource(
        project_dir=dbt_project,
        dbt_executable=str(ROOT / "orchestration" / "bin" / "dbt"),
        global_config_flags=["--no-use-colors"],
    )


def default_resources() -> dict[str, Any]:
    """What the assets ask for by name."""
    return {"dbt": dbt_resource(), "paths": Paths.from_env(), "progress": Progress()}
