"""Points that lapse: the set-based closed form against a simulator that follows every lot."""

import datetime as dt
import os
import random
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
MEMBERS = 600
VALIDITY = dt.timedelta(days=60)
START = dt.datetime(2025, 1, 1)
AS_OF = dt.datetime(2026, 6, 30)
SELECTED = [
    *("programmes", "tiers", "earn_rules"),
    *("int_loyalty__movements", "int_loyalty__expiries", "fct_loyalty_ledger", "fct_loyalty_lots"),
]


class Member:
    """One member followed lot by lot: oldest lot first, what is given back returns to its lots."""

    def __init__(self):
        self.lots = []  # [transaction, left, expires_at]
        self.taken = []  # [lot or None for debt, points], in order of use
        self.debt = 0
        self.lapsed = 0
        self.events = []

    def expire(self, now):
        for lot in self.lots:
            if lot[2] <= now and lot[1] > 0:
                self.lapsed += lot[1]
                lot[1] = 0

    def balance(self):
        return sum(lot[1] for lot in self.lots) - self.debt

    def earn(self, transaction, points, now):
        lot = [transaction, points, now + VALIDITY]
        self.lots.append(lot)
        self.events.append((transaction, "earn", points, now, lot[2]))
        repaid = min(self.debt, points)
        self.debt -= repaid
        lot[1] -= repaid
        uses = []
        for owed, used in self.taken:  # the debt was made by the oldest uses first
            part = min(used, repaid) if owed is None else 0
            repaid -= part
            uses += [[lot, part], [owed, used - part]]
        self.taken = [use for use in uses if use[1] > 0]

    def take(self, transaction, kind, points, now):
        self.events.append((transaction, kind, -points, now, None))
        for lot in self.lots:
            part = min(lot[1], points)
            if part > 0:
                lot[1] -= part
                points -= part
                self.taken.append([lot, part])
        if points > 0:
            self.debt += points
            self.taken.append([None, points])

    def give_back(self, transaction, points, now):
        """Back to where they came from, latest use first; a lot past its expiry lapses at once."""
        self.events.append((transaction, "reverse", points, now, None))
        while points > 0:
            lot, used = self.taken[-1]
            part = min(used, points)
            points -= part
            self.taken[-1][1] -= part
            if self.taken[-1][1] == 0:
                self.taken.pop()
            if lot is None:
                self.debt -= part
            else:
                lot[1] += part
        self.expire(now)


def live(member_number, rng):
    member = Member()
    now = START
    for step in range(rng.randint(3, 40)):
        # Whole days make many uses fall on the very instant of an expiry.
        now += dt.timedelta(days=rng.randint(1, 15))
        if now > AS_OF - dt.timedelta(days=1):
            break
        member.expire(now)
        transaction = f"{member_number}-{step}"
        choice = rng.random()
        used = sum(use[1] for use in member.taken)
        if choice < 0.55 or not member.lots:
            member.earn(transaction, rng.randint(1, 200), now)
        elif choice < 0.85 and member.balance() > 0:
            member.take(transaction, "burn", rng.randint(1, member.balance()), now)
        elif choice < 0.93:  # a returned purchase takes points back, also those already spent
            member.take(transaction, "reverse", rng.randint(1, 120), now)
        elif used > 0:
            member.give_back(transaction, rng.randint(1, used), now)
    member.expire(AS_OF)
    return member


@pytest.fixture(scope="module")
def lives():
    rng = random.Random(20260630)
    return {f"c{number}": live(number, rng) for number in range(MEMBERS)}


@pytest.fixture(scope="module")
def warehouse(lives, tmp_path_factory):
    """A warehouse with the members' events, some delivered twice, and the loyalty models built on it."""
    folder = tmp_path_factory.mktemp("expiry")
    path = folder / "warehouse.duckdb"
    rng = random.Random(7)
    rows = []
    for customer, member in lives.items():
        for transaction, kind, points, at, expires in member.events:
            for delivery in range(2 if rng.random() < 0.1 else 1):
                record = f"{transaction}/{delivery}"
                rows.append((customer, record, transaction, customer, kind, points, at, expires))
    rng.shuffle(rows)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema unified_customer")
        connection.execute(
            """
            create table unified_customer.unified_loyalty_events (
                customer_id varchar, source_name varchar default 'till', source_record_id varchar,
                event_id varchar, loyalty_number varchar, programme varchar, points_currency varchar,
                event_type varchar, reason varchar, order_id varchar, line_id varchar,
                points bigint, occurred_at timestamp, expires_at timestamp
            )
            """
        )
        connection.executemany(
            """
            insert into unified_customer.unified_loyalty_events
                (customer_id, source_record_id, event_id, loyalty_number, event_type, points,
                 occurred_at, expires_at)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            rows,
        )
    environment = {
        **os.environ,
        "CDP_WAREHOUSE": str(path),
        "CDP_TEMP": str(folder / "temp"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    command = [
        str(Path(sys.executable).parent / "dbt"),
        *("--quiet", "build", "--target", "duckdb"),
        *("--select", *SELECTED),
        *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        *("--vars", f"{{as_of: '{AS_OF}'}}"),
        *("--profiles-dir", str(ROOT), "--project-dir", str(ROOT)),
        *("--target-path", str(folder / "target")),
    ]
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_lives_are_rich_enough(lives):
    assert sum(member.lapsed for member in lives.values()) > 10_000
    assert sum(member.debt > 0 for member in lives.values()) > 10
    kinds = {event[1] for member in lives.values() for event in member.events}
    assert kinds == {"earn", "burn", "reverse"}
    assert any(e[1] == "reverse" and e[2] > 0 for m in lives.values() for e in m.events)


def test_balance_and_breakage_of_every_member(lives, warehouse):
    found = dict(
        (customer, (balance, lapsed))
        for customer, balance, lapsed in warehouse.execute(
            """
            select customer_id, sum(points),
                   -coalesce(sum(points) filter (where movement_type = 'expire'), 0)
            from marts.fct_loyalty_ledger group by customer_id
            """
        ).fetchall()
    )
    expected = {c: (m.balance(), m.lapsed) for c, m in lives.items() if m.events}
    assert found == expected


def test_what_is_left_of_every_lot(lives, warehouse):
    found = dict(
        warehouse.execute(
            """
            select ledger.source_txn_id, lots.points_remaining
            from marts.fct_loyalty_lots as lots
            inner join marts.fct_loyalty_ledger as ledger using (movement_key)
            """
        ).fetchall()
    )
    expected = {lot[0]: lot[1] for member in lives.values() for lot in member.lots}
    assert found == expected


def test_a_second_delivery_changes_nothing(lives, warehouse):
    posted = warehouse.execute(
        "select count(*) from marts.fct_loyalty_ledger where is_posted"
    ).fetchone()[0]
    assert posted == sum(len(member.events) for member in lives.values())
