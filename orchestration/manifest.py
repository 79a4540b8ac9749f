"""The dbt manifest.

Belongs here: preparing it (``python -m orchestration.manifest``) and reading it. Does not:
turning it into assets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from orchestration.paths import ROOT, Paths

PROJECT_FOLDERS = ("models", "macros", "seeds", "tests/data")
PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "selectors.yml")


def manifest_path() -> Path:
    """Where dbt writes the manifest."""
    return Paths.from_env().target / "manifest.json"


def is_current(manifest: Path) -> bool:
    """Whether nothing in the project is newer than the manifest."""
    if not manifest.exists():
        return False
    written = manifest.stat().st_mtime
    for name in PROJECT_FILES:
        file = ROOT / name
        if file.exists() and file.stat().st_mtime > written:
            return False
    for folder in PROJECT_FOLDERS:
        for parent, _, names in os.walk(ROOT / folder):  # a folder is newer when a file left it
            places = [Path(parent), *(Path(parent, name) for name in names)]
            if any(place.stat().st_mtime > written for place in places):
                return False
    return True


def variables_of(as_of: str | None) -> list[str]:
    """The arguments that give dbt the run's time; none when it is to take the start of the run.

    Any change of the variables makes dbt parse the whole project again.
    """
    return [] if as_of is None else ["--vars", json.dumps({"as_of": as_of})]


def prepare(as_of: str | None = None) -> Path:
    """Write the manifest with ``dbt parse`` unless it is current; returns its path.

    as_of: time of the build that follows, which then need not parse once more.

    Raises RuntimeError with dbt's words when the project does not parse.
    """
    manifest = manifest_path()
    if is_current(manifest):
        return manifest
    dbt = [sys.executable, str(Path(sys.executable).with_name("dbt")), "--quiet"]
    finished = subprocess.run(
        [*dbt, "parse", *variables_of(as_of)],
        cwd=ROOT,
        env={
            **os.environ,
            "DBT_TARGET_PATH": str(manifest.parent),
            "DBT_LOG_PATH": os.environ.get("DBT_LOG_PATH", str(ROOT / "logs")),
            "DBT_PROFILES_DIR": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise RuntimeError(f"dbt parse failed.\n{finished.stdout}{finished.stderr}".strip())
    return manifest


def load() -> dict[str, Any]:
    """The manifest as dbt wrote it."""
    manifest: dict[str, Any] = json.loads(manifest_path().read_text())
    return manifest


if __name__ == "__main__":
    try:
        print(prepare())
    except RuntimeError as error:
        sys.exit(str(error))
