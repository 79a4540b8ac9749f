"""What matching learnt: kept with its versions, and left alone when a person goes."""

from __future__ import annotations

import pandas as pd
import pytest
from graph import Graph
from stories import rows

BATCHES = 3
LEARNT = ("int_identity__training", "int_identity__key_evidence", "int_identity__chance_agreements")
# Two records of one person whose names nobody else in the stories has.
ZENOBIA = {
    "given_name": "Zenobia",
    "family_name": "Quintela",
    "birth_date": "1961-07-30",
    "address_line": "Rua do Vilar 9",
    "postal_code": "15705",
    "city": "Santiago",
    "recorded_at": "2026-01-01 00:00:00",
    "source_name": "desk",
}


@pytest.fixture
def graph() -> Graph:
    """All stories and Zenobia, built; her two records have been matched."""
    graph = Graph()
    for batch in range(BATCHES):
        graph.land(rows(batch))
    graph.land({"customers": [{**ZENOBIA, "source_record_id": key} for key in ("z1", "z2")]})
    records = graph.build()["identity_source_records"].set_index("source_record_id")
    assert records.loc["z1", "customer_id"] == records.loc["z2", "customer_id"]
    return graph


def forget_zenobia(graph: Graph) -> None:
    for key in ("z1", "z2"):
        graph.delete("customers", "desk", key)
    graph.build()


def table(graph: Graph, name: str) -> pd.DataFrame:
    return graph.connection.execute(f"select * from {name} order by all").df()


def scores_of_others(graph: Graph) -> pd.DataFrame:
    """Weights of the compared pairs of persons, without Zenobia's."""
    return graph.connection.execute(
        """
        with people as (
            select person, min(customer_record) as customer_record
            from int_identity__person_profiles
            group by person
        )

        select one.customer_record as one, other.customer_record as other, scores.weight
        from int_identity__scores as scores
        inner join people as one on scores.person_one = one.person
        inner join people as other on scores.person_other = other.person
        where not starts_with(one.customer_record, 'desk|')
            and not starts_with(other.customer_record, 'desk|')
        order by all
        """
    ).df()


def customers_of_others(graph: Graph) -> pd.DataFrame:
    return graph.connection.execute(
        "select source_name, entity, source_record_id, customer_id "
        "from identity_source_records where source_name <> 'desk' order by all"
    ).df()


def test_where_matching_does_not_learn_a_person_who_goes_changes_nothing_for_others(
    graph: Graph,
) -> None:
    learnt = {name: table(graph, name) for name in LEARNT}
    scores, customers = scores_of_others(graph), customers_of_others(graph)
    assert len(scores) > 20
    graph.runner.variables["matching_learns"] = False
    forget_zenobia(graph)
    for name in LEARNT:
        pd.testing.assert_frame_equal(table(graph, name), learnt[name])
    pd.testing.assert_frame_equal(scores_of_others(graph), scores)
    pd.testing.assert_frame_equal(customers_of_others(graph), customers)


def test_where_matching_learns_a_person_who_goes_moves_the_weights_of_others(graph: Graph) -> None:
    scores = scores_of_others(graph)
    forget_zenobia(graph)
    assert not scores_of_others(graph).equals(scores)


def test_matching_that_has_learnt_nothing_yet_learns() -> None:
    graph = Graph()
    graph.runner.variables["matching_learns"] = False
    graph.land(rows(0))
    graph.build()
    assert all(len(table(graph, name)) for name in LEARNT)


def check_probabilities(training: pd.DataFrame) -> None:
    levels = training[training["kind"] == "level"]
    sums = levels.groupby(["pair_class", "compared_by"])["probability"].sum()
    assert sums.to_numpy() == pytest.approx(1, abs=0.001)
    assert training[training["kind"] == "class"]["probability"].sum() == pytest.approx(1, abs=0.001)

    of_names = levels[
        (levels["pair_class"] == "same_person") & (levels["compared_by"] == "given_name")
    ]
    weights = of_names.set_index("step_name")["match_weight"]
    assert weights["exact"] > 0 > weights["disagreement"]


def test_a_build_that_learns_something_else_adds_a_version(graph: Graph) -> None:
    first = table(graph, "identity_training")
    assert first["training_version"].nunique() == 1
    assert first["is_current"].all()
    check_probabilities(first)
    graph.build(full_refresh=True)
    pd.testing.assert_frame_equal(table(graph, "identity_training"), first)

    forget_zenobia(graph)
    both = table(graph, "identity_training")
    former = both[~both["is_current"]]
    assert set(former["training_version"]) == set(first["training_version"])
    assert both[both["is_current"]]["training_version"].nunique() == 1
    assert both["training_version"].nunique() == 2
