"""Retention: which rows have been kept for their time.

Belongs here: the rules by which a landed row is due. Does not: the periods (seed ``data_holdings``,
and ``retention_days`` in the meta of a column), the legal holds (holds.py), taking the rows out
(purge.py).

Whatever the warehouse knows is made of what landed, so only landed rows are due, and the entries of
the one table that is kept over a full refresh and leads to people: the log of customer ids.

A record is as old as its newest version. Nothing happens after it has landed: a clock that runs
ahead keeps no row longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.column_tags import Dictionary, Table
from orchestration.data_requests import holds, landed_rows
from orchestration.data_requests.landed_rows import LandedTable, StagingView
from orchestration.data_requests.person import mentions_of
from orchestration.data_requests.steps import StoppedError
from orchestration.data_requests.tables import fill
from orchestration.paths import ROOT

# What a period is about; any other scope is the column that loses its value.
ROWS = "rows"
REFUSED_ROWS = "refused rows"  # by a staging view
UNREAD_ROWS = "unread rows"  # rejected by the loader
UNREAD_LINES = "unread lines"  # not even split into columns
LAST_ACTIVITY = "last activity"
REGISTRY = "identity_graph.int_identity__registry"
FORGOTTEN = """
    (
        entry_type = 'assign'
        and identifier_key in (select identifier_key from due_identifiers where not is_held)
    )
    or (
        entry_type <> 'assign'
        and (
            customer_id in (select customer_id from due_ids)
            or old_customer_id in (select customer_id from due_ids)
        )
    )
