"""What a change of the identity rules would change (``python -m orchestration.review_identity``).

    python -m orchestration.review_identity --base main      # this checkout against a revision
    python -m orchestration.review_identity --base main --out review/

What belongs here: building the two states beside each other and comparing them. What does not: any
rule, and any change to the warehouse, which is only read.

Both states are full builds of copies of the warehouse at one as_of: one with the project as it is
at the base revision, one with the project as it is in this checkout (committed or not). The
difference is the difference of the two builds, row by row: customers that become one, customers
that part, identifiers that move, and what follows for tiers, segments, suppression and revenue.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.lock import WriterBusyError, writer_lock
from orchestration.manifest import variables_of
from orchestration.paths import ROOT, Paths

# Everything that the rules of the graph can change.
SELECTION = ("path:models/identity_graph", "path:models/unified_customer", "path:models/marts")
BEFORE, AFTER = "before", "after"

MOVES = """
create temp table moves as
select
    identifier_key,
    coalesce(before.identifier_type, after.identifier_type) as identifier_type,
    before.customer_id as customer_before,
    after.customer_id as customer_after
from before.identity_graph.identity_map as before
full join after.identity_graph.identity_map as after using (identifier_key)
"""

# A customer of one state with the customers of the other that its identifiers are in.
CUSTOMERS = """
create temp table customer_changes as
with
forward as (
    select customer_before as customer_id, count(distinct customer_after) as parts,
        list_sort(list(distinct customer_after)) as becomes,
        count(*) filter (where identifier_type = 'customer_record') as record_count
    from moves where customer_before is not null group by 1
),
backward as (
    select customer_after as customer_id, count(distinct customer_before) as sources,
        list_sort(list(distinct customer_before)) as was,
        count(*) filter (where identifier_type = 'customer_record') as record_count
    from moves where customer_after is not null group by 1
)
select 'split' as change, customer_id, array_to_string(becomes, ' ') as others, record_count
from forward where parts > 1
union all
select 'merge' as change, customer_id, array_to_string(was, ' ') as others, record_count
from backward where sources > 1
union all
select 'id moved' as change, customer_id, becomes[1] as others, record_count
from forward where parts = 1 and becomes[1] <> customer_id
    and becomes[1] in (select customer_id from backward where sources = 1)
union all
select 'lost' as change, customer_id, '' as others, record_count from forward where parts = 0
union all
select 'new' as change, customer_id, '' as others, record_count from backward where sources = 0
"""

# One line per customer and fact that differs; a customer that is only in one state differs in all.
CONSEQUENCES = """
create temp table consequences as
with
facts as (
    {facts}
)
select
    coalesce(before.customer_id, after.customer_id) as customer_id,
    coalesce(before.fact, after.fact) as fact,
    before.value as value_before,
    after.value as value_after
from (select customer_id, fact, value from facts where state = 'before') as before
full join (select customer_id, fact, value from facts where state = 'after') as after
    using (customer_id, fact)
where before.value is distinct from after.value
"""

FACTS = """
select '{state}' as state, customer_id, 'tier ' || programme as fact, tier_code as value
from {state}.marts.dim_loyalty_members where customer_id is not null
union all
select '{state}', customer_id, 'segment ' || segment_code, 'member'
from {state}.marts.bridge_segment_customers
union all
select '{state}', customer_id, 'suppression ' || reason_code, 'active'
from {state}.marts.fct_suppressions
group by all
union all
select '{state}', customer_id, 'revenue', cast(net_revenue as varchar)
from {state}.marts.dim_customers where net_revenue <> 0
"""


class ReviewError(RuntimeError):
    """The two states cannot be built; the message says why."""


@dataclass(frozen=True)
class Review:
    """Where the two states differ: counts by kind, and the files with every line."""

    customers: list[tuple[str, int, int]]  # change, customers, person records
    facts: list[tuple[str, int]]  # kind of fact, customers for whom it differs
    revenue_moved: float
    identifiers_moved: int
    files: list[Path]


@contextmanager
def project_at(revision: str) -> Iterator[Path]:
    """A folder with the project at a revision of its git history; removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="cdp-review-") as folder:
        archive = subprocess.run(
            ["git", "archive", revision], cwd=ROOT, capture_output=True, check=False
        )
        if archive.returncode != 0:
            raise ReviewError(f"There is no revision {revision}: {archive.stderr.decode().strip()}")
        subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
        yield Path(folder)


