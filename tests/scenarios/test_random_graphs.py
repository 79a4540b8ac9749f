"""Random records in random batches: whatever the history, the graph is what a recompute says.

Few values of each kind, so that records meet; late bridges, new versions, deletions and changes of
the rules come between the batches.
"""

from __future__ import annotations

from typing import Any

import networkx as nx
import pandas as pd
import pytest
from graph import Graph
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

PERSON = st.fixed_dictionaries(
    {"source_record_id": st.integers(1, 12).map("r{}".format)},
    optional={
        "email": st.integers(1, 5).map("e{}@x.example".format),
        "phone": st.integers(1, 4).map("+3460000000{}".format),
        "loyalty_number": st.integers(1, 4).map("L{}".format),
        "user_id": st.integers(1, 4).map("u{}".format),
        "given_name": st.sampled_from(["Ana", "Anita", "Luis", "Marta"]),
        "family_name": st.sampled_from(["Gil", "Soto"]),
        "birth_date": st.sampled_from(["1980-05-01", "1980-05-11", "1955-12-24"]),
        "is_email_verified": st.booleans(),
        "merged_into_record_id": st.integers(1, 12).map("r{}".format),
    },
)
EVENT = st.fixed_dictionaries(
    {"source_record_id": st.integers(1, 12).map("v{}".format)},
    optional={
        "anonymous_id": st.integers(1, 4).map("c{}".format),
        "device_id": st.integers(1, 3).map("d{}".format),
        "user_id": st.integers(1, 4).map("u{}".format),
        "email": st.integers(1, 5).map("e{}@x.example".format),
    },
)
BATCH = st.tuples(st.lists(PERSON, max_size=6), st.lists(EVENT, max_size=4))
DELETION = st.tuples(st.just("customers"), st.integers(1, 12).map("r{}".format))
RULE = st.sampled_from(
    [
        "update identifier_types set limit_per_customer = 1 where identifier_type = 'user_id'",
        "update identifier_types set limit_per_customer = 5 where identifier_type = 'user_id'",
        "insert into blocked_identifier_values values "
        "('email', 'exact', 'e1@x.example', false, 'test')",
        "insert into identity_overrides values ('o' || nextval('overrides'), 'cannot_link', "
        "'customer_record', 'crm|r1', 'customer_record', 'crm|r2', null, null, 'o', 'r', null)",
        "insert into identity_overrides values ('o' || nextval('overrides'), 'must_link', "
        "'customer_record', 'crm|r3', 'customer_record', 'crm|r4', null, null, 'o', 'r', null)",
        "delete from identity_overrides",
    ]
)
STEP = st.one_of(BATCH, BATCH, BATCH, DELETION, RULE)


def land(graph: Graph, batch: tuple[list[dict[str, Any]], list[dict[str, Any]]], at: int) -> None:
    """Later steps bring later versions."""
    recorded_at = f"2026-01-01 00:00:{at:02d}"
    graph.land(
        {
            "customers": [
                {"source_name": "crm", "recorded_at": recorded_at, **person} for person in batch[0]
            ],
            "events": [
                {
                    "source_name": "web",
                    "recorded_at": recorded_at,
                    "occurred_at": "2026-01-01",
                    "event_type": "page_view",
                    **event,
                }
                for event in batch[1]
            ],
        }
    )


def follow(graph: Graph, steps: list[Any]) -> dict[str, pd.DataFrame]:
    """Build the ids after each step, everything after the last; returns that state."""
    graph.connection.execute("create sequence overrides")
    ids = graph.runner.ordered(["int_identity__registry"])
    for at, step in enumerate(steps):
        if isinstance(step, str):
            graph.connection.execute(step)
        elif isinstance(step[0], str):
            graph.delete(step[0], "crm", step[1])
        else:
            land(graph, step, at)
        graph.runner.build(*ids)
    return graph.build()


def groups(state: dict[str, pd.DataFrame]) -> set[frozenset[tuple[str, str]]]:
    """The records of each customer."""
    records = state["identity_source_records"].dropna(subset=["customer_id"])
    return {
        frozenset(zip(part["entity"], part["source_record_id"], strict=True))
        for _, part in records.groupby("customer_id")
    }


def outlived_its_record(graph: Graph) -> bool:
    """Whether an id in use was made of a record that has been deleted since: made from nothing it
    would be made of another one."""
    query = """
        select *
        from int_identity__registry as issued
        semi join identity_customers using (customer_id)
        anti join identity_source_records as records
            on issued.anchor_entity = records.entity
            and issued.anchor_source_name = records.source_name
            and issued.anchor_source_record_id = records.source_record_id
        where issued.entry_type = 'issue'
    """
    return bool(graph.connection.execute(query).fetchall())


def assert_same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for name in one:
        pd.testing.assert_frame_equal(one[name], other[name], obj=name)


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.target],  # shrinking takes minutes: by hand
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEP, min_size=3, max_size=5))
def test_any_history_ends_in_the_graph_of_a_recompute(steps: list[Any]) -> None:
    graph = Graph()
    incremental = follow(graph, steps)

    assert_same(incremental, graph.build(full_refresh=True))  # nothing changes, ids included

    afresh = Graph()
    afresh.copy_rows_from(graph)
    rebuilt = afresh.build()
    assert groups(rebuilt) == groups(incremental)
    has_split = "split" in set(incremental["identity_changes"]["change_kind"])
    if not has_split and not outlived_its_record(graph):
        assert_same(
            {"identity_map": incremental["identity_map"]}, {"identity_map": rebuilt["identity_map"]}
        )

    check_links(incremental)


def check_links(state: dict[str, pd.DataFrame]) -> None:
    """Customers are the components of the links: a graph library's word against the SQL's."""
    links = state["identity_links"]
    identifiers = state["identity_map"]
    identifiers = identifiers[identifiers["identifier_type"] != "order_id"]
    graph = nx.Graph()
    graph.add_nodes_from(identifiers["identifier_key"])
    graph.add_edges_from(zip(links["identifier_key_a"], links["identifier_key_b"], strict=True))
    customers = dict(zip(identifiers["identifier_key"], identifiers["customer_id"], strict=True))
    for component in nx.connected_components(graph):
        assert len({customers[key] for key in component}) == 1


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_rows_of_one_batch_change_nothing(seed: int) -> None:
    """Row order inside a batch plays no part, ids included."""
    import random

    rng = random.Random(seed)
    people = [
        {
            "source_record_id": f"r{i}",
            "email": f"e{rng.randrange(20)}@x.example",
            "phone": f"+3460000{rng.randrange(15):04d}",
            "given_name": rng.choice(["Ana", "Luis", "Marta", "Eva"]),
            "family_name": rng.choice(["Gil", "Soto", "Vega"]),
            "birth_date": f"19{rng.randrange(50, 99)}-0{rng.randrange(1, 9)}-1{rng.randrange(9)}",
        }
        for i in range(60)
    ]
    states = []
    for _ in range(2):
        graph = Graph()
        land(graph, (people, []), 0)
        states.append(graph.build())
        rng.shuffle(people)
    assert_same(states[0], states[1])
