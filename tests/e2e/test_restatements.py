"""The restatement ledger on a hand-made world: two publications, every part worked out by hand.

Between them lie a build that is never published, a late order, a new buyer, a return, a merge and
five days on the clock. In the end a full refresh must leave the ledger as it is.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.landing import load
from orchestration.paths import ROOT, Paths
from orchestration.publish import Build, record

pytestmark = pytest.mark.slow

FIRST, BETWEEN, SECOND = "2026-07-01 12:00:00", "2026-07-03 12:00:00", "2026-07-06 12:00:00"
ALL = "+fct_metric_restatements"
LEDGER = ("path:models/marts/governance/intermediate", "fct_metric_restatements")
Rows = Sequence[Mapping[str, str]]


def person(record_id: str, name: str, email: str, born: str, at: str) -> dict[str, str]:
    return {
        "source_name": "crm",
        "source_record_id": record_id,
        "given_name": name,
        "family_name": name and f"{name}ez",
        "birth_date": born,
        "email": email,
        "country_code": "ES",
        "created_at": "2024-01-01 00:00:00",
        "recorded_at": at,
    }


def order(order_id: str, customer: str, total: str, at: str) -> dict[str, str]:
    return {
        "source_name": "crm",
        "source_record_id": order_id,
        "order_id": order_id,
        "customer_record_id": customer,
        "ordered_at": at,
        "currency": "EUR",
        "total": total,
    }


LONG_AGO = "2024-01-01 00:00:00"
DELIVERED_FIRST: Mapping[str, Rows] = {
    "customers": [
        person("C1", "Ana", "ana@one.example", "1980-01-01", LONG_AGO),
        person("C2", "", "ana@two.example", "", LONG_AGO),
        person("C3", "Bea", "bea@one.example", "1981-01-01", LONG_AGO),
        person("C4", "Carla", "carla@one.example", "1982-01-01", LONG_AGO),
        person("C5", "Eva", "eva@one.example", "1983-01-01", LONG_AGO),
    ],
    "orders": [
        order("O1", "C1", "50.00", "2026-05-01 10:00:00"),
        order("O2", "C2", "60.00", "2026-05-02 10:00:00"),
        order("O3", "C3", "70.00", "2025-07-03 10:00:00"),  # a year before the second publication
        order("O5", "C5", "100.00", "2026-06-10 10:00:00"),
    ],
}
# Carla's order happened before the first publication and comes after it.
DELIVERED_LATE: Mapping[str, Rows] = {
    "orders": [order("O4", "C4", "40.00", "2026-06-20 10:00:00")],
}
DELIVERED_LAST: Mapping[str, Rows] = {
    "customers": [
        # A record of which only the address was known turns out to be Ana's.
        person("C2", "Ana", "ana@one.example", "1980-01-01", "2026-07-04 00:00:00"),
        person("C6", "Dora", "dora@one.example", "1984-01-01", "2026-07-03 00:00:00"),
    ],
    "orders": [order("O6", "C6", "25.00", "2026-07-03 10:00:00")],
    "returns": [
        {
            "source_name": "crm",
            "source_record_id": "R1",
            "return_id": "R1",
            "order_id": "O5",
            "returned_at": "2026-07-04 10:00:00",
            "amount": "30.00",
            "currency": "EUR",
        }
    ],
}

# metric, dimension, cause -> change, units
BY_HAND = {
    # Ana and an address become one, Bea's year is over, Carla and Dora have bought.
    ("active_customers", "all", "merge"): (Decimal(-1), 1),
    ("active_customers", "all", "clock"): (Decimal(-1), 1),
    ("active_customers", "all", "late_data"): (Decimal(1), 1),
    ("active_customers", "all", "new_data"): (Decimal(1), 1),
    ("revenue", "2026-06", "late_data"): (Decimal(40), 1),
    ("revenue", "2026-06", "new_data"): (Decimal(-30), 1),
    ("revenue", "2026-07", "new_data"): (Decimal(25), 1),
}
WHOLES = {
    ("active_customers", "all"): (Decimal(4), Decimal(4)),
    ("revenue", "2026-06"): (Decimal(100), Decimal(110)),
    ("revenue", "2026-07"): (Decimal(0), Decimal(25)),
}


@dataclass(frozen=True)
class House:
    """A warehouse with its landing folder."""

    folder: Path

    @property
    def paths(self) -> Paths:
        return replace(Paths.from_env({}), warehouse=self.folder / "warehouse.duckdb")

    def land(self, name: str, delivery: Mapping[str, Rows]) -> None:
        for entity, rows in delivery.items():
            path = self.folder / "landing" / "contract" / entity / f"{name}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", newline="") as file:
                writer = csv.DictWriter(file, fieldnames=list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        load(self.folder / "landing", self.paths.warehouse, ROOT)

    def dbt(self, *arguments: str, as_of: str) -> None:
        done = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("dbt")), "--quiet", *arguments),
                *("--vars", json.dumps({"as_of": as_of})),
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "CDP_WAREHOUSE": str(self.paths.warehouse),
                "CDP_TEMP": str(self.folder / "temp"),
                "DBT_TARGET_PATH": str(self.folder / "target"),
                "DBT_LOG_PATH": str(self.folder / "logs"),
                "DBT_PROFILES_DIR": str(ROOT),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:]

    def publish(self) -> None:
        """What a publication tells the warehouse."""
        record(self.paths, Build("a build", "", "", {}, "a version"))

    def ledger(self) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.paths.warehouse), read_only=True) as connection:
            return connection.execute(
                """
                select metric, dimension, cause, publication_number,
                    value_before, value_change, value_after, unit_count
                from marts.fct_metric_restatements
                order by all
                """
            ).fetchall()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The house at its second publication."""
    house = House(tmp_path_factory.mktemp("house"))
    house.land("first", DELIVERED_FIRST)
    seeds_too = ("--resource-type", "seed", "--resource-type", "model")
    house.dbt("build", *seeds_too, "--select", ALL, as_of=FIRST)
    assert house.ledger() == []
    house.publish()
    house.land("late", DELIVERED_LATE)
    house.dbt("run", "--select", *LEDGER, as_of=BETWEEN)
    house.land("last", DELIVERED_LAST)
    house.dbt("run", "--select", ALL, as_of=SECOND)
    return house


