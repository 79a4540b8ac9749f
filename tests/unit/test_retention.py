"""Retention: what is due to the day, what is held, a purge that is killed, what stays of it.

A shop with four landed tables. Times are worked out by hand: 395 days before the first of July 2026
is the first of June 2025, 730 days before is the first of July 2024 (2024 has its leap day before).
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb
import pytest

from orchestration import landing as loader
from orchestration import landing_reader
from orchestration.column_tags import Dictionary, Holding, Meaning
from orchestration.data_requests import certificates, landed_rows, purge, renewal, retention
from orchestration.data_requests.person import PersonError, resolve
from orchestration.data_requests.steps import Step, StoppedError, each, once
from orchestration.data_requests.tombstones import plain_key
from orchestration.paths import Paths

AS_OF = datetime(2026, 7, 1)
SECOND = timedelta(seconds=1)
VISITS_FROM, ACTIVE_FROM = datetime(2025, 6, 1), datetime(2024, 7, 1)
LANDED, LATELY = datetime(2026, 1, 1), datetime(2026, 6, 1)  # LATELY: refused rows are kept yet

COLUMNS = {
    "customer": {"id": "bigint", "email": "string", "name": "string", "happened": "timestamp"},
    "visit": {"id": "bigint", "customer_id": "bigint", "note": "string", "happened": "timestamp"},
    "order": {
        **{"id": "bigint", "customer_id": "bigint", "email": "string", "ip": "string"},
        **{"total": "double", "happened": "timestamp"},
    },
    "event": {"id": "bigint", "kind": "string", "email": "string", "happened": "timestamp"},
}
# Landed table, its entity, and the columns of its view by name.
VIEWS = {
    "stg_shop__customers": ("customer", "customers", {"email": "email", "recorded_at": "happened"}),
    "stg_shop__visits": (
        "visit",
        "store_visits",
        {"customer_record_id": "cast(customer_id as varchar)", "visited_at": "happened"},
    ),
    "stg_shop__orders": (
        "order",
        "orders",
        {
            **{"customer_record_id": "cast(customer_id as varchar)", "email": "email"},
            **{"order_id": "cast(id as varchar)", "ordered_at": "happened"},
        },
    ),
    "stg_shop__events": ("event", "events", {"email": "email", "occurred_at": "happened"}),
    "stg_shop__event_orders": ("event", "orders", {"email": "email", "ordered_at": "happened"}),
}
MANIFEST = {
    "sources": {
        name: {
            "source_name": "shop",
            "name": name,
            "schema": "landing_shop",
            "columns": {
                column: {
                    "data_type": kind,
                    "meta": {"retention_days": 395} if column == "ip" else {},
                }
                for column, kind in columns.items()
            },
        }
        for name, columns in COLUMNS.items()
    },
    "nodes": {
        view: {
            "resource_type": "model",
            "name": view,
            "schema": "staging",
            "columns": {
                name: {} for name in ("source_record_id", "recorded_at", "reject_reason", *columns)
            },
            "config": {
                "meta": {
                    "source_table": f"shop.{table}",
                    "primary": view != "stg_shop__event_orders",
                    "entity": entity,
                }
            },
        }
        for view, (table, entity, columns) in VIEWS.items()
    },
}
DICTIONARY = Dictionary(
    [
        Meaning("record", ("customer_id",), "account_id", "nullify", True),
        Meaning("email", ("email",), "email", "nullify", True),
        Meaning("name", ("name", "note", "ip"), "free_text", "nullify", False),
        Meaning("row", ("id", "kind", "total", "happened"), "row", "keep", False),
    ],
    [
        Holding("entity:customers", "profile", "delete", 730, None, "p", "contract", ""),
        Holding(
            "entity:store_visits", "behaviour", "delete", 395, "visited_at", "p", "consent", ""
        ),
        Holding("entity:events", "behaviour", "delete", 395, "occurred_at", "p", "consent", ""),
        Holding("entity:orders", "transaction", "keep", 2190, "ordered_at", "p", "contract", ""),
        Holding("model:rejected_records", "free_text", "delete", 90, "landed_at", "p", "i", ""),
        Holding(
            "model:int_identity__registry", "identifier", "delete", 730, "changed_at", "p", "i", ""
        ),
    ],
)
HOLDS = "hold_id,applies_to,held_until,owner,reason,comment\n"
FILES = {"customer": "jsonl", "visit": "csv", "order": "parquet", "event": "csv"}


class Killed(BaseException):
    """What a killed process raises nowhere, so that nothing catches it."""


@pytest.fixture
def root(tmp_path):
    """A project folder without any hold."""
    root = tmp_path / "project"
    (root / "seeds" / "governance").mkdir(parents=True)
    (root / "seeds" / "governance" / "legal_holds.csv").write_text(HOLDS)
    return root


@pytest.fixture
def shop(tmp_path, root, monkeypatch):
    """An installation in which nothing has landed; its connection is closed by the test's end."""
    monkeypatch.setattr(Dictionary, "load", classmethod(lambda cls, root=None: DICTIONARY))
    monkeypatch.setattr(purge.dbt_manifest, "load", lambda: MANIFEST)
    for module in (loader, landing_reader):
        monkeypatch.setattr(module, "read_declarations", lambda root: DECLARED)
    for module in (retention, purge):
        monkeypatch.setattr(module, "ROOT", root)
    paths = Paths.from_env(
        {
            "CDP_WAREHOUSE": str(tmp_path / "house" / "w.duckdb"),
            "CDP_LANDING": str(tmp_path / "landing"),
            "CDP_TEMP": str(tmp_path / "temp"),
        }
    )
    paths.warehouse.parent.mkdir()
    with duckdb.connect(str(paths.warehouse)) as connection:
        loader.create_tables(connection, DECLARED.values())
        connection.execute(
            """
            create schema staging; create schema identity_graph; create schema unified_customer;
            create schema audit;
            create table audit.builds (status text, started_at timestamp);
            insert into audit.builds values ('success', timestamp '2026-06-30');
            create table identity_graph.identity_map (
                identifier_key text, identifier_type text, identifier_value text, customer_id text
            );
            create table identity_graph.identity_map_history (
                identifier_key text, customer_id text
            );
            create table identity_graph.identity_source_records (
                customer_id text, seen_at timestamp, recorded_at timestamp
            );
            create table identity_graph.identity_customers (customer_id text, is_anonymous boolean);
            create table identity_graph.identity_merges (
                old_customer_id text, new_customer_id text
            );
            create table identity_graph.int_identity__registry (
                entry_type text, customer_id text, old_customer_id text, identifier_key text,
                build bigint, changed_at timestamp, is_anonymous boolean
            );
            create table unified_customer.unified_customers (
                customer_id text, is_restricted boolean
            );
            create table unified_customer.unified_orders (customer_id text, order_id text);
            create table unified_customer.unified_consent_acts (customer_id text, act_key text);
            create table unified_customer.int_customer__contact_points (
                customer_id text, contact_point_key text
            );
            """
        )
        for view, (table, _, columns) in VIEWS.items():
            stated = {"recorded_at": "happened", **columns}
            selected = ", ".join(f"{value} as {name}" for name, value in stated.items())
            only = "where kind = 'sale'" if view == "stg_shop__event_orders" else ""
            connection.execute(
                f"""
                create view staging.{view} as
                select
                    'shop' as source_name, 'shop.{table}' as source_table,
                    cast(id as varchar) as source_record_id, {selected},
                    _file as landed_file, _row as landed_row, _landed_at as landed_at,
                    case when id is null then 'null key' end as reject_reason
                from landing_shop."{table}" {only}
                """
            )
    return paths


