"""Access and portability: a person's whole file, as JSON for machines and CSV for people.

Belongs here: which tables hold what of the person, in which words it is explained. Does not: who
the person is (person.py), what columns mean (column_tags.py, the YAML of the models).

What sources said comes from the harmonised records that the graph resolves to the person, what was
made of it from every public table by customer. Tables that set people beside one another (the
graph's links and queues, households) are left out: half of each row is about somebody else.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import duckdb

from orchestration.column_tags import Dictionary, Holding, Table, table_in_warehouse
from orchestration.data_requests.person import Person
from orchestration.data_requests.tables import fill
from orchestration.publish import FORMULA_START, PHONE

# Columns that say how the platform works inside, and digests of what stands beside them.
MEANINGS_LEFT_OUT = frozenset({"customer", "digest", "hashed_contact", "graph"})
COLUMNS_LEFT_OUT = frozenset(
    {"batch_id", "first_batch_id", "times_landed", "landed_at", "source_table"}
)
BESIDE_OTHERS = ("*identity*", "*household*", "bridge_customer_aliases")
# Codes, and where their meaning stands in plain words: table, code, words.
WORDS = {
    "reason_code": ("seeds.suppression_reasons", "reason_code", "comment"),
    "first_reason": ("seeds.suppression_reasons", "reason_code", "comment"),
    "all_reasons": ("seeds.suppression_reasons", "reason_code", "comment"),
    "segment_code": ("marts.dim_segments", "segment_code", "description"),
    "population_rule": ("seeds.population_rules", "rule_id", "comment"),
}


@dataclass(frozen=True)
class Section:
    """One table's part of the file. rows: by column name, as the warehouse has them."""

    table: str
    description: str
    columns: Mapping[str, str]  # with their descriptions
    holding: Holding
    rows: Sequence[Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """For the file: why it is held and how long, then the rows."""
        days = self.holding.retention_days
        since = self.holding.retention_from or "the last activity"
        return {
            "table": self.table,
            "description": self.description,
            "purpose": self.holding.purpose,
            "legal_basis": self.holding.legal_basis,
            "kept": "for good" if days is None else f"{days} days from {since}",
            "columns": dict(self.columns),
            "rows": [dict(row) for row in self.rows],
        }


def sections(
    connection: duckdb.DuckDBPyConnection,
    manifest: Mapping[str, Any],
    person: Person,
    dictionary: Dictionary | None = None,
) -> list[Section]:
    """Everything that is held of the person; tables without a row of theirs are left out."""
    dictionary = dictionary or Dictionary.load()
    fill(connection, "person_ids", {"customer_id": "varchar"}, [(i,) for i in person.customer_ids])
    words = {column: _words(connection, *place) for column, place in WORDS.items()}
    found = []
    for node in sorted(manifest["nodes"].values(), key=lambda node: str(node["name"])):
        condition = _condition(node)
        if condition is None:
            continue
        relation = f'"{node["schema"]}"."{node["alias"]}"'
        described = connection.execute(f"describe {relation}").fetchall()
        table = table_in_warehouse(manifest, node["name"], [(c[0], c[1]) for c in described])
        holding = dictionary.holding_of(table)
        if holding is None or holding.category == "none":
            continue
        columns = _columns(dictionary, table)
        cursor = connection.execute(
            f"select {', '.join(_quoted(columns))} from {relation} as held "
            f"where {condition} order by all"
        )
        rows = [
            _explained(dict(zip(columns, values, strict=True)), words)
            for values in cursor.fetchall()
        ]
        if rows:
            descriptions = {
                name: node["columns"].get(name, {}).get("description", "") for name in columns
            }
            found.append(Section(node["name"], node["description"], descriptions, holding, rows))
    return found


def _condition(node: Mapping[str, Any]) -> str | None:
    """SQL that is true for the person's rows of a model; None where it has none of its own."""
    name = node["name"]
    if node["resource_type"] != "model" or _is_beside_others(name):
        return None
    if name == "harmonized_order_lines":
        return (
            "exists (select 1 from unified_customer.unified_orders as orders "
            "where orders.customer_id in (from person_ids) "
            "and orders.source_name = held.source_name and orders.order_id = held.order_id)"
        )
    if name.startswith("harmonized_"):
        entity, key = name.removeprefix("harmonized_"), "source_record_id"
        if entity == "contact_points":  # entries of the address book of a person record
            entity, key = "customers", "customer_record_id"
        return (
            "exists (select 1 from identity_graph.identity_source_records as records "
            "where records.customer_id in (from person_ids) "
            f"and records.entity = '{entity}' and records.source_name = held.source_name "
            f"and records.source_record_id = held.{key})"
        )
    is_public = node["config"]["access"] in ("public", "protected")
    if is_public and node["schema"] in ("unified_customer", "marts"):
        return "customer_id in (from person_ids)" if "customer_id" in node["columns"] else None
    return None


def _is_beside_others(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in BESIDE_OTHERS)


def _columns(dictionary: Dictionary, table: Table) -> list[str]:
    kept = []
    for column in table.columns:
        meaning = dictionary.meaning_of(column.name)
        is_inner = meaning is not None and meaning[0].tag in MEANINGS_LEFT_OUT
        if not is_inner and column.name not in COLUMNS_LEFT_OUT:
            kept.append(column.name)
    return kept


def _quoted(columns: Iterable[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def _words(
    connection: duckdb.DuckDBPyConnection, relation: str, code: str, words: str
) -> dict[str, str]:
    return dict(connection.execute(f"select {code}, {words} from {relation}").fetchall())


def _explained(row: dict[str, Any], words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """The row with the meaning of its codes beside them."""
    for column in [column for column in row if column in words and row[column]]:
        codes = re.findall(r"\w+", str(row[column]))
        known = [words[column][code] for code in codes if code in words[column]]
        row[f"{column}_in_words"] = "; ".join(known)
    return row


def recipients(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], person: Person
) -> list[dict[str, Any]]:
    """Who outside gets something of the person with the published activation files."""
    fill(connection, "person_ids", {"customer_id": "varchar"}, [(i,) for i in person.customer_ids])
    found = []
    for node in sorted(manifest["nodes"].values(), key=lambda node: str(node["name"])):
        activation = (node["config"].get("meta") or {}).get("activation")
        if node["resource_type"] != "model" or not activation:
            continue
        row = connection.execute(
            f'select count(*) from marts."{node["alias"]}" where customer_id in (from person_ids)'
        ).fetchone()
        if row and row[0]:
            found.append(
                {
                    "recipient": activation["destination"],
                    "audience": node["name"],
                    "gets": list(activation["file_header"]),
                }
            )
    return found


def write(
    folder: Path, held: Sequence[Section], recipients: Sequence[Mapping[str, Any]], now: datetime
) -> Path:
    """Write ``data.json`` and one CSV per table into the folder, for its owner alone to read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "data.json"
    file.touch(mode=0o600)
    file.write_text(
        json.dumps(
            {
                "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
                "recipients": list(recipients),
                "data": [section.as_json() for section in held],
            },
            indent=2,
            ensure_ascii=False,
            default=str,
        )
        + "\n",
        encoding="utf-8",
    )
    for section in held:
        table = folder / f"{section.table}.csv"
        table.touch(mode=0o600)
        names = list(dict.fromkeys(name for row in section.rows for name in row))
        with table.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(
                {name: _harmless(value) for name, value in row.items()} for row in section.rows
            )
    return file


def _harmless(value: Any) -> Any:
    """The value so that a spreadsheet does not run it as a formula."""
    is_formula = isinstance(value, str) and re.match(FORMULA_START, value)
    return f"'{value}" if is_formula and not re.match(PHONE, value) else value
