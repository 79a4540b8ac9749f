"""The expectations, as data.

Belongs here: what is expected at the two edges, and from which share on it blocks. Does not: how an
expectation is evaluated (gate.py), and rules about single tables between the edges (dbt tests).

Severity ``critical`` blocks the run, ``warning`` is only reported. Queries give back names, counts
and opaque keys, never personal values: results are kept in files that outlive the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["critical", "warning"]

# ---- what landed -----------------------------------------------------------------------------
REJECTED_SHARE_CRITICAL = 0.10  # of the rows that a table brought with one load
REJECTED_SHARE_WARNING = 0.01
SHARE_MIN_ROWS = 100  # shares of smaller tables only warn
KEY_PRESENT_SHARE = 0.90  # rows that have a value in the first declared column
FILE_AGE_WARNING_DAYS = 7

# ---- what is about to be published -----------------------------------------------------------
ROWS_KEPT_SHARE = 0.5  # of the rows of the previous publication
ROWS_GROWN_TIMES = 10
BAND_MIN_ROWS = 100  # smaller tables change by large factors in normal life
STAGED_REJECTED_SHARE_CRITICAL = 0.25
REACHABLE_SHARE_WARNING = 0.5  # known customers with an e-mail address or a phone
LARGEST_CUSTOMER_SHARE_WARNING = 0.01  # of all source records
LARGEST_CUSTOMER_MIN_RECORDS = 1000
MONEY_TOLERANCE = 0.01


@dataclass(frozen=True)
class Expectation:
    """One expectation: the name of its Great Expectations class, its arguments, and why."""

    kind: str
    claim: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "critical"


@dataclass(frozen=True)
class Suite:
    """The expectations about one table of the warehouse."""

    schema: str
    table: str
    expectations: tuple[Expectation, ...]

    @property
    def name(self) -> str:
        """Schema and table."""
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True)
class LandedTable:
    """A declared source table that the newest load brought rows for."""

    schema: str
    table: str
    first_column: str
    is_required: bool
    row_count: int


@dataclass(frozen=True)
class Mart:
    """A public model: its unique key (NULL when it has no single one) and its text columns."""

    table: str
    key: str | None
    text_columns: tuple[str, ...]


def rows(claim: str, query: str, severity: Severity = "critical") -> Expectation:
    """No row comes out of the query; ``{batch}`` is the table of the suite."""
    return Expectation(
        "UnexpectedRowsExpectation", claim, {"unexpected_rows_query": query}, severity
    )


def landing_suites(landed: Sequence[LandedTable]) -> list[Suite]:
    """What the newest load brought."""
    return [ledger_suite(), *(landed_suite(table) for table in landed)]


def ledger_suite() -> Suite:
    """The ledger of files: shares of rejected rows, age, undeclared columns."""
    newest = "batch_id = (select max(newest.batch_id) from landing.files as newest)"
    shares = f"""
        select
            source_table,
            sum(rejected_count) as rejected_rows,
            sum(row_count) + sum(rejected_count) as all_rows
        from {{batch}}
        where {newest}
        group by source_table
        having
            sum(row_count) + sum(rejected_count) >= {{minimum}}
            and sum(rejected_count) > {{share}} * (sum(row_count) + sum(rejected_count))
    """
    return Suite(
        "landing",
        "files",
        (
            rows(
                f"At most {REJECTED_SHARE_CRITICAL:.0%} of a table's rows rejected at the door",
                with_numbers(shares, SHARE_MIN_ROWS, REJECTED_SHARE_CRITICAL),
            ),
            rows(
                f"At most {REJECTED_SHARE_WARNING:.0%} of a table's rows rejected at the door",
                with_numbers(shares, 1, REJECTED_SHARE_WARNING),
                "warning",
            ),
            rows(
                f"No file of the newest load is older than {FILE_AGE_WARNING_DAYS} days",
                f"""
                select source_table, max(modified_at) as newest_file
                from {{batch}}
                where {newest}
                group by source_table
                having max(modified_at) < max(loaded_at) - interval {FILE_AGE_WARNING_DAYS} day
                """,
                "warning",
            ),
            rows(
                "No file of the newest load has a column that is not declared",
                f"""
                select drift.source_table, drift.column_name
                from landing.drift as drift
                where exists (select 1 from {{batch}}) and drift.{newest}
                limit 50
                """,
                "warning",
            ),
            rows(
                "No file of the newest load has other columns than the file before it",
                f"""
                select changes.source_table, changes.column_name, changes.change
                from landing.column_changes as changes
                where exists (select 1 from {{batch}}) and changes.{newest}
                limit 50
                """,
                "warning",
            ),
        ),
    )


def with_numbers(query: str, minimum: int, share: float) -> str:
    """The query with its two thresholds; ``{batch}`` stays for later."""
    return query.replace("{minimum}", str(minimum)).replace("{share}", str(share))


def landed_suite(table: LandedTable) -> Suite:
    """One table that brought rows."""
    return Suite(
        table.schema,
        table.table,
        (
            Expectation(
                "ExpectTableRowCountToBeBetween",
                "A table that a source cannot do without has rows",
                {"min_value": 1 if table.is_required else 0},
                "warning",
            ),
            Expectation(
                "ExpectColumnValuesToNotBeNull",
                f"{table.first_column} is there in {KEY_PRESENT_SHARE:.0%} of the rows",
                {"column": table.first_column, "mostly": KEY_PRESENT_SHARE},
                "critical" if table.row_count >= SHARE_MIN_ROWS else "warning",
            ),
        ),
    )


def publication_suites(
    marts: Sequence[Mart], previous_rows: Mapping[str, int], *, accept_row_change: bool = False
) -> list[Suite]:
    """What is about to be published.

    previous_rows: rows of each table in the publication that readers see now; empty before the
    first. accept_row_change: report a change beyond the band without blocking.
    """
    present = {mart.table for mart in marts}
    return [
        accounting_suite(),
        *(
            Suite(
                "marts",
                mart.table,
                (
                    *key_expectations(mart),
                    *privacy_expectations(mart),
                    *band_expectations(mart, previous_rows, accept_row_change),
                    *(
                        expectation
                        for needs, expectation in RULES.get(mart.table, ())
                        if needs <= present
                    ),
                ),
            )
            for mart in marts
        ),
    ]


def accounting_suite() -> Suite:
    """What staging rejected, over all that has landed."""
    return Suite(
        "staging",
        "row_accounting",
        (
            rows(
                f"At most {STAGED_REJECTED_SHARE_CRITICAL:.0%} of a table's rows are rejected",
                f"""
                select source_table, rejected, landed
                from {{batch}}
                where
                    landed >= {SHARE_MIN_ROWS}
                    and rejected > {STAGED_REJECTED_SHARE_CRITICAL} * landed
                """,
            ),
        ),
    )


def key_expectations(mart: Mart) -> Iterator[Expectation]:
    """The key is there and unique."""
    if mart.key is None:
        return
    yield Expectation(
        "ExpectColumnValuesToNotBeNull", f"{mart.key} is never empty", {"column": mart.key}
    )
    yield Expectation("ExpectColumnValuesToBeUnique", f"{mart.key} is unique", {"column": mart.key})


def privacy_expectations(mart: Mart) -> Iterator[Expectation]:
    """No text column holds an e-mail address; says which columns do, never which addresses."""
    if not mart.text_columns:
        return
    counts = ", ".join(
        f"""count(*) filter (where "{column}" like '%_@_%.__%') as "{column}\""""
        for column in mart.text_columns
    )
    total = " + ".join(f'"{column}"' for column in mart.text_columns)
    yield rows(
        "No value looks like an e-mail address",
        f"select * from (select {counts} from {{batch}}) as found where {total} > 0",
    )


