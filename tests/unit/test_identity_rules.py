"""Wrong rules of the identity graph: each mistake is named before anything is built."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.model_runner import ModelRunner
from orchestration.paths import ROOT

SEEDS = ("identifier_types", "blocked_identifier_values", "identity_overrides")
DECISION = (
    "insert into identity_overrides (override_id, action, identifier_type_a, identifier_value_a, "
    "identifier_type_b, identifier_value_b, valid_from, valid_to, owner, reason) values "
)


def decision(
    name: str,
    action: str,
    one: str = "'email', 'a@x.example'",
    other: str = "'phone', '+34600000001'",
    valid: str = "null, null",
    owner: str = "'Ana'",
) -> str:
    return f"('{name}', {action}, {one}, {other}, {valid}, {owner}, 'seen')"


MISTAKES = {
    "a type that does not exist": (
        "update identifier_types set identifier_type = 'fax' where identifier_type = 'phone'",
        ["fax is no identifier type", "no row for phone"],
    ),
    "a type twice": (
        "insert into identifier_types by name select * replace (99 as priority) "
        "from identifier_types where identifier_type = 'email'",
        ["email has more than one row"],
    ),
    "one priority for two types": (
        "update identifier_types set priority = (select priority from identifier_types "
        "where identifier_type = 'email') where identifier_type = 'phone'",
        ["is given to email and phone"],
    ),
    "no priority": (
        "update identifier_types set priority = null where identifier_type = 'email'",
        ["email needs a priority from 1 to 99"],
    ),
    "a negative limit": (
        "update identifier_types set limit_per_customer = -1 where identifier_type = 'email'",
        ["a limit of email is below 1"],
    ),
    "a window that does not exist": (
        "update identifier_types set limit_window = 'decade' where identifier_type = 'email'",
        ["limit_window of email is decade"],
    ),
    "a normaliser that does not exist": (
        "update identifier_types set normaliser = 'upper' where identifier_type = 'email'",
        ["normaliser of email is upper"],
    ),
    "a bad regular expression": (
        "insert into blocked_identifier_values by name select * replace ('([a-z' as pattern, "
        "'regex' as match_kind) from blocked_identifier_values limit 1",
        ["([a-z is no regular expression"],
    ),
    "a blocked value of no type": (
        "insert into blocked_identifier_values by name select * replace "
        "('fax' as identifier_type) from blocked_identifier_values limit 1",
        ["fax is no identifier type"],
    ),
    "a decision without an owner": (
        DECISION + decision("case-1", "'must_link'", owner="null"),
        ["case-1 needs an action of must_link or cannot_link, an owner and a reason"],
    ),
    "a decision that is neither": (
        DECISION + decision("case-1", "'maybe'"),
        ["case-1 needs an action"],
    ),
    "a decision that ends before it begins": (
        DECISION + decision("case-1", "'must_link'", valid="'2026-02-01', '2026-01-01'"),
        ["case-1 needs two different identifiers and valid_from before valid_to"],
    ),
    "a decision on one identifier": (
        DECISION + decision("case-1", "'must_link'", other="'email', 'a@x.example'"),
        ["case-1 needs two different identifiers"],
    ),
    "two decisions of one name": (
        DECISION
        + decision("case-1", "'must_link'")
        + ", "
        + decision("case-1", "'must_link'", other="'phone', '+34600000002'"),
        ["case-1 has more than one row"],
    ),
    "decisions that say the opposite, the other way round": (
        DECISION
        + decision("case-1", "'must_link'", valid="null, '2026-03-01'")
        + ", "
        + decision(
            *("case-2", "'cannot_link'", "'phone', '+34600000001'", "'email', ' A@x.example'"),
            valid="'2026-02-01', null",
        ),
        ["case-1 and case-2 say the opposite of email a@x.example and phone +34600000001"],
    ),
    "several mistakes": (
        "update identifier_types set limit_window = 'decade'; "
        "update identifier_types set normaliser = 'upper'",
        ["limit_window of email is decade", "normaliser of phone is upper"],
    ),
}


@pytest.fixture(scope="module")
def runner() -> ModelRunner:
    runner = ModelRunner(duckdb.connect(config={"threads": 1}))
    for seed in SEEDS:
        runner.load_seed(seed)
    return runner


def test_the_shipped_rules_are_sound(runner: ModelRunner) -> None:
    runner.build("int_identity__rules")
    found = runner.connection.execute(
        "select count(*), (select count(*) from identifier_types) from int_identity__rules"
    ).fetchone()
    assert found is not None
    assert found[0] == found[1] > 0


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_named(runner: ModelRunner, mistake: str) -> None:
    spoil, messages = MISTAKES[mistake]
    runner.connection.execute("begin")
    try:
        runner.connection.execute(spoil)
        with pytest.raises(duckdb.Error) as error:
            runner.build("int_identity__rules")
    finally:
        runner.connection.execute("rollback")
    for message in messages:
        assert message in str(error.value)


def test_a_decision_may_follow_its_opposite(runner: ModelRunner) -> None:
    runner.connection.execute("begin")
    try:
        runner.connection.execute(
            DECISION
            + decision("case-1", "'must_link'", valid="null, '2026-03-01'")
            + ", "
            + decision("case-2", "'cannot_link'", valid="'2026-03-01', null")
        )
        runner.build("int_identity__rules")
    finally:
        runner.connection.execute("rollback")


def test_wrong_rules_end_a_build_before_anything_is_built(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, project)
    (project / "macros").symlink_to(ROOT / "macros")
    shutil.copytree(ROOT / "seeds" / "identity", project / "seeds" / "identity")
    rules = project / "seeds" / "identity" / "identifier_types.csv"
    rules.write_text(rules.read_text().replace("\nphone,", "\nfax,"))
    warehouse = tmp_path / "warehouse.duckdb"
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt"), "build", "--profiles-dir", project],
        cwd=project,
        env={
            "PATH": "/usr/bin:/bin",
            "CDP_WAREHOUSE": str(warehouse),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "fax is no identifier type" in done.stdout
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from duckdb_tables()").fetchone() == (0,)
