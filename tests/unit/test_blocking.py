"""What counts as something else that a blocking rule does not look at."""

import duckdb
import pytest

from benchmarks.model_runner import ModelRunner

RULES = [
    *(["email_name"], ["name_pair"], ["birth_date"], ["address"], ["family_name", "birth_year"]),
    *(["given_name", "second_family_name"], ["city", "given_name"]),
]


@pytest.fixture(scope="module")
def runner():
    with duckdb.connect() as connection:
        yield ModelRunner(connection, {"matching_blocking_rules": RULES})


@pytest.mark.parametrize(
    ("columns", "independent"),
    [
        (["name_pair"], [1, 3, 4]),
        (["family_name_start"], [1, 3, 4, 7]),
        (["birth_day"], [1, 2, 4, 6, 7]),
        (["postal_code", "given_name"], [1, 3, 5]),
        (["phone"], [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_rules_are_independent_when_they_look_at_other_attributes(runner, columns, independent):
    assert runner.call("independent_rules", columns) == independent


def test_a_column_that_cannot_be_blocked_by_is_named(runner):
    with pytest.raises(ValueError, match=r"'shoe_size' is no column to block by.*birth_date"):
        runner.call("independent_rules", ["shoe_size"])