def band_expectations(
    mart: Mart, previous_rows: Mapping[str, int], accept_row_change: bool
) -> Iterator[Expectation]:
    """The row count stays within a band around the previous publication."""
    before = previous_rows.get(mart.table, 0)
    if before < BAND_MIN_ROWS:
        return
    yield Expectation(
        "ExpectTableRowCountToBeBetween",
        f"At least {ROWS_KEPT_SHARE:.0%} of the {before:,} rows of the previous publication",
        {"min_value": int(before * ROWS_KEPT_SHARE)},
        "warning" if accept_row_change else "critical",
    )
    yield Expectation(
        "ExpectTableRowCountToBeBetween",
        f"At most {ROWS_GROWN_TIMES} times the {before:,} rows of the previous publication",
        {"max_value": before * ROWS_GROWN_TIMES},
        "warning",
    )


def orders_tie(of_order: str, of_line: str, sign: str) -> str:
    """Query: orders whose amount is not (``<>``) or is below (``<``) the sum of their lines.

    Each amount is rounded to cents on its own, hence a cent of tolerance per line.
    """
    gap = f"orders.{of_order} - lines.amount"
    differs = f"abs({gap})" if sign == "<>" else f"-({gap})"
    return f"""
        select orders.order_key, orders.{of_order}, lines.amount
        from {{batch}} as orders
        inner join (
            select order_key, sum({of_line}) as amount, count(*) as line_count
            from marts.fct_order_lines
            group by order_key
        ) as lines
            on orders.order_key = lines.order_key
        where {differs} > {MONEY_TOLERANCE} * lines.line_count
        limit 50
    """


