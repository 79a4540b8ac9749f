"""The harmonised union: any order of landing batches ends in the rows of a full refresh.

The macro is rendered without dbt over two small staging tables and run as dbt runs it: a full
refresh builds the table anew, an incremental run deletes the keys that it has computed and inserts
them.
"""

import functools
import random
import re
from types import SimpleNamespace

import duckdb
import pytest
from macro_renderer import macro_renderer

COLUMNS = {
    "source_name": "string",
    "source_table": "string",
    "source_record_id": "string",
    "name": "string",
    "amount": "decimal(18,2)",
    "bought_at": "timestamp",
    "valid_to": "timestamp",
    "restock_date": "date",
    "birth_date": "date",
    "rejected_values": "string",
    "recorded_at": "timestamp",
    "landed_at": "timestamp",
    "batch_id": "bigint",
    "first_batch_id": "bigint",
    "times_landed": "bigint",
}
TIMES = ["bought_at", "valid_to", "restock_date", "birth_date", "rejected_values"]


class Harmonized:
    """The harmonised table of two staged tables of one source, one of which knows no name."""

    def __init__(self, are_statements=False):
        self.are_statements = are_statements
        self.connection = duckdb.connect()
        for table, name in (("staged_full", "name varchar, "), ("staged_short", "")):
            self.connection.execute(
                f"create table {table} (source_name varchar, source_table varchar, "
                f"source_record_id varchar, {name}amount decimal(18, 2), recorded_at timestamp, "
                "batch_id bigint, landed_at timestamp, reject_reason varchar)"
            )
        for name in TIMES:
            self.connection.execute(f"alter table staged_full add column {name} {COLUMNS[name]}")
        self.is_built = False

    def land(self, batch_id, rows):
        """rows: (source_record_id, version, name, reject_reason); version None = no time."""
        for record, version, name, reject_reason in rows:
            recorded_at = None if version is None else f"2026-01-{version:02d}"
            landed_at = f"2026-02-{batch_id:02d}"
            if record.startswith("s"):
                self.connection.execute(
                    "insert into staged_short values ('shop', 'shop.short', ?, ?, ?, ?, ?, ?)",
                    [record, len(name), recorded_at, batch_id, landed_at, reject_reason],
                )
            else:
                self.connection.execute(
                    "insert into staged_full values "
                    "('shop', 'shop.full', ?, ?, 1.5, ?, ?, ?, ?, null, null, null, null, null)",
                    [record, name, recorded_at, batch_id, landed_at, reject_reason],
                )

    def run(self, full_refresh=False):
        incremental = self.is_built and not full_refresh
        sql = harmonize_sql(incremental, self.are_statements, reads_again=full_refresh)
        if incremental:
            self.connection.execute("begin")
            self.connection.execute(f"create temp table fresh as {sql}")
            self.connection.execute(
                "delete from harmonized_things where (source_name, source_record_id) in "
                "(select (source_name, source_record_id) from fresh)"
            )
            self.connection.execute("insert into harmonized_things select * from fresh")
            self.connection.execute("drop table fresh")
            self.connection.execute("commit")
        else:
            self.connection.execute(f"create or replace table harmonized_things as {sql}")
        self.is_built = True

    def rows(self):
        return self.connection.execute(
            "select * from harmonized_things order by source_record_id"
        ).fetchall()

    def row(self, record, columns):
        return self.connection.execute(
            f"select {columns} from harmonized_things where source_record_id = ?", [record]
        ).fetchone()


class _Meta(SimpleNamespace):
    def get(self, name, default=None):
        return getattr(self, name, default)


