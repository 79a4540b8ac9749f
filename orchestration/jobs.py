"""The jobs.

Belongs here: which assets one run makes. Does not: when (schedules.py, sensors.py).
"""

from __future__ import annotations

import dagster as dg

# One process per run: the writers wait for one another anyway, and a process per step would import
# Dagster and the project again each time.
build_and_publish = dg.define_asset_job(
    "build_and_publish",
    selection=dg.AssetSelection.all(),
    description="Load the landing folder, check it, build, check what is to be published, publish.",
    executor_def=dg.in_process_executor,
)