DECLARED = {
    f"shop.{name}": landing_reader.DeclaredTable(
        "shop",
        name,
        False,
        tuple(
            landing_reader.DeclaredColumn(column, kind, True) for column, kind in columns.items()
        ),
        "here",
    )
    for name, columns in COLUMNS.items()
}


def land(paths: Paths, landed_at: datetime = LANDED, **tables) -> None:
    """Land rows of each table as a new file, values in the order of COLUMNS."""
    for table, rows in tables.items():
        folder = paths.landing / "shop" / table
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{len(list(folder.iterdir()))}.{FILES[table]}"
        columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS[table].items())
        with duckdb.connect() as connection:
            connection.execute(f"create table rows ({columns})")
            for row in rows:
                connection.execute(f"insert into rows values ({', '.join('?' * len(row))})", row)
            kind = {"jsonl": "json"}.get(FILES[table], FILES[table])
            connection.execute(f"copy rows to '{file}' (format {kind})")
    loader.load(paths.landing, paths.warehouse, landed_at=landed_at)


def know(paths: Paths, customer_id: str, *texts: str, seen_at: datetime) -> None:
    """Let the graph resolve identifiers to a customer who was seen last at a time."""
    with duckdb.connect(str(paths.warehouse)) as connection:
        for text in texts:
            kind, value = text.split("|", 1)
            connection.execute(
                "insert into identity_graph.identity_map values (?, ?, ?, ?)",
                [plain_key(text), kind, value, customer_id],
            )
        connection.execute(
            "insert into identity_graph.identity_source_records values (?, ?, null)",
            [customer_id, seen_at],
        )
        connection.execute(
            "insert into identity_graph.identity_customers values (?, false)", [customer_id]
        )