def build(project: Path, warehouse: Path, as_of: str) -> None:
    """Seeds and every model that the rules can change, as a full build of this warehouse."""
    environ = {
        **os.environ,
        "CDP_WAREHOUSE": str(warehouse),
        "DBT_TARGET_PATH": str(warehouse.with_suffix(".target")),
        "DBT_LOG_PATH": str(warehouse.with_suffix(".logs")),
        "DBT_PROFILES_DIR": str(project),
    }
    dbt = [str(Path(sys.executable).with_name("dbt")), "--quiet"]
    for command in (["seed"], ["run", "--full-refresh", "--select", *SELECTION]):
        finished = subprocess.run(
            [*dbt, *command, *variables_of(as_of)],
            cwd=project,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            said = f"{finished.stdout}{finished.stderr}".strip()
            raise ReviewError(f"The build with the project in {project} failed:\n{said[-4000:]}")


def compare(before: Path, after: Path, out: Path) -> Review:
    """Write the differences of two warehouses to CSV files in ``out``; returns their counts."""
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{before}' as before (read_only)")
        connection.execute(f"attach '{after}' as after (read_only)")
        connection.execute(MOVES)
        connection.execute(CUSTOMERS)
        facts = "\nunion all\n".join(FACTS.format(state=state) for state in (BEFORE, AFTER))
        connection.execute(CONSEQUENCES.format(facts=facts))
        files = [
            _write(
                connection, out / "customers.csv", "select * from customer_changes order by all"
            ),
            _write(
                connection,
                out / "identifiers.csv",
                "select * from moves where customer_before is distinct from customer_after "
                "order by all",
            ),
            _write(connection, out / "consequences.csv", "select * from consequences order by all"),
        ]
        customers = connection.execute(
            "select change, count(*), sum(record_count)::bigint from customer_changes "
            "group by 1 order by 1"
        ).fetchall()
        by_fact = connection.execute(
            "select split_part(fact, ' ', 1), count(distinct customer_id) from consequences "
            "group by 1 order by 1"
        ).fetchall()
        moved = connection.execute(
            "select coalesce(sum(abs(coalesce(value_after::double, 0) - "
            "coalesce(value_before::double, 0))), 0) / 2 from consequences where fact = 'revenue'"
        ).fetchone()
        identifiers = connection.execute(
            "select count(*) from moves where customer_before is distinct from customer_after"
        ).fetchone()
    assert moved is not None
    assert identifiers is not None
    return Review(customers, by_fact, float(moved[0]), int(identifiers[0]), files)


def _write(connection: duckdb.DuckDBPyConnection, file: Path, query: str) -> Path:
    cursor = connection.execute(query)
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([column[0] for column in cursor.description or []])
        while rows := cursor.fetchmany(10_000):
            writer.writerows(rows)
    return file


def in_words(review: Review, base: str) -> list[str]:
    """The review for a person, or for the text of a pull request."""
    lines = [f"Identity: this checkout against {base}"]
    if not review.customers and not review.facts:
        return [*lines, "  Nothing changes."]
    meaning = {
        "merge": "customers that are several before",
        "split": "customers that fall apart",
        "id moved": "customers that get another id",
        "lost": "customers that are no more",
        "new": "customers that were nobody before",
    }
    for change, customers, records in review.customers:
        lines.append(
            f"  {change:<9} {customers:>9,} {meaning[change]} ({records:,} person records)"
        )
    lines.append(f"  {'moves':<9} {review.identifiers_moved:>9,} identifiers with another customer")
    lines.append("What follows, in customers for whom it differs:")
    lines += [f"  {fact:<12} {customers:>9,}" for fact, customers in review.facts]
    lines.append(f"  revenue that moves between customers: {review.revenue_moved:,.2f}")
    lines += [f"Every line: {file}" for file in review.files]
    return lines


def review(base: str, out: Path, as_of: str, paths: Paths) -> Review:
    """Build both states from copies of the warehouse and compare them."""
    if not paths.warehouse.exists():
        raise ReviewError(f"{paths.warehouse} is not there. `make run` builds it.")
    with tempfile.TemporaryDirectory(prefix="cdp-review-", dir=paths.warehouse.parent) as folder:
        states = {state: Path(folder) / f"{state}.duckdb" for state in (BEFORE, AFTER)}
        with writer_lock(paths.lock, "orchestration.review_identity"):
            for copy in states.values():
                shutil.copyfile(paths.warehouse, copy)
        with project_at(base) as project:
            print(f"building with the rules of {base} ...", flush=True)
            build(project, states[BEFORE], as_of)
        print("building with the rules of this checkout ...", flush=True)
        build(ROOT, states[AFTER], as_of)
        return compare(states[BEFORE], states[AFTER], out)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 1 and one message when the review cannot be made."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.review_identity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--base", default="HEAD", help="git revision with today's rules (HEAD)")
    parser.add_argument("--out", type=Path, default=Path("review"), help="folder for the lists")
    parser.add_argument("--as-of", help="the 'now' of both states in UTC; default: the clock")
    options = parser.parse_args(arguments)
    as_of = options.as_of or datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    try:
        found = review(options.base, options.out, as_of, Paths.from_env())
    except (ReviewError, WriterBusyError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(in_words(found, options.base)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
