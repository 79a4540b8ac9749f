"""Merged, then parted by a decision, equals never merged: in every public model, row for row.

Two pairs of customers are taken for one, the first by a record that mixes them up, the second by a
decision. A run builds that and it is published; then decisions part both pairs, and another run
follows. It is compared with a warehouse that has the same rows and had the decisions before.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from moving_map import decide, mix_up
from world import World, public_models

from orchestration.landing import load
from orchestration.paths import ROOT
from orchestration.publish import Build, record

pytestmark = pytest.mark.slow

MERGED_AT, PARTED_AT = "2026-07-03 12:00:00", "2026-07-06 12:00:00"
THE_MISTAKE, THE_DECISION, LONG_AGO = "2026-07-01", "2026-07-05", "2024-01-01"

# Models that are there to remember, each with a test of what it must hold. Another such memory, of
# the refusals that reached a contact point, is no public model: see ``remember_refusals``.
REMEMBERS = {
    "changes": {"identity_changes", "unified_identity_changes", "fct_identity_changes"},
    "ids that were given out": {"identity_ids", "unified_identity_ids"},
    "ids that are no more": {
        *("identity_merges", "unified_identity_merges", "bridge_customer_aliases")
    },
    "when the map said what": {"identity_map_history"},
    "what matching learnt": {"identity_training"},
    "what was published": {"fct_metric_restatements"},
}
SIDES = ("parted", "never")
# A measure that counts the ids that are no more.
EXCEPT_MEASURES = dict.fromkeys(
    ("identity_health", "unified_identity_health", "fct_identity_health"), "measure <> 'merges'"
)


@dataclass(frozen=True)
class Person:
    """A customer as they are before anybody mixes them up; an e-mail and a card name them."""

    customer_id: str
    email: str
    card: str


def pairs_of(warehouse: Path) -> list[tuple[Person, Person]]:
    """Two pairs: one with a case who has unsubscribed, and one who may be written to.

    All have orders, points, a tier and suppressions. The first of a pair has the id that stays in a
    merge, the second has more records: by size alone, a split would give the id to the second.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            """
            with people as (
                select
                    customer_id,
                    min(identifier_value) filter (identifier_type = 'email') as email,
                    min(identifier_value) filter (identifier_type = 'loyalty_number') as card,
                    count(*) filter (identifier_type = 'customer_record') as record_count
                from identity_graph.identity_map
                group by customer_id
                having
                    count(*) filter (identifier_type = 'email') = 1
                    and count(*) filter (identifier_type = 'loyalty_number') = 1
            ),

            known as (
                select people.*, anchor_source_name, anchor_source_record_id, is_contactable
                from people
                inner join identity_graph.identity_customers using (customer_id)
                inner join marts.fct_contactability as contactability using (customer_id)
                where
                    contactability.channel = 'email'
                    and contactability.population = 'customer'
                    and anchor_entity = 'customers'
                    and customer_id in (from (select customer_id from marts.fct_orders))
                    and customer_id in (from (select customer_id from marts.fct_loyalty_ledger))
                    and customer_id in (from (select customer_id from marts.dim_loyalty_members))
                    and customer_id in (from (select customer_id from marts.fct_suppressions))
            )

            select
                ones.customer_id, ones.email, ones.card,
                others.customer_id, others.email, others.card
            from known as ones
            inner join known as others
                on (ones.anchor_source_name, ones.anchor_source_record_id)
                    < (others.anchor_source_name, others.anchor_source_record_id)
                and ones.record_count < others.record_count
            where
                others.is_contactable
                and ones.customer_id in (
                    select customer_id from unified_customer.unified_consents
                    where channel = 'email' and status = 'withdrawn'
                )
                and ones.customer_id in (select customer_id from marts.fct_service_contacts)
            order by others.record_count desc, ones.email, others.email
            """
        ).fetchall()
    pairs = [(Person(*row[:3]), Person(*row[3:])) for row in rows]
    first = pairs[0]
    second = next(pair for pair in pairs if not set(pair) & set(first))
    return [first, second]


@dataclass(frozen=True)
class Story:
    """Both warehouses at the end, and what was said in the first while the pairs were merged."""

    pairs: list[tuple[Person, Person]]
    before: World
    parted: World
    never: World
    merged_ids: dict[str, str]
    refusals: set[tuple[str, str]]  # act and contact point that it reached by the merge