def due(paths: Paths, as_of: datetime = AS_OF) -> dict[tuple[str, str], tuple[int, int]]:
    """What is due, without the zeros: rows that go and rows held back, by table and scope."""
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        counted = retention.find_due(connection, MANIFEST, as_of, DICTIONARY, retention.ROOT)
    return {
        (one.source_table, one.scope): (one.purged_count, one.held_back_count)
        for one in counted
        if one.purged_count or one.held_back_count
    }


def query(paths: Paths, sql: str) -> list[tuple]:
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


# The build, the new warehouse file and the publication have tests of their own.
NOTHING_AGAIN = tuple(Step(step.name, once(lambda case: {})) for step in purge.RENEWAL)


def purge_all(paths: Paths, as_of: datetime = AS_OF) -> dict:
    case = purge.begin(paths, as_of, print)
    return json.loads(purge.purge(case, renewal_steps=NOTHING_AGAIN).read_text())


# ---- what is due -----------------------------------------------------------------------------


def test_a_row_goes_when_it_is_older_than_its_period_and_not_before(shop):
    land(
        shop,
        visit=[
            (1, 7, "a second too old", VISITS_FROM - SECOND),
            (2, 7, "as old as allowed", VISITS_FROM),
            (3, 7, "younger", VISITS_FROM + SECOND),
        ],
    )
    assert due(shop) == {("shop.visit", "rows"): (1, 0)}
    assert due(shop, AS_OF + SECOND) == {("shop.visit", "rows"): (2, 0)}
    purge_all(shop)
    assert query(shop, "select id from landing_shop.visit order by id") == [(2,), (3,)]


def test_a_record_is_as_old_as_its_newest_version(shop):
    land(shop, visit=[(1, 7, "then", VISITS_FROM - SECOND), (2, 7, "", VISITS_FROM - SECOND)])
    land(shop, visit=[(1, 7, "again", VISITS_FROM)])
    assert due(shop) == {("shop.visit", "rows"): (1, 0)}
    purge_all(shop)
    assert query(shop, "select note from landing_shop.visit order by note") == [
        ("again",),
        ("then",),
    ]


