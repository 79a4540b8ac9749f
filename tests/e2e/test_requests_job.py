"""Requests in the running system: objection and restriction asked for in Dagster, true from the
next run; then they and the tombstones of an erasure are lifted, and the run after that knows it.
"""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime, timedelta

import dagster as dg
import duckdb
import pytest
from world import World

from orchestration import manifest as dbt_manifest
from orchestration.build import build_defs
from orchestration.data_requests import erasure, lifting, tombstones
from orchestration.data_requests.__main__ import main as requests_main
from orchestration.data_requests.person import IDENTIFIER_TYPES
from orchestration.data_requests.steps import make

pytestmark = [pytest.mark.slow, pytest.mark.data_requests]

PEPPER = "an old family recipe"


@pytest.fixture(scope="module")
def people(world):
    """E-mail and customer id of customers who are in a segment and may be contacted by e-mail.

    The first objects, the second is restricted, the third and the fourth are erased.
    """
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
                and contactability.channel = 'email'
                and contactability.is_contactable
            order by 1
            limit 4
            """
        ).fetchall()
    assert len(found) == 4
    return found


@pytest.fixture(scope="module")
def after(world, people, tmp_path_factory):
    """A copy of the world in which the first has objected and the second is restricted."""
    folder = tmp_path_factory.mktemp("requests") / "world"
    shutil.copytree(world.folder, folder, symlinks=True)
    copy = World(folder, "")
    requests = copy.paths.warehouse.parent / "requests"
    requests.mkdir()
    for request, (email, _) in zip(("object", "restrict"), people[:2], strict=True):
        (requests / f"{request}.json").write_text(json.dumps({"request": request, "email": email}))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in copy.environ.items():
            patch.setenv(name, value)
        patch.delenv("DAGSTER_HOME")
        job = build_defs().get_job_def("data_requests")
        with dg.DagsterInstance.ephemeral() as instance:
            assert job.execute_in_process(instance=instance).success
    assert not list(requests.iterdir())
    run_on(copy, 1)
    return copy


def run_on(world, days, *options):
    """Land and build what came, so many days from now."""
    as_of = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
    environ = {tombstones.VARIABLE: PEPPER}
    landed = world.call([sys.executable, "-m", "orchestration.landing"], environ)
    assert landed.returncode == 0, landed.stdout[-3000:]
    world.dbt("run", *options, as_of=as_of, environ=environ)


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


# ---- lifted ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lifted(after, world, people, tmp_path_factory):
    """What was asked for is lifted; the third, who was erased meanwhile, registers at the desk.

    The fourth goes on with all accounts of then. Their files of then land again as well. The
    erasure is made up to its build, a full refresh, which the run that follows makes anyway.
    """
    folder = tmp_path_factory.mktemp("lifted") / "world"
    shutil.copytree(after.folder, folder, symlinks=True)
    copy = World(folder, "")
    decided = {"request": "lift", "owner": "DPO", "reason": "settled"}
    requests = copy.paths.warehouse.parent / "requests"
    for what, (email, _), more in (
        ("objection", people[0], {"channel": "email"}),
        ("restriction", people[1], {}),
    ):
        request = {**decided, "what": what, "email": email, **more}
        (requests / f"{what}.json").write_text(json.dumps(request))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in copy.environ.items():
            patch.setenv(name, value)
        patch.setenv(tombstones.VARIABLE, PEPPER)
        assert requests_main(["work"]) == 0
        asked = [("email", email) for email, _ in people[2:]]
        cases = erasure.open_cases(copy.paths, PEPPER.encode(), asked, print)
        names = ("tombstones", "landing files", "landed rows", "memories")
        make(cases, [step for step in erasure.STEPS if step.name in names])
        accounts = [one for one in cases[1].person.identifiers if one[0] in IDENTIFIER_TYPES]
        for identifier in [asked[0], *accounts]:
            lifting.tombstone(copy.paths, dbt_manifest.load(), PEPPER.encode(), *identifier).apply()
    for file in after.paths.landing.rglob("*.*"):
        now = copy.paths.landing / file.relative_to(after.paths.landing)
        if now.is_file() and now.name[0] != "." and now.read_bytes() != file.read_bytes():
            shutil.copy(file, now.with_name(f"again-{now.name}"))
    registration = {"source_name": "desk", "source_record_id": "77", "email": people[2][0]}
    registration["recorded_at"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    (copy.paths.landing / "contract" / "customers" / "desk.jsonl").write_text(
        json.dumps(registration) + "\n"
    )
    run_on(copy, 2, "--full-refresh")
    return copy


DECISIONS = "select channel, is_contactable, first_reason from marts.fct_contactability "
DECISIONS += "where customer_id = ? order by 1"


def test_who_is_no_longer_restricted_is_used_again(lifted, after, world, people):
    customer_id = people[1][1]
    population = "select population, is_restricted from marts.dim_customers where customer_id = ?"
    assert rows(after, population, customer_id) == [("restricted", True)]
    assert rows(lifted, population, customer_id) == [("customer", False)]
    assert rows(lifted, "select 1 from marts.fct_customer_rfm where customer_id = ?", customer_id)
    assert rows(lifted, DECISIONS, customer_id) == rows(world, DECISIONS, customer_id)


def test_after_an_objection_the_consent_given_counts_there_and_nowhere_else(lifted, people):
    found = {channel: decision for channel, *decision in rows(lifted, DECISIONS, people[0][1])}
    assert found["email"] == [True, None]
    assert [found[channel] for channel in ("call", "post", "sms")] == [[False, "objected"]] * 3


def new_id_of(lifted, email, old_id):
    """The customer id by e-mail; the one of before the erasure must be nowhere."""
    ((new_id,),) = rows(
        lifted,
        "select customer_id from identity_graph.identity_map "
        "where identifier_type = 'email' and identifier_value = ?",
        email,
    )
    assert new_id != old_id
    for table in ("identity_ids", "identity_map", "identity_source_records", "identity_customers"):
        assert not rows(
            lifted, f"select 1 from identity_graph.{table} where customer_id = ?", old_id
        )
    for table in ("identity_merges", "identity_changes"):
        assert not rows(
            lifted,
            f"select 1 from identity_graph.{table} where ? in (old_customer_id, new_customer_id)",
            old_id,
        )
    return new_id


def test_who_comes_back_after_an_erasure_begins_with_nothing(lifted, people):
    new_id = new_id_of(lifted, *people[2])
    assert rows(
        lifted,
        "select source_name, source_record_id from identity_graph.identity_source_records "
        "where customer_id = ?",
        new_id,
    ) == [("desk", "77")]
    assert not any(is_contactable for _, is_contactable, _ in rows(lifted, DECISIONS, new_id))


ANCHOR = "select anchor_entity, anchor_source_name, anchor_source_record_id "
ANCHOR += "from identity_graph.identity_customers where customer_id = ?"


def test_who_comes_back_with_the_account_of_then_has_another_id(lifted, world, people):
    """The record from which the former id was made is there again, and first."""
    email, old_id = people[3]
    new_id = new_id_of(lifted, email, old_id)
    assert rows(lifted, ANCHOR, new_id) == rows(world, ANCHOR, old_id)