def ids_of(warehouse: Path, pairs: list[tuple[Person, Person]]) -> dict[str, str]:
    """Customer id by e-mail and by card."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return dict(
            connection.execute(
                "select identifier_value, customer_id from identity_graph.identity_map "
                "where list_contains($1, identifier_value)",
                [[value for pair in pairs for one in pair for value in (one.email, one.card)]],
            ).fetchall()
        )


@pytest.fixture(scope="module")
def story(world: World, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Both warehouses, from one landing."""
    pairs = pairs_of(world.paths.warehouse)
    (record_of, record_with), (ruled_of, ruled_with) = pairs
    parted = World(tmp_path_factory.mktemp("parted") / "world", "")
    shutil.copytree(world.folder, parted.folder, symlinks=True)
    mix_up(parted.paths.landing, "77", record_of.email, record_with.card)
    load(parted.paths.landing, parted.paths.warehouse, ROOT)
    never = World(tmp_path_factory.mktemp("never") / "world", "")
    shutil.copytree(parted.folder, never.folder, symlinks=True)

    warehouse = parted.paths.warehouse
    decide(warehouse, "must_link", ruled_of.email, ruled_with.card, THE_MISTAKE, THE_DECISION)
    for one, other in pairs:
        decide(warehouse, "cannot_link", one.email, other.card, THE_DECISION, None)
    parted.dbt("run", as_of=MERGED_AT)
    merged_ids = ids_of(warehouse, pairs)
    record(parted.paths, Build("a build", "", "", {}, "a version"))
    refusals = remember_refusals(parted, never)
    parted.dbt("run", as_of=PARTED_AT)

    for one, other in pairs:
        decide(never.paths.warehouse, "cannot_link", one.email, other.card, LONG_AGO, None)
    # Parsed at the same time, so dbt need not do it again.
    shutil.copy(parted.paths.target / "partial_parse.msgpack", never.paths.target)
    never.dbt("run", as_of=PARTED_AT)
    return Story(pairs, world, parted, never, merged_ids, refusals)


def remember_refusals(parted: World, never: World) -> set[tuple[str, str]]:
    """Give the second the refusals that reached others' contact points in the first.

    They stay there by rule, so that no merge makes anybody contactable. Returns key of the act and
    of the contact point.
    """
    with duckdb.connect(str(never.paths.warehouse)) as connection:
        connection.execute(f"attach '{parted.paths.warehouse}' as parted (read_only)")
        return set(
            connection.execute(
                """
                insert into unified_customer.int_customer__refusals
                from parted.unified_customer.int_customer__refusals
                except all
                from unified_customer.int_customer__refusals
                returning act_key, contact_point_key
                """
            ).fetchall()
        )


