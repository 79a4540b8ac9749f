"""Amounts in many currencies and times of many zones, against rates and zones worked out apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from macro_renderer import macro_renderer, model_renderer

TESTS = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def rates():
    connection = duckdb.connect()
    connection.execute(
        """
        create table currency_rates as
        select * from (values
            ('EUR', 'USD', date '2026-01-01', 0.90),
            ('EUR', 'USD', date '2026-03-01', 0.95),
            ('GBP', 'USD', date '2026-01-01', 0.75)
        ) as rates (reporting_currency, currency, valid_from, rate)
        """
    )
    sql = model_renderer(reporting_currency="EUR")(
        "marts/core/intermediate/int_core__currency_rates"
    )
    connection.execute(f"create table rates as {sql}")
    return connection


@pytest.mark.parametrize(
    ("day", "currency", "amount", "expected"),
    [
        (date(2026, 2, 28), "USD", "10.05", "9.05"),  # 9.045, half up
        (date(2026, 3, 1), "USD", "10.05", "9.55"),  # 9.5475
        (date(2030, 1, 1), "USD", "100.00", "95.00"),  # the last rate serves on
        (date(1999, 1, 1), "USD", "100.00", "90.00"),  # the first one serves before
        (date(2026, 1, 1), "EUR", "10.05", "10.05"),
        (date(2026, 1, 1), "CHF", "10.05", None),  # no rate: no number, never a guess
    ],
)
def test_an_amount_is_converted_at_the_rate_of_its_day(rates, day, currency, amount, expected):
    converted = macro_renderer()("convert_amount('given.amount', 'rates.rate')")
    found = rates.execute(
        f"select {converted} from (select $1::date as day, $2 as currency, $3 as amount) as given "
        "left join rates on given.currency = rates.currency and given.day >= rates.valid_from "
        "and given.day < rates.valid_to",
        [day, currency, amount],
    ).fetchall()
    assert found == [(None if expected is None else Decimal(expected),)]


def test_a_currency_without_a_rate_stops_the_build_and_is_named():
    text = (TESTS / "marts_core/assert_every_currency_has_a_rate.sql").read_text()
    sql = macro_renderer(dbt_context={"ref": lambda name: name}).template(text).render()
    connection = duckdb.connect()
    connection.execute(
        """
        create table fct_orders (currency varchar, net_amount_reporting decimal(18, 2));
        create table fct_returns (currency varchar, amount_reporting decimal(18, 2));
        insert into fct_orders values ('EUR', 1), ('CHF', null);
        insert into fct_returns values ('EUR', 1), ('SEK', null);
        """
    )
    assert sorted(connection.execute(sql).fetchall()) == [("CHF",), ("SEK",)]


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (1999, "eur", "19.99"),
        (1999, " JPY ", "1999.00"),
        (1999, "KWD", "2.00"),
        (1999, "ISK", "19.99"),
        (1999, None, None),
        (1999, " ", None),
    ],
)
def test_minor_units_follow_the_currency_and_are_nothing_without_one(amount, currency, expected):
    sql = macro_renderer()("minor_to_major('given.amount', 'given.currency')")
    found = duckdb.execute(
        f"select {sql} from (select $1::bigint as amount, $2::varchar as currency) as given",
        [amount, currency],
    ).fetchone()
    assert found == (None if expected is None else Decimal(expected),)


def utc_of(local: datetime, zone: str) -> datetime:
    """The rule in Python: of a wall clock that a change leaves open, the side from before it."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Madrid",
        "America/New_York",
        "America/Santiago",  # changes at midnight, on the other side of the year
        "Australia/Lord_Howe",  # changes by half an hour
        "Asia/Kolkata",  # does not change
    ],
)
def test_local_times_become_utc_through_the_changes_of_the_year(zone):
    sql = macro_renderer()(f"local_to_utc('local', \"'{zone}'\")")
    halves = [datetime(2026, 1, 1) + timedelta(minutes=30 * n) for n in range(2 * 24 * 365)]
    found = duckdb.execute(
        f"select local, {sql} from (select unnest(generate_series(timestamp '2026-01-01', "
        "timestamp '2026-12-31 23:30:00', interval 30 minutes)) as local) order by local"
    ).fetchall()
    assert found == [(local, utc_of(local, zone)) for local in halves]


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2026, 10, 25, 1, 59), datetime(2026, 10, 24, 23, 59)),
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)),  # twice: still summer
        (datetime(2026, 10, 25, 3, 0), datetime(2026, 10, 25, 2, 0)),
        (datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30)),  # left out: still winter
        (datetime(2026, 3, 29, 3, 30), datetime(2026, 3, 29, 1, 30)),
    ],
)
def test_the_hours_of_the_change_in_words(local, utc):
    sql = macro_renderer()("local_to_utc('$1::timestamp', \"'Europe/Madrid'\")")
    assert duckdb.execute(f"select {sql}", [local]).fetchall() == [(utc,)]
