"""Erasure in the running system: one person goes from everything, everybody else stays.

The person is the one of the demo who is known to the most systems, as the truth has them: what is
learnt of matching hangs more on a customer in whom two people are mixed. The erasure is killed in
every step and goes on each time. What is left is searched with means of this test alone (an
uncompressed copy of each database, unpacked files); then the files of before land again.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest
from world import World, public_models

from orchestration.data_requests import erasure, landing_files, tombstones
from orchestration.landing import load
from orchestration.landing_reader import LandingError
from orchestration.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.data_requests]

PEPPER = "an old family recipe"
# What compares people with one another, counts them or tells the run: one person less shows there.
RELATIVE = {
    "dim_segments",
    "fct_customer_rfm",
    "fct_identity_health",
    "fct_identity_quality",
    "fct_identity_review_queue",
    "fct_metric_restatements",  # says what the erasure changed
    "fct_rejected_records",
    "fct_suppression_waterfall",
    "identity_health",
    "identity_quality",
    "identity_review_queue",
    "rejected_records",
    "row_accounting",
    "unified_identity_health",
    "unified_identity_quality",
    "unified_identity_review_queue",
    "unified_rejected_records",
}
RELATIVE_COLUMNS = {"dim_customers": "rfm_segment"}
RELATIVE_SEGMENTS = ("champions", "lapsed_high_value")  # a place among all buyers
# Columns of the facts that stay which say whose they were.
PERSONAL = {"customer_id", "household_id"}


class Killed(BaseException):
    """Raised where a process would be killed: nothing catches it."""


@dataclass(frozen=True)
class Erased:
    """A world after an erasure, and the person who was in it before."""

    world: World
    before: World
    person: erasure.Person
    email: str
    needles: tuple[str, ...]
    certificate: dict
    kills: int
    dry_run: str


def environ_of(world: World) -> dict[str, str]:
    return {
        **world.environ,
        tombstones.VARIABLE: PEPPER,
        "DBT_PROFILES_DIR": str(ROOT),
        "GX_ANALYTICS_ENABLED": "false",
    }


def command(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    return world.call(
        [sys.executable, "-m", "orchestration.data_requests", *arguments], environ_of(world)
    )


def best_known(connection: duckdb.DuckDBPyConnection, truth: Path) -> tuple[str, str]:
    """Customer id and e-mail of the person who is known to the most systems."""
    row = connection.execute(
        f"""
        select records.customer_id, customers.email
        from warehouse.identity_graph.identity_source_records as records
        inner join warehouse.unified_customer.unified_customers as customers
            on records.customer_id = customers.customer_id and customers.email is not null
        inner join warehouse.identity_graph.identity_map as map
            on customers.email = map.identifier_value and records.customer_id = map.customer_id
        inner join read_parquet('{truth}/records/*.parquet') as truth
            using (source_name, entity, source_record_id)
        where records.entity = 'customers'
        group by all
        having count(distinct truth.person_id) = 1
        order by count(distinct records.source_name) desc, count(*) desc, 1
        limit 1
        """
    ).fetchone()
    assert row is not None
    return row


def needles_of(connection: duckdb.DuckDBPyConnection, customer_id: str) -> tuple[str, ...]:
    """The person's addresses, numbers and names as the golden record and its sources have them."""
    rows = connection.execute(
        """
        select distinct contact_point
        from warehouse.unified_customer.unified_contact_points
        where customer_id = $1 and contact_point_type in ('email', 'phone')
        union
        select distinct identifier_value
        from warehouse.identity_graph.identity_map
        where customer_id = $1 and identifier_type in ('email', 'phone')
        """,
        [customer_id],
    ).fetchall()
    return tuple(sorted(row[0].lstrip("+").removeprefix("34") for row in rows))


