"""The whole run command: what it prints and leaves, and that trouble on the way harms no reader."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from world import World

from orchestration.paths import ROOT

WorldMaker = Callable[[], World]


def rows_of(database: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def contents(serving: Path) -> dict[str, str]:
    """A digest of every published table but the publication record, whatever the order of rows."""
    with duckdb.connect(str(serving), read_only=True) as connection:
        tables = [
            str(row[0])
            for row in connection.execute(
                "select table_name from duckdb_tables() where table_name <> 'publication'"
            ).fetchall()
        ]
        return {
            table: str(
                connection.execute(
                    f'select count(*), sum(hash(t)::hugeint) from marts."{table}" as t'
                ).fetchone()
            )
            for table in tables
        }


def state_of(file: Path) -> tuple[int, int]:
    return file.stat().st_ino, file.stat().st_mtime_ns


def test_a_first_run_makes_demo_data_builds_audits_publishes_and_says_so(world: World) -> None:
    stages = ("demo data", "project", "landing", "landing audit", "build", "publication audit")
    for stage in (*stages, "publication", "dashboards"):
        assert re.search(rf"^{stage} .* \d+\.\d s$", world.output, re.MULTILINE), stage
    for title in (
        "Rows",
        "Rejects",
        "Open rejects, by reason",
        "Customers",
        "Merges",
        "Loyalty members by tier",
        "Suppressed customers by reason",
        "Where to look",
    ):
        assert f"\n{title}\n" in world.output, title
    for place in (
        world.paths.serving,
        world.paths.dashboards / "index.html",
        world.paths.audit / "publication.html",
        world.paths.data_docs / "publication" / "index.html",
    ):
        assert place.exists()
        assert str(place) in world.output


def test_the_summary_accounts_for_every_row_that_landed(world: World) -> None:
    figures = {
        name: int(
            re.search(rf"^  {name} +([\d,]+)$", world.output, re.MULTILINE)[1].replace(",", "")
        )  # type: ignore[index]
        for name in ("in", "accepted", "duplicate", "rejected")
    }
    assert figures["in"] == figures["accepted"] + figures["duplicate"] + figures["rejected"]
    landed = rows_of(
        world.paths.warehouse, "select sum(row_count + rejected_count) from landing.files"
    )
    assert landed == [(figures["in"],)]


def test_the_published_file_has_marts_only_and_the_runs_time(world: World) -> None:
    schemas = rows_of(world.paths.serving, "select distinct schema_name from duckdb_tables()")
    assert schemas == [("marts",)]
    (record,) = rows_of(
        world.paths.serving, "select build_id, as_of::varchar from marts.publication"
    )
    assert record[1] == "2026-06-30 12:00:00"
    builds = rows_of(
        world.paths.warehouse, "select build_id, status, as_of::varchar from audit.builds"
    )
    assert builds == [(record[0], "success", "2026-06-30 12:00:00")]
    assert rows_of(
        world.paths.warehouse,
        "select gate, is_passed, refusal_count from audit.audits order by gate",
    ) == [("landing", True, 0), ("publication", True, 0)]


def test_no_gate_expectation_raised_an_exception(world: World) -> None:
    for gate in ("landing", "publication"):
        verdict = json.loads((world.paths.audit / f"{gate}.json").read_text())
        assert verdict["passed"]
        assert len(verdict["results"]) > 20
        assert [result for result in verdict["results"] if result["exception"]] == []


def test_pages_open_offline(world: World) -> None:
    pages = [*world.paths.audit.rglob("*.html"), *world.paths.dashboards.glob("*.html")]
    assert len(pages) > 10
    remote = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"'](?:https?:)?//")
    assert [page for page in pages if remote.search(page.read_text())] == []


def test_the_run_is_kept_in_dagsters_history(world: World) -> None:
    script = (
        "import dagster as dg, json\n"
        "kinds = dg.DagsterEventType\n"
        "with dg.DagsterInstance.get() as instance:\n"
        "    run = instance.get_runs()[0]\n"
        "    made = instance.all_logs(run.run_id, of_type=kinds.ASSET_MATERIALIZATION)\n"
        "    checks = instance.all_logs(run.run_id, of_type=kinds.ASSET_CHECK_EVALUATION)\n"
        "    print(json.dumps([run.status.value, len(made), len(checks)]))\n"
    )
    finished = world.call([sys.executable, "-c", script])
    status, made, checks = json.loads(finished.stdout.splitlines()[-1])
    assert status == "SUCCESS"
    assert made > 150
    assert checks > 300


def test_a_file_without_a_column_stops_the_run_and_says_why(copy_of_world: WorldMaker) -> None:
    world = copy_of_world()
    before = state_of(world.paths.serving)
    broken = world.paths.landing / "shopify" / "order" / "broken.csv"
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_text("id,name\n1,#1\n")
    finished = world.call(world.command())
    assert finished.returncode == 1
    assert "FAILED" in finished.stdout
    assert "shopify/order/broken.csv" in finished.stdout
    assert f"The published file is as it was: {world.paths.serving}" in finished.stdout
    assert "Traceback" not in finished.stdout
    assert state_of(world.paths.serving) == before
    (failure,) = world.paths.failures.glob("*.json")
    kept = json.loads(failure.read_text())
    assert kept["step"] == "landing"
    assert "shopify/order/broken.csv" in kept["reason"]


def test_input_of_mostly_bad_rows_is_refused_by_the_landing_gate(
    copy_of_world: WorldMaker,
) -> None:
    world = copy_of_world()
    before = state_of(world.paths.serving)
    (good,) = rows_of(
        world.paths.warehouse,
        "select column_name from duckdb_columns() where schema_name = 'landing_ads' "
        "and table_name = 'spend' and column_name not like '\\_%' escape '\\' "
        "and data_type = 'DATE' order by column_index limit 1",
    )
    source = next((world.paths.landing / "ads").rglob("spend*"))
    source = source if source.is_file() else next(source.iterdir())
    broken = source.with_name("broken.csv") if source.parent.name == "spend" else None
    broken = broken or source.parent / "spend" / "broken.csv"
    broken.parent.mkdir(exist_ok=True)
    duckdb.execute(
        f"copy (select * replace ('yesterday' as {good[0]}) from '{source}' limit 500) "
        f"to '{broken}' (format csv, header true)"
    )
    finished = world.call(world.command())
    assert finished.returncode == 1
    assert "landing audit refused" in finished.stdout
    assert "rows rejected at the door" in finished.stdout
    assert "ads.spend" in finished.stdout
    assert state_of(world.paths.serving) == before


def test_a_publication_that_breaks_an_expectation_is_refused(copy_of_world: WorldMaker) -> None:
    world = copy_of_world()
    before = state_of(world.paths.serving)
    with duckdb.connect(str(world.paths.warehouse)) as connection:
        connection.execute("update marts.dim_customers set city = 'ana@example.com'")
        connection.execute(
            "delete from marts.fct_sessions where has_purchase or hash(session_key) % 4 > 0"
        )
    gate = world.call([sys.executable, "-m", "orchestration.quality.gate", "publication"])
    assert gate.returncode == 1
    assert "REFUSED: marts.dim_customers: No value looks like an e-mail address" in gate.stdout
    assert "ana@example.com" not in gate.stdout
    assert "REFUSED: marts.fct_sessions: At least 50%" in gate.stdout
    publication = world.call([sys.executable, "-m", "orchestration.publish"])
    assert publication.returncode == 1
    assert "Not published: The audit of build" in publication.stdout
    assert state_of(world.paths.serving) == before


def test_a_second_run_waits_and_says_who_holds_the_warehouse(
    copy_of_world: WorldMaker,
) -> None:
    world = copy_of_world()
    hold = (
        "import sys, time\n"
        "from orchestration.lock import writer_lock\n"
        "from orchestration.paths import Paths\n"
        "with writer_lock(Paths.from_env().lock, 'the night run'):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(120)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold], cwd=ROOT, env=world.environ, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        finished = world.call(world.command("--wait", "1"))
    finally:
        holder.kill()
        holder.wait()
    assert finished.returncode == 1
    assert f"Waiting: the warehouse is being written by process {holder.pid}" in finished.stdout
    assert "(the night run)" in finished.stdout


def processes_in(world: World) -> list[str]:
    """Command lines of the processes that work in this world (their environment names it)."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            environ = (process / "environ").read_bytes()
            if f"CDP_WAREHOUSE={world.paths.warehouse}\0".encode() in environ:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (OSError, PermissionError):
            continue
    return found


def test_a_run_killed_in_the_middle_of_dbt_is_healed_by_the_next(
    world: World, copy_of_world: WorldMaker
) -> None:
    broken = copy_of_world()
    before = state_of(broken.paths.serving)
    run = subprocess.Popen(
        broken.command("--full-refresh"),
        cwd=ROOT,
        env=broken.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith("  harmonized"):
            break
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while processes_in(broken) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_in(broken) == []  # dbt has gone with its run
    assert state_of(broken.paths.serving) == before
    statuses = rows_of(
        broken.paths.warehouse, "select status from audit.builds order by started_at"
    )
    assert statuses == [("success",), ("running",)]
    refused = broken.call([sys.executable, "-m", "orchestration.publish"])
    assert "is 'running', not 'success'" in refused.stdout

    finished = broken.call(broken.command())
    assert finished.returncode == 0, finished.stdout
    assert state_of(broken.paths.serving) != before
    assert contents(broken.paths.serving) == contents(world.paths.serving)
