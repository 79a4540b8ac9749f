"""What the dashboards show: one function per page, each a few queries on the published marts.

What belongs here: which figures, from which marts, with the sentence that says how to read them.
What does not: rules (they live in the models) and looks (see `page`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from dashboards.page import (
    Chart,
    Page,
    Table,
    Tile,
    bars,
    lines,
    number,
    share,
    stacked_bars,
    waterfall,
)

Rows = list[tuple[Any, ...]]


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return connection.execute(sql).fetchall()


def _columns(rows: Rows, count: int) -> list[list[Any]]:
    return [[row[index] for row in rows] for index in range(count)]


def customers(connection: duckdb.DuckDBPyConnection) -> Page:
    """Who the customers are and what they bring."""
    population: dict[str, int] = dict(
        _rows(connection, "select population, count(*) from marts.dim_customers group by 1")
    )
    people = population.get("customer", 0)
    (buyers, repeaters, revenue, members) = _rows(
        connection,
        """
        select
            count(*) filter (where order_count > 0), count(*) filter (where order_count > 1),
            sum(net_revenue), count(*) filter (where has_loyalty_card)
        from marts.dim_customers where population = 'customer'
        """,
    )[0]
    months = _rows(
        connection,
        """
        select date_trunc('month', order_date) as month, channel, sum(net_amount_reporting)
        from marts.fct_orders where is_kept and order_date is not null
        group by all order by 1
        """,
    )
    axis = sorted({month for month, _, _ in months})
    by_channel: dict[str, Sequence[Any]] = {
        channel: [
            float(next((v for m, c, v in months if m == month and c == channel), 0) or 0)
            for month in axis
        ]
        for channel in sorted({c for _, c, _ in months if c})
    }
    segments = _rows(
        connection,
        "select segment, count(*) from marts.fct_customer_rfm group by 1 order by 2 desc",
    )
    frequency = _rows(
        connection,
        """
        select case when order_count >= 10 then '10+' else order_count::varchar end, count(*)
        from marts.dim_customers where population = 'customer' and order_count > 0
        group by 1 order by min(order_count)
        """,
    )
    countries = _rows(
        connection,
        """
        select coalesce(country_code, 'unknown'), count(*), count(*) filter (where order_count > 0),
               round(sum(net_revenue), 0)::double
        from marts.dim_customers where population = 'customer'
        group by 1 order by 2 desc limit 12
        """,
    )
    sizes = _rows(
        connection,
        """
        select s.segment_name, s.description, s.customer_count, round(100 * s.customer_share, 1)
        from marts.dim_segments s order by 3 desc
        """,
    )
    others = sum(v for k, v in population.items() if k not in {"customer", "anonymous"})
    return Page(
        slug="customers",
        title="Customers",
        lead="Known people after identity resolution. Staff, test accounts, bots and minors are"
        " left out of every count of people.",
        tiles=[
            Tile("Customers", number(people), "known people"),
            Tile("Buyers", number(buyers), share(buyers, people) + " of customers"),
            Tile("Bought again", number(repeaters), share(repeaters, buyers) + " of buyers"),
            Tile("Net revenue", number(revenue), "EUR, kept orders less returns"),
            Tile("Loyalty members", number(members), share(members, people) + " of customers"),
            Tile("Anonymous", number(population.get("anonymous", 0)), "visitors not yet known"),
            Tile("Left out", number(others), "staff, tests, bots, minors"),
        ],
        cards=[
            Chart(
                "Net revenue by month and channel",
                "Kept orders less returns, by the day of the order.",
                lines(axis, by_channel),
                is_wide=True,
            ),
            Chart(
                "Recency, frequency, money",
                "Customers by RFM segment; customers with equal figures share a score.",
                bars(*_columns(segments, 2), horizontal=True),
            ),
            Chart(
                "Orders per buyer",
                "How many customers have placed so many kept orders.",
                bars(*_columns(frequency, 2)),
            ),
            Table(
                "Segments",
                "Size of each segment now.",
                ("Segment", "Definition", "Customers", "% of customers"),
                sizes,
            ),
            Table(
                "Countries",
                "The country of the golden address.",
                ("Country", "Customers", "Buyers", "Net revenue, EUR"),
                countries,
            ),
        ],
        sources=("dim_customers", "fct_orders", "fct_customer_rfm", "dim_segments"),
    )


def identity_health(connection: duckdb.DuckDBPyConnection) -> Page:
    """How well records were joined, and what was refused."""
    measures: dict[str, float] = dict(
        _rows(
            connection,
            """
            select measure || '|' || dimension, measure_value
            from marts.fct_identity_health where measure in ('customers', 'source_records')
            """,
        )
    )
    known = int(measures.get("customers|known", 0))
    anonymous = int(measures.get("customers|anonymous", 0))
    records = int(sum(v for k, v in measures.items() if k.startswith("source_records|")))
    kinds = sorted(
        ((k.split("|")[1], int(v)) for k, v in measures.items() if k.startswith("source_records|")),
        key=lambda row: -row[1],
    )
    sources = _rows(
        connection,
        """
        select source_name, count(*), count(distinct customer_id)
        from marts.bridge_customer_source_records where entity = 'customers'
        group by 1 order by 2 desc
        """,
    )
    cuts = _rows(
        connection,
        """
        select replace(reason, '_', ' '), count(*)
        from marts.fct_identity_links_cut group by 1 order by 2 desc
        """,
    )
    rejected = _rows(
        connection,
        """
        select source_table, reason, sum(rejected_count)::bigint
        from marts.fct_rejected_records group by all order by 3 desc limit 15
        """,
    )
    merges = _rows(
        connection,
        "select count(*) from marts.fct_identity_changes where change_type = 'merge'",
    )[0][0]
    person_records = int(measures.get("source_records|customers", 0))
    return Page(
        slug="identity_health",
        title="Identity health",
        lead="How source records became customers: what was joined, what was refused and why.",
        tiles=[
            Tile("Person records", number(person_records), "in all sources"),
            Tile("Known customers", number(known), "after joining"),
            Tile(
                "Records per customer",
                number(person_records / known if known else None, 2),
                "person records of known customers",
            ),
            Tile("Anonymous", number(anonymous), "no known identifier"),
            Tile("Source records", number(records), "of persons and their deeds"),
            Tile("Ids absorbed", number(merges), "merged into an older id"),
            Tile("Links refused", number(sum(row[1] for row in cuts)), "blocked or over a limit"),
        ],
        cards=[
            Chart(
                "Source records",
                "What the sources tell of persons and their deeds, by kind.",
                bars(*_columns(kinds, 2), horizontal=True),
            ),
            Chart(
                "Links refused",
                "Identifiers that were not allowed to join records, by reason.",
                bars(*_columns(cuts, 2), horizontal=True),
            ),
            Table(
                "Sources",
                "Person records of each source and the customers that they belong to.",
                ("Source", "Person records", "Customers"),
                sources,
                is_wide=False,
            ),
            Table(
                "Rejected rows",
                "Rows that could not be used; payloads stay in the warehouse.",
                ("Table", "Reason", "Rows"),
                rejected,
                is_wide=False,
            ),
        ],
        sources=(
            "fct_identity_health",
            "bridge_customer_source_records",
            "fct_identity_links_cut",
            "fct_rejected_records",
        ),
    )


def identity_quality(connection: duckdb.DuckDBPyConnection) -> Page:
    """How far the customers can be trusted to be persons."""
    quality: dict[tuple[str, str], float] = {
        (measure, rule): value
        for measure, rule, value in _rows(
            connection, "select measure, rule, measure_value from marts.fct_identity_quality"
        )
    }

    def of_all(measure: str) -> float | None:
        return quality.get((measure, "all"))

    agreement = [
        (name, round(100 * value, 1))
        for name, value in (
            ("precision", of_all("precision")),
            ("recall", of_all("recall")),
            ("F1", of_all("f1")),
            ("B-cubed precision", of_all("bcubed_precision")),
            ("B-cubed recall", of_all("bcubed_recall")),
            ("B-cubed F1", of_all("bcubed_f1")),
        )
        if value is not None
    ]
    rules = sorted(
        (
            (
                rule.replace("_", " "),
                int(value),
                round(100 * quality["marginal_precision", rule], 2),
            )
            for (measure, rule), value in quality.items()
            if measure == "marginal_pairs"
        ),
        key=lambda row: -row[1],
    )
    sizes = _rows(
        connection,
        """
        with sizes as (
            select customer_id, count(*) as records from marts.bridge_customer_source_records
            where entity = 'customers' group by 1
        )
        select case when records >= 10 then '10+' else records::varchar end, count(*)
        from sizes group by 1 order by min(records)
        """,
    )
    links = _rows(
        connection,
        """
        select replace(rule, '_', ' '), count(*), median(link_bits)
        from marts.fct_identity_links group by 1 order by 2 desc
        """,
    )
    changes = _rows(
        connection,
        """
        pivot (
            select changed_at::date as changed_on, change_type from marts.fct_identity_changes
        )
        on change_type in ('merge', 'split') using count(*) group by changed_on order by changed_on
        """,
    )
    questions = _rows(
        connection,
        """
        select
            case question
                when 'possible_merge' then 'Are these two customers one?'
                when 'merge_at_risk' then 'Is this customer really one?'
                else replace(question, '_', ' ')
            end,
            count(*), count(*) filter (abs(link_bits) < 2), sum(records_at_stake)::bigint
        from marts.fct_identity_review_queue group by 1 order by 2 desc
        """,
    )
    cuts = _rows(
        connection,
        """
        select
            replace(reason, '_', ' '), replace(identifier_type, '_', ' '), count(*),
            sum(record_count)::bigint
        from marts.fct_identity_links_cut group by 1, 2 order by 3 desc
        """,
    )
    days, merged, split = _columns(changes, 3)
    return Page(
        slug="identity_quality",
        title="Identity quality",
        lead="How far the customers can be trusted to be persons: agreement with pairs of records"
        " that a data steward has labelled, what holds customers together, and what is open.",
        tiles=[
            Tile("Precision", share(of_all("precision"), 1), "of pairs put together"),
            Tile("Recall", share(of_all("recall"), 1), "of pairs that belong together"),
            Tile("F1", share(of_all("f1"), 1), "of both"),
            Tile("B-cubed F1", share(of_all("bcubed_f1"), 1), "the same, per record"),
            Tile("Labelled pairs", number(of_all("pairs")), "both records in the graph"),
            Tile("Open questions", number(sum(row[1] for row in questions)), "for a person"),
            Tile("Links cut", number(sum(row[2] for row in cuts)), "by limits and decisions"),
        ],
        cards=[
            Chart(
                "Agreement with labels (%)",
                "Precision falls when two people are made one, recall when one person stays two.",
                bars(*_columns(agreement, 2), horizontal=True),
            ),
            Table(
                "What each rule adds",
                "Labelled pairs that only the links of one rule put together, and how many of them"
                " belong together. The lowest rule is the one to tighten.",
                ("Rule", "Pairs", "% right"),
                rules,
                is_wide=False,
            ),
            Chart(
                "Person records per customer",
                "Most people have few records; a long tail deserves a look.",
                bars(*_columns(sizes, 2)),
            ),
            Table(
                "Links by kind",
                "What ties identifiers to one another, and how strongly (log2 odds).",
                ("Rule", "Links", "Median bits"),
                links,
                is_wide=False,
            ),
            Chart(
                "Merges and splits",
                "Ids that became one with another, and customers that fell apart, per day.",
                stacked_bars(days, {"merges": merged, "splits": split}),
            ),
            Table(
                "Review queue",
                "What rules cannot settle. Close calls are within two bits of even odds.",
                ("Question", "Open", "Close calls", "Records at stake"),
                questions,
                is_wide=False,
            ),
            Table(
                "Links cut",
                "Evidence that was not followed, so that no customer becomes several persons.",
                ("Reason", "Identifier", "Links", "Records"),
                cuts[:15],
            ),
        ],
        sources=(
            "fct_identity_quality",
            "fct_identity_links",
            "fct_identity_links_cut",
            "fct_identity_changes",
            "fct_identity_review_queue",
            "bridge_customer_source_records",
        ),
    )


def loyalty(connection: duckdb.DuckDBPyConnection) -> Page:
    """Members, tiers and points."""
    members, balance, value, expiring, to_next = _rows(
        connection,
        """
        select count(*), sum(points_balance), sum(balance_value), sum(points_expiring_30_days),
               count(*) filter (where points_to_next_tier between 1 and 100)
        from marts.dim_loyalty_members where population = 'customer'
        """,
    )[0]
    tiers = _rows(
        connection,
        """
        select coalesce(tier_name, 'none'), count(*), sum(points_balance)::bigint,
               avg(points_balance)::double, avg(qualifying_points)::double
        from marts.dim_loyalty_members where population = 'customer'
        group by tier_name, tier_sequence order by tier_sequence
        """,
    )
    months = _rows(
        connection,
        """
        select date_trunc('month', occurred_at) as month,
               sum(greatest(points, 0))::bigint,
               -sum(case when movement_type = 'burn' then points else 0 end)::bigint,
               -sum(case when movement_type = 'expire' then points else 0 end)::bigint
        from marts.fct_loyalty_ledger group by 1 order by 1
        """,
    )
    axis, earned, burned, expired = _columns(months, 4)
    near = _rows(
        connection,
        """
        select case
                 when points_to_next_tier <= 50 then '1-50'
                 when points_to_next_tier <= 100 then '51-100'
                 when points_to_next_tier <= 250 then '101-250'
                 when points_to_next_tier <= 500 then '251-500' else 'over 500' end,
               count(*)
        from marts.dim_loyalty_members
        where population = 'customer' and points_to_next_tier > 0
        group by 1 order by min(points_to_next_tier)
        """,
    )
    movements = _rows(
        connection,
        """
        select movement_type, count(*), sum(points)::bigint
        from marts.fct_loyalty_ledger group by 1 order by 2 desc
        """,
    )
    return Page(
        slug="loyalty",
        title="Loyalty",
        lead="A member is a person in the programme, whatever number of cards. The balance is the"
        " sum of the ledger's movements.",
        tiles=[
            Tile("Members", number(members), "people in the programme"),
            Tile("Points outstanding", number(balance), "spendable now"),
            Tile("Worth", number(value), "EUR at the value of a point"),
            Tile("Expiring", number(expiring), "points within 30 days"),
            Tile("Near the next tier", number(to_next), "100 points or fewer to go"),
        ],
        cards=[
            Chart(
                "Members by tier",
                "Tier held now.",
                bars([row[0] for row in tiers], [row[1] for row in tiers]),
            ),
            Chart(
                "Points to the next tier",
                "Members by what they still need.",
                bars(*_columns(near, 2)),
            ),
            Chart(
                "Points by month",
                "Granted, spent and lapsed.",
                lines(axis, {"granted": earned, "spent": burned, "lapsed": expired}),
                is_wide=True,
            ),
            Table(
                "Tiers",
                "Balances and qualifying points of each tier.",
                ("Tier", "Members", "Points", "Points per member", "Qualifying per member"),
                tiers,
            ),
            Table(
                "Movements",
                "What the ledger holds.",
                ("Movement", "Rows", "Points"),
                movements,
            ),
        ],
        sources=("dim_loyalty_members", "fct_loyalty_ledger"),
    )


def suppression(connection: duckdb.DuckDBPyConnection) -> Page:
    """Who is not contacted, and why."""
    (included, suppressed, deferred) = _rows(
        connection,
        """
        select count(*) filter (where decision = 'include'),
               count(*) filter (where decision = 'suppress'),
               count(*) filter (where decision = 'defer')
        from marts.fct_contact_decisions
        """,
    )[0]
    people = _rows(connection, "select count(distinct customer_id) from marts.fct_suppressions")[0][
        0
    ]
    steps = _rows(
        connection,
        """
        select step, sum(removed_count)::bigint, min(step_number)
        from marts.fct_suppression_waterfall group by 1 having sum(removed_count) > 0 order by 3
        """,
    )
    reasons = _rows(
        connection,
        """
        select reason_code, count(distinct customer_id)
        from marts.fct_suppressions group by 1 order by 2 desc
        """,
    )
    contactable = _rows(
        connection,
        """
        select channel, count(*) filter (where is_contactable),
               count(*) filter (where not is_contactable)
        from marts.fct_contactability where population = 'customer' group by 1 order by 2 desc
        """,
    )
    campaigns = _rows(
        connection,
        """
        select campaign_id, channel, max(gross_count)::bigint, min(remaining_count)::bigint,
               round(100.0 * min(remaining_count) / nullif(max(gross_count), 0), 1)
        from marts.fct_suppression_waterfall group by all order by 3 desc, 1, 2 limit 20
        """,
    )
    gross = included + suppressed + deferred
    labels = ["audience", *(row[0] for row in steps), "included"]
    changes = [gross, *(-row[1] for row in steps), included]
    measures = ["absolute", *("relative" for _ in steps), "total"]
    return Page(
        slug="suppression",
        title="Suppression",
        lead="Each customer, campaign and channel is decided before the send. The waterfall counts"
        " the first reason in order of precedence, so its steps add up.",
        tiles=[
            Tile("Decisions", number(gross), "customer x campaign x channel"),
            Tile("Included", number(included), share(included, gross)),
            Tile("Suppressed", number(suppressed), share(suppressed, gross)),
            Tile("Deferred", number(deferred), share(deferred, gross)),
            Tile("People with a reason", number(people), "on the active list"),
        ],
        cards=[
            Chart(
                "From audience to included",
                "What each reason removes, over all campaigns that are still to be sent.",
                waterfall(labels, changes, measures),
                is_wide=True,
            ),
            Chart(
                "Active reasons",
                "Customers with each reason; one customer may have several.",
                bars(*_columns(reasons, 2), horizontal=True),
            ),
            Table(
                "Contactable by channel",
                "Known customers whom marketing may reach now.",
                ("Channel", "Contactable", "Not contactable"),
                contactable,
                is_wide=False,
            ),
            Table(
                "Campaigns",
                "Audience before and after suppression.",
                ("Campaign", "Channel", "Audience", "Included", "% included"),
                campaigns,
            ),
        ],
        sources=(
            "fct_contact_decisions",
            "fct_suppressions",
            "fct_suppression_waterfall",
            "fct_contactability",
        ),
    )


SUBJECTS: tuple[Callable[[duckdb.DuckDBPyConnection], Page], ...] = (
    customers,
    identity_health,
    identity_quality,
    loyalty,
    suppression,
)
