"""Objection and restriction in the running system: asked for in Dagster, true from the next run."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from world import World

from orchestration.build import build_defs
from orchestration.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.data_requests]


@pytest.fixture(scope="module")
def people(world):
    """E-mail and customer id of two customers who are in a segment and may be contacted."""
    with duckdb.connect(str(world.paths.warehouse), read_only=True) as connection:
        found = connection.execute(
            """
            select distinct customers.email, customers.customer_id
            from unified_customer.unified_customers as customers
            inner join marts.bridge_segment_customers as segments
                on customers.customer_id = segments.customer_id
            inner join identity_graph.identity_map as map
                on customers.email = map.identifier_value
                and customers.customer_id = map.customer_id
            inner join marts.fct_contactability as contactability
                on customers.customer_id = contactability.customer_id
                and contactability.is_contactable
            order by 1
            limit 2
            """
        ).fetchall()
    assert len(found) == 2
    return found


@pytest.fixture(scope="module")
def after(world, people, tmp_path_factory):
    """A copy of the world in which the first has objected and the second is restricted."""
    folder = tmp_path_factory.mktemp("requests") / "world"
    shutil.copytree(world.folder, folder, symlinks=True)
    copy = World(folder, "")
    requests = copy.paths.warehouse.parent / "requests"
    requests.mkdir()
    for request, (email, _) in zip(("object", "restrict"), people, strict=True):
        (requests / f"{request}.json").write_text(json.dumps({"request": request, "email": email}))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in copy.environ.items():
            patch.setenv(name, value)
        patch.delenv("DAGSTER_HOME")
        job = build_defs().get_job_def("data_requests")
        with dg.DagsterInstance.ephemeral() as instance:
            assert job.execute_in_process(instance=instance).success
    assert not list(requests.iterdir())
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
    dbt = str(Path(sys.executable).with_name("dbt"))
    for command in (
        [sys.executable, "-m", "orchestration.landing"],
        [dbt, "run", "--profiles-dir", str(ROOT), "--vars", json.dumps({"as_of": tomorrow})],
    ):
        finished = copy.call(command)
        assert finished.returncode == 0, finished.stdout[-3000:]
    return copy


def rows(world, query, *values):
    with duckdb.connect(str(world.paths.warehouse), read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()


def test_who_objected_is_contactable_nowhere(after, people):
    customer_id = people[0][1]
    found = rows(
        after,
        "select channel, is_contactable from marts.fct_contactability where customer_id = ?",
        customer_id,
    )
    assert found
    assert not any(is_contactable for _, is_contactable in found)
    reasons = rows(
        after,
        "select distinct reason_code from marts.fct_suppressions where customer_id = ?",
        customer_id,
    )
    assert ("objected",) in reasons


def test_who_is_restricted_is_kept_and_used_for_nothing(after, people):
    customer_id = people[1][1]
    assert rows(
        after,
        "select population, is_restricted from marts.dim_customers where customer_id = ?",
        customer_id,
    ) == [("restricted", True)]
    for table in ("bridge_segment_customers", "fct_customer_rfm", "fct_journey_entries"):
        assert not rows(after, f"select 1 from marts.{table} where customer_id = ?", customer_id)
    assert rows(
        after,
        "select 1 from marts.fct_suppressions where customer_id = ? and reason_code = 'restricted'",
        customer_id,
    )
    assert rows(
        after,
        "select distinct first_reason from marts.fct_contactability "
        "where customer_id = ? and not is_contactable",
        customer_id,
    ) == [("restricted",)]
    decisions = rows(
        after,
        "select decision from marts.fct_contact_decisions where customer_id = ?",
        customer_id,
    )
    assert all(decision == "suppress" for (decision,) in decisions)
