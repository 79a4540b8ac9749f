"""A purge in the running system: what is due goes from rows and files, the books stay as they were.

The build of everything and the publication after it are those of an erasure (test_erasure.py); here
only what is made of landed rows at first hand is built again.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pytest
from world import World

from orchestration.data_requests import purge
from orchestration.data_requests.steps import Step, once
from orchestration.landing import load
from orchestration.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.data_requests]

PURGED_AT = "2027-06-30 12:00:00"
VISITS_FROM = "2026-05-31 12:00:00"  # 395 days before


@dataclass(frozen=True)
class Purged:
    """A world after a purge, the world before it, and what both said about it."""

    world: World
    before: World
    report: dict
    dry_run: str


@pytest.fixture(scope="module")
def purged(world: World, tmp_path_factory: pytest.TempPathFactory) -> Purged:
    folder = tmp_path_factory.mktemp("retention") / "world"
    shutil.copytree(world.folder, folder, symlinks=True)
    copy = World(folder, "")
    content = copy.paths.warehouse.read_bytes()
    module = [sys.executable, "-m", "orchestration.data_requests"]
    dry_run = copy.call([*module, "purge", "--as-of", PURGED_AT])
    assert dry_run.returncode == 0, dry_run.stdout
    assert copy.paths.warehouse.read_bytes() == content

    def build(case: purge.Purge) -> dict:
        copy.dbt(
            *("build", "--full-refresh", "--exclude-resource-type", "unit_test"),
            *("--indirect-selection", "cautious"),
            *("--select", "path:models/staging/harmonized", "path:tests/data/staging"),
            "fct_retention_purges",
        )
        return {}

    with pytest.MonkeyPatch.context() as patch:
        for name, value in copy.environ.items():
            patch.setenv(name, value)
        case = purge.begin(copy.paths, datetime.fromisoformat(PURGED_AT), print)
        report = purge.purge(case, renewal_steps=[Step("build", once(build))])
    return Purged(copy, world, json.loads(report.read_text()), dry_run.stdout)


@pytest.fixture
def both(purged):
    """Both warehouses side by side."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{purged.before.paths.warehouse}' as before (read_only)")
        connection.execute(f"attach '{purged.world.paths.warehouse}' as after (read_only)")
        yield connection


def test_the_dry_run_told_what_went(purged):
    told = re.findall(
        r"^  (\S+) +(\S+(?: \S+)?) +([\d,]+) (deleted|masked),", purged.dry_run, re.MULTILINE
    )
    assert len(told) > 10
    assert {(table, scope): int(count.replace(",", "")) for table, scope, count, _ in told} == {
        (table["source_table"], table["scope"]): table["purged_count"]
        for table in purged.report["tables"]
        if table["purged_count"] or table["held_back_count"]
    }


@pytest.mark.parametrize("source_table", ["ga4.events", "segment.pages"])
def test_visits_go_to_the_day(both, source_table):
    kept = f"""(
        least(occurred_at, landed_at) >= timestamp '{VISITS_FROM}'
        or exists (
            -- the event that shows an act of consent stays as long as the act
            select 1
            from before.staging.harmonized_consents as acts
            where
                acts.source_table = harmonized_events.source_table
                and acts.anonymous_id = harmonized_events.anonymous_id
                and acts.captured_at = harmonized_events.occurred_at
        )
    )"""
    key = "select source_record_id from {}.staging.harmonized_events where source_table = $1"
    expected = both.execute(f"{key.format('before')} and {kept} order by 1", [source_table])
    expected = expected.fetchall()
    left = both.execute(f"{key.format('after')} order by 1", [source_table]).fetchall()
    assert expected == left
    everything = both.execute(key.format("before"), [source_table]).fetchall()
    assert 0 < len(left) < len(everything)


@pytest.mark.parametrize(
    "entity", ["orders", "order_lines", "returns", "payments", "finance_ledger", "loyalty_events"]
)
def test_the_books_are_as_before(both, entity):
    sides = [f"from {side}.staging.harmonized_{entity}" for side in ("before", "after")]
    assert both.execute(f"select count(*) {sides[0]}").fetchone()[0] > 0
    for one, other in (sides, sides[::-1]):
        assert both.execute(f"{one} except all {other}").fetchall() == []


def test_only_what_was_due_of_a_column_is_masked(both):
    for side, condition in (("before", "true"), ("after", f"created_at >= '{VISITS_FROM}'")):
        rows = both.execute(
            f"select id, browser_ip from {side}.landing_shopify.order "
            f"where browser_ip is not null and {condition} order by all"
        ).fetchall()
        if side == "before":
            everything = rows
        assert rows
    masked = both.execute(
        f"select count(*) from after.landing_shopify.order "
        f"where browser_ip is not null and created_at < '{VISITS_FROM}'"
    ).fetchone()
    assert masked == (0,)
    assert len(rows) < len(everything)


def test_governance_reads_what_went(purged, both):
    rows = both.execute(
        "select source_table, period_scope, purged_count, as_of "
        "from after.marts.fct_retention_purges"
    ).fetchall()
    assert {row[3].isoformat(sep=" ") for row in rows} == {PURGED_AT}
    assert sorted(row[:3] for row in rows) == sorted(
        (table["source_table"], table["scope"], table["purged_count"])
        for table in purged.report["tables"]
    )


def test_the_files_bring_nothing_back(purged, both, tmp_path, monkeypatch):
    monkeypatch.setenv("CDP_TEMP", str(tmp_path / "temp"))
    load(purged.world.paths.landing, tmp_path / "w.duckdb", ROOT)
    both.execute(f"attach '{tmp_path / 'w.duckdb'}' as again (read_only)")
    tables = both.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = 'after' and schema_name like 'landing\\_%' escape '\\'"
    ).fetchall()
    assert len(tables) > 20
    different = {}
    for schema, table in tables:
        sides = [f'from {side}."{schema}"."{table}"' for side in ("after", "again")]
        for one, other in (sides, sides[::-1]):
            count = both.execute(f"select count(*) from ({one} except all {other})").fetchone()[0]
            if count:
                different[f"{schema}.{table}"] = count
    assert different == {}
