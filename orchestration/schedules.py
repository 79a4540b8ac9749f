"""The schedules.

Belongs here: when a run starts by the clock. Off until switched on in Dagster.
"""

from __future__ import annotations

import os

import dagster as dg

from orchestration.jobs import build_and_publish, retention_purge

TIMEZONE = os.environ.get("CDP_SCHEDULE_TIMEZONE", "UTC")

daily = dg.ScheduleDefinition(
    name="daily",
    job=build_and_publish,
    cron_schedule="0 4 * * *",
    execution_timezone=TIMEZONE,
    description="Once a day, when the night's files are there.",
)

# After the daily run, whose build says who has been active.
monthly_purge = dg.ScheduleDefinition(
    name="monthly_purge",
    job=retention_purge,
    cron_schedule="0 8 1 * *",
    execution_timezone=TIMEZONE,
    description="Once a month: what has been kept for its time goes.",
)
