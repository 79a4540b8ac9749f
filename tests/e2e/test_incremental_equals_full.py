"""The rule that matters most: any batches in any order end in the rows of a full refresh.

A small demo is delivered in batches that land shuffled, with a whole dbt run after each; one run is
killed in the middle. What the last run leaves is compared, row for row and for every public model,
with a full refresh of the same warehouse. A second warehouse gets everything in one landing; there
the customers have other opaque ids, so it is compared after renaming them.
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

from orchestration.landing import load
from orchestration.paths import Paths
from orchestration.publish import Build, record

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = int(os.environ.get("CDP_EQUALITY_PEOPLE", "300"))
BATCHES = int(os.environ.get("CDP_EQUALITY_BATCHES", "3"))
SEED = int(os.environ.get("CDP_EQUALITY_SEED", "11"))
UNTIL = "2026-10-01"
AN_EARLIER_DAY = "2026-08-15"
# The rooms whose models others may read; intermediate steps are theirs to change.
ROOMS = ("staging", "identity_graph", "unified_customer", "marts")

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
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
            "DBT_PROFILES_DIR": str(ROOT),
        }

    def land(self, *deliveries):
        """Put deliveries (folders in landing layout) into the landing folder and load them."""
        for delivery in deliveries:
            for file in sorted(delivery.rglob("*")):
                if file.is_file():
                    name = file.relative_to(delivery)
                    target = self.landing / name.with_name(f"{delivery.name}_{name.name}")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
        return load(self.landing, self.warehouse, ROOT)

    def command(self, *arguments, as_of=UNTIL):
        dbt = Path(sys.executable).with_name("dbt")
        variables = json.dumps({"as_of": as_of})
        return [dbt, "--quiet", *arguments, "--vars", variables]

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
        """Start a run and kill it as soon as it has built something in the unified customer."""
        marker = self.folder / "target" / "run"
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

    def publish(self):
        """What a publication tells the warehouse."""
        paths = replace(Paths.from_env({}), warehouse=self.warehouse)
        record(paths, Build("a build", "", "", {}, "a version"))

    def public_models(self):
        manifest = json.loads((self.folder / "target/manifest.json").read_text())
        return {
            node["name"]: f"{node['schema']}.{node['alias']}"
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model"
            and node["config"]["access"] in ("public", "protected")
            and node["fqn"][1] in ROOMS
            and node["config"]["materialized"] != "ephemeral"
            and not node["name"].startswith(("stg_", "int_"))
        }

    def snapshot(self, name):
        """Copy every public model into the schema `name` of snapshot.duckdb."""
        path = self.folder / f"{name}.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(f"attach '{self.warehouse}' as warehouse (read_only)")
            for model, relation in self.public_models().items():
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


@pytest.fixture(scope="module")
def platform(tmp_path_factory, deliveries):
    """A warehouse after a run per batch (the clock moves, one run is killed), and its snapshot."""
    platform = Platform(tmp_path_factory.mktemp("batches"))
    for number, delivery in enumerate(deliveries, start=1):
        assert platform.land(delivery).batch_id == number
        if number == 1:
            platform.dbt("seed", as_of=AN_EARLIER_DAY)
            platform.dbt("run", as_of=AN_EARLIER_DAY)
            platform.publish()  # so that the ledger of restatements has something to say
            continue
        if number == 2:
            platform.killed_dbt("run")
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
        for model in platform.public_models():
            counts = difference(connection, model, "batches", "refresh")
            filled += connection.execute(f"select count(*) > 0 from refresh.{model}").fetchone()[0]
            if counts != (0, 0):
                different[model] = counts
    assert not different, f"model: (only after batches, only after refresh) {different}"
    assert filled > 40, "most models are empty, so the comparison says little"