def test_a_clock_that_runs_ahead_keeps_no_row(shop):
    land(shop, VISITS_FROM - SECOND, visit=[(1, 7, "", datetime(2031, 5, 5))])
    land(shop, VISITS_FROM, visit=[(2, 7, "", datetime(2031, 5, 5))])
    assert due(shop) == {("shop.visit", "rows"): (1, 0)}


def test_a_person_record_goes_when_nothing_is_known_of_the_person_any_more(shop):
    old = ACTIVE_FROM - SECOND
    land(
        shop,
        customer=[
            (1, "gone@example.org", "Gone", old),
            (2, "active@example.org", "Active", old),
            (3, "future@example.org", "Seen only in the future", old),
            (4, "unknown@example.org", "Nobody's", old),
            (5, "changed@example.org", "Changed since", ACTIVE_FROM),
        ],
    )
    know(shop, "c1", "email|gone@example.org", seen_at=old)
    know(shop, "c2", "email|active@example.org", seen_at=ACTIVE_FROM)
    know(shop, "c3", "customer_record|shop|3", seen_at=datetime(2031, 5, 5))
    know(shop, "c5", "email|changed@example.org", seen_at=old)
    assert due(shop) == {("shop.customer", "rows"): (3, 0)}
    purge_all(shop)
    assert query(shop, "select id from landing_shop.customer order by id") == [(2,), (5,)]


def test_the_books_keep_the_row_and_lose_the_person(shop):
    six_years = AS_OF - timedelta(days=2190)
    orders = [
        (1, 7, "a@example.org", "10.0.0.1", 10.5, six_years - SECOND),
        (2, 7, "a@example.org", "10.0.0.1", 20.25, six_years),
        (3, 7, "a@example.org", "10.0.0.1", 30.0, VISITS_FROM),
    ]
    land(shop, order=orders)
    assert due(shop) == {("shop.order", "rows"): (1, 0), ("shop.order", "ip"): (2, 0)}
    purge_all(shop)
    assert query(shop, 'select id, customer_id, email, ip, total from landing_shop."order"') == [
        (1, None, None, None, 10.5),
        (2, 7, "a@example.org", None, 20.25),
        (3, 7, "a@example.org", "10.0.0.1", 30.0),
    ]
    assert due(shop) == {}


def test_an_event_that_is_a_sale_stays_for_the_books(shop):
    old = VISITS_FROM - SECOND
    land(shop, event=[(1, "click", "a@example.org", old), (2, "sale", "a@example.org", old)])
    assert due(shop) == {("shop.event", "rows"): (1, 0)}
    assert due(shop, old + timedelta(days=2190)) == {("shop.event", "rows"): (1, 0)}
    assert due(shop, old + timedelta(days=2190) + SECOND) == {("shop.event", "rows"): (2, 0)}


def test_whoever_mends_a_refused_row_is_given_its_whole_time(shop):
    very_old = datetime(2001, 1, 1)
    land(shop, AS_OF - timedelta(days=90), visit=[(None, 7, "kept yet", very_old)])
    land(shop, AS_OF - timedelta(days=90) - SECOND, visit=[(None, 7, "too long", very_old)])
    assert due(shop) == {("shop.visit", "refused rows"): (1, 0)}
    purge_all(shop)
    assert query(shop, "select note from landing_shop.visit") == [("kept yet",)]


def test_rows_that_could_not_be_read_go_too(shop):
    folder = shop.landing / "shop" / "visit"
    folder.mkdir(parents=True)
    file = folder / "a.csv"
    file.write_text(
        "id,customer_id,note,happened\n"
        "1,7,young,2026-06-01 00:00:00\n"
        "x,7,Ana wrote this,2026-06-01 00:00:00\n"
        "2,7,one,too,many,Eva\n"
    )
    loader.load(shop.landing, shop.warehouse, landed_at=LANDED)
    assert due(shop) == {
        ("shop.visit", "unread rows"): (1, 0),
        ("shop.visit", "unread lines"): (1, 0),
    }
    purge_all(shop)
    assert query(shop, "from landing.rejected_rows") == []
    assert query(shop, "select row_count, rejected_count from landing.files") == [(1, 0)]
    text = file.read_text()
    assert "young" in text
    assert "Ana" not in text
    assert "Eva" not in text
    assert due(shop) == {}


