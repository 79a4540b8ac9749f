"""The file that a person gets: all that is held of them, explained, and nothing of anybody else."""

from __future__ import annotations

import csv
import json
import re
import stat
import sys

import duckdb
import pytest

from orchestration.data_requests.person import resolve

pytestmark = pytest.mark.data_requests


@pytest.fixture(scope="module")
def person(world):
    """Customer id and e-mail of somebody with a card, purchases, decisions and acts on cookies.

    Of no two customer ids: the rows of a visitor with the same cookie would be theirs as well.
    """
    with duckdb.connect(str(world.paths.warehouse), read_only=True) as connection:
        candidates = connection.execute(
            """
            select customers.customer_id, customers.email
            from unified_customer.unified_customers as customers
            inner join identity_graph.identity_map as map
                on customers.email = map.identifier_value
                and customers.customer_id = map.customer_id
            where
                customers.loyalty_number is not null
                and customers.customer_id in (select customer_id from marts.fct_orders)
                and customers.customer_id in (select customer_id from marts.fct_suppressions)
                and customers.customer_id in (select customer_id from marts.fct_contact_decisions)
                and customers.customer_id in (
                    select customer_id from unified_customer.unified_consent_acts
                    where channel = 'web'
                )
            order by customers.source_record_count desc, 1
            """
        ).fetchall()
        return next(
            (customer_id, email)
            for customer_id, email in candidates
            if resolve(connection, "email", email).customer_ids == (customer_id,)
        )


@pytest.fixture(scope="module")
def folder(world, person, tmp_path_factory):
    """What the command wrote."""
    folder = tmp_path_factory.mktemp("access") / "file"
    finished = world.call(
        [
            *(sys.executable, "-m", "orchestration.data_requests", "access"),
            *("--email", person[1], "--out", str(folder)),
        ]
    )
    assert finished.returncode == 0, finished.stdout
    return folder


@pytest.fixture(scope="module")
def held(folder):
    return {
        table["table"]: table for table in json.loads((folder / "data.json").read_text())["data"]
    }


def test_it_has_what_the_platform_knows_of_the_person(world, person, held):
    assert {
        "harmonized_customers",
        "harmonized_orders",
        "harmonized_order_lines",
        "unified_customers",
        "unified_consent_acts",
        "unified_contact_points",
        "fct_contact_decisions",
        "fct_suppressions",
        "dim_loyalty_members",
    } <= set(held)
    with duckdb.connect(str(world.paths.warehouse), read_only=True) as connection:
        cursor = connection.execute(
            "select email, phone, full_name, loyalty_number, address_line "
            "from unified_customer.unified_customers where customer_id = ?",
            [person[0]],
        )
        golden = dict(
            zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True)
        )
        records = connection.execute(
            "select entity, count(*) from identity_graph.identity_source_records "
            "where customer_id = ? group by entity",
            [person[0]],
        ).fetchall()
        lines = connection.execute(
            "select count(*) from marts.fct_order_lines where customer_id = ?", [person[0]]
        ).fetchone()[0]
    (profile,) = held["unified_customers"]["rows"]
    assert {name: profile[name] for name in golden} == golden
    for entity, count in records:
        assert len(held[f"harmonized_{entity}"]["rows"]) == count, entity
    assert len(held["harmonized_order_lines"]["rows"]) == lines > 0


def test_it_has_what_the_person_told_a_site_about_cookies(world, person, held):
    with duckdb.connect(str(world.paths.warehouse), read_only=True) as connection:
        told = connection.execute(
            """
            select source_record_id
            from staging.harmonized_consents
            where source_name = 'ga4' and user_id in (
                select identifier_value
                from identity_graph.identity_map
                where identifier_type = 'user_id' and customer_id = ?
            )
            """,
            [person[0]],
        ).fetchall()
    assert told
    for table in ("harmonized_consents", "unified_consent_acts"):
        records = {row["source_record_id"] for row in held[table]["rows"]}
        assert {record for (record,) in told} <= records, table


def test_it_has_nothing_of_anybody_else(world, person, folder):
    with duckdb.connect(str(world.paths.warehouse), read_only=True) as connection:
        others = connection.execute(
            """
            select distinct contact_point
            from unified_customer.unified_contact_points
            where contact_point_type in ('email', 'phone') and customer_id <> $1
            except
            select contact_point
            from unified_customer.unified_contact_points
            where customer_id = $1
            """,
            [person[0]],
        ).fetchall()
        ids = connection.execute(
            "select customer_id from identity_graph.identity_customers where customer_id <> ?",
            [person[0]],
        ).fetchall()
    text = "".join(path.read_text().lower() for path in sorted(folder.iterdir()))
    words = set(re.findall(r"[^\s\",;<>()]+", text))
    assert len(others) > 100
    assert not words & {row[0].lower() for row in others}
    assert not words & {row[0] for row in ids}


def test_codes_stand_beside_their_meaning(held):
    for table, column in (
        ("fct_suppressions", "reason_code"),
        ("fct_contact_decisions", "all_reasons"),
    ):
        coded = [row for row in held[table]["rows"] if row[column]]
        assert coded
        for row in coded:
            meanings = row[f"{column}_in_words"].split("; ")
            assert len(meanings) >= len(row[column].split(","))
            assert all(" " in meaning for meaning in meanings)
    for table in held.values():
        assert table["purpose"]
        assert table["legal_basis"]
        assert table["kept"]


def test_the_tables_are_the_same_in_both_forms_and_for_their_owner_alone(folder, held):
    for name, table in held.items():
        with (folder / f"{name}.csv").open(newline="") as stream:
            assert len(list(csv.DictReader(stream))) == len(table["rows"])
    for path in [*folder.iterdir()]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
