"""Local times on Spark, by the rule of the other engine (tests/unit/test_money_and_zones.py)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from macro_renderer import macro_renderer
from pyspark.sql import SparkSession
from test_money_and_zones import utc_of

pytestmark = pytest.mark.spark

ZONES = ("Europe/Madrid", "America/Santiago", "Australia/Lord_Howe")


def test_local_times_become_utc_through_the_changes_of_the_year(session: SparkSession) -> None:
    halves = [datetime(2026, 1, 1) + timedelta(minutes=30 * n) for n in range(2 * 24 * 365)]
    # Only days on which a clock changes leave anything open.
    changing = [
        (zone, local)
        for zone in ZONES
        for local in halves
        if utc_of(local + timedelta(days=1), zone) - utc_of(local, zone) != timedelta(days=1)
        or utc_of(local, zone) - utc_of(local - timedelta(days=1), zone) != timedelta(days=1)
    ]
    sql = macro_renderer(engine="spark")("local_to_utc('cast(local as timestamp)', 'zone')")
    session.createDataFrame(
        [(zone, str(local)) for zone, local in changing], "zone string, local string"
    ).createOrReplaceTempView("wall_clocks")
    found = session.sql(
        f"select zone, local, cast({sql} as string) from wall_clocks order by zone, local"
    ).collect()
    assert len(changing) > 500
    assert [tuple(row) for row in found] == [
        (zone, str(local), str(utc_of(local, zone))) for zone, local in sorted(changing)
    ]
