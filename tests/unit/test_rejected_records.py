"""A reject is open until a later batch settles it, the same in any run as in a full refresh."""

from __future__ import annotations

import functools
import json
import random
from datetime import datetime, timedelta
from types import SimpleNamespace

import duckdb
import pytest
from macro_renderer import MODELS, macro_renderer, model_renderer


class _Meta(SimpleNamespace):
    def get(self, name, default=None):
        return getattr(self, name, default)


@functools.cache
def rejected_records_sql(incremental, record_id="{order_id}-{line_no}"):
    meta = _Meta(source_table="shop.line", primary=True)
    source = SimpleNamespace(
        columns={},
        config=SimpleNamespace(meta=_Meta(record_id=record_id)),
        source_name="shop",
        name="line",
    )
    model = SimpleNamespace(
        config=SimpleNamespace(meta=meta), resource_type="model", name="staged", columns={}
    )
    context = {
        "graph": {
            "nodes": {"model.project.staged": model},
            "sources": {"source.project.shop.line": source},
        },
        "project_name": "project",
        "execute": True,
        "ref": lambda name: name,
        "source": lambda name, table: f"{name}_{table}",
        "config": lambda **options: "",
        "this": "rejected_records",
    }
    render = macro_renderer(
        dbt_context=context,
        source_entities={"shop": {"order_lines": ["staged"]}},
        primary_models={"shop": {"line": "staged"}},
    )
    text = (MODELS / "staging/harmonized/rejected_records.sql").read_text()
    return render.template(text).render(is_incremental=lambda: incremental)


def landed(batch):
    return datetime(2026, 6, 1) + timedelta(hours=batch)


class Shop:
    def __init__(self):
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(
            """
            create table staged (
                source_name varchar, source_table varchar, source_record_id varchar,
                landed_file varchar, landed_row bigint, reject_reason varchar, payload varchar,
                batch_id bigint, landed_at timestamp
            );
            create table landing_files (
                file varchar, source_table varchar, batch_id bigint, loaded_at timestamp
            );
            create table landing_rejected_rows (
                source_name varchar, source_table varchar, _file varchar, _row bigint,
                batch_id bigint, landed_at timestamp, reason varchar, payload varchar
            )
            """
        )
        self.batch = 0
        self.is_built = False

    def land(self, *files):
        """Each file: name and rows; a row: (order, line, accepted, staging or loader)."""
        self.batch += 1
        stamp = landed(self.batch)
        for name, rows in files:
            insert = self.connection.execute
            insert(
                "insert into landing_files values (?, 'shop.line', ?, ?)", [name, self.batch, stamp]
            )
            for number, (order, line, outcome) in enumerate(rows, start=1):
                payload = json.dumps({"order_id": order, "line_no": line})
                if outcome == "loader":
                    insert(
                        "insert into landing_rejected_rows values "
                        "('shop', 'shop.line', ?, ?, ?, ?, 'not a number', ?)",
                        [name, number, self.batch, stamp, payload],
                    )
                    continue
                key = None if order is None else f"{order}-{line}"
                reason = "bad" if outcome == "staging" else None
                insert(
                    "insert into staged values ('shop', 'shop.line', ?, ?, ?, ?, ?, ?, ?)",
                    [key, name, number, reason, payload, self.batch, stamp],
                )
        return self

    def build(self, full_refresh=False):
        run = self.connection.execute
        if self.is_built and not full_refresh:
            run(f"create or replace temp table fresh as {rejected_records_sql(True)}")
            run(
                "delete from rejected_records where reject_id in (select reject_id from fresh);"
                "insert into rejected_records select * from fresh"
            )
        else:
            run(f"create or replace table rejected_records as {rejected_records_sql(False)}")
        self.is_built = True
        return self

    def rows(self, columns="*"):
        return self.connection.execute(
            f"select {columns} from rejected_records order by all"
        ).fetchall()


@pytest.mark.parametrize(
    ("payload", "key"),
    [
        ({"hash": "h1", "user": "u1", "email": "a@b.example"}, "h1|u1"),
        ({"hash": "h1", "user": " ", "email": "a@b.example"}, "h1|a@b.example"),
        ({"hash": "h1", "email": None}, None),
        ({"user": "u1", "email": "a@b.example"}, None),
    ],
)
def test_a_part_of_a_key_is_the_first_column_that_is_there(payload, key):
    shop = Shop()
    shop.connection.execute(
        "insert into landing_rejected_rows values "
        "('shop', 'shop.line', 'a.csv', 1, 1, ?, 'not a number', ?)",
        [landed(1), json.dumps(payload)],
    )
    sql = rejected_records_sql(False, "{hash}|{user|email}")
    found = shop.connection.execute(f"select source_record_id from ({sql})")
    assert found.fetchall() == [(key,)]


STATE = "batch_id, source_record_id, rejected_by, state, closed_by, closed_by_file, closed_at"