@pytest.fixture
def both(story: Story) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouses side by side: before, parted and never."""
    with duckdb.connect() as connection:
        for name in ("before", "parted", "never"):
            warehouse = getattr(story, name).paths.warehouse
            connection.execute(f"attach '{warehouse}' as {name} (read_only)")
        yield connection


def test_every_public_model_is_as_if_they_had_never_been_one(
    story: Story, both: duckdb.DuckDBPyConnection
) -> None:
    different, filled = {}, 0
    remembering = set().union(*REMEMBERS.values())
    for model, relation in public_models(story.parted.paths.target).items():
        if model in remembering:
            continue
        compared = EXCEPT_MEASURES.get(model, "true")
        sides = [f"from {side}.{relation} where {compared}" for side in ("parted", "never")]
        lost, gained, count = both.execute(
            f"select (select count(*) from ({sides[1]} except all {sides[0]})), "
            f"(select count(*) from ({sides[0]} except all {sides[1]})), "
            f"(select count(*) from ({sides[0]}))"
        ).fetchone()
        filled += count > 0
        if (lost, gained) != (0, 0):
            different[model] = (lost, gained)
    assert not different, f"model: (only when never merged, only when parted) {different}"
    assert filled > 60


def test_each_has_the_id_of_before(story: Story) -> None:
    """While they are one, the id that was issued first stands for both."""
    ids = ids_of(story.parted.paths.warehouse, story.pairs)
    for pair in story.pairs:
        for person in pair:
            for value in (person.email, person.card):
                assert story.merged_ids[value] == pair[0].customer_id
                assert ids[value] == person.customer_id
    assert ids == ids_of(story.never.paths.warehouse, story.pairs)


def test_changes_have_the_merge_and_the_split(
    story: Story, both: duckdb.DuckDBPyConnection
) -> None:
    query = """
        select change_kind, old_customer_id, new_customer_id, changed_at::varchar
        from {}.identity_graph.identity_changes
        where list_has_all($1, [old_customer_id, new_customer_id])
        order by changed_at
    """
    for pair in story.pairs:
        one, other = ids = [person.customer_id for person in pair]
        assert both.execute(query.format("parted"), [ids]).fetchall() == [
            ("merge", other, one, MERGED_AT),
            ("split", one, other, PARTED_AT),
        ]
        assert both.execute(query.format("never"), [ids]).fetchall() == []


def test_ids_that_are_no_more_are_those_of_no_person(
    story: Story, both: duckdb.DuckDBPyConnection
) -> None:
    """Whatever was one for a while has its id again; the others were given out meanwhile."""
    aliases = "select old_customer_id, new_customer_id from {}.identity_graph.identity_merges"
    ids = "select customer_id from {}.identity_graph.identity_ids"
    parted, never = (dict(both.execute(aliases.format(side)).fetchall()) for side in SIDES)
    assert never.items() <= parted.items()
    given_parted, given_never = (
        {one for (one,) in both.execute(ids.format(side)).fetchall()} for side in SIDES
    )
    assert given_never <= given_parted
    assert parted.keys() - never.keys() == given_parted - given_never
    assert parted.keys().isdisjoint(one.customer_id for pair in story.pairs for one in pair)


def test_the_history_of_the_map_has_the_time_as_one(
    story: Story, both: duckdb.DuckDBPyConnection
) -> None:
    spans = """
        select history.customer_id, valid_from::varchar, valid_to::varchar
        from {}.identity_graph.identity_map_history as history
        inner join {}.identity_graph.identity_map as map using (identifier_key)
        where map.identifier_value = $1
        order by valid_from
    """
    for one, other in story.pairs:
        (first, *_), *rest = both.execute(spans.format("parted", "parted"), [other.card]).fetchall()
        assert first == other.customer_id
        assert rest == [
            (one.customer_id, MERGED_AT, PARTED_AT),
            (other.customer_id, PARTED_AT, None),
        ]
    now = (
        "select identifier_key, customer_id from {}.identity_graph.identity_map_history "
        "where is_current order by all"
    )
    parted, never = (both.execute(now.format(side)).fetchall() for side in SIDES)
    assert parted == never


def test_matching_goes_by_what_it_had_learnt_had_they_never_been_one(
    both: duckdb.DuckDBPyConnection,
) -> None:
    current = (
        "select training_version, kind, pair_class, compared_by, step, probability "
        "from {}.identity_graph.identity_training where is_current order by all"
    )
    parted, never = (both.execute(current.format(side)).fetchall() for side in SIDES)
    assert len(never) > 100
    assert parted == never
    versions = "select count(distinct training_version) from {}.identity_graph.identity_training"
    parted, never = (both.execute(versions.format(side)).fetchone()[0] for side in SIDES)
    assert parted == never + 1  # the mistake taught something else


def test_what_was_published_changed_by_the_same_in_all(
    story: Story, both: duckdb.DuckDBPyConnection
) -> None:
    """The ledger has a publication more, with what the merge changed, and it is taken back."""
    changes = """
        select metric, dimension, sum(value_change) as value_change
        from {}.marts.fct_metric_restatements
        group by all
        having value_change <> 0
        order by all
    """
    parted, never = (both.execute(changes.format(side)).fetchall() for side in SIDES)
    assert parted == never
    unmerged = "select count(*) from {}.marts.fct_metric_restatements where cause = 'unmerge'"
    parted, never = (both.execute(unmerged.format(side)).fetchone()[0] for side in SIDES)
    assert parted > 0
    assert never == 0


def test_a_refusal_stays_where_it_came_while_they_were_one(
    story: Story, both: duckdb.DuckDBPyConnection
) -> None:
    """The one thing that stays with the other: no split makes anybody contactable by itself."""
    author = dict(
        both.execute(
            "select act_key, customer_id from before.unified_customer.unified_consent_acts"
        ).fetchall()
    )
    holders = defaultdict(set)
    for point, customer_id in both.execute(
        "select contact_point_key, customer_id "
        "from before.unified_customer.int_customer__contact_points"
    ).fetchall():
        holders[point].add(customer_id)
    stood_for = dict(
        both.execute(
            "select old_customer_id, new_customer_id from parted.identity_graph.identity_changes "
            "where change_kind = 'merge' and changed_at = $1",
            [MERGED_AT],
        ).fetchall()
    )

    def merged(customer_id: str) -> str:
        return stood_for.get(customer_id, customer_id)

    reached = {(author[act], holder) for act, point in story.refusals for holder in holders[point]}
    assert {(one.customer_id, other.customer_id) for one, other in story.pairs} <= reached
    for act, point in story.refusals:  # a contact point may be several people's
        assert merged(author[act]) in {merged(holder) for holder in holders[point]}
    granted = (
        "select customer_id, contact_point, channel, purpose, brand "
        "from {}.unified_customer.unified_consents where status = 'granted'"
    )
    ids = [person.customer_id for pair in story.pairs for person in pair]
    assert not both.execute(
        f"select * from ({granted.format('parted')} except {granted.format('before')}) "
        "where list_contains($1, customer_id)",
        [ids],
    ).fetchall()