def test_each_part_is_what_it_is_by_hand(house: House) -> None:
    rows = house.ledger()
    watched = [row for row in rows if row[0] in ("active_customers", "revenue")]
    assert {row[:3]: (row[5], row[7]) for row in watched} == BY_HAND
    assert {row[:2]: (row[4], row[6]) for row in watched} == WHOLES
    assert {row[3] for row in rows} == {2}


def test_the_parts_sum_to_the_whole_and_the_test_of_it_can_fail(house: House) -> None:
    names = ("assert_restatement_parts_sum_to_the_whole", "fct_metric_restatements")
    house.dbt("test", "--select", *names, as_of=SECOND)
    with duckdb.connect(str(house.paths.warehouse)) as connection:
        spoil = "update marts.fct_metric_restatements set value_change = value_change {} 1"
        connection.execute(spoil.format("+"))
        with pytest.raises(AssertionError):
            connection.close()
            house.dbt("test", "--select", names[0], as_of=SECOND)
    with duckdb.connect(str(house.paths.warehouse)) as connection:
        connection.execute(spoil.format("-"))
    house.dbt("test", "--select", names[0], as_of=SECOND)


def test_a_full_refresh_keeps_history_and_a_publication_ends_a_chapter(house: House) -> None:
    before = house.ledger()
    house.dbt("run", "--full-refresh", "--select", *LEDGER, as_of=SECOND)
    assert house.ledger() == before
    house.publish()
    house.dbt("run", "--select", *LEDGER, as_of=SECOND)
    assert house.ledger() == before  # nothing has changed since, so no row is added