@pytest.mark.parametrize("rejected_by", ["loader", "staging"])
def test_a_mended_row_in_another_file_closes_its_reject(rejected_by):
    shop = Shop().land(("a.csv", [("7", 1, rejected_by), ("7", 2, "accepted")])).build()
    assert shop.rows(STATE) == [(1, "7-1", rejected_by, "open", None, None, None)]
    shop.land(("mended.csv", [("7", 1, "accepted")])).build()
    assert shop.rows(STATE) == [
        (1, "7-1", rejected_by, "closed", "accepted", "mended.csv", landed(2))
    ]


def test_an_accepted_row_of_the_same_batch_or_before_settles_nothing():
    shop = Shop().land(("a.csv", [("7", 1, "accepted")])).build()
    shop.land(("b.csv", [("7", 1, "staging"), ("7", 1, "accepted")])).build()
    assert shop.rows("state") == [("open",)]


def test_a_file_that_comes_again_closes_what_was_wrong_with_it():
    shop = Shop().land(("a.csv", [(None, 1, "staging"), ("8", 1, "loader")])).build()
    shop.land(("a.csv", [("7", 1, "accepted"), ("8", 1, "loader")])).build()
    told = shop.rows("batch_id, source_record_id, state, closed_by, closed_by_file, times_seen")
    assert told == [
        (1, "8-1", "closed", "replaced", "a.csv", 2),
        (1, None, "closed", "replaced", "a.csv", 1),
        (2, "8-1", "open", None, None, 2),
    ]


def test_a_fault_that_comes_again_is_counted_and_dated():
    shop = Shop()
    for name in ("a.csv", "b.csv", "c.csv"):
        shop.land((name, [("7", 1, "staging"), (None, 9, "staging")])).build()
    told = set(shop.rows("source_record_id, first_seen_at, last_seen_at, times_seen"))
    assert told == {("7-1", landed(1), landed(3), 3), (None, landed(1), landed(3), 3)}


def test_a_reject_after_it_was_accepted_is_open_again():
    shop = Shop().land(("a.csv", [("7", 1, "staging")])).build()
    shop.land(("b.csv", [("7", 1, "accepted")])).build()
    shop.land(("c.csv", [("7", 1, "staging")])).build()
    assert shop.rows("batch_id, state") == [(1, "closed"), (3, "open")]


def settled(batches):
    """What the rule says: (batch, file, row) -> (state, closed_by, batch that closed it)."""
    rejects, result = [], {}
    for batch, files in enumerate(batches, start=1):
        for name, rows in files:
            for number, (order, line, outcome) in enumerate(rows, start=1):
                if outcome != "accepted":
                    rejects.append((batch, name, number, order, line))
    for batch, name, number, order, line in rejects:
        closing = []
        for later, files in enumerate(batches, start=1):
            if later <= batch:
                continue
            for other, rows in files:
                if order is not None and (order, line, "accepted") in rows:
                    closing.append((later, "accepted"))
                if other == name:
                    closing.append((later, "replaced"))
        first = min(closing, default=(None, None))
        result[batch, name, number] = ("closed" if closing else "open", first[1], first[0])
    return result


@pytest.mark.parametrize("seed", range(12))
def test_any_batches_give_what_the_rule_says(seed):
    generator = random.Random(seed)
    shop, batches = Shop(), []
    for _ in range(5):
        files = []
        for name in generator.sample(["a.csv", "b.csv", "c.csv"], generator.randint(0, 2)):
            rows = [
                (
                    generator.choice(["1", "2", None]),
                    generator.randint(1, 2),
                    generator.choice(["accepted", "accepted", "staging", "loader"]),
                )
                for _ in range(generator.randint(0, 4))
            ]
            # a row without an order has no key, so nothing accepts it
            files.append((name, [(o, n, k if o else "staging") for o, n, k in rows]))
        batches.append(files)
        shop.land(*files)
        if generator.random() < 0.7:
            shop.build()
    by_batch = shop.build().rows()
    assert shop.build(full_refresh=True).rows() == by_batch
    told = {
        (batch, name, row): (state, closed_by, closed_at)
        for batch, name, row, state, closed_by, closed_at in shop.rows(
            "batch_id, landed_file, landed_row, state, closed_by, closed_at"
        )
    }
    assert told == {
        key: (state, closed_by, None if batch is None else landed(batch))
        for key, (state, closed_by, batch) in settled(batches).items()
    }


def test_published_reasons_quote_no_value():
    connection = duckdb.connect()
    connection.execute(
        """
        create table rejected_records as
        select
            'pos' as source_name, 'pos.visits' as source_table, 'loader' as rejected_by,
            unnest([
                'column "visited_at": ana@mail.example is not a timestamp; a mend',
                'column "visited_at": x is not a day' || chr(10) || 'y is not a timestamp; a mend',
                'line 3: missing columns',
                'line 12: missing columns',
                'null key'
            ]) as reason,
            'open' as state, null::varchar as closed_by, null::timestamp as closed_at,
            timestamp '2026-01-01' as first_seen_at, timestamp '2026-01-02' as last_seen_at
        """
    )
    sql = model_renderer()("unified_customer/unified_rejected_records")
    told = connection.execute(f"select reason, rejected_count from ({sql}) order by all").fetchall()
    assert told == [
        ('column "visited_at" is not a timestamp; a mend', 2),
        ("missing columns", 2),
        ("null key", 1),
    ]
