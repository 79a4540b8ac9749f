"""The dbt manifest.

Belongs here: preparing it (``python -m orchestration.manifest``) and reading it. Does not:
turning it into assets.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestration.paths import ROOT, Paths

PROJECT_FOLDERS = ("models", "macros", "seeds", "tests/data")
PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "selectors.yml")
LAYERS = (
    "landing",
    "seeds",
    "staging",
    "harmonized",
    "identity_graph",
    "unified_customer",
    "marts",
)


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


def variables_of(as_of: str | None, *, learns: bool = True) -> list[str]:
    """The arguments that give dbt what this run has of its own.

    as_of: the run's time; None: it takes its start. learns: whether matching learns from what has
    landed; if not, what it learnt in an earlier build holds. Any change of the variables makes dbt
    parse the whole project again.
    """
    variables: dict[str, Any] = {} if as_of is None else {"as_of": as_of}
    if not learns:
        variables["matching_learns"] = False
    return ["--vars", json.dumps(variables)] if variables else []


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
    """The manifest as dbt wrote it; not to be changed, since the next call gives the same."""
    path = manifest_path()
    return _parsed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _parsed(path: Path, written_ns: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(path.read_text())
    return manifest


def layer_of(node: Mapping[str, Any]) -> str:
    """The layer of a manifest node: one of LAYERS, from where its file lies."""
    if node["resource_type"] == "source":
        return "landing"
    if node["resource_type"] == "seed":
        return "seeds"
    folders = node["fqn"][1:-1]
    if folders[:2] == ["staging", "harmonized"]:
        return "harmonized"
    return folders[0] if folders and folders[0] in LAYERS else "staging"


if __name__ == "__main__":
    try:
        print(prepare())
    except RuntimeError as error:
        sys.exit(str(error))
