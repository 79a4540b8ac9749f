"""Tables in full snapshots: what the newest one lacks is deleted, whatever the order of landing.

The model that judges the deliveries and the harmonised union are rendered without dbt over one
staging table, built batch by batch as dbt builds them and compared with an oracle that goes through
the deliveries one by one in Python.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from datetime import datetime, timedelta
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from macro_renderer import MODELS, macro_renderer

from orchestration.landing_reader import snapshot_times

SHARE = 0.6
COLUMNS = {
    "source_name": "string",
    "source_table": "string",
    "source_record_id": "string",
    "full_name": "string",
    "is_deleted": "boolean",
    "recorded_at": "timestamp",
    "landed_at": "timestamp",
    "batch_id": "bigint",
    "first_batch_id": "bigint",
    "times_landed": "bigint",
}
STAGED = {
    **{name: kind for name, kind in COLUMNS.items() if name not in ("is_deleted", "times_landed")},
    "landed_file": "string",
    "reject_reason": "string",
    "payload": "string",
}
del STAGED["first_batch_id"]


def day(number: int) -> datetime:
    """Days from the 10th on; versions of records carry days before and after."""
    return datetime(2026, 1, 10) + timedelta(days=number)


class _Meta(SimpleNamespace):
    def get(self, name, default=None):
        return getattr(self, name, default)


def node(**meta):
    return SimpleNamespace(
        columns=dict.fromkeys(STAGED),
        config=SimpleNamespace(meta=_Meta(**meta)),
        resource_type="model",
        name="staged",
    )


@functools.cache
def rendered(incremental, confirmed=(), entity="customers"):
    """SQL of the harmonised table and of the model that judges the snapshots."""
    source = node(full_snapshots=True)
    source.source_name, source.name = "shop", "person"
    context = {
        "model": SimpleNamespace(
            columns={
                name: SimpleNamespace(name=name, data_type=kind) for name, kind in COLUMNS.items()
            }
        ),
        "graph": {
            "nodes": {"model.project.staged": node(source_table="shop.person", primary=True)},
            "sources": {"source.project.shop.person": source},
        },
        "project_name": "project",
        "execute": True,
        "ref": lambda name: name,
        "source": lambda name, table: f"{name}_{table}",
        "config": lambda **options: "",
        "this": "harmonized",
        "is_incremental": lambda: incremental,
    }
    render = macro_renderer(
        dbt_context=context,
        source_entities={"shop": {entity: ["staged"]}},
        primary_models={"shop": {"person": "staged"}},
        snapshot_min_share=SHARE,
        snapshots_confirmed=[f"shop.person {day(number):%Y-%m-%d}" for number in confirmed],
    )
    judge = render.template((MODELS / "staging/harmonized/snapshot_files.sql").read_text())
    return render(f"harmonize('{entity}', ref)"), judge.render()


class Shop:
    """Lands batches of files and builds after each, or only at the end."""

    def __init__(self, confirmed=()):
        self.confirmed = tuple(confirmed)
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(
            "create table staged ("
            + ", ".join(f"{name} {kind}" for name, kind in STAGED.items())
            + "); create table landing_files (source_name varchar, source_table varchar, "
            "file varchar, batch_id bigint, loaded_at timestamp, snapshot_at timestamp);"
            "create table rejected_records (source_table varchar, source_name varchar, "
            "source_record_id varchar, landed_file varchar, landed_at timestamp, payload varchar)"
        )
        self.batch = 0
        self.is_built = False

    def land(self, *files):
        """Each file: (day, part, rows, unreadable); a row: (key, version, name, who rejects it)."""
        self.batch += 1
        stamp = datetime(2026, 6, 1) + timedelta(hours=self.batch)
        for number, part, rows, unreadable in files:
            name = f"shop/person/{number}/{part}.csv"
            insert = self.connection.execute
            insert(
                "insert into landing_files values ('shop', 'shop.person', ?, ?, ?, ?)",
                [name, self.batch, stamp, day(number)],
            )
            for key, version, text, rejected_by in rows:
                if rejected_by:
                    self._reject(key, name, stamp)
                if rejected_by == "loader":
                    continue
                insert(
                    "insert into staged (source_name, source_table, source_record_id, full_name, "
                    "recorded_at, landed_at, batch_id, landed_file, reject_reason) "
                    "values ('shop', 'shop.person', ?, ?, ?, ?, ?, ?, ?)",
                    [
                        *(key, text, None if version is None else day(version)),
                        *(stamp, self.batch, name, "bad" if rejected_by else None),
                    ],
                )
            for _ in range(unreadable):
                self._reject(None, name, stamp)

    def _reject(self, key, name, stamp):
        self.connection.execute(
            "insert into rejected_records values ('shop.person', 'shop', ?, ?, ?, '{}')",
            [key, name, stamp],
        )

    def build(self, full_refresh=False):
        incremental = self.is_built and not full_refresh
        union, judge = rendered(incremental, self.confirmed)
        run = self.connection.execute
        run(f"create or replace table snapshot_files as {judge}")
        if incremental:
            run(f"create or replace temp table fresh as {union}")
            run(
                "delete from harmonized where (source_name, source_record_id) in "
                "(select (source_name, source_record_id) from fresh)"
            )
            run("insert into harmonized select * from fresh")
        else:
            run(f"create or replace table harmonized as {union}")
        self.is_built = True
        return self

    def rows(self):
        return self.connection.execute("select * from harmonized order by all").fetchall()

    def deleted(self):
        """Key -> time of deletion, of the records that are deleted."""
        return dict(
            self.connection.execute(
                "select source_record_id, recorded_at from harmonized where is_deleted"
            ).fetchall()
        )

    def held_back(self):
        return self.connection.execute(
            "select snapshot_at, held_back_reason from snapshot_files "
            "where held_back_reason is not null group by all order by all"
        ).fetchall()


def expected(batches, confirmed):
    """What the rule says: key -> (possible names, is_deleted, recorded_at, batch, first, count)."""
    now = {}  # (day, part) -> (batch, rows, unreadable)
    contents = []  # (batch, day, part, rows)
    for batch, files in enumerate(batches, start=1):
        for number, part, rows, unreadable in files:
            now[number, part] = (batch, rows, unreadable)
            contents.append((batch, number, part, rows))
    present, unknown = defaultdict(set), defaultdict(int)
    for (number, _), (_, rows, unreadable) in now.items():
        present[number] |= {row[0] for row in rows}
        unknown[number] += unreadable
    counts, largest = [], None
    for number in sorted(present):
        size = len(present[number])
        if number in confirmed:
            largest = None
        small = largest is not None and size < SHARE * largest
        if size and (number in confirmed or not (small or unknown[number])):
            counts.append(number)
        largest = max(size, largest or 0)
    versions, known_in, known_out = defaultdict(list), defaultdict(set), defaultdict(set)
    for batch, number, part, rows in contents:
        is_current = now[number, part][0] == batch
        for key, version, text, rejected_by in rows:
            (known_in if is_current else known_out)[key].add(number)
            if rejected_by is None:
                told = day(version) if version is not None else None
                told = told or (day(number) if is_current else None)
                versions[key].append((told, text, batch))
    last_delivery = max((batch for batch, _, _ in now.values()), default=0)
    result = {}
    for key, found in versions.items():
        times = [told for told, _, _ in found if told is not None]
        told = max(times, default=None)
        texts = {text for time, text, _ in found if time == told}
        later = [
            number
            for number in counts
            if all(number > seen for seen in known_in[key])
            and all(number >= seen for seen in known_out[key])
        ]
        deleted_at = day(later[0]) if later else None
        if deleted_at:
            told = max(told or deleted_at, deleted_at)
        landed = [batch for _, _, batch in found]
        result[key] = (
            *(texts, deleted_at is not None, told),
            *(max(*landed, last_delivery), min(landed), len(found)),
        )
    return result


rows = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from([None, None, -5, 1, 2, 9]),
        st.sampled_from("xyz"),
        st.sampled_from([None, None, None, None, "staging", "loader"]),
    ),
    max_size=7,
)
files = st.tuples(st.integers(0, 4), st.integers(0, 1), rows, st.sampled_from([0, 0, 0, 0, 1]))
histories = st.lists(
    st.lists(files, min_size=1, max_size=3, unique_by=lambda file: file[:2]), min_size=1, max_size=6
)


@settings(max_examples=40, deadline=None)
@given(histories, st.sampled_from([(), (2,)]))
def test_any_deliveries_in_any_order_give_what_the_rule_says(batches, confirmed):
    shop = Shop(confirmed)
    for batch in batches:
        shop.land(*batch)
        shop.build()
    by_batch = shop.rows()
    assert shop.build(full_refresh=True).rows() == by_batch
    oracle = expected(batches, confirmed)
    assert {row[2] for row in by_batch} == set(oracle)
    for row in by_batch:
        texts, *others = oracle[row[2]]
        assert row[3] in texts
        is_deleted = bool(row[4])
        assert [is_deleted, row[5], *row[7:]] == others


def people(*keys):
    return [(key, None, "x", None) for key in keys]


def test_who_is_not_in_the_newest_snapshot_is_deleted_from_then_on_and_comes_back():
    shop = Shop()
    shop.land((1, 0, people(*"abcde"), 0))
    assert shop.build().deleted() == {}
    shop.land((2, 0, people(*"abcd"), 0))
    assert shop.build().deleted() == {"e": day(2)}
    shop.land((3, 0, people(*"abcd"), 0))
    assert shop.build().deleted() == {"e": day(2)}
    shop.land((4, 0, people(*"abcde"), 0))
    assert shop.build().deleted() == {}
    assert shop.connection.execute("select count(*) from staged").fetchone() == (18,)


def test_parts_of_one_delivery_are_one_snapshot_even_when_they_land_apart():
    shop = Shop()
    shop.land((1, 0, people(*"abc"), 0), (1, 1, people(*"def"), 0))
    assert shop.build().deleted() == {}
    shop.land((2, 0, people(*"abc"), 0))
    assert shop.build().deleted() == {}  # half a snapshot is too small
    assert shop.held_back() == [(day(2), "small")]
    shop.land((2, 1, people(*"de"), 0))
    assert shop.build().deleted() == {"f": day(2)}
    assert shop.held_back() == []


def test_a_late_older_snapshot_undoes_nothing():
    shop = Shop()
    shop.land((1, 0, people(*"abcd"), 0))
    shop.land((3, 0, people(*"abc"), 0))
    assert shop.build().deleted() == {"d": day(3)}
    shop.land((2, 0, people(*"abcd"), 0))
    assert shop.build().deleted() == {"d": day(3)}


def test_a_lost_file_deletes_nobody_however_often_it_is_lost():
    shop = Shop()
    shop.land((0, 0, people(*"abcdef"), 0))
    for number in (1, 2, 3):
        shop.land((number, 0, people("a") if number < 3 else [], 0))
        assert shop.build().deleted() == {}
    assert shop.held_back() == [(day(1), "small"), (day(2), "small"), (day(3), "empty")]
    shop.land((4, 0, people(*"abcde"), 0))
    assert shop.build().deleted() == {"f": day(4)}


def test_a_confirmed_small_snapshot_counts_in_a_run_that_lands_nothing():
    shop = Shop()
    shop.land((1, 0, people(*"abcdef"), 0), (2, 0, people("a"), 0))
    assert shop.build().deleted() == {}
    shop.confirmed = (2,)
    assert shop.build().deleted() == dict.fromkeys("bcdef", day(2))
    assert shop.rows() == shop.build(full_refresh=True).rows()


def test_a_rejected_row_is_no_deletion():
    shop = Shop()
    shop.land((1, 0, people(*"abcd"), 0))
    for number, rejected_by in ((2, "staging"), (3, "loader")):
        shop.land((number, 0, [*people(*"abc"), ("d", None, "x", rejected_by)], 0))
        assert shop.build().deleted() == {}
    shop.land((4, 0, people(*"abc"), 1))  # a row that nobody can read may be d
    assert shop.build().deleted() == {}
    assert shop.held_back() == [(day(4), "unknown rows")]
    shop.land((4, 0, people(*"abc"), 0))  # the mended file
    assert shop.build().deleted() == {"d": day(4)}


def test_what_a_corrected_file_no_longer_holds_is_deleted():
    shop = Shop()
    shop.land((1, 0, people(*"abcd"), 0))
    shop.build()
    shop.land((1, 0, people(*"abc"), 0))
    assert shop.build().deleted() == {"d": day(1)}


def test_a_table_that_fills_nothing_deletable_cannot_be_declared():
    with pytest.raises(ValueError, match=r"shop\.person .* Take full_snapshots out"):
        rendered(False, entity="events")


@pytest.mark.parametrize(
    "name, times",
    [
        ("2026-05-01/part-1.csv", [datetime(2026, 5, 1)]),
        ("dt=2026-05-01/part-00012-20.parquet", [datetime(2026, 5, 1)]),
        ("2026/05/01.csv", [datetime(2026, 5, 1)]),
        ("products_20260501_0002.csv.gz", [datetime(2026, 5, 1)]),
        ("products_2026-05-01T06-30-15Z_2.csv", [datetime(2026, 5, 1, 6, 30, 15)]),
        ("2026-05-01T0630.jsonl", [datetime(2026, 5, 1, 6, 30)]),
        ("20261301.csv", []),
        ("2026-05-01T06.csv", []),
        ("part-120260501.csv", []),
        ("2026-05-01_2026-05-31.csv", [datetime(2026, 5, 1), datetime(2026, 5, 31)]),
        ("2026-05-01/2026-05-01.csv", [datetime(2026, 5, 1)]),
    ],
)
def test_the_date_in_the_path_tells_the_delivery(name, times):
    assert sorted(snapshot_times(f"shop/person/{name}")) == times
