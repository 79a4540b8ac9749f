"""Points that lapse: the set-based closed form against a simulator that follows every lot."""

import datetime as dt
import random
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from macro_renderer import model_renderer

SEEDS = Path(__file__).parents[2] / "seeds" / "loyalty"
MEMBERS = 600
VALIDITY = dt.timedelta(days=60)
START = dt.datetime(2025, 1, 1)
AS_OF = dt.datetime(2026, 6, 30)
MODELS = (
    "intermediate/int_loyalty__movements",
    "intermediate/int_loyalty__expiries",
    "fct_loyalty_ledger",
    "fct_loyalty_lots",
)


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
def warehouse(lives):
    """The members' events, some delivered twice, in any order, and the loyalty models on them."""
    rng = random.Random(7)
    rows = []
    for customer, member in lives.items():
        for transaction, kind, points, at, expires in member.events:
            for delivery in range(2 if rng.random() < 0.1 else 1):
                record = f"{transaction}/{delivery}"
                rows.append((customer, record, transaction, kind, points, at, expires))
    rng.shuffle(rows)
    events = pd.DataFrame(
        rows,
        columns=[
            *("customer_id", "source_record_id", "event_id", "event_type", "points"),
            *("occurred_at", "expires_at"),
        ],
    )
    connection = duckdb.connect()
    connection.register("events", events)
    connection.execute(
        """
        create table unified_loyalty_events as
        select *, 'till' as source_name, customer_id as loyalty_number, null::varchar as programme,
               null::varchar as points_currency, null::varchar as reason,
               null::varchar as order_id, null::varchar as line_id
        from events
        """
    )
    for seed in ("programmes", "earn_rules"):
        connection.execute(f"create table {seed} as from '{SEEDS / seed}.csv'")
    render = model_renderer(as_of=str(AS_OF))
    for model in MODELS:
        name = model.rpartition("/")[2]
        connection.execute(f"create table {name} as {render(f'marts/loyalty/{model}')}")
    yield connection
    connection.close()


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
            from fct_loyalty_ledger group by customer_id
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
            from fct_loyalty_lots as lots
            inner join fct_loyalty_ledger as ledger using (movement_key)
            """
        ).fetchall()
    )
    expected = {lot[0]: lot[1] for member in lives.values() for lot in member.lots}
    assert found == expected


def test_a_second_delivery_changes_nothing(lives, warehouse):
    posted = warehouse.execute(
        "select count(*) from fct_loyalty_ledger where is_posted"
    ).fetchone()[0]
    assert posted == sum(len(member.events) for member in lives.values())
