"""Thirteen real days of the GA4 export through loader and connector, against counts made elsewhere.

The reference (_reference/ga4_daily.csv) was computed from the export itself, without this project.
"""

import pytest
from real_run import DATA, RealRun, require

DAYS = 13
EVENTS = 407_856


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    require("_reference")
    run = RealRun("ga4_sample_ecommerce", tmp_path_factory.mktemp("ga4"))
    run.load()
    run.build("+fct_touchpoints", "+fct_sessions")
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
    assert ours == reference_days(run)


def test_the_days_are_the_same_in_the_marts(run):
    """Users become anonymous customers and events touchpoints: nobody is lost or counted twice."""
    ours = run.rows("""
        select
            cast(strftime(occurred_at, '%Y%m%d') as integer),
            count(*),
            count(distinct customer_id),
            count(*) filter (where touchpoint_type = 'session_start'),
            count(*) filter (where touchpoint_type = 'order_completed'),
            cast(sum(value) filter (where touchpoint_type = 'order_completed') as double)
        from marts.fct_touchpoints
        group by 1
        order by 1
    """)
    assert ours == reference_days(run)


def test_sessions_are_visits_without_a_silence_of_half_an_hour(run):
    """Counted here from the export itself."""
    assert run.row("""
        select count(*), sum(event_count), count(distinct customer_id) from marts.fct_sessions
    """) == run.row("""
        with silences as (
            select
                user_pseudo_id,
                event_timestamp - lag(event_timestamp) over (
                    partition by user_pseudo_id order by event_timestamp
                ) as silence
            from landing_ga4.events
        )

        select
            count(*) filter (where silence is null or silence > 1800 * 1000000),
            count(*),
            count(distinct user_pseudo_id)
        from silences
    """)


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


def reference_days(run):
    days = run.rows(f"""
        select event_date, events, users, session_starts, purchases, revenue_usd
        from read_csv('{DATA}/_reference/ga4_daily.csv')
        where event_date between 20201219 and 20201231
        order by 1
    """)
    assert len(days) == DAYS
    return days


def sessions_of_the_export(run):
    (sessions,) = run.row("""
        select count(distinct (user_pseudo_id, list_filter(
            event_params, lambda parameter: parameter.key = 'ga_session_id'
        )[1].value.int_value))
        from landing_ga4.events
    """)
    return sessions
