"""Every story of the identity graph: landed in order through dbt, as a full refresh, in reverse and
in other orders of its batches."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from graph import Graph
from stories import COMMON, STORIES, Story, filled, number, record_key, rows

ROOT = Path(__file__).resolve().parents[2]
BATCHES = 3
# The entities that the stories use; the others stay as empty as the copied warehouse has them.
GRAPH = (
    *(f"harmonized_{entity}" for entity in sorted(COMMON)),
    "path:models/identity_graph",
)


class Warehouse:
    """A warehouse of its own, fed through the contract source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "warehouse.duckdb"

    def environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "CDP_WAREHOUSE": str(self.file),
            "CDP_LANDING": str(self.folder / "landing"),
            "CDP_TEMP": str(self.folder / "temp"),
            "CDP_CUSTOMER_ID_KEY": "key of the scenarios",
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }

    def command(self, *arguments: str) -> None:
        """Run a program of the environment from the project's root; fail with what it printed."""
        result = subprocess.run(
            arguments, cwd=ROOT, env=self.environment(), capture_output=True, text=True
        )
        assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-4000:]

    def land(self, batch: int) -> None:
        for entity, records in rows(batch).items():
            folder = self.folder / "landing" / "contract" / entity
            folder.mkdir(parents=True, exist_ok=True)
            pd.DataFrame(records).to_csv(folder / f"batch_{batch}.csv", index=False)
        self.command(sys.executable, "-m", "orchestration.landing")

    def dbt(self, *arguments: str) -> None:
        dbt = str(Path(sys.executable).parent / "dbt")
        self.command(dbt, *arguments, "--profiles-dir", ".", "--threads", "2")

    def query(self, sql: str) -> pd.DataFrame:
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(sql).df()

    def state(self) -> dict[str, pd.DataFrame]:
        """Every public model of the graph, sorted."""
        tables = self.query(
            "select table_name from duckdb_tables() "
            "where schema_name = 'identity_graph' and table_name like 'identity_%' order by 1"
        )["table_name"]
        return {
            table: self.query(f"select * from identity_graph.{table} order by all")
            for table in tables
        }