"""
DUE_ROWS = {**landed_rows.FOUND_ROWS, "scope": "varchar", "is_held": "boolean"}


@dataclass(frozen=True)
class Period:
    """How long something of the rows of a landed table is kept: the rows, or a column of them.

    since: column from which the days count; None = the last that is known of the customer.
    """

    table: LandedTable
    scope: str
    days: int
    since: str | None

    @property
    def cleared(self) -> tuple[str, ...]:
        """Columns that lose their value when it is over; none = the row goes."""
        return cleared(self.table, self.scope)


@dataclass(frozen=True)
class Counted:
    """What a purge does to one table by one period: rows that go, and rows that holds keep."""

    source_table: str
    scope: str
    action: str
    retention_days: int
    retention_from: str
    purged_count: int
    held_back_count: int


def periods(tables: Iterable[LandedTable], refused_days: int | None) -> list[Period]:
    """Every period of the landed tables; those by which rows go stand before the others.

    refused_days: how long rows are kept that the staging view refuses; None = as the others.
    """
    refused, rows, columns = [], [], []
    for table in tables:
        if refused_days is not None:
            refused.append(Period(table, REFUSED_ROWS, refused_days, "landed_at"))
        days, since = table.retention_days, table.retention_from
        if days is not None and (table.deletes_row or cleared(table, ROWS)):
            rows.append(Period(table, ROWS, days, since))
        for column, own_days in table.column_days.items():
            columns.append(Period(table, column, own_days, since))
    return refused + rows + columns


def cleared(table: LandedTable, scope: str) -> tuple[str, ...]:
    """Columns that lose their value when a period of the scope is over; none = the row goes."""
    if scope in (REFUSED_ROWS, UNREAD_ROWS, UNREAD_LINES) or (scope == ROWS and table.deletes_row):
        return ()
    if scope == ROWS:
        return tuple(name for name in table.cleared if name not in table.column_days)
    return (scope,)


def treated(table: LandedTable, scope: str) -> LandedTable:
    """The table as one of whose rows an erasure leaves what a period of the scope leaves."""
    names = cleared(table, scope)
    rules = {name: "nullify" if name in names else "keep" for name in table.columns}
    return replace(table, deletes_row=not names, columns=rules)


def find_due(
    connection: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    as_of: datetime,
    dictionary: Dictionary | None = None,
    root: Path = ROOT,
) -> list[Counted]:
    """Fill the temporary table ``due_rows`` with every landed row that is due; what it comes to.

    Also ``due_identifiers`` and ``due_ids``, of which the log of customer ids says nothing any
    more. Nothing is changed, so that this is the dry run too. Raises StoppedError when it cannot
    be told whose rows are active or held.
    """
    dictionary = dictionary or Dictionary.load(root)
    tables = landed_rows.landed_tables(manifest, dictionary)
    views = landed_rows.staging_views(manifest)
    in_force = holds.in_force(as_of, root)
    holds.check(in_force, tables.values())
    _check_built(connection)
    refused_days = _days_of(dictionary, "rejected_records")
    filled = landed_rows.filled(connection, tables.values())
    every = [p for p in periods(tables.values(), refused_days) if p.table.source_table in filled]
    held_mentions = _find_held(connection, manifest, in_force)
    _find_waiting(connection, manifest, as_of, every, views, dictionary)
    fill(connection, "due_rows", DUE_ROWS, [])
    active_since: int | None = None
    for period in sorted(every, key=_order):
        if period.since is None and period.days != active_since:
            active_since = period.days
            by_activity = [p for p in every if p.since is None and p.days == period.days]
            _find_active(connection, manifest, as_of, period.days, by_activity)
        _add_due(connection, period, views, as_of, in_force)
    if refused_days is not None:
        _add_unread(connection, tables, as_of, refused_days, held_mentions, in_force)
        every += [
            Period(tables[source_table], scope, refused_days, "landed_at")
            for source_table, scope in connection.execute(
                "select distinct source_table, scope from due_rows where scope in (?, ?)",
                [UNREAD_ROWS, UNREAD_LINES],
            ).fetchall()
        ]
    counts = {
        (source_table, scope): (purged, held)
        for source_table, scope, purged, held in connection.execute(
            "select source_table, scope, count(*) filter (not is_held), count(*) filter (is_held) "
            "from due_rows group by all"
        ).fetchall()
    }
    counted = [
        Counted(
            period.table.source_table,
            period.scope,
            "masked" if period.cleared else "deleted",
            period.days,
            period.since or LAST_ACTIVITY,
            *counts.get((period.table.source_table, period.scope), (0, 0)),
        )
        for period in every
    ]
    fill(connection, "due_identifiers", {"identifier_key": "varchar", "is_held": "boolean"}, [])
    fill(connection, "due_ids", {"customer_id": "varchar", "is_anonymous": "boolean"}, [])
    registry_days = _days_of(dictionary, "int_identity__registry")
    if registry_days is not None:
        counted.append(_find_forgotten(connection, as_of, registry_days))
    return sorted(counted, key=lambda one: (one.source_table, one.scope))


def _order(period: Period) -> tuple[bool, bool, bool, int]:
    """What deletes rows comes before what masks them; last activities together, by days."""
    is_refusal = period.scope == REFUSED_ROWS
    return not is_refusal, bool(period.cleared), period.since is not None, period.days


def _days_of(dictionary: Dictionary, model: str) -> int | None:
    holding = dictionary.holding_of(Table(model, ()))
    return holding.retention_days if holding else None


def _check_built(connection: duckdb.DuckDBPyConnection) -> None:
    """What landed after the last build may be of somebody who is active."""
    row = connection.execute(
        """
        select
            (select max(loaded_at) from landing.files)
            <= (select max(started_at) from audit.builds where status = 'success')
        """
    ).fetchone()
    if row is None or not row[0]:
        raise StoppedError(
            "What landed last has not been built, so it cannot be told who is active. make run, "
            "then purge again. Nothing was changed."
        )


def _find_held(
    connection: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    in_force: Sequence[holds.Hold],
) -> str:
    """Fill ``held_ids`` and ``held_rows``; returns the pattern that names the people on hold.

    Held are customers on whom there is a hold, and those who have had the processing of their
    data restricted: a restriction means that the data stay (GDPR art. 18).
    """
    people = holds.held_people(connection, in_force)
    ids = [(one,) for person in people for one in person.customer_ids]
    keys = [(key,) for person in people for key in person.keys]
    fill(connection, "held_ids", {"customer_id": "varchar"}, ids)
    fill(connection, "held_keys", {"key": "varchar"}, keys)
    connection.execute(
        """
        insert into held_ids
        select customer_id from unified_customer.unified_customers where is_restricted;
        insert into held_keys
        select identifier_key from identity_graph.identity_map
        where customer_id in (select customer_id from held_ids)
        """
    )
    fill(connection, "found_rows", landed_rows.FOUND_ROWS, [])
    if connection.execute("select 1 from held_keys limit 1").fetchone():
        landed_rows.find(
            connection, manifest, lambda text: f"sha256({text}) in (select key from held_keys)"
        )
    connection.execute("create or replace temp table held_rows as from found_rows")
    return mentions_of(people)


def _find_active(
    connection: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    as_of: datetime,
    days: int,
    by_activity: Iterable[Period],
) -> None:
    """Fill ``found_rows`` with the rows of customers of whom something is known in these days.

    A time that has not come yet proves nothing.
    """
    connection.execute(
        """
        create or replace temp table active_keys as
        select identifier_key as key
        from identity_graph.identity_map
        where customer_id in (
            select customer_id
            from identity_graph.identity_source_records
            where seen_at between $cutoff and $as_of or recorded_at between $cutoff and $as_of
        )
        """,
        {"cutoff": as_of - timedelta(days=days), "as_of": as_of},
    )
    landed_rows.find(
        connection,
        manifest,
        lambda text: f"sha256({text}) in (select key from active_keys)",
        only={period.table.source_table for period in by_activity},
    )


def _find_waiting(
    connection: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    as_of: datetime,
    every: Sequence[Period],
    views: Sequence[StagingView],
    dictionary: Dictionary,
) -> None:
    """Fill ``waiting_rows`` with the rows that something else which they feed still needs.

    A row that says what happened may be an event, a message and an act of consent at once, or an
    order: it goes when the periods of all of them are over. A row that describes a person (one
    that is kept by last activity) goes with the person.
    """
    fill(connection, "waiting_rows", landed_rows.FOUND_ROWS, [])
    mixed = {
        p.table.source_table: p for p in every if p.scope == ROWS and p.since and not p.cleared
    }
    for view in views:
        period = mixed.get(view.source_table)
        holding = dictionary.holding_of(Table("", (), view.entity))
        if (
            period is None
            or view.is_primary
            or holding is None
            or "reject_reason" not in view.columns
        ):
            continue
        days, since = holding.retention_days, holding.retention_from
        if (days, since) == (period.days, period.since):
            continue
        is_needed = "true"
        if days is not None:
            own = since if since in view.columns else "recorded_at"
            is_needed = f"least(coalesce(try_cast({own} as timestamp), landed_at), landed_at) >= $1"
            if since is None:
                _find_active(connection, manifest, as_of, days, [period])
                is_needed += (
                    " or exists (select 1 from found_rows where found_rows.source_table = "
                    f"'{view.source_table}' and found_rows.landed_file = fed.landed_file "
                    "and found_rows.landed_row = fed.landed_row "
                    "and found_rows.landed_at = fed.landed_at)"
                )
        connection.execute(
            f"""
            insert into waiting_rows
            select '{view.source_table}', landed_file, landed_row, landed_at
            from staging."{view.name}" as fed
            where reject_reason is null and ({is_needed})
            """,
            [as_of - timedelta(days=days)] if days is not None else [],
        )


def _add_due(
    connection: duckdb.DuckDBPyConnection,
    period: Period,
    views: Sequence[StagingView],
    as_of: datetime,
    in_force: Sequence[holds.Hold],
) -> None:
    """Add the rows that are due by a period, unless by another one they are to be deleted."""
    table = period.table
    here = f"source_table = '{table.source_table}' and landed_file = _file and landed_row = _row"
    is_active = "false"
    if period.since is None:
        is_active = f"exists (select 1 from found_rows where {here} and landed_at = _landed_at)"
    condition = "true"
    if period.scope == REFUSED_ROWS:
        condition = "_is_refused"
    elif period.cleared:
        condition = " or ".join(f'"{name}" is not null' for name in period.cleared)
    is_over = "true"
    if period.scope == ROWS and not period.cleared:
        is_over = (
            f"not exists (select 1 from waiting_rows where {here} "
            "and waiting_rows.landed_at = _landed_at)"
        )
    is_held = str(any(hold.covers(table) for hold in in_force)).lower()
    deleting = [scope for scope in (REFUSED_ROWS, ROWS) if not cleared(table, scope)]
    connection.execute(
        f"""
        insert into due_rows
        with dated as ({_dated(period, views)}),

        aged as (
            select
                *,
                max(
                    case
                        when {is_active} then $as_of
                        -- Whoever mends a refused row is given its whole time.
                        when _is_refused then _landed_at
                        else least(coalesce(_dated_at, _landed_at), _landed_at)
                    end
                ) over (partition by _is_refused, _record) as aged_from
            from dated
        )

        select
            '{table.source_table}',
            _file,
            _row,
            _landed_at,
            '{period.scope}',
            {is_held} or exists (
                select 1 from held_rows where {here} and held_rows.landed_at = _landed_at
            )
        from aged
        where
            aged_from < $cutoff
            and ({condition})
            and {is_over}
            and not exists (
                select 1 from due_rows
                where
                    {here}
                    and due_rows.landed_at = _landed_at
                    and scope in ({", ".join(f"'{scope}'" for scope in deleting)})
            )
        """,
        {"as_of": as_of, "cutoff": as_of - timedelta(days=period.days)},
    )


def _dated(period: Period, views: Sequence[StagingView]) -> str:
    """SQL of the landed rows with record, time, and whether the staging view refuses them."""
    table = period.table
    own = [view for view in views if view.source_table == table.source_table]
    own.sort(key=lambda view: not view.is_primary)
    since = period.since or "recorded_at"
    timed = next((view for view in own if since in view.columns), None)
    record = next((view for view in own if view.is_primary), None)
    _is_refused = "false"
    if record is not None and "reject_reason" in record.columns:
        _is_refused = "coalesce(records.is_refused, false)"
    joins = ""
    row = "concat_ws('|', _file, _row, _landed_at)"
    if record is not None:
        row = f"coalesce(records.record, {row})"
        refusal = "bool_or(reject_reason is not null)" if _is_refused != "false" else "false"
        joins += _joined(
            "records", record, f"max(source_record_id) as record, {refusal} as is_refused"
        )
    if since == "landed_at":
        time = "_landed_at"
    elif timed is not None:
        time = "times.at"
        joins += _joined("times", timed, f'max(try_cast("{since}" as timestamp)) as at')
    elif since in table.columns or since == "_landed_at":
        time = f'try_cast("{since}" as timestamp)'
    else:
        raise StoppedError(
            f"The rows of {table.source_table} are kept from {since} on, which neither the table "
            "nor a staging view of it has. Mend retention_from in seeds/governance/data_holdings."
        )
    return (
        f"select raw.*, {_is_refused} as _is_refused, {row} as _record, {time} as _dated_at "
        f"from {table.relation} as raw {joins}"
    )


def _joined(alias: str, view: StagingView, columns: str) -> str:
    return f"""
        left join (
            select landed_file, landed_row, landed_at as row_landed_at, {columns}
            from staging."{view.name}"
            group by all
        ) as {alias}
            on
                raw._file = {alias}.landed_file
                and raw._row = {alias}.landed_row
                and raw._landed_at = {alias}.row_landed_at
    """


def _add_unread(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, LandedTable],
    as_of: datetime,
    days: int,
    held_mentions: str,
    in_force: Sequence[holds.Hold],
) -> None:
    """Add the rows that the loader could not read, of the tables that may hold people."""
    held = [n for n, table in tables.items() if any(hold.covers(table) for hold in in_force)]
    fill(connection, "tables", {"name": "varchar"}, [(name,) for name in tables])
    connection.execute(
        f"""
        insert into due_rows
        select
            source_table,
            _file,
            _row,
            landed_at,
            case when starts_with(reason, 'line ') then '{UNREAD_LINES}' else '{UNREAD_ROWS}' end,
            list_contains($held, source_table) or regexp_matches(payload, $mentions, 'i')
        from landing.rejected_rows
        where
            payload is not null
            and landed_at < $cutoff
            and source_table in (select name from tables)
        """,
        {"held": held, "mentions": held_mentions, "cutoff": as_of - timedelta(days=days)},
    )


def _find_forgotten(connection: duckdb.DuckDBPyConnection, as_of: datetime, days: int) -> Counted:
    """Fill ``due_identifiers`` and ``due_ids`` with what has stood for nobody for so long."""
    cutoff = as_of - timedelta(days=days)
    connection.execute(
        f"""
        create or replace temp table due_identifiers as
        select
            identifier_key,
            bool_or(
                customer_id in (select customer_id from held_ids)
                or old_customer_id in (select customer_id from held_ids)
            ) is true as is_held
        from {REGISTRY}
        where entry_type = 'assign'
        group by identifier_key
        having arg_max(coalesce(customer_id, ''), build) = '' and max(changed_at) < $cutoff
        """,
        {"cutoff": cutoff},
    )
    connection.execute(
        f"""
        create or replace temp table due_ids as
        select customer_id, is_anonymous
        from {REGISTRY}
        where
            entry_type = 'issue'
            and changed_at < $cutoff
            and customer_id not in (
                select customer_id
                from {REGISTRY}
                where
                    entry_type = 'assign'
                    and customer_id is not null
                    and identifier_key not in (
                        select identifier_key from due_identifiers where not is_held
                    )
            )
        """,
        {"cutoff": cutoff},
    )
    row = connection.execute(
        f"""
        select
            count(*) filter ({FORGOTTEN}),
            count(*) filter (
                identifier_key in (select identifier_key from due_identifiers where is_held)
            )
        from {REGISTRY}
        """
    ).fetchone()
    assert row is not None
    return Counted(REGISTRY, ROWS, "deleted", days, "changed_at", row[0], row[1])