def test_nothing_goes_before_what_landed_last_is_built(shop):
    land(shop, datetime(2026, 6, 30) + SECOND, visit=[(1, 7, "", VISITS_FROM)])
    with pytest.raises(StoppedError, match="make run"):
        due(shop)


def test_a_period_from_a_column_that_is_nowhere_is_refused(shop, monkeypatch):
    land(shop, visit=[(1, 7, "", VISITS_FROM)])
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        table = landed_rows.landed_tables(MANIFEST, DICTIONARY)["shop.visit"]
        period = retention.Period(table, "rows", 395, "left_at")
        with pytest.raises(StoppedError, match="left_at"):
            retention._dated(period, landed_rows.staging_views(MANIFEST))
        assert connection


def test_the_log_of_ids_forgets_what_has_stood_for_nobody_for_its_period(shop):
    old = ACTIVE_FROM - SECOND
    entries = [
        ("issue", "c1", None, None, 1, old),  # gone for good
        ("assign", "c1", None, "k1", 1, old),
        ("assign", None, "c1", "k1", 2, old),
        ("issue", "c2", None, None, 1, old),  # gone, not long enough
        ("assign", "c2", None, "k2", 1, old),
        ("assign", None, "c2", "k2", 2, ACTIVE_FROM),
        ("issue", "c3", None, None, 1, old),  # merged into one that stands
        ("assign", "c3", None, "k3", 1, old),
        ("change", "c4", "c3", None, 2, old),
        ("assign", "c4", "c3", "k3", 2, old),
        ("issue", "c4", None, None, 1, old),
        ("assign", None, "c4", "k4", 2, old),  # lost one of its identifiers
        ("issue", "v1", None, None, 1, old),  # a visitor, gone for good
        ("assign", "v1", None, "k5", 1, old),
        ("assign", None, "v1", "k5", 2, old),
    ]
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.executemany(
            f"insert into {retention.REGISTRY} values (?, ?, ?, ?, ?, ?, ?)",
            [[*entry, entry[1] == "v1" if entry[0] == "issue" else None] for entry in entries],
        )
    land(shop, visit=[(1, 7, "", VISITS_FROM)])
    assert due(shop) == {(retention.REGISTRY, "rows"): (7, 0)}
    purge_id = purge_all(shop)["request_id"]
    left = query(shop, f"select customer_id, identifier_key from {retention.REGISTRY}")
    gone = {"c1", "v1", "k4"}
    assert sorted(left, key=str) == sorted(
        [entry[1:4:2] for entry in entries if gone.isdisjoint(entry)], key=str
    )
    # The id of a known customer is not given out again, as after an erasure; nobody was erased.
    buried = [(plain_key("customer_id|c1"), purge_id)]
    assert query(shop, "select digest, request_id from landing.tombstones") == buried
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("drop table landing.tombstones")  # the landing folder has them too
    land(shop, visit=[(2, 7, "", LATELY)])
    assert query(shop, "select digest, request_id from landing.tombstones") == buried


def test_a_log_of_ids_that_is_kept_for_good_loses_nothing(shop, monkeypatch):
    *holdings, log = DICTIONARY.holdings
    forever = Dictionary(DICTIONARY.meanings, [*holdings, replace(log, retention_days=None)])
    monkeypatch.setattr(Dictionary, "load", classmethod(lambda cls, root=None: forever))
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute(
            f"insert into {retention.REGISTRY} values "
            "('assign', null, 'c1', 'k1', 2, timestamp '2000-01-01', null)"
        )
    land(shop, visit=[(1, 7, "", VISITS_FROM)])
    purge_all(shop)
    assert len(query(shop, f"from {retention.REGISTRY}")) == 1


