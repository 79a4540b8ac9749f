"""Publication: readers are never blocked or torn; nothing unaudited or half-written gets out."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from orchestration import manifest as dbt_manifest
from orchestration.paths import ROOT, Paths
from orchestration.publish import PublicationRefusedError, publish, rollback

OLD_READER = ROOT / ".venv" / "reader"

# Reads until told to stop; every reading is one connection that sees three tables.
READER = """
import sys, time
from pathlib import Path
import duckdb
serving, stop = sys.argv[1], Path(sys.argv[2])
seen, count = [], 0
while not stop.exists():
    connection = duckdb.connect(serving, read_only=True)
    connection.begin()
    query = "select min(build), max(build), count(*) from marts."
    first = connection.execute(query + "fct_a").fetchone()
    second = connection.execute(query + "fct_b").fetchone()
    said = connection.execute("select build_id from marts.publication").fetchone()[0]
    connection.close()
    if not (first == second and first[0] == first[1] == said):
        print("MIXTURE", first, second, said)
        sys.exit(3)
    if said not in seen:
        seen.append(said)
    count += 1
print(duckdb.__version__, count, *seen)
"""


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """An installation of its own; the manifest is the project's."""
    dbt_manifest.prepare()
    monkeypatch.setenv("CDP_WAREHOUSE", str(tmp_path / "house" / "warehouse.duckdb"))
    monkeypatch.setenv("CDP_SERVING", str(tmp_path / "serving" / "cdp.duckdb"))
    monkeypatch.setenv("CDP_LANDING", str(tmp_path / "landing"))
    monkeypatch.delenv("CDP_TEMP", raising=False)
    return Paths.from_env()


def build(
    paths: Paths,
    build_id: str,
    *,
    rows: int = 1000,
    status: str = "success",
    audited: bool | None = True,
) -> None:
    """Write a warehouse as a build and its audit leave it: two tables that carry the build's id."""
    paths.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create schema if not exists marts; create schema if not exists audit")
        connection.execute("create schema if not exists staging")
        connection.execute("create or replace table staging.secret as select 'a@b.example' as e")
        for table in ("fct_a", "fct_b"):
            connection.execute(
                f"create or replace table marts.{table} as "
                f"select '{build_id}' as build, range as id, hash(range) as noise "
                f"from range({rows})"
            )
        connection.execute(
            """
            create table if not exists audit.builds (
                build_id varchar, status varchar, as_of timestamp, started_at timestamp,
                finished_at timestamp
            );
            create table if not exists audit.audits (
                gate varchar, subject varchar, is_passed boolean, refusal_count bigint,
                checked_at timestamp
            );
            create table if not exists audit.audited_tables (
                build_id varchar, table_name varchar, row_count bigint
            );
            create table if not exists audit.publications (
                build_id varchar, version varchar, published_at timestamp
            );
            """
        )
        connection.execute(
            "insert into audit.builds "
            "values (?, ?, timestamp '2026-06-30', now()::timestamp, now()::timestamp)",
            [build_id, status],
        )
        if audited is not None:
            connection.execute(
                "insert into audit.audits values ('publication', ?, ?, ?, now()::timestamp)",
                [build_id, audited, 0 if audited else 2],
            )
            connection.execute(
                "insert into audit.audited_tables values (?, 'fct_a', ?), (?, 'fct_b', ?)",
                [build_id, rows, build_id, rows],
            )


def command(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "orchestration.publish", *arguments]


def published(paths: Paths) -> str:
    with duckdb.connect(str(paths.serving), read_only=True) as connection:
        row = connection.execute("select build_id from marts.publication").fetchone()
    assert row is not None
    return str(row[0])


def leftovers(paths: Paths) -> list[str]:
    return [file.name for file in paths.serving.parent.rglob("*.next*")]


