"""The dbt project as Dagster sees it.

Belongs here: the ``DbtProject`` alone, so that the manifest can be prepared (``make`` does it
with ``dbt parse``) before any asset is defined from it.
"""

from __future__ import annotations

from dagster_dbt import DbtProject

from orchestration.paths import ROOT, Paths

dbt_project = DbtProject(
    project_dir=ROOT,
    profiles_dir=ROOT,
    target_path=Paths.from_env().target,
    packaged_project_dir=None,
)
