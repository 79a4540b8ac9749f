from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The manifest of the project as it stands, parsed afresh without opening the warehouse."""
    target = tmp_path_factory.mktemp("manifest")
    environment = {**os.environ, "DBT_LOG_PATH": str(target / "logs")}
    subprocess.run(
        [
            *(str(Path(sys.executable).parent / "dbt"), "--quiet", "parse", "--target", "lint"),
            *("--profiles-dir", str(ROOT), "--project-dir", str(ROOT)),
            *("--target-path", str(target)),
        ],
        check=True,
        cwd=ROOT,
        env=environment,
    )
    return json.loads((target / "manifest.json").read_text(encoding="utf-8"))
