"""The schedules.

Belongs here: when a run starts by the clock. Off until switched on in Dagster.
"""

from __future__ import annotations

import os

import dagster as dg

from orchestration.jobs import build_and_publish

daily = dg.ScheduleDefinition(
    name="daily",
    job=build_and_publish,
    cron_schedule="0 4 * * *",
    execution_timezone=os.environ.get("CDP_SCHEDULE_TIMEZONE", "UTC"),
    description="Once a day, when the night's files are there.",
)