@pytest.fixture(scope="module")
def erased(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erased]:
    """The world without its best known person, after an erasure that was killed in every step."""
    folder = tmp_path_factory.mktemp("erasure") / "world"
    shutil.copytree(world.folder, folder, symlinks=True)
    copy = World(folder, world.output)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{world.paths.warehouse}' as warehouse (read_only)")
        customer_id, email = best_known(connection, world.folder / "house" / "truth")
        needles = needles_of(connection, customer_id)
    content = copy.paths.warehouse.read_bytes()
    dry_run = command(copy, "erase", "--email", email.upper())
    assert dry_run.returncode == 0, dry_run.stdout
    assert copy.paths.warehouse.read_bytes() == content
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ_of(copy).items():
            patch.setenv(name, value)
        key = PEPPER.encode()
        (case,) = erasure.open_cases(copy.paths, key, [("email", email)], print)
        person = case.person
        kills = 0
        for step in killed_steps():
            steps = [step if step.name == one.name else one for one in erasure.STEPS]
            with pytest.raises(Killed):
                erasure.erase([case], steps)
            kills += 1
            resumed = erasure.unfinished(copy.paths, key, "email", email, print)
            assert resumed is not None
            assert step.name not in resumed.done
            case = resumed
    finished = command(copy, "erase", "--email", email, "--apply")
    assert finished.returncode == 0, finished.stdout
    (certificate,) = copy.paths.certificates.glob("*.json")
    yield Erased(
        world=copy,
        before=world,
        person=person,
        email=email,
        needles=needles,
        certificate=json.loads(certificate.read_text()),
        kills=kills,
        dry_run=dry_run.stdout,
    )


def killed_steps() -> list[erasure.Step]:
    """Every step, killed when its work is done and nobody has noted it; files also half-way."""

    def killed(step: erasure.Step) -> erasure.Step:
        def work(cases: list[erasure.Case]) -> None:
            if step.name != "build":  # whose models are transactions of their own, and long
                step.make(cases)
            raise Killed

        return replace(step, make=work)

    def half_way(step: erasure.Step) -> erasure.Step:
        rewrite, calls = landing_files.rewrite, []

        def third(*arguments: object) -> None:
            calls.append(arguments)
            if len(calls) == 3:
                raise Killed
            rewrite(*arguments)  # type: ignore[arg-type]

        def work(cases: list[erasure.Case]) -> None:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(landing_files, "rewrite", third)
                step.make(cases)

        return replace(step, make=work)

    steps = []
    for step in erasure.STEPS:
        if step.name == "landing files":
            steps.append(half_way(step))
        steps.append(killed(step))
    return steps


# ---- nothing of the person is left -----------------------------------------------------------


def search(world: World, needles: tuple[str, ...], scratch: Path) -> dict[str, int]:
    """Files that hold a needle, all unpacked: databases uncompressed, Parquet as text."""
    pattern = re.compile("|".join(re.escape(needle) for needle in needles).encode(), re.IGNORECASE)
    places = [world.paths.landing, world.paths.serving.parent, world.folder / "logs"]
    places += [world.paths.warehouse, world.paths.audit, world.paths.run_logs, world.paths.target]
    found = {}
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and not path.is_symlink():
                count = len(pattern.findall(unpacked(path, scratch)))
                if count:
                    found[str(path.relative_to(world.folder))] = count
    return found