@functools.cache
def harmonize_sql(incremental, are_statements, reads_again=False):
    def column(name, data_type):
        return SimpleNamespace(name=name, data_type=data_type)

    staged = {
        "staged_full": ("shop.full", ["name", "amount", *TIMES]),
        "staged_short": ("shop.short", ["amount"]),
    }
    nodes = {
        f"model.project.{name}": SimpleNamespace(
            columns={
                known: None
                for known in ["source_name", "source_table", "source_record_id", *columns]
            },
            config=SimpleNamespace(meta=_Meta(source_table=table)),
        )
        for name, (table, columns) in staged.items()
    }
    render = macro_renderer(
        dbt_context={
            "model": SimpleNamespace(
                columns={name: column(name, kind) for name, kind in COLUMNS.items()}
            ),
            "graph": SimpleNamespace(nodes=nodes),
            "project_name": "project",
            "execute": True,
            "ref": lambda name: name,
            "this": "harmonized_things",
            "is_incremental": lambda: incremental,
        },
        source_entities={"shop": {"things": list(staged)}},
    )
    if are_statements:
        return render(
            f"harmonize('things', ref, statement_columns=['name'], reads_again={reads_again})"
        )
    return render(f"harmonize('things', ref, reads_again={reads_again})")


@pytest.fixture
def things():
    return Harmonized()


def both_ways(batches, are_statements=False):
    """The rows after one run per batch, after one run at the end, and after a full refresh."""
    by_batch, at_once = Harmonized(are_statements), Harmonized(are_statements)
    for batch_id, rows in enumerate(batches, start=1):
        by_batch.land(batch_id, rows)
        at_once.land(batch_id, rows)
        by_batch.run()
    at_once.run()
    after_batches = by_batch.rows()
    by_batch.run(full_refresh=True)
    return after_batches, at_once.rows(), by_batch.rows()


def test_the_latest_version_wins_and_all_are_counted(things):
    things.land(1, [("a", 1, "old", None), ("a", 3, "new", None), ("a", 2, "middle", None)])
    things.run()
    assert things.row("a", "name, times_landed, batch_id, first_batch_id") == ("new", 3, 1, 1)


def test_records_that_share_a_hash_stay_apart(things):
    things.land(1, [("a", 1, "old", None), ("a", 2, "new", None), ("b", 1, "other", None)])
    sql = harmonize_sql(False, False)
    shared = re.sub(r"\bhash\([^()]*\)", "1", sql)
    assert shared != sql
    rows = things.connection.execute(
        f"select source_record_id, name, times_landed from ({shared}) order by all"
    ).fetchall()
    assert rows == [("a", "new", 2), ("b", "other", 1)]


def test_an_older_version_that_lands_late_only_counts(things):
    things.land(1, [("a", 3, "new", None)])
    things.run()
    things.land(2, [("a", 1, "old", None)])
    things.run()
    assert things.row("a", "name, times_landed, batch_id, first_batch_id") == ("new", 2, 2, 1)


def test_a_version_without_a_time_never_beats_one_with(things):
    things.land(1, [("a", 1, "timed", None)])
    things.run()
    things.land(2, [("a", None, "untimed", None)])
    things.run()
    assert things.row("a", "name, times_landed") == ("timed", 2)


def test_a_row_sent_again_keeps_its_first_landing_time(things):
    things.land(1, [("a", 1, "same", None)])
    things.run()
    things.land(2, [("a", 1, "same", None)])
    things.run()
    assert things.row("a", "times_landed, cast(landed_at as date)::varchar") == (2, "2026-02-01")


def test_a_time_out_of_range_is_none_but_an_end_may_be_never(things):
    """1900 to 2099; an end far ahead is no end; a birth date is judged with the customer's."""
    things.land(1, [(str(number), 1, "x", None) for number in range(5)])
    times = [
        ("0001-01-01", "0001-01-01", "0001-01-01", "0001-01-01", None),
        ("1900-01-01", "1900-01-01", "1900-01-01", "1900-01-01", None),
        ("2099-12-31 23:59:59.999999", "2099-12-31", "2099-12-31", "2099-12-31", '{"a":"b"}'),
        ("2100-01-01", "2100-01-01", "2100-01-01", "2100-01-01", '{"a":"b"}'),
        ("20000-01-01", "9999-12-31 23:59:59", "9999-12-31", "9999-12-31", None),
    ]
    for number, values in enumerate(times):
        things.connection.execute(
            "update staged_full set "
            + ", ".join(f"{name} = ?" for name in TIMES)
            + " where source_record_id = ?",
            [*values, str(number)],
        )
    things.connection.execute(
        "update staged_full set recorded_at = '9999-12-31' where source_record_id = '4'"
    )
    things.run()
    first = "2026-01-01 00:00:00"
    never = "9999-12-31 00:00:00"
    three = '{"bought_at":"0001-01-01 00:00:00","valid_to":"0001-01-01 00:00:00"'
    three += ',"restock_date":"0001-01-01"}'
    added = '{"a":"b","bought_at":"2100-01-01 00:00:00","restock_date":"2100-01-01"}'
    last = '{"bought_at":"20000-01-01 00:00:00","restock_date":"9999-12-31"}'
    assert things.connection.execute(
        "select "
        + ", ".join(f"{name}::varchar" for name in TIMES)
        + ", recorded_at::varchar from harmonized_things order by source_record_id"
    ).fetchall() == [
        (None, None, None, "0001-01-01", three, first),
        ("1900-01-01 00:00:00", "1900-01-01 00:00:00", "1900-01-01", "1900-01-01", None, first),
        (times[2][0], "2099-12-31 00:00:00", "2099-12-31", "2099-12-31", '{"a":"b"}', first),
        (None, "2100-01-01 00:00:00", None, "2100-01-01", added, first),
        (None, never, None, "9999-12-31", last, None),
    ]