# Expectations that hold between tables, or that only one table has; each with the tables it needs.
RULES: Mapping[str, tuple[tuple[frozenset[str], Expectation], ...]] = {
    "fct_orders": (
        (
            frozenset({"fct_order_lines"}),
            rows(
                "What an order says about its lines is what its lines say",
                orders_tie("lines_amount", "total_amount", "<>"),
            ),
        ),
        (
            frozenset({"fct_order_lines"}),
            rows(
                "The lines of an order do not give back more than the order",
                orders_tie("returned_amount", "returned_amount", "<"),
                "warning",
            ),
        ),
    ),
    "fct_suppression_waterfall": (
        (
            frozenset(),
            rows(
                "Audience = included + all that were taken out, for every campaign",
                """
                select campaign_key, channel, purpose
                from {batch}
                group by campaign_key, channel, purpose
                having
                    max(remaining_count) filter (where step = 'audience')
                    <> max(remaining_count) filter (where step = 'included')
                    + sum(removed_count) filter (where step not in ('audience', 'included'))
                limit 50
                """,
            ),
        ),
        (
            frozenset({"fct_contact_decisions"}),
            rows(
                "The waterfall ends in the included decisions, for every campaign",
                """
                select waterfall.campaign_key
                from {batch} as waterfall
                left join (
                    select campaign_key, count(*) as customers
                    from marts.fct_contact_decisions
                    where decision = 'include'
                    group by campaign_key
                ) as decisions
                    on waterfall.campaign_key = decisions.campaign_key
                where
                    waterfall.step = 'included'
                    and waterfall.remaining_count <> coalesce(decisions.customers, 0)
                limit 50
                """,
            ),
        ),
    ),
    "dim_customers": (
        (
            frozenset(),
            rows(
                f"{REACHABLE_SHARE_WARNING:.0%} of the known customers have an e-mail or a phone",
                f"""
                select count(*) as known_customers
                from {{batch}}
                where not is_anonymous
                having
                    count(*) filter (where has_email or has_phone)
                    < {REACHABLE_SHARE_WARNING} * count(*)
                """,
                "warning",
            ),
        ),
        (
            frozenset(),
            rows(
                f"No customer has more than {LARGEST_CUSTOMER_SHARE_WARNING:.0%} of all records",
                f"""
                select customer_id, source_record_count
                from {{batch}}
                where
                    source_record_count >= {LARGEST_CUSTOMER_MIN_RECORDS}
                    and source_record_count > {LARGEST_CUSTOMER_SHARE_WARNING} * (
                        select sum(everyone.source_record_count)
                        from marts.dim_customers as everyone
                    )
                limit 50
                """,
                "warning",
            ),
        ),
    ),
    "dim_loyalty_members": (
        (
            frozenset({"fct_loyalty_ledger"}),
            rows(
                "Every member's balance is the sum of the ledger",
                """
                select members.member_key
                from {batch} as members
                left join (
                    select member_key, sum(points) as points
                    from marts.fct_loyalty_ledger
                    group by member_key
                ) as ledger
                    on members.member_key = ledger.member_key
                where members.points_balance <> coalesce(ledger.points, 0)
                limit 50
                """,
            ),
        ),
    ),
}
