"""Thirteen real days of the GA4 export through loader and connector, against counts made elsewhere.

The reference (_reference/ga4_daily.csv) was computed from the export itself, without this project.
"""

import pytest
from real_data import DATA, RealRun, require

DAYS = 13
EVENTS = 407_856


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    require("_reference")
    run = RealRun("ga4_sample_ecommerce", tmp_path_factory.mktemp("ga4"))
    run.load()
    run.build("+harmonized_events", "+harmonized_orders")
    return run


def test_every_landed_event_is_accepted_once(run):
    assert run.written == {"ga4/events": EVENTS}
    assert run.row("select count(*) from landing_ga4.events") == (EVENTS,)
    assert run.row("select count(*), sum(times_landed) from staging.harmonized_events") == (
        EVENTS,
        EVENTS,
    )
    assert run.row("select count(*) from landing.rejected_rows") == (0,)


def test_each_day_has_the_events_users_sessions_purchases_and_revenue_of_the_reference(run):
    ours = run.rows("""
        select
            cast(strftime(occurred_at, '%Y%m%d') as integer),
            count(*),
            count(distinct anonymous_id),
            count(*) filter (where event_type = 'session_start'),
            count(*) filter (where event_type = 'order_completed'),
            cast(sum(value) filter (where event_type = 'order_completed') as double)
        from staging.harmonized_events
        group by 1
        order by 1
    """)
    reference = run.rows(f"""
        select event_date, events, users, session_starts, purchases, revenue_usd
        from read_csv('{DATA}/_reference/ga4_daily.csv')
        where event_date between 20201219 and 20201231
        order by 1
    """)
    assert len(reference) == DAYS
    assert ours == reference


def test_purchases_without_a_transaction_have_no_order_id(run):
    # 451 purchases, 26 of them with the placeholder "(not set)"; 418 transactions, 7 sent twice.
    assert run.row("""
        select count(*), count(order_id), count(distinct order_id)
        from staging.harmonized_events
        where event_type = 'order_completed'
    """) == (451, 425, 418)


def test_purchases_are_events_and_no_orders_unless_asked_for(run):
    assert run.row("select count(*) from staging.harmonized_orders") == (0,)


def test_every_event_has_its_session_and_no_login(run):
    assert run.row("""
        select count(session_key), count(distinct session_key), count(user_id)
        from staging.harmonized_events
    """) == (EVENTS, sessions_of_the_export(run), 0)


def sessions_of_the_export(run):
    (sessions,) = run.row("""
        select count(distinct (user_pseudo_id, list_filter(
            event_params, lambda parameter: parameter.key = 'ga_session_id'
        )[1].value.int_value))
        from landing_ga4.events
    """)
    return sessions