def test_rejected_rows_enter_nothing(things):
    things.land(1, [("a", 1, "good", None), ("a", 2, "bad", "bad time"), ("b", 1, "x", "bad")])
    things.run()
    assert [(row[2], row[3]) for row in things.rows()] == [("a", "good")]


def test_a_column_that_a_source_lacks_is_null(things):
    things.land(1, [("s1", 1, "four", None)])
    things.run()
    assert things.row("s1", "name, amount::varchar") == (None, "4.00")


def test_two_versions_with_one_time_give_one_winner_in_either_order():
    first, second = ("a", 1, "left", None), ("a", 1, "right", None)
    winners = set()
    for batches in ([[first], [second]], [[second], [first]], [[first, second]]):
        for rows in both_ways(batches):
            winners.add(rows[0][3])
    assert len(winners) == 1


def test_a_run_that_was_missed_is_made_up(things):
    things.land(1, [("a", 1, "one", None)])
    things.run()
    things.land(2, [("a", 2, "two", None), ("s1", 2, "x", None)])  # the run dies here
    things.land(3, [("b", 3, "three", None)])
    things.run()
    after = things.rows()
    things.run(full_refresh=True)
    assert after == things.rows()
    assert things.row("a", "name") == ("two",)


def test_running_again_changes_nothing(things):
    things.land(1, [("a", 1, "one", None), ("a", 2, "two", None)])
    things.run()
    before = things.rows()
    things.run()
    assert things.rows() == before


def test_a_changed_statement_stands_beside_the_earlier_one_and_of_a_repeated_one_the_first_stays():
    batches = [
        [("a", 5, "no", None)],
        [("a", 1, "yes", None), ("a", 9, "yes", None)],
        [("a", 3, "yes", None), ("a", 7, "no", None), ("a", 8, "yes", "bad")],
    ]
    for rows in both_ways(batches, are_statements=True):
        told = sorted((row[3], str(row[10])[:10], row[-1]) for row in rows)
        assert told == [("no", "2026-01-05", 2), ("yes", "2026-01-01", 3)]
        assert all(row[2].startswith("a-") and len(row[2]) == 14 for row in rows)


@pytest.mark.parametrize("are_statements", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_any_batches_in_any_order_equal_a_full_refresh(seed, are_statements):
    generator = random.Random(seed)
    versions = []
    for record in [f"{kind}{number}" for kind in "as" for number in range(8)]:
        for _ in range(generator.randint(1, 6)):
            versions.append(
                (
                    record,
                    generator.choice([None, 1, 2, 3]),
                    generator.choice(["x", "yy", "zzz"]),
                    generator.choice([None, None, None, "bad"]),
                )
            )
    generator.shuffle(versions)
    count = generator.randint(2, 6)
    batches = [versions[number::count] for number in range(count)]
    after_batches, at_once, full = both_ways(batches, are_statements)
    assert after_batches == full
    assert at_once == full
    # In another order only the batch numbers and landing times differ.
    generator.shuffle(batches)
    shuffled, _, _ = both_ways(batches, are_statements)
    assert [row[:11] + row[14:] for row in shuffled] == [row[:11] + row[14:] for row in full]
