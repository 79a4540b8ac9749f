"""The gate on labelled pairs: what is proven to be bad stops a run, what chance may do warns.

The intervals are those of scipy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import jinja2
import pytest
from scipy.stats import binomtest

from benchmarks.model_runner import ROOT, ModelRunner
from orchestration.yaml_files import read_yaml

GATE = ROOT / "tests/data/generic/agrees_with_labels.sql"
MODELS = ROOT / "models/identity_graph/_identity_graph__models.yml"
Group = tuple[int, int, bool, bool]


@pytest.fixture(scope="module")
def runner() -> Iterator[ModelRunner]:
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table int_identity__labelled_pairs (
                record_one varchar, record_other varchar, node_one bigint, node_other bigint,
                customer_node_one bigint, customer_node_other bigint,
                is_same_person boolean, is_together boolean
            );
            create table int_identity__parts_without_rule (node varchar, component varchar);
            create table int_identity__links (rule varchar);
            """
        )
        yield ModelRunner(connection)


def label(runner: ModelRunner, *groups: Group) -> dict[str, float]:
    """Label pairs and give the figures that come of them, by measure.

    groups: so many customers with so many pairs each, whether the two records of a pair are one
    person, and whether they are one customer.
    """
    runner.connection.execute("truncate int_identity__labelled_pairs")
    for number, (customers, pairs, is_same, is_together) in enumerate(groups, start=1):
        runner.connection.execute(
            f"""
            insert into int_identity__labelled_pairs
            select
                concat_ws('-', {number}, customer, pair, 'one'),
                concat_ws('-', {number}, customer, pair, 'other'),
                0,
                0,
                {number}000000 + 2 * customer,
                {number}000000 + 2 * customer + {0 if is_together else 1},
                {is_same},
                {is_together}
            from range({customers}) as customers(customer), range({pairs}) as pairs(pair)
            """
        )
    runner.build("identity_quality")
    return dict(
        runner.connection.execute("select measure, measure_value from identity_quality").fetchall()
    )


def found(runner: ModelRunner) -> dict[str, list[str]]:
    """The measures that the data tests of the model find below their limits, by severity."""
    (model,) = (one for one in read_yaml(MODELS)["models"] if one["name"] == "identity_quality")
    test = re.sub(r"{% (end)?test", r"{% \1macro", GATE.read_text(encoding="utf-8"))
    measures = {}
    for declared in (one["agrees_with_labels"] for one in model["data_tests"]):
        call = "{{ agrees_with_labels('identity_quality', **arguments) }}"
        sql = jinja2.Template(test + call).render(
            var=runner.variables.__getitem__, arguments=declared["arguments"]
        )
        rows = runner.connection.execute(sql).fetchall()
        severity = declared.get("config", {}).get("severity", "error")
        measures[severity] = sorted(measure for measure, _ in rows)
    return measures


def test_the_bounds_are_those_of_wilson_over_customers(runner: ModelRunner) -> None:
    """100 customers of four pairs each are 100 witnesses, not 400."""
    figures = label(runner, (90, 4, True, True), (10, 4, False, True), (20, 4, True, False))
    precision, recall = (binomtest(90, of).proportion_ci(0.9, "wilson") for of in (100, 110))
    assert figures["precision"] == pytest.approx(90 / 100)
    assert figures["recall"] == pytest.approx(90 / 110)
    assert figures["precision_upper_bound"] == pytest.approx(precision.high, abs=1e-4)
    assert figures["recall_upper_bound"] == pytest.approx(recall.high, abs=1e-4)


def test_customers_with_many_pairs_make_the_others_count_for_less(runner: ModelRunner) -> None:
    """Kish: of 10 customers with 1 pair and one with 10, (20 * 20) / (10 + 100) count."""
    figures = label(runner, (10, 1, True, True), (1, 10, False, True))
    z, size, share = 1.645, 400 / 110, 0.5
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * (share * (1 - share) / size + z**2 / (4 * size**2)) ** 0.5 / (1 + z**2 / size)
    assert figures["precision_upper_bound"] == pytest.approx(middle + half)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        # 12 of 232 customers with two persons in them: .948, which a sample of .95 gives as often
        ([(220, 6, True, True), (12, 6, False, True)], {"error": [], "warn": ["precision"]}),
        # two persons in every fifth customer
        (
            [(180, 6, True, True), (45, 6, False, True)],
            {"error": ["precision_upper_bound"], "warn": ["precision"]},
        ),
        # every third person in two customers
        (
            [(200, 6, True, True), (100, 6, True, False)],
            {"error": ["recall_upper_bound"], "warn": ["recall"]},
        ),
        # as bad as can be, in three customers only
        (
            [(3, 40, False, True), (3, 40, True, False)],
            {
                "error": ["precision_upper_bound", "recall_upper_bound"],
                "warn": ["precision", "recall"],
            },
        ),
        ([(220, 6, True, True)], {"error": [], "warn": []}),
        # one pair less than identity_labels_min_pairs
        ([(99, 1, False, True)], {"error": [], "warn": []}),
    ],
)
def test_a_bad_matching_stops_and_chance_warns(
    runner: ModelRunner, groups: list[Group], expected: dict[str, list[str]]
) -> None:
    label(runner, *groups)
    assert found(runner) == expected