def unpacked(path: Path, scratch: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(content)
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            rows = connection.execute(f"select * from read_parquet('{path}')").fetchall()
        return content + repr(rows).encode()
    if path.suffix == ".duckdb":
        plain = scratch / "plain.duckdb"
        plain.unlink(missing_ok=True)
        with duckdb.connect() as connection:
            connection.execute("set force_compression = 'uncompressed'")
            connection.execute(f"attach '{path}' as packed (read_only)")
            connection.execute(f"attach '{plain}' as plain")
            connection.execute("copy from database packed to plain")
        return content + plain.read_bytes()
    return content


def test_the_bytes_of_the_person_are_gone(erased, tmp_path):
    assert len(erased.needles) >= 2
    before = search(erased.before, erased.needles, tmp_path)
    print("before:", sum(before.values()), "in", len(before), "files")
    assert "house/warehouse.duckdb" in before
    assert sum(place.startswith("landing/") for place in before) >= 5
    after = search(erased.world, erased.needles, tmp_path)
    print("after:", after)
    assert not after


def test_every_step_was_killed_and_nothing_is_left_lying(erased):
    assert erased.kills == len(erasure.STEPS) + 1
    assert not list(erasure.journals(erased.world.paths).iterdir())
    leftovers = [
        path for path in erased.world.folder.rglob("*") if path.suffix in (".part", ".next")
    ]
    assert not leftovers


def test_the_certificate_proves_and_names_nobody(erased):
    text = json.dumps(erased.certificate)
    assert not re.search(erased.person.mentions, text, re.IGNORECASE)
    assert set(erased.person.customer_ids).isdisjoint(re.findall(r"[0-9a-z]+", text))
    assert erased.certificate["steps"]["verification"]["found"] == 0
    told = re.findall(
        r"^  ([a-z_0-9]+[.]\w+) +([\d,]+) (deleted|masked)$", erased.dry_run, re.MULTILINE
    )
    assert len(told) > 10
    assert erased.certificate["steps"]["landed rows"]["rows"] == {
        table: [action, int(count.replace(",", ""))] for table, count, action in told
    }


def test_the_person_cannot_be_erased_twice(erased):
    again = command(erased.world, "erase", "--email", erased.email, "--apply")
    assert again.returncode == 0
    assert "has been erased" in again.stdout


# ---- everybody else is as before -------------------------------------------------------------


@pytest.fixture
def both(erased):
    """Both warehouses side by side, and the records that were the person's."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{erased.before.paths.warehouse}' as before (read_only)")
        connection.execute(f"attach '{erased.world.paths.warehouse}' as after (read_only)")
        ids = ", ".join(f"'{one}'" for one in erased.person.customer_ids)
        connection.execute(f"create table ids as select unnest([{ids}]) as customer_id")
        emails = ", ".join(f"'{v}'" for kind, v in erased.person.identifiers if kind == "email")
        connection.execute(f"create table emails as select unnest([{emails}]) as email")
        connection.execute(
            "create table records as select entity, source_name, source_record_id "
            "from before.identity_graph.identity_source_records "
            "where customer_id in (from ids)"
        )
        yield connection


def columns_of(connection, relation: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe {relation}").fetchall()]


def others(columns: list[str], model: str) -> str:
    """Condition: the row is not one of the person's."""
    if "customer_id" in columns:
        return "customer_id is null or customer_id not in (from ids)"
    if model == "harmonized_identity_labels":  # a label is of two people's records
        return " and ".join(
            "not exists (select 1 from records where records.entity = 'customers' "
            f"and records.source_name = {source} and records.source_record_id = {record})"
            for source, record in (
                ("model.record_source_name", "model.record_id"),
                ("model.other_source_name", "model.other_record_id"),
            )
        )
    entity, key, own_email = model.split("_", 1)[1], "source_record_id", ""
    if model == "harmonized_contact_points":  # of a person record, or of a card without one
        entity, key = "customers", "customer_record_id"
        own_email = " and coalesce(email, '') not in (from emails)"
    if model.startswith("harmonized_") and "source_record_id" in columns:
        return (
            "not exists (select 1 from records "
            f"where records.entity = '{entity}' and records.source_name = model.source_name "
            f"and records.source_record_id = model.{key}){own_email}"
        )
    return "true"


def test_other_peoples_rows_are_equal_row_for_row(erased, both):
    different, compared, rows = {}, 0, 0
    kept_orders = "order_id in (select order_id from before.unified_customer.unified_orders "
    kept_orders += "where customer_id in (from ids))"
    for model, relation in public_models(erased.world.paths.target).items():
        if model in RELATIVE:
            continue
        columns = columns_of(both, f"before.{relation}")
        dropped = [c for c in RELATIVE_COLUMNS.get(model, "").split(", ") if c in columns]
        shown = f"* exclude ({', '.join(dropped)})" if dropped else "*"
        condition = f"({others(columns, model)})"
        if "order_id" in columns and "customer_id" in columns:
            condition += f" and not (customer_id is null and {kept_orders})"  # theirs, nobody's now
        if model in ("identity_source_records", "bridge_customer_source_records"):
            condition += " and customer_id is not null"
        if {"harmonized_consents", "unified_consent_acts"} & {model}:
            condition += " and source_record_id not in (select source_record_id from records)"
        if model == "bridge_segment_customers":
            condition += f" and segment_code not in {RELATIVE_SEGMENTS}"

        before, after = (
            f"select {shown} from {side}.{relation} as model where {condition}"
            for side in ("before", "after")
        )
        lost, gained, count = both.execute(
            f"select (select count(*) from ({before} except all {after})), "
            f"(select count(*) from ({after} except all {before})), "
            f"(select count(*) from ({before}))"
        ).fetchone()
        compared += count > 0
        rows += count
        if (lost, gained) != (0, 0):
            different[model] = (lost, gained)
    assert not different, f"model: (only before, only after) {different}"
    assert compared > 40
    assert rows > 10_000


@pytest.mark.parametrize(
    "relation",
    [
        "marts.fct_orders",
        "marts.fct_order_lines",
        "marts.fct_returns",
        "staging.harmonized_finance_ledger",
        "staging.harmonized_order_lines",
    ],
)
def test_sales_stay_to_the_row_without_the_person(both, relation):
    kept = [c for c in columns_of(both, f"before.{relation}") if c not in PERSONAL]
    names = ", ".join(f'"{name}"' for name in kept)
    sides = [f"select {names} from {side}.{relation}" for side in ("before", "after")]
    assert both.execute(f"select count(*) from ({sides[0]})").fetchone()[0] > 0
    for one, other in (sides, sides[::-1]):
        assert both.execute(f"{one} except all {other}").fetchall() == []


@pytest.mark.parametrize(
    ("relation", "amount"),
    [
        ("harmonized_orders", "total"),
        ("harmonized_payments", "amount"),
        ("harmonized_loyalty_events", "points"),
        ("harmonized_finance_ledger", "amount"),
    ],
)
def test_totals_of_money_and_points_stay(both, relation, amount):
    totals = [
        both.execute(f"select count(*), sum({amount}) from {side}.staging.{relation}").fetchone()
        for side in ("before", "after")
    ]
    assert totals[0] == totals[1]
    assert totals[0][0] > 0


def test_the_persons_sales_belong_to_nobody(erased, both):
    orders = both.execute(
        "select order_key from before.marts.fct_orders where customer_id in (from ids)"
    ).fetchall()
    assert orders
    assert both.execute(
        "select count(*) from after.marts.fct_orders where customer_id is not null "
        "and order_key in "
        "(select order_key from before.marts.fct_orders where customer_id in (from ids))"
    ).fetchone() == (0,)


def test_readers_have_no_former_version(erased):
    paths = erased.world.paths
    assert not paths.previous.exists()
    assert [path.resolve() for path in paths.versions.iterdir()] == [paths.current.resolve()]


# ---- the same files land again ---------------------------------------------------------------


def land_again(erased: Erased, folder: Path) -> World:
    """A copy in which the landing folder is as it was before the erasure."""
    shutil.copytree(erased.world.folder, folder, symlinks=True)
    for file in erased.before.paths.landing.rglob("*"):
        if file.is_file() and not file.name.startswith("."):
            target = folder / "landing" / file.relative_to(erased.before.paths.landing)
            if target.read_bytes() != file.read_bytes():
                target.write_bytes(file.read_bytes())
    return World(folder, "")


def test_landing_again_brings_nothing_back(erased, tmp_path, monkeypatch):
    again = land_again(erased, tmp_path / "world")
    monkeypatch.setenv("DBT_TARGET_PATH", str(again.paths.target))
    monkeypatch.delenv(tombstones.VARIABLE, raising=False)
    with pytest.raises(LandingError, match=tombstones.VARIABLE):
        load(again.paths.landing, again.paths.warehouse, ROOT)
    monkeypatch.setenv(tombstones.VARIABLE, "another recipe altogether")
    with pytest.raises(LandingError, match="not the secret"):
        load(again.paths.landing, again.paths.warehouse, ROOT)
    monkeypatch.setenv(tombstones.VARIABLE, PEPPER)
    summary = load(again.paths.landing, again.paths.warehouse, ROOT)
    assert summary.rows > 1000
    again.dbt(
        *("build", "--exclude-resource-type", "unit_test"),
        *("--select", "path:models/staging/harmonized", "path:tests/data/staging"),
        environ=environ_of(again),
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    pattern = re.compile("|".join(re.escape(n) for n in erased.needles).encode(), re.IGNORECASE)
    assert not pattern.findall(unpacked(again.paths.warehouse, scratch))
    bookkeeping = "batch_id, first_batch_id, times_landed, landed_at"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{erased.world.paths.warehouse}' as before (read_only)")
        connection.execute(f"attach '{again.paths.warehouse}' as after (read_only)")
        for model, relation in public_models(again.paths.target).items():
            if not model.startswith("harmonized_"):
                continue
            sides = [
                f"select * exclude ({bookkeeping}) from {side}.{relation}"
                for side in ("before", "after")
            ]
            for one, other in (sides, sides[::-1]):
                assert connection.execute(f"{one} except all {other}").fetchall() == [], model
        accounting = connection.execute(
            "select sum(landed), sum(accepted + duplicate + rejected) "
            "from after.staging.row_accounting"
        ).fetchone()
    assert accounting[0] == accounting[1]
    assert os.environ[tombstones.VARIABLE].encode() not in again.paths.warehouse.read_bytes()
