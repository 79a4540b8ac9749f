"""A landing folder remembers in which batches its files came."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration import landing_ledger
from orchestration.landing import load
from orchestration.paths import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "landing"


def deliver(folder: Path, name: str, key: str) -> None:
    table = folder / "contract" / "customers"
    table.mkdir(parents=True, exist_ok=True)
    (table / name).write_text(f"source_name,source_record_id,email\ncrm,{key},{key}@x.example\n")


def batches(warehouse: Path) -> dict[str, int]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return dict(
            connection.execute(
                "select source_record_id, _batch_id from landing_contract.customers"
            ).fetchall()
        )


def test_a_new_warehouse_takes_the_files_in_their_old_batches(folder: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.duckdb"
    deliver(folder, "b.csv", "late-name")
    load(folder, first, ROOT)
    deliver(folder, "a.csv", "early-name")
    load(folder, first, ROOT)
    second = tmp_path / "second.duckdb"
    assert load(folder, second, ROOT).batch_id == 2
    assert batches(second) == batches(first) == {"late-name": 1, "early-name": 2}
    with duckdb.connect(str(second)) as connection:
        connection.execute(f"attach '{first}' as first (read_only)")
        stamps = "select file, batch_id, loaded_at from {}landing.files order by all"
        assert (
            connection.execute(stamps.format("")).fetchall()
            == connection.execute(stamps.format("first.")).fetchall()
        )


def test_new_files_come_after_what_is_remembered(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        deliver(folder, f"{name}.csv", name)
        load(folder, tmp_path / "first.duckdb", ROOT)
    deliver(folder, "c.csv", "c")
    load(folder, tmp_path / "second.duckdb", ROOT)
    assert batches(tmp_path / "second.duckdb") == {"a": 1, "b": 2, "c": 3}


def test_batches_can_be_landed_one_by_one(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        deliver(folder, f"{name}.csv", name)
        load(folder, tmp_path / "first.duckdb", ROOT)
    second = tmp_path / "second.duckdb"
    load(folder, second, ROOT, until_batch=1)
    assert batches(second) == {"a": 1}
    load(folder, second, ROOT, until_batch=2)
    assert batches(second) == {"a": 1, "b": 2}


def test_other_content_under_an_old_name_is_new(folder: Path, tmp_path: Path) -> None:
    deliver(folder, "a.csv", "old")
    load(folder, tmp_path / "first.duckdb", ROOT)
    deliver(folder, "a.csv", "new-content")
    load(folder, tmp_path / "second.duckdb", ROOT)
    assert batches(tmp_path / "second.duckdb") == {"new-content": 2}


def test_a_killed_run_is_remembered_by_the_next(folder: Path, tmp_path: Path) -> None:
    """The warehouse committed, the folder was not told."""
    deliver(folder, "a.csv", "a")
    load(folder, tmp_path / "first.duckdb", ROOT)
    (folder / landing_ledger.NAME).unlink()
    load(folder, tmp_path / "first.duckdb", ROOT)
    assert [entry.batch_id for entry in landing_ledger.read(folder).values()] == [1]


def test_damaged_lines_are_left_out(folder: Path, tmp_path: Path) -> None:
    deliver(folder, "a.csv", "a")
    load(folder, tmp_path / "first.duckdb", ROOT)
    with (folder / landing_ledger.NAME).open("a") as ledger:
        ledger.write('{"file": "contract/customers/b.csv"}\nnonsense\n')
    assert len(landing_ledger.read(folder)) == 1


def test_a_folder_that_cannot_be_written_to_is_a_warning(folder: Path, tmp_path: Path) -> None:
    deliver(folder, "a.csv", "a")
    (folder / f".{landing_ledger.NAME}.part").mkdir()  # in the way of writing, for root as well
    summary = load(folder, tmp_path / "first.duckdb", ROOT)
    assert summary.rows == 1
    assert any("cannot be written" in warning for warning in summary.warnings)


def test_the_key_of_the_ids_outlives_the_warehouse(folder: Path, tmp_path: Path) -> None:
    deliver(folder, "a.csv", "a")
    warehouse = tmp_path / "house" / "warehouse.duckdb"
    key = "select customer_id_key from landing.instance"
    load(folder, warehouse, ROOT)
    with duckdb.connect(str(warehouse)) as connection:
        before = connection.execute(key).fetchone()
    warehouse.unlink()
    load(folder, warehouse, ROOT)
    with duckdb.connect(str(warehouse)) as connection:
        assert connection.execute(key).fetchone() == before
    assert (warehouse.parent / "customer_id_key").stat().st_mode & 0o077 == 0
    other = tmp_path / "other" / "warehouse.duckdb"
    shutil.copytree(folder, tmp_path / "landing2")
    load(tmp_path / "landing2", other, ROOT)
    with duckdb.connect(str(other)) as connection:
        assert connection.execute(key).fetchone() != before