# ---- holds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "kept"),
    [
        ("customer:c1", 1),
        ("customer:c1-before-it-was-merged", 1),
        ("table:shop.visit", 2),
        ("entity:store_visits", 2),
        ("table:shop.order", 0),
    ],
)
def test_what_is_held_stays_until_the_hold_ends(shop, held, kept):
    old = VISITS_FROM - SECOND
    land(shop, visit=[(1, 7, "", old), (2, 8, "", old)], order=[(1, 8, "", "", 1, AS_OF)])
    know(shop, "c1", "customer_record|shop|7", seen_at=old)
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute(
            "insert into identity_graph.identity_merges values ('c1-before-it-was-merged', 'c1')"
        )
    hold(f"h1,{held},2026-07-02 00:00:00,legal,claim,none")
    assert due(shop) == {("shop.visit", "rows"): (2 - kept, kept)}
    report = purge_all(shop)
    (told,) = (
        t for t in report["tables"] if (t["source_table"], t["scope"]) == ("shop.visit", "rows")
    )
    assert (told["purged_count"], told["held_back_count"]) == (2 - kept, kept)
    assert query(shop, "select count(*) from landing_shop.visit") == [(kept,)]
    assert due(shop, datetime(2026, 7, 2)).get(("shop.visit", "rows"), (0, 0)) == (kept, 0)


def hold(*rows: str) -> None:
    seed = retention.ROOT / "seeds" / "governance" / "legal_holds.csv"
    seed.write_text(HOLDS + "".join(f"{row}\n" for row in rows))


def test_a_restriction_holds_until_it_is_lifted(shop):
    land(shop, visit=[(1, 7, "", VISITS_FROM - SECOND)])
    know(shop, "c1", "customer_record|shop|7", seen_at=VISITS_FROM)
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("insert into unified_customer.unified_customers values ('c1', true)")
    assert due(shop) == {("shop.visit", "rows"): (0, 1)}
    with duckdb.connect(str(shop.warehouse)) as connection:
        connection.execute("update unified_customer.unified_customers set is_restricted = false")
    assert due(shop) == {("shop.visit", "rows"): (1, 0)}


@pytest.mark.parametrize(
    "row",
    [
        "h1,ana,,legal,claim,none",
        "h1,person:ana,,legal,claim,none",
        "h1,customer:,,legal,claim,none",
        "h1,table:shop.visit,tomorrow,legal,claim,none",
        "h1,table:shop.visits,,legal,claim,none",
        "h1,entity:visits,,legal,claim,none",
        "h1,customer:c99,,legal,claim,none",
    ],
)
def test_a_hold_that_cannot_be_understood_stops_everything(shop, row):
    land(shop, visit=[(1, 7, "", VISITS_FROM - SECOND)])
    hold(row)
    with pytest.raises(StoppedError, match=r"h1.*[Mm]ended"):
        due(shop)


def test_whoever_is_held_is_not_erased(shop):
    know(shop, "c1", "email|ana@example.org", seen_at=AS_OF)
    hold("h1,customer:c1,,legal,claim of May,none")
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        person = resolve(connection, "customer_id", "c1")
    in_force = retention.holds.in_force(AS_OF, retention.ROOT)
    with pytest.raises(PersonError, match="claim of May"):
        retention.holds.refuse(person, in_force)
    retention.holds.refuse(replace(person, customer_ids=("c2",)), in_force)


# ---- what former runs said -------------------------------------------------------------------