def test_only_marts_are_published_with_where_they_come_from(paths: Paths) -> None:
    build(paths, "one")
    publish(paths)
    with duckdb.connect(str(paths.serving), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        as_of = connection.execute("select as_of::varchar from marts.publication").fetchone()
    assert tables == [("marts", "fct_a"), ("marts", "fct_b"), ("marts", "publication")]
    assert as_of == ("2026-06-30 00:00:00",)
    manifest = json.loads((paths.current / "manifest.json").read_text())
    assert manifest["build_id"] == "one"
    assert manifest["rows"] == {"fct_a": 1000, "fct_b": 1000}
    parquet = duckdb.read_parquet(str(paths.parquet / "fct_a.parquet"))
    assert parquet.aggregate("count(*), min(build)").fetchall() == [(1000, "one")]


@pytest.mark.parametrize("is_old_reader", [False, True], ids=["same", "duckdb-1.5"])
def test_readers_see_one_publication_or_the_next_while_runs_publish(
    paths: Paths, tmp_path: Path, is_old_reader: bool
) -> None:
    if is_old_reader:
        assert OLD_READER.exists(), "make setup installs the reader of requirements-reader.lock"
    environ = {**os.environ, "PYTHONPATH": str(OLD_READER)} if is_old_reader else dict(os.environ)
    stop = tmp_path / "stop"
    build(paths, "build-0", rows=50_000)
    publish(paths)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(paths.serving), str(stop)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environ,
            cwd=tmp_path,
        )
        for _ in range(2)
    ]
    try:
        time.sleep(1.5)  # both have read the first publication
        for number in (1, 2):
            build(paths, f"build-{number}", rows=50_000)
            subprocess.run(command(), cwd=ROOT, check=True, capture_output=True)
            time.sleep(1.0)
    finally:
        stop.touch()
        said = [reader.communicate(timeout=60)[0] for reader in readers]
    assert [reader.returncode for reader in readers] == [0, 0], said
    for line in said:
        version, count, *seen = line.split()
        assert version.startswith("1.5." if is_old_reader else "2.")
        assert int(count) > 5
        assert seen == ["build-0", "build-1", "build-2"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"audited": None}, "has not been audited"),
        ({"audited": False}, "refused it: 2 expectations"),
        ({"status": "running"}, "is 'running'"),
        ({"status": "failed"}, "is 'failed'"),
    ],
)
def test_what_was_not_audited_is_refused_and_readers_keep_what_they_had(
    paths: Paths, bad: dict[str, object], reason: str
) -> None:
    build(paths, "good")
    publish(paths)
    before = paths.serving.stat()
    build(paths, "bad", **bad)  # type: ignore[arg-type]
    finished = subprocess.run(command(), cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert reason in finished.stderr
    assert published(paths) == "good"
    assert (paths.serving.stat().st_ino, paths.serving.stat().st_mtime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
    )
    assert leftovers(paths) == []


def test_an_audit_of_an_earlier_build_does_not_count(paths: Paths) -> None:
    build(paths, "first")
    build(paths, "second", audited=None)
    with pytest.raises(PublicationRefusedError, match="second has not been audited"):
        publish(paths)
    assert not paths.serving.exists()


def test_a_warehouse_without_records_is_refused(paths: Paths) -> None:
    paths.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create schema marts; create table marts.fct_a as select 1 as id")
    with pytest.raises(PublicationRefusedError, match="no audit record"):
        publish(paths)


def test_what_changed_after_the_audit_is_refused(paths: Paths) -> None:
    build(paths, "one")
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("delete from marts.fct_b where id = 7")
    with pytest.raises(PublicationRefusedError, match=r"Changed since the audit.*fct_b"):
        publish(paths)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create table marts.fct_smuggled as select 1 as id")
    with pytest.raises(PublicationRefusedError, match="fct_smuggled"):
        publish(paths)


def test_a_publication_killed_half_way_changes_nothing_and_the_next_one_heals(
    paths: Paths,
) -> None:
    build(paths, "one")
    publish(paths)
    build(paths, "two", rows=3_000_000)
    process = subprocess.Popen(command(), cwd=ROOT, stdout=subprocess.DEVNULL)
    fresh = paths.serving.with_name("cdp.duckdb.next")
    deadline = time.monotonic() + 60
    while not fresh.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert leftovers(paths) != []
    assert published(paths) == "one"
    subprocess.run(command(), cwd=ROOT, check=True, capture_output=True)
    assert published(paths) == "two"
    assert leftovers(paths) == []


def test_a_full_disk_changes_nothing_and_the_next_publication_heals(paths: Paths) -> None:
    build(paths, "one")
    publish(paths)
    build(paths, "two", rows=2_000_000)

    def small_disk() -> None:  # the system refuses to let any file grow beyond this
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    finished = subprocess.run(
        command(), cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=small_disk
    )
    assert finished.returncode == 1
    assert "Not published" in finished.stderr
    assert published(paths) == "one"
    assert leftovers(paths) == []
    subprocess.run(command(), cwd=ROOT, check=True, capture_output=True)
    assert published(paths) == "two"


def test_rollback_goes_back_in_file_and_parquet_and_forward_again(paths: Paths) -> None:
    for build_id in ("one", "two", "three"):
        build(paths, build_id)
        publish(paths)
    assert len(list(paths.versions.iterdir())) == 2
    assert rollback(paths) == "two"
    assert published(paths) == "two"
    assert json.loads((paths.current / "manifest.json").read_text())["build_id"] == "two"
    assert rollback(paths) == "three"
    assert published(paths) == "three"
    assert json.loads((paths.current / "manifest.json").read_text())["build_id"] == "three"


def test_activation_files_have_the_destinations_header_and_run_no_formula(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = {
        "resource_type": "model",
        "schema": "marts",
        "name": "sync_x__all",
        "alias": "sync_x__all",
        "description": "One row per person, it's said.",
        "columns": {"email": {"description": ""}},
        "config": {"meta": {"activation": {"file_header": {"phone": "Phone", "email": "Email"}}}},
    }
    monkeypatch.setattr(dbt_manifest, "load", lambda: {"nodes": {"model.p.s": node}})
    build(paths, "one")
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute(
            """
            create table marts.sync_x__all (customer_id varchar, email varchar, phone varchar);
            insert into marts.sync_x__all values
                ('c1', 'plain', '+34600111222'),
                ('c2', '=HYPERLINK("http://x")', '+1+cmd|x'),
                ('c3', '@SUM(A1)', '-2'),
                ('c4', null, 'a "quoted", one');
            insert into audit.audited_tables values ('one', 'sync_x__all', 4);
            """
        )
    publish(paths)
    file = paths.activation / "sync_x__all.csv"
    assert file.read_text().splitlines() == [
        "Phone,Email",
        '\'+1+cmd|x,"\'=HYPERLINK(""http://x"")"',
        "'-2,'@SUM(A1)",
        "+34600111222,plain",
        '"a ""quoted"", one",',
    ]
