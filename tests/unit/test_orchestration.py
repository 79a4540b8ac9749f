"""The pure parts of the orchestration: arguments, names, locks, verdicts, pages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration import manifest as dbt_manifest
from orchestration.children import ChildFailedError, reason_in, run_module
from orchestration.dbt_build import (
    build_arguments,
    failed_nodes,
    failure_reason,
    is_transient,
    models_by_layer,
    warned_nodes,
)
from orchestration.landing import load
from orchestration.lock import WriterBusyError, holder_of, writer_lock
from orchestration.manifest import layer_of
from orchestration.paths import ROOT, Paths
from orchestration.progress import Progress
from orchestration.run import is_empty
from orchestration.sensors import keep_failures, landing_files, look_at
from orchestration.summary import CHANGES, HELD_BACK, REJECTS, block, lines_block, titled
from orchestration.translator import group_of, key_of


def node(kind: str, *fqn: str, **more: object) -> dict[str, object]:
    return {"resource_type": kind, "fqn": ["project", *fqn], "name": fqn[-1], **more}


# ---- dbt ---------------------------------------------------------------------------------------


def test_scheduled_builds_leave_out_unit_tests_and_keep_the_parsed_project() -> None:
    assert build_arguments() == ["build", "--exclude-resource-type", "unit_test"]


def test_the_clock_and_a_full_refresh_are_passed_on() -> None:
    arguments = build_arguments(as_of="2026-06-30 12:00:00", full_refresh=True)
    assert "--full-refresh" in arguments
    assert json.loads(arguments[arguments.index("--vars") + 1]) == {"as_of": "2026-06-30 12:00:00"}


def test_a_build_after_an_erasure_learns_nothing() -> None:
    arguments = build_arguments(learns=False)
    assert json.loads(arguments[arguments.index("--vars") + 1]) == {"matching_learns": False}


def test_only_a_lock_of_another_process_is_worth_another_try() -> None:
    held = 'IO Error: Could not set lock on file "/w.duckdb": Conflicting lock is held in python'
    assert is_transient(held)
    assert not is_transient("Failure in test unique_fct_orders_order_key: Got 3 results")
    assert not is_transient("IO Error: Could not write file: No space left on device")


def test_the_reason_of_a_failed_build_names_nodes_and_stops_after_a_few() -> None:
    results = [
        {"unique_id": f"test.project.t{i}.1", "status": "fail", "message": "Got 1\n  result"}
        for i in range(12)
    ] + [
        {"unique_id": "model.project.m", "status": "success", "message": "OK"},
        {"unique_id": "model.project.s", "status": "skipped", "message": None},
    ]
    nodes = failed_nodes({"results": results})
    assert len(nodes) == 12
    reason = failure_reason(nodes, "otherwise")
    assert reason.startswith("12 models or tests failed in the dbt build:\n  t0: Got 1 result\n")
    assert reason.endswith("... and 4 more")
    assert failure_reason([], "dbt did not start") == "dbt did not start"


def test_a_test_that_warns_is_named_and_stops_nothing() -> None:
    results = [
        {"unique_id": "test.project.quality.1", "status": "warn", "message": "Got 1 result"},
        {"unique_id": "test.project.keys.1", "status": "pass", "message": None},
    ]
    assert warned_nodes({"results": results}) == ["quality"]
    assert failed_nodes({"results": results}) == []


def test_models_are_counted_by_layer_without_ephemeral_and_disabled_ones() -> None:
    table = {"materialized": "table", "enabled": True}
    manifest = {
        "nodes": {
            "a": node("model", "staging", "shopify", "stg_a", config=table),
            "b": node("model", "staging", "harmonized", "harmonized_b", config=table),
            "c": node("model", "marts", "core", "c", config={**table, "materialized": "ephemeral"}),
            "d": node("model", "marts", "core", "d", config={**table, "enabled": False}),
            "e": node("seed", "e", config=table),
            "f": node("test", "f", config=table),
        }
    }
    assert models_by_layer(manifest) == {"staging": 1, "harmonized": 1, "seeds": 1}


# ---- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "layer", "group"),
    [
        (node("source", "shopify", "order", source_name="shopify"), "landing", "landing"),
        (node("seed", "identity", "blocked_values"), "seeds", "seeds"),
        (node("model", "staging", "shopify", "stg_shopify__orders"), "staging", "staging"),
        (node("model", "staging", "harmonized", "harmonized_orders"), "harmonized", "harmonized"),
        (
            node("model", "identity_graph", "intermediate", "int_identity__nodes"),
            "identity_graph",
            "identity_graph",
        ),
        (node("model", "marts", "core", "fct_orders"), "marts", "marts_core"),
        (node("model", "marts", "core", "intermediate", "int_core__x"), "marts", "marts_core"),
    ],
)
def test_every_node_belongs_to_the_layer_where_its_file_lies(
    given: dict[str, object], layer: str, group: str
) -> None:
    assert layer_of(given) == layer
    assert group_of(given) == group


def test_asset_keys_tell_landed_tables_from_models() -> None:
    source = node("source", "shopify", "order", source_name="shopify")
    assert key_of(source) == dg.AssetKey(["landing", "shopify", "order"])
    model = node("model", "marts", "core", "fct_orders")
    assert key_of(model) == dg.AssetKey(["marts", "fct_orders"])


# ---- paths and files ---------------------------------------------------------------------------


def test_paths_follow_the_three_variables() -> None:
    paths = Paths.from_env(
        {"CDP_WAREHOUSE": "/data/w/house.duckdb", "CDP_SERVING": "/bi/cdp.duckdb"}
    )
    assert paths.landing == ROOT / "landing"
    assert paths.lock == Path("/data/w/house.duckdb.lock")
    assert paths.audit == Path("/data/w/audit")
    assert paths.previous == Path("/bi/cdp.previous.duckdb")
    assert paths.activation == Path("/bi/current/activation")


def test_paths_survive_the_way_to_a_child_process() -> None:
    paths = Paths.from_env({"CDP_WAREHOUSE": "elsewhere/w.duckdb"})
    assert Paths.from_env(paths.as_env()) == paths


def test_hidden_files_do_not_make_a_landing_folder_full(tmp_path: Path) -> None:
    assert is_empty(tmp_path / "missing")
    (tmp_path / "shopify").mkdir()
    (tmp_path / "shopify" / ".gitkeep").touch()
    assert is_empty(tmp_path)
    (tmp_path / "shopify" / "order.csv").touch()
    assert not is_empty(tmp_path)


def test_the_manifest_is_stale_after_a_change_and_after_a_deletion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbt_manifest, "ROOT", tmp_path)
    model = tmp_path / "models" / "a.sql"
    model.parent.mkdir()
    model.write_text("select 1")
    (tmp_path / "dbt_project.yml").touch()
    manifest = tmp_path / "manifest.json"
    assert not dbt_manifest.is_current(manifest)
    manifest.touch()
    past = time.time() - 100
    for place in (model, model.parent, tmp_path / "dbt_project.yml"):
        os.utime(place, (past, past))
    assert dbt_manifest.is_current(manifest)
    os.utime(model, (past + 200, past + 200))
    assert not dbt_manifest.is_current(manifest)
    model.unlink()
    os.utime(model.parent, (past + 200, past + 200))
    assert not dbt_manifest.is_current(manifest)


# ---- one writer --------------------------------------------------------------------------------

HOLD = """
import sys, time
from pathlib import Path
from orchestration.lock import writer_lock
with writer_lock(Path(sys.argv[1]), "the night run"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "w.lock")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def test_a_second_writer_waits_and_names_the_holder(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    said: list[str] = []
    lock = tmp_path / "w.lock"
    with (
        pytest.raises(WriterBusyError, match=rf"process {holder.pid} \(the night run\)"),
        writer_lock(lock, "mine", timeout_seconds=0.3, say=said.append),
    ):
        pass
    assert len(said) == 1
    assert f"process {holder.pid} (the night run)" in said[0]


def test_a_killed_holder_frees_the_lock(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with writer_lock(tmp_path / "w.lock", "mine", timeout_seconds=5):
        assert f"process {os.getpid()} (mine)" in holder_of(tmp_path / "w.lock")


def test_a_child_takes_part_in_the_hold_of_its_parent(tmp_path: Path) -> None:
    inner = f"""
from pathlib import Path
from orchestration.lock import writer_lock
with writer_lock(Path({str(tmp_path / "w.lock")!r}), "child", timeout_seconds=0.5):
    print("in")
"""
    command = [sys.executable, "-c", inner]
    with writer_lock(tmp_path / "w.lock", "parent"), writer_lock(tmp_path / "w.lock", "again"):
        taken = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert taken.stdout == "in\n"


# ---- programs of a run -------------------------------------------------------------------------


def test_the_reason_of_a_failed_program_is_its_last_words() -> None:
    plain = "reading a\nreading b\n\nlanding: nothing was loaded.\nlanding/x.csv has no column id"
    assert reason_in(plain).endswith("landing/x.csv has no column id")
    raised = 'x\nTraceback (most recent call last):\n  File "a", line 1\n    b()\nOSError: full\n'
    assert reason_in(raised) == "OSError: full"


def test_a_failed_program_raises_with_its_exit_code() -> None:
    with pytest.raises(ChildFailedError) as failure:
        run_module("orchestration.no_such_module", say=lambda line: None)
    assert failure.value.exit_code == 1
    assert "No module named" in str(failure.value)


# ---- sensor ------------------------------------------------------------------------------------


def tick(landing: Path, cursor: str | None) -> tuple[list[object], str | None]:
    paths = Paths.from_env({"CDP_LANDING": str(landing)})
    context = dg.build_sensor_context(cursor=cursor, resources={"paths": paths})
    events = list(landing_files(context))
    return events, context.cursor


def test_the_sensor_waits_until_files_keep_still_and_asks_once(tmp_path: Path) -> None:
    events, cursor = tick(tmp_path, None)
    assert isinstance(events[0], dg.SkipReason)
    file = tmp_path / "shopify" / "order" / "1.csv"
    file.parent.mkdir(parents=True)
    file.write_text("id\n")
    events, cursor = tick(tmp_path, cursor)
    assert isinstance(events[0], dg.SkipReason)
    file.write_text("id\n1\n")
    events, cursor = tick(tmp_path, cursor)
    assert isinstance(events[0], dg.SkipReason)
    events, cursor = tick(tmp_path, cursor)
    state = look_at(tmp_path)
    assert state is not None
    assert isinstance(events[0], dg.RunRequest)
    assert events[0].run_key == f"landing-{state.digest}"
    events, cursor = tick(tmp_path, cursor)
    assert isinstance(events[0], dg.SkipReason)


def test_a_failed_run_leaves_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDP_WAREHOUSE", str(tmp_path / "warehouse.duckdb"))

    @dg.op
    def broken() -> None:
        raise dg.Failure(description="the disk is full", allow_retries=False)

    @dg.job
    def build_and_publish() -> None:
        broken()

    with dg.DagsterInstance.ephemeral() as instance:
        result = build_and_publish.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="keep_failures",
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=next(event for event in result.all_events if event.is_run_failure),
        ).for_run_failure()
        keep_failures(context)
    kept = json.loads((tmp_path / "failures" / f"{result.run_id}.json").read_text())
    assert kept["step"] == "broken"
    assert kept["reason"] == "the disk is full"


# ---- what people read --------------------------------------------------------------------------


def test_progress_names_a_layer_when_its_last_table_is_there() -> None:
    lines: list[str] = []
    progress = Progress(lines.append)
    progress.start("build")
    progress.expect({"staging": 2, "marts": 1})
    progress.built("staging")
    assert lines == []
    progress.built("staging")
    assert lines[0].split()[:6] == ["staging", "2", "models", "(2", "of", "3)"]
    progress.checked(True)
    progress.checked(False)
    assert progress.build_detail() == "2 models, 1 tests passed, 1 not"


def test_the_summary_aligns_names_and_counts() -> None:
    block = titled("Rows", [("in", 1_234_567), ("soft_bounce", 3)])
    first, second, third = block.splitlines()
    assert first == "Rows"
    assert second.endswith("1,234,567")
    assert third.startswith("  soft bounce")
    assert len(second) == len(third)


def test_the_summary_tells_what_the_newest_delivery_changed(tmp_path: Path) -> None:
    columns = "id,email\n"
    project = tmp_path / "project"
    declared = project / "models/staging/shop/_shop__sources.yml"
    declared.parent.mkdir(parents=True)
    declared.write_text(
        "sources: [{name: shop, tables: [{name: order, columns: [{name: id, data_type: string}]}]}]"
    )
    file = tmp_path / "landing/shop/order/a.csv"
    file.parent.mkdir(parents=True)
    for content, lines in (
        (columns + "1,a\n", []),
        (
            "id,e_mail\n2,b\n",
            [
                "shop.order.e_mail: new (not declared in "
                "models/staging/shop/_shop__sources.yml, left out) (shop/order/a.csv)",
                "shop.order.email: gone; renamed to e_mail? (shop/order/a.csv)",
            ],
        ),
        ("id,e_mail\n3,c\n", []),
    ):
        file.write_text(content)
        load(tmp_path / "landing", tmp_path / "w.duckdb", project)
        with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
            blocks = lines_block(connection, "Columns", CHANGES)
        shown = [line.strip() for block in blocks for line in block.splitlines()]
        assert shown[1:] == lines


def test_the_summary_tells_what_is_open_and_what_the_newest_delivery_closed() -> None:
    connection = duckdb.connect()
    connection.execute(
        """
        create schema landing;
        create table landing.files as
            select unnest([timestamp '2026-01-01', timestamp '2026-01-03']) as loaded_at;
        create schema staging;
        create table staging.rejected_records (state varchar, closed_at timestamp);
        insert into staging.rejected_records values
            ('open', null), ('open', null), ('closed', '2026-01-03'), ('closed', '2026-01-01');
        """
    )
    told = block(connection, "Rejects", REJECTS).splitlines()
    assert [line.split() for line in told[1:]] == [
        ["open", "2"],
        ["closed", "by", "newest", "delivery", "1"],
        ["closed", "before", "1"],
    ]


def test_the_summary_tells_what_to_do_about_a_snapshot_that_deleted_nobody() -> None:
    connection = duckdb.connect()
    connection.execute(
        """
        create schema staging;
        create table staging.snapshot_files (
            source_name varchar, source_table varchar, held_back_reason varchar,
            record_count bigint, largest_record_count bigint, unknown_row_count bigint,
            is_current boolean, snapshot_at timestamp, next_snapshot_at timestamp
        );
        insert into staging.snapshot_files values
            ('erp', 'erp.products', 'small', 12, 1000, 0, true, '2026-05-03', null),
            ('erp', 'erp.products', 'small', 12, 1000, 0, true, '2026-05-03', null),
            ('erp', 'erp.products', 'empty', 0, 1000, 0, true, '2026-05-04', null),
            ('erp', 'erp.products', 'unknown rows', 990, 1000, 3, true, '2026-05-05', null),
            ('erp', 'erp.products', 'small', 9, 1000, 0, true, '2026-04-01', '2026-05-01'),
            ('erp', 'erp.products', null, 1000, null, 0, true, '2026-05-01', null);
        """
    )
    (told,) = lines_block(connection, "Held back", HELD_BACK)
    small, empty, unknown = told.splitlines()[1:]
    assert "erp.products of 2026-05-03 00:00:00 (erp): 12 records, 1,000 before." in small
    assert 'add "erp.products 2026-05-03 00:00:00" to the var snapshots_confirmed' in small
    assert "no record. Land its files again under the same date." in empty
    assert "3 rejected rows without a key may be anybody. Mend them" in unknown