def test_what_was_said_before_the_purge_goes_and_what_it_says_itself_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    paths = Paths.from_env({"CDP_WAREHOUSE": str(tmp_path / "house" / "w.duckdb")})
    built = paths.run_logs / "purge-1.log"
    former = [
        paths.run_logs / "20260601T000000Z.log",
        paths.failures / "20260601T000000Z.json",
        paths.audit / "data_docs" / "landing" / "index.html",
        paths.temp / "spilled",
        tmp_path / "logs" / "dbt.log",
        tmp_path / "dagster" / "storage" / "run" / "compute_logs" / "step.err",
    ]
    kept = [
        built,
        paths.audit / "publication.json",
        paths.warehouse,
        tmp_path / "dagster" / "history" / "runs.db",
    ]
    for path in (*former, *kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for path in (*former, paths.warehouse, kept[-1]):
        os.utime(path, (0, built.stat().st_mtime - 1))
    assert renewal.remove_former_reports(paths, "purge-1") == {"files removed": len(former)}
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)


# ---- a purge in its steps --------------------------------------------------------------------


def fill_shop(paths: Paths) -> None:
    """Rows in every kind of file, of which some are due in every way."""
    old = VISITS_FROM - SECOND
    land(
        paths,
        customer=[(1, "gone@example.org", "Gone", datetime(2020, 1, 1)), (2, "a@b.es", "", AS_OF)],
        visit=[(1, 7, "Gone was here", old), (2, 7, "kept", VISITS_FROM), (None, 7, "Gone", old)],
        order=[(1, 7, "gone@example.org", "10.0.0.1", 10.5, datetime(2019, 1, 1))],
        event=[(1, "click", "gone@example.org", old), (2, "sale", "a@b.es", old)],
    )


def state(paths: Paths) -> dict[str, list]:
    """Everything that a purge may change, but for the names and times of the purge itself."""
    tables = [
        *(f'landing_shop."{name}"' for name in COLUMNS),
        *("landing.rejected_rows", retention.REGISTRY),
    ]
    found = {table: query(paths, f"from {table} order by all") for table in tables}
    found["files"] = query(
        paths, "select file, row_count, rejected_count, batch_id from landing.files order by all"
    )
    found["report"] = query(
        paths, "select * exclude (purge_id, purged_at) from landing.retention_purges order by all"
    )
    for file in sorted((paths.landing / "shop").rglob("*.*")):
        with duckdb.connect() as connection:
            reader = {".parquet": "read_parquet", ".csv": "read_csv", ".jsonl": "read_json"}
            found[file.name + file.parent.name] = connection.execute(
                f"from {reader[file.suffix]}('{file}')"
            ).fetchall()
    return found


@pytest.fixture
def expected(shop, tmp_path):
    """The state after a purge that nobody killed, in a shop that is then as before."""
    fill_shop(shop)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    modified = {path: path.stat() for path in before}
    purge_all(shop)
    purged = state(shop)
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        if path in before:
            path.write_bytes(before[path])
        else:
            path.unlink()
    for path, status in modified.items():
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return purged


STEPS = (*purge.STEPS, *NOTHING_AGAIN)


@pytest.mark.parametrize("is_after_the_work", [True, False])
@pytest.mark.parametrize("position", range(3))  # rows, files, the first that is made again
def test_a_killed_purge_goes_on_to_the_same_end(shop, expected, position, is_after_the_work):
    def killed(case):
        if is_after_the_work:
            STEPS[position].make([case])
        raise Killed

    steps = list(STEPS)
    steps[position] = Step(steps[position].name, each(killed))
    case = purge.begin(shop, AS_OF, print)
    with pytest.raises(Killed):
        purge.purge(case, steps[:2], steps[2:])
    assert not list(shop.certificates.glob("*"))
    resumed = purge.unfinished(shop, print)
    assert resumed is not None
    assert (resumed.request_id, resumed.as_of) == (case.request_id, AS_OF)
    purge.purge(resumed, renewal_steps=NOTHING_AGAIN)
    assert state(shop) == expected
    assert purge.unfinished(shop, print) is None


