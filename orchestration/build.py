"""Putting the definitions together.

Belongs here: ``build_defs``. Does not: any definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.assets import all_assets
from orchestration.checks import all_checks
from orchestration.jobs import build_and_publish, data_requests, retention_purge
from orchestration.resources import default_resources
from orchestration.schedules import daily, monthly_purge
from orchestration.sensors import keep_failures, landing_files


def build_defs(overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """All definitions; overrides replace resources by name (``dbt``, ``paths``, ``progress``)."""
    return dg.Definitions(
        assets=all_assets(),
        asset_checks=all_checks(),
        jobs=[build_and_publish, data_requests, retention_purge],
        schedules=[daily, monthly_purge],
        sensors=[landing_files, keep_failures],
        resources={**default_resources(), **(overrides or {})},
    )