def decisions() -> list[tuple[str | None, ...]]:
    """Rows of the seed identity_overrides that the stories need."""
    return [
        (
            f"{story.name} {position}",
            action,
            type_a,
            filled(story, value_a),
            type_b,
            filled(story, value_b),
            None,
            None,
            "scenarios",
            story.rule,
            None,
        )
        for story in STORIES
        for position, (action, type_a, value_a, type_b, value_b) in enumerate(story.overrides)
    ]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Views and tables over an empty landing folder, to be copied."""
    warehouse = Warehouse(tmp_path_factory.mktemp("empty"))
    warehouse.command(sys.executable, "-m", "orchestration.landing", "--empty")
    warehouse.dbt("build", "--select", "path:seeds/identity", "path:seeds/reference")
    warehouse.dbt("run", "--select", "+path:models/staging/harmonized")
    with duckdb.connect(str(warehouse.file)) as connection:
        connection.executemany(
            "insert into seeds.identity_overrides values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            decisions(),
        )
    return warehouse


def copy(source: Warehouse, folder: Path) -> Warehouse:
    shutil.copy(source.file, folder / "warehouse.duckdb")
    shutil.copytree(source.folder / "target", folder / "target")
    return Warehouse(folder)


class History:
    """A warehouse after its last batch, with what the graph said after each."""

    def __init__(self, warehouse: Warehouse, order: list[int]) -> None:
        self.warehouse = warehouse
        self.states: list[dict[str, pd.DataFrame]] = []
        for batch in order:
            warehouse.land(batch)
            warehouse.dbt("run", "--select", *GRAPH)
            self.states.append(warehouse.state())

    @property
    def final(self) -> dict[str, pd.DataFrame]:
        return self.states[-1]

    def customer(self, after_batch: int, story_name: str, label: str) -> str | None:
        """customer_id of a record after the n-th landing (0-based)."""
        story = next(story for story in STORIES if story.name == story_name)
        records = self.states[after_batch]["identity_source_records"]
        found = records[records["source_record_id"] == f"{label}-{number(story)}"]["customer_id"]
        return None if found.empty else found.iloc[0]


@pytest.fixture(scope="module")
def forward(empty: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> History:
    return History(copy(empty, tmp_path_factory.mktemp("forward")), list(range(BATCHES)))


ORDERS = [order for order in itertools.permutations(range(BATCHES)) if order != (0, 1, 2)]


@pytest.fixture(scope="module")
def reordered() -> dict[tuple[int, ...], dict[str, pd.DataFrame]]:
    """The graph after its batches in every other order."""
    states = {}
    for order in ORDERS:
        graph = Graph()
        graph.connection.executemany(
            "insert into identity_overrides values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", decisions()
        )
        for batch in order:
            graph.land(rows(batch))
            states[order] = graph.build()
    return states


@pytest.fixture(scope="module")
def refreshed(forward: History) -> dict[str, pd.DataFrame]:
    """The graph rebuilt from nothing over the same landed batches."""
    forward.warehouse.dbt("run", "--full-refresh", "--select", *GRAPH)
    return forward.warehouse.state()


def customers_of(story: Story, state: dict[str, pd.DataFrame]) -> dict[str, str | None]:
    """label -> customer_id of the records of a story."""
    records = state["identity_source_records"]
    # The harmonised layer adds a digest of what an act of consent says to its key.
    keys = records["source_record_id"].str.replace("-[0-9a-f]{12}$", "", regex=True)
    records = records.assign(source_record_id=keys).set_index(
        ["source_name", "entity", "source_record_id"]
    )["customer_id"]
    return {
        record[1]: None if pd.isna(value := records.loc[record_key(story, record)]) else value
        for batch in story.batches
        for record in batch
    }


def check(story: Story, state: dict[str, pd.DataFrame]) -> None:
    found = customers_of(story, state)
    groups: dict[str, set[str]] = {}
    for label, customer in found.items():
        if customer is not None:
            groups.setdefault(customer, set()).add(label)
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, story.together))
    customers = state["identity_customers"].set_index("customer_id")["is_anonymous"]
    assert {
        label for label, customer in found.items() if customer and customers.loc[customer]
    } == story.anonymous
    links_cut = state["identity_links_cut"]
    for value, reason in story.cut.items():
        assert reason in set(
            links_cut[links_cut["identifier_value"] == filled(story, value)]["reason"]
        )


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name.replace(" ", "-"))
def test_story_in_three_batches(story: Story, forward: History) -> None:
    check(story, forward.final)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name.replace(" ", "-"))
def test_story_in_every_other_order(
    story: Story, reordered: dict[tuple[int, ...], dict[str, pd.DataFrame]]
) -> None:
    for state in reordered.values():
        check(story, state)


@pytest.mark.parametrize(
    "table",
    [
        "identity_map",
        "identity_source_records",
        "identity_customers",
        "identity_links",
        "identity_links_cut",
        "identity_merges",
        "identity_changes",
        "identity_map_history",
        "identity_review_queue",
        "identity_households",
        "identity_quality",
        "identity_health",
        "identity_training",
    ],
)
def test_full_refresh_changes_nothing(
    table: str, forward: History, refreshed: dict[str, pd.DataFrame]
) -> None:
    pd.testing.assert_frame_equal(refreshed[table], forward.final[table])


def test_a_merge_keeps_the_earlier_id_and_explains_the_other(forward: History) -> None:
    kept = forward.customer(0, "late bridge", "a")
    absorbed = forward.customer(1, "late bridge", "b")
    assert forward.customer(2, "late bridge", "b") == kept != absorbed
    merges = forward.final["identity_merges"].set_index("old_customer_id")
    assert merges.loc[absorbed, "new_customer_id"] == kept
    assert merges.loc[absorbed, ["issued_batch_id", "merged_batch_id"]].tolist() == [2, 3]


def test_an_anonymous_visitor_who_logs_in_is_explained(forward: History) -> None:
    visitor = forward.customer(0, "device of one", "before")
    known = forward.customer(2, "device of one", "eva")
    merges = forward.final["identity_merges"].set_index("old_customer_id")
    assert merges.loc[visitor, "new_customer_id"] == known
    assert bool(merges.loc[visitor, "was_anonymous"])


def test_a_device_that_becomes_shared_moves_no_known_id(forward: History) -> None:
    assert forward.customer(0, "device becomes shared", "eva") == forward.customer(
        2, "device becomes shared", "eva"
    )
    assert forward.customer(0, "device becomes shared", "before") == forward.customer(
        0, "device becomes shared", "eva"
    )


def test_an_older_record_that_lands_later_moves_no_id(forward: History) -> None:
    ids = {forward.customer(batch, "late and old", "m") for batch in range(BATCHES)}
    assert len(ids) == 1


def test_cards_beyond_the_limit_are_cut_and_say_why(forward: History) -> None:
    story = next(story for story in STORIES if story.name == "too many cards")
    cut = forward.final["identity_links_cut"]
    beyond = cut[cut["rule"] == "limit_per_customer of loyalty_number"]
    assert len(beyond) == 2  # seven cards, five allowed
    assert set(beyond["reason"]) == {"customer_over_limit"}
    assert set(beyond["source_record_id"]) <= {f"c{i}-{number(story)}" for i in range(7)}


def test_a_merge_names_the_record_and_the_rule_that_caused_it(forward: History) -> None:
    absorbed = forward.customer(1, "late bridge", "b")
    changes = forward.final["identity_changes"].set_index("old_customer_id")
    story = next(story for story in STORIES if story.name == "late bridge")
    cause = changes.loc[absorbed]
    assert cause["change_kind"] == "merge"
    assert (cause["rule"], cause["source_name"], cause["source_record_id"]) == (
        "same_record",
        "crm",
        f"bridge-{number(story)}",
    )


def test_a_split_keeps_the_id_with_the_larger_part_and_is_logged(forward: History) -> None:
    """The cookie leaves a customer who keeps login and record."""
    before = forward.customer(0, "device becomes shared", "eva")
    changes = forward.final["identity_changes"].set_index("old_customer_id")
    assert changes.loc[before, "change_kind"] == "split"
    assert changes.loc[before, "new_customer_id"] == forward.customer(
        2, "device becomes shared", "before"
    )


def test_every_story_is_registered() -> None:
    register = (Path(__file__).parent / "SCENARIOS.md").read_text(encoding="utf-8")
    missing = [story.name for story in STORIES if f"| {story.name} |" not in register]
    assert not missing
    assert len({story.name for story in STORIES}) == len(STORIES)
