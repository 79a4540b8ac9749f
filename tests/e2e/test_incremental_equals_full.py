"""The rule that matters most: any batches in any order end in the rows of a full refresh.

A small demo is delivered in batches that land shuffled, with a whole dbt run after each; one run is
killed in the middle. Between the batches the identity map moves: late records tie two pairs of
customers together, a decision that comes into effect parts one pair again, and a person is erased.
What the last run leaves is compared, row for row and for every public model, with a full refresh of
the same warehouse.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from moving_map import decide, mix_up
from world import public_models

from orchestration.data_requests import erasure, tombstones
from orchestration.landing import load
from orchestration.paths import Paths
from orchestration.publish import Build, record

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = int(os.environ.get("CDP_EQUALITY_PEOPLE", "300"))
BATCHES = 3
SEED = int(os.environ.get("CDP_EQUALITY_SEED", "11"))
UNTIL = "2026-10-01"
AN_EARLIER_DAY = "2026-08-15"
THE_DECISION = "2026-09-20"
BEFORE_THE_DECISION = "2026-09-15"

pytestmark = pytest.mark.slow


class Platform:
    """One warehouse with its landing folder."""

    def __init__(self, folder):
        self.folder = folder
        self.landing = folder / "landing"
        self.warehouse = folder / "warehouse.duckdb"
        self.environment = {
            **os.environ,
            "CDP_LANDING": str(self.landing),
            "CDP_WAREHOUSE": str(self.warehouse),
            "CDP_TEMP": str(folder / "temp"),
            "DBT_TARGET_PATH": str(self.target(UNTIL)),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_PROFILES_DIR": str(ROOT),
            tombstones.VARIABLE: "an old family recipe",
        }

    def target(self, as_of):
        """dbt's folder, one for each time: where the time is another, it parses everything anew."""
        return self.folder / "target" / as_of

    def land(self, *deliveries):
        """Put deliveries (folders in landing layout) into the landing folder and load them."""
        for delivery in deliveries:
            for file in sorted(delivery.rglob("*")):
                if file.is_file():
                    name = file.relative_to(delivery)
                    target = self.landing / name.with_name(f"{delivery.name}_{name.name}")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(tombstones.VARIABLE, self.environment[tombstones.VARIABLE])
            return load(self.landing, self.warehouse, ROOT)

    def command(self, *arguments, as_of=UNTIL):
        dbt = Path(sys.executable).with_name("dbt")
        variables = json.dumps({"as_of": as_of})
        target = ["--target-path", self.target(as_of)]
        return [dbt, "--quiet", *arguments, "--vars", variables, *target]

    def dbt(self, *arguments, as_of=UNTIL):
        done = subprocess.run(
            self.command(*arguments, as_of=as_of),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-4000:]

    def killed_dbt(self, *arguments):
        """Start a run and kill it while it builds the harmonised tables."""
        marker = self.target(UNTIL) / "run"
        shutil.rmtree(marker, ignore_errors=True)
        process = subprocess.Popen(
            self.command(*arguments), cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL
        )
        try:
            deadline = time.monotonic() + 300
            while process.poll() is None and time.monotonic() < deadline:
                if list(marker.rglob("harmonized_events.sql")):
                    break
                time.sleep(0.2)
            assert process.poll() is None, "the run ended before it could be killed"
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()

    def query(self, sql, *values):
        """Rows of a query on the warehouse."""
        with duckdb.connect(str(self.warehouse)) as connection:
            return connection.execute(sql, values).fetchall()

    def customers_of(self, *people):
        """The customers to which the identity map gives people's e-mails and cards."""
        rows = self.query(
            "select distinct customer_id from identity_graph.identity_map "
            "where identifier_type in ('email', 'loyalty_number') "
            "and list_contains($1, identifier_value)",
            [value for person in people for value in person],
        )
        return {customer_id for (customer_id,) in rows}

    def erase(self, email):
        """Take a person out of whatever landed and of what a full refresh keeps.

        The build that follows in an erasure is left to the caller.
        """
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            paths = Paths.from_env()
            key = self.environment[tombstones.VARIABLE].encode()
            (case,) = erasure.open_cases(paths, key, [("email", email)], print)
            work = ("tombstones", "landing files", "landed rows", "memories")
            for step in erasure.STEPS:
                if step.name in work:
                    step.make([case])
        return case.person

    def publish(self):
        """What a publication tells the warehouse."""
        paths = replace(Paths.from_env({}), warehouse=self.warehouse)
        record(paths, Build("a build", "", "", {}, "a version"))

    def snapshot(self, name):
        """Copy every public model into the schema `name` of snapshot.duckdb."""
        path = self.folder / f"{name}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"attach '{self.warehouse}' as warehouse (read_only)")
            for model, relation in public_models(self.target(UNTIL)).items():
                connection.execute(f"create table {model} as from warehouse.{relation}")
        return path


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory):
    """Folders of the demo's batches, in a shuffled order."""
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run(
        [
            *(sys.executable, "-m", "orchestration.demo"),
            *("--people", str(PEOPLE), "--seed", str(SEED), "--until", UNTIL),
            *("--batches", str(BATCHES), "--out", folder / "landing", "--truth", folder / "truth"),
        ],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    found = sorted((folder / "landing").iterdir())
    assert len(found) == BATCHES
    random.Random(SEED).shuffle(found)
    return found


def well_known_people(platform, count):
    """E-mail and loyalty number of customers who alone have them, the best known first."""
    rows = platform.query(
        """
        select
            min(map.identifier_value) filter (map.identifier_type = 'email') as email,
            min(map.identifier_value) filter (map.identifier_type = 'loyalty_number') as card
        from identity_graph.identity_map as map
        inner join unified_customer.unified_customers as customers
            on map.customer_id = customers.customer_id and customers.population = 'customer'
        group by map.customer_id
        having
            count(*) filter (map.identifier_type = 'email') = 1
            and count(*) filter (map.identifier_type = 'loyalty_number') = 1
        order by count(*) desc, email
        limit $1
        """,
        count,
    )
    assert len(rows) == count
    return rows


@pytest.fixture(scope="module")
def platform(tmp_path_factory, deliveries):
    """A warehouse after a run per batch, and its snapshots before and after a full refresh.

    The clock moves, one run is killed, customers are merged and parted, a person is erased.
    """
    platform = Platform(tmp_path_factory.mktemp("batches"))
    desk = tmp_path_factory.mktemp("desk")
    first, second, third = deliveries

    assert platform.land(first).batch_id == 1
    platform.dbt("build", "--exclude-resource-type", "test", "unit_test", as_of=AN_EARLIER_DAY)
    platform.publish()  # so that the ledger of restatements has something to say
    people = well_known_people(platform, 5)
    platform.people = people
    assert len(platform.customers_of(*people)) == 5

    apart = (people[0][0], people[1][1])
    decide(platform.warehouse, "cannot_link", *apart, THE_DECISION, None)
    mix_up(desk / "one", "1", *apart)
    assert platform.land(second, desk / "one").batch_id == 2
    platform.killed_dbt("run")
    platform.dbt("run", as_of=BEFORE_THE_DECISION)
    platform.merged = platform.customers_of(*people[:2])

    # An erasure builds everything anew. Here only the harmonised tables are, so that what follows
    # has to notice by itself who is gone.
    platform.erased = platform.erase(people[4][0])
    platform.dbt(
        *("run", "--full-refresh", "--select", "path:models/staging/harmonized"),
        as_of=BEFORE_THE_DECISION,
    )
    mix_up(desk / "other", "2", people[2][0], people[3][1])
    assert platform.land(third, desk / "other").batch_id == 3
    platform.dbt("run")
    platform.after_batches = platform.snapshot("after_batches")
    platform.dbt("run", "--full-refresh")
    platform.after_refresh = platform.snapshot("after_refresh")
    return platform


def difference(connection, model, left, right, columns="*"):
    """Rows of left that right lacks, and the other way round, with how often."""
    one = f"select {columns} from {left}.{model}"
    other = f"select {columns} from {right}.{model}"
    return connection.execute(
        f"select (select count(*) from ({one} except all {other})),"
        f" (select count(*) from ({other} except all {one}))"
    ).fetchone()


def test_batches_equal_a_full_refresh(platform):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{platform.after_batches}' as batches (read_only)")
        connection.execute(f"attach '{platform.after_refresh}' as refresh (read_only)")
        different = {}
        filled = 0
        for model in public_models(platform.target(UNTIL)):
            counts = difference(connection, model, "batches", "refresh")
            filled += connection.execute(f"select count(*) > 0 from refresh.{model}").fetchone()[0]
            if counts != (0, 0):
                different[model] = counts
    assert not different, f"model: (only after batches, only after refresh) {different}"
    assert filled > 40, "most models are empty, so the comparison says little"


def test_the_map_moved_between_the_batches(platform):
    """One pair of customers was merged and parted again, one merged, one person erased."""
    one, other, third, fourth, erased = platform.people
    assert len(platform.merged) == 1
    assert len(platform.customers_of(one, other)) == 2
    assert platform.customers_of(one).isdisjoint(platform.customers_of(other))
    assert len(platform.customers_of(third, fourth)) == 1
    assert not platform.customers_of(erased)
    assert platform.query(
        "select count(*) from unified_customer.unified_customers "
        "where list_contains($1, customer_id)",
        list(platform.erased.customer_ids),
    ) == [(0,)]