def test_a_purge_that_is_killed_between_two_files_goes_on_to_the_same_end(
    shop, expected, monkeypatch
):
    rewrite, calls = purge.landing_files.rewrite, []

    def second(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 2:
            raise Killed
        rewrite(*arguments, **options)

    monkeypatch.setattr(purge.landing_files, "rewrite", second)
    with pytest.raises(Killed):
        purge.purge(purge.begin(shop, AS_OF, print), renewal_steps=NOTHING_AGAIN)
    purge.purge(purge.unfinished(shop, print), renewal_steps=NOTHING_AGAIN)
    assert state(shop) == expected


def test_a_purged_warehouse_is_as_one_that_reads_the_purged_files(shop):
    fill_shop(shop)
    purge_all(shop)
    counts = "select file, row_count, rejected_count from landing.files order by all"
    purged = {name: query(shop, f'from landing_shop."{name}" order by all') for name in COLUMNS}
    counted = query(shop, counts)
    assert loader.load(shop.landing, shop.warehouse).batch_id is None  # the files are known
    shop.warehouse.unlink()
    loader.load(shop.landing, shop.warehouse)
    assert query(shop, counts) == counted
    for name, rows in purged.items():
        assert query(shop, f'from landing_shop."{name}" order by all') == rows
    assert "Gone" not in str(purged)
    assert "gone@" not in str(purged)
    assert "kept" in str(purged)


def test_a_second_purge_takes_nothing_more_and_builds_nothing(shop):
    fill_shop(shop)
    first = purge_all(shop)
    assert {
        (table["source_table"], table["scope"]): table["purged_count"]
        for table in first["tables"]
        if table["purged_count"]
    } == {
        ("shop.customer", "rows"): 1,
        ("shop.visit", "rows"): 1,
        ("shop.visit", "refused rows"): 1,
        ("shop.order", "rows"): 1,
        ("shop.order", "ip"): 1,
        ("shop.event", "rows"): 1,
    }
    before = {k: v for k, v in state(shop).items() if k != "report"}

    def not_again(case):
        raise AssertionError("nothing went, so nothing is to be made again")

    case = purge.begin(shop, AS_OF, print)
    second = json.loads(
        purge.purge(case, renewal_steps=[Step("build", once(not_again))]).read_text()
    )
    assert {table["purged_count"] for table in second["tables"]} == {0}
    assert {k: v for k, v in state(shop).items() if k != "report"} == before


# ---- what stays of it ------------------------------------------------------------------------


def test_reports_and_certificates_outlive_the_warehouse(shop):
    fill_shop(shop)
    purge_all(shop)
    steps = {
        "landed rows": {
            "rows": {"shop.customer": ["deleted", 2], "shop.order": ["masked", 3]},
            "rows of others that named the person": 4,
        },
        "landing files": {"rewritten": 5},
        "removals": {"sync_a": 6, "sync_b": 1},
        "verification": {"tables": 8, "files": 9, "found": 0},
    }
    certificates.write(
        shop,
        "erasure-1",
        {
            "requested_at": "2026-07-01T10:00:00+02:00",
            "completed_at": "2026-07-01T08:30:00+00:00",
            "rows_that_led_to_the_person": {},
            "steps": steps,
        },
    )
    (shop.certificates / "torn.json").write_text('{"tables": [')
    reported = query(shop, "from landing.retention_purges order by all")
    assert len(reported) > 4
    shop.warehouse.unlink()
    for _ in range(2):
        (warning,) = loader.load(shop.landing, shop.warehouse).warnings
        assert "torn.json" in warning
        assert query(shop, "from landing.retention_purges order by all") == reported
        ((name, begun, ended, *numbers),) = query(shop, "from landing.erasure_certificates")
        assert (name, begun) == ("erasure-1", datetime(2026, 7, 1, 8))
        assert ended == datetime(2026, 7, 1, 8, 30)
        assert numbers == [2, 3, 4, 5, 7, 8, 9, 0]


def test_without_anything_done_the_tables_are_there_and_empty(tmp_path):
    loader.load(tmp_path / "landing", tmp_path / "w.duckdb")
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        for table in ("erasure_certificates", "retention_purges"):
            assert connection.execute(f"from landing.{table}").fetchall() == []
