"""What every column holds of a person: ``python -m orchestration.column_tags`` writes the record.

Belongs here: resolving the tags of columns from the two seeds of ``seeds/governance`` and the
models' own YAML, and the record of processing made of them. Does not: erasing, exporting or purging
anything; whoever does asks here what to do with a column.

A table is *subject-bearing* when a person's rows can be found in it, or when it may hold free text.
Every column of such a table has a tag: kind of personal data, subject key of the table, what an
erasure does, how long it is kept, why. The meaning of a column comes from its name (seed
``column_tags``), what its table is for from the table (seed ``data_holdings``), and
``config.meta`` of the column in the YAML of its model stands above both.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from orchestration import manifest as dbt_manifest
from orchestration.paths import ROOT

SEEDS = Path("seeds/governance")
RECORD = Path("docs/record-of-processing.md")
OVERRIDES = ("pii", "erase", "retention_days", "purpose", "subject_key")
ERASE_RULES = ("delete", "nullify", "hmac", "keep")
# Kinds that name or reach a person by themselves.
DIRECT = frozenset(
    {
        *("name", "email", "phone", "contact_point", "social_handle", "identifier"),
        *("postal_address", "birth_date", "free_text"),
    }
)
TEXT_TYPES = ("string", "varchar", "text", "json")
# A landed column that no meaning names: of a text nobody knows what it says, a number is a fact.
UNKNOWN_TEXT = "unclassified"


class UntaggedColumnsError(LookupError):
    """Columns or tables of personal data for which the seeds have no row."""


@dataclass(frozen=True)
class Meaning:
    """One row of the seed ``column_tags``."""

    tag: str
    patterns: tuple[str, ...]
    pii: str
    erase: str
    is_subject_key: bool


@dataclass(frozen=True)
class Holding:
    """One row of the seed ``data_holdings``. ``retention_days`` None = for good."""

    applies_to: str
    category: str
    erase_row: str
    retention_days: int | None
    retention_from: str | None
    purpose: str
    legal_basis: str
    comment: str


@dataclass(frozen=True)
class Column:
    """A column to be resolved: its type as declared, and the tags of its own."""

    name: str
    data_type: str = ""
    overrides: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Table:
    """A table to be resolved. ``entity``: what of the harmonised model it holds, if it does.

    ``is_landed``: as a source delivers it, with names that nobody here chose.
    """

    name: str
    columns: tuple[Column, ...]
    entity: str | None = None
    is_landed: bool = False


@dataclass(frozen=True)
class ColumnTag:
    """What a column holds of a person, and what is to be done with it.

    ``subject_key``: the column of the table by which a person's rows are found.
    ``erase``: delete (the row goes), nullify, hmac (keyed digest) or keep. ``retention_days``: from
    ``retention_from`` on, or from the customer's last activity where that is None; None = for good.
    """

    table: str
    column: str
    pii: str
    subject_key: str
    erase: str
    retention_days: int | None
    retention_from: str | None
    purpose: str


class Dictionary:
    """The two seeds, and what they say of a table."""

    def __init__(self, meanings: Sequence[Meaning], holdings: Sequence[Holding]) -> None:
        """Keep the rows in the order of the seeds."""
        self.meanings = tuple(meanings)
        self.holdings = tuple(holdings)
        self._found: dict[str, tuple[Meaning, str] | None] = {}

    @classmethod
    def load(cls, root: Path = ROOT) -> Dictionary:
        """Read both seeds below ``root``."""
        meanings = [
            Meaning(
                row["tag"],
                tuple(row["columns"].split()),
                row["pii"],
                row["erase"],
                row["is_subject_key"] == "true",
            )
            for row in _rows(root / SEEDS / "column_tags.csv")
        ]
        holdings = [
            Holding(
                row["applies_to"],
                row["category"],
                row["erase_row"],
                int(row["retention_days"]) if row["retention_days"] else None,
                row["retention_from"] or None,
                row["purpose"],
                row["legal_basis"],
                row["comment"],
            )
            for row in _rows(root / SEEDS / "data_holdings.csv")
        ]
        return cls(meanings, holdings)

    def meaning_of(self, column: str) -> tuple[Meaning, str] | None:
        """The meaning of a column name and the pattern that gave it; None when there is none."""
        if column not in self._found:
            matches = [
                (meaning, pattern)
                for meaning in self.meanings
                for pattern in meaning.patterns
                if fnmatchcase(column, pattern)
            ]
            self._found[column] = max(
                matches, key=lambda match: _weight(match[1], column), default=None
            )
        return self._found[column]

    def holding_of(self, table: Table) -> Holding | None:
        """What a table is held for: its own name counts before its entity."""
        best: tuple[tuple[int, int], Holding] | None = None
        for holding in self.holdings:
            kind, pattern = holding.applies_to.split(":", 1)
            if kind == "model" and fnmatchcase(table.name, pattern):
                is_general = pattern in ("stg_*", "landing_*")  # these go by their entity
                weight = (0 if is_general else 2, len(pattern))
            elif kind == "entity" and pattern == table.entity:
                weight = (1, len(pattern))
            else:
                continue
            if best is None or weight > best[0]:
                best = (weight, holding)
        return best[1] if best else None

    def subject_key(self, table: Table) -> str | None:
        """The column by which a person's rows are found; None when the table bears no subject."""
        places = {meaning.tag: place for place, meaning in enumerate(self.meanings)}
        keys, texts = [], []
        for column in table.columns:
            if (column.overrides or {}).get("subject_key"):
                return column.name
            found = self.meaning_of(column.name)
            if found is None:
                continue
            meaning, _ = found
            if meaning.is_subject_key:
                keys.append((places[meaning.tag], column.name))
            elif meaning.pii == "free_text":
                texts.append((places[meaning.tag], column.name))
        return min(keys or texts, default=(0, None))[1]

    def tags_of(self, table: Table) -> list[ColumnTag]:
        """The tag of every column of a table; empty when the table bears no subject.

        Raises UntaggedColumnsError with every column that has no meaning, or for a subject-bearing
        table for which nothing says why it is held.
        """
        key = self.subject_key(table)
        holding = self.holding_of(table)
        if key is None or (holding and holding.category == "none"):
            self._deny_people(table)
            return []
        if holding is None:
            raise UntaggedColumnsError(
                f"{table.name} is found by {key}, but no row of data_holdings says why it is held."
            )
        tags, unknown = [], []
        for column in table.columns:
            tag = self._tag(table, column, key, holding)
            if tag is None:
                unknown.append(column.name)
            else:
                tags.append(tag)
        if unknown:
            raise UntaggedColumnsError(
                f"{table.name}: no row of column_tags has {', '.join(unknown)}. Add the names to "
                "the row of their meaning, or meta to the columns in the YAML of the model."
            )
        return tags

    def erase_rules(self, table: Table) -> dict[str, str]:
        """What an erasure does to each column of a row that belongs to a person.

        Also of a table by whose own columns nobody is found: its rows may belong to somebody all
        the same, through a record of another table.
        """
        holding = self.holding_of(table)
        assert holding is not None  # only asked of tables that are held for something
        tags = [self._tag(table, column, "", holding) for column in table.columns]
        return {tag.column: tag.erase for tag in tags if tag is not None}

    def column_days(self, table: Table) -> dict[str, int]:
        """Days after which a column loses its value, where its own meta gives it a period."""
        return {
            column.name: int(column.overrides["retention_days"])
            for column in table.columns
            if column.overrides and column.overrides.get("retention_days") is not None
        }

    def _deny_people(self, table: Table) -> None:
        """A table said to hold nothing about people has no column that names or reaches one."""
        for column in table.columns:
            found = self.meaning_of(column.name)
            if found and found[0].pii in DIRECT - {"free_text", "name"}:
                raise UntaggedColumnsError(
                    f"{table.name} is said to hold nothing about people, but has {column.name}."
                )

    def _tag(self, table: Table, column: Column, key: str, holding: Holding) -> ColumnTag | None:
        found = self.meaning_of(column.name)
        own = {
            name: (column.overrides or {}).get(name) for name in OVERRIDES if name != "subject_key"
        }
        if found is not None:
            pii, erase = found[0].pii, found[0].erase
        elif table.is_landed and column.data_type.lower().startswith(TEXT_TYPES):
            pii, erase = UNKNOWN_TEXT, "nullify"
        elif table.is_landed:
            pii, erase = "row", "keep"
        elif own["pii"] and own["erase"]:
            pii, erase = str(own["pii"]), str(own["erase"])
        else:
            return None
        tag = ColumnTag(
            table=table.name,
            column=column.name,
            pii=holding.category if pii == "row" else pii,
            subject_key=key,
            erase="delete" if holding.erase_row == "delete" else erase,
            retention_days=holding.retention_days,
            retention_from=holding.retention_from,
            purpose=holding.purpose,
        )
        return replace(tag, **{name: value for name, value in own.items() if value is not None})


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _weight(pattern: str, column: str) -> tuple[bool, int]:
    return pattern == column, len(pattern)


# ---- tables of the project -------------------------------------------------------------------


def model_tables(manifest: Mapping[str, Any]) -> list[Table]:
    """The models whose YAML declares columns, with those."""
    return [
        Table(node["name"], _columns(node), _entity(node, _entities(manifest)))
        for node in _models(manifest)
        if node["columns"]
    ]


def source_tables(manifest: Mapping[str, Any]) -> list[Table]:
    """The landed tables of all sources, with the entity that their primary view feeds."""
    entities = {
        node["config"]["meta"]["source_table"]: node["config"]["meta"].get("entity")
        for node in _models(manifest)
        if node["config"]["meta"].get("primary")
    }
    return [
        Table(
            f"{source['schema']}.{source['name']}",
            _columns(source),
            entities.get(f"{source['source_name']}.{source['name']}"),
            is_landed=True,
        )
        for source in manifest["sources"].values()
        if source["source_name"] != "landing"
    ]


def table_in_warehouse(
    manifest: Mapping[str, Any], name: str, columns: Iterable[tuple[str, str]]
) -> Table:
    """A model as it stands in the warehouse: working steps declare no columns in their YAML.

    columns: names and types, as the catalogue of the warehouse has them.
    """
    node = next((node for node in _models(manifest) if node["name"] == name), None)
    declared = {column.name: column for column in _columns(node)} if node else {}
    return Table(
        name,
        tuple(declared.get(column, Column(column, kind)) for column, kind in columns),
        _entity(node, _entities(manifest)) if node else None,
    )


def _models(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def _columns(node: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(
        Column(
            name,
            column.get("data_type") or "",
            {**column.get("meta", {}), **column.get("config", {}).get("meta", {})},
        )
        for name, column in node["columns"].items()
    )


def _entities(manifest: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        node["name"].removeprefix("harmonized_")
        for node in _models(manifest)
        if node["name"].startswith("harmonized_")
    )


def _entity(node: Mapping[str, Any], entities: frozenset[str]) -> str | None:
    stated: str | None = node["config"]["meta"].get("entity")
    if stated:
        return stated
    for prefix in ("harmonized_", "unified_"):
        name = node["name"].removeprefix(prefix)
        if node["name"].startswith(prefix) and name in entities:
            return str(name)
    return None


# ---- the record of processing ----------------------------------------------------------------


def record_of_processing(manifest: Mapping[str, Any], dictionary: Dictionary) -> str:
    """The record (GDPR art. 30) as a Markdown page: who holds what, why, how long.

    Views hold nothing of their own, so landed tables stand for the staging views that read them.
    """
    holders = _holders(manifest)
    views = {n["name"] for n in _models(manifest) if n["config"]["materialized"] == "view"}
    tables = [table for table in model_tables(manifest) if table.name not in views]
    activities: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for table in sorted(source_tables(manifest) + tables, key=lambda table: table.name):
        tags = dictionary.tags_of(table)
        holding = dictionary.holding_of(table)
        if tags and holding and not table.name.startswith("int_"):
            holder = holders["staging" if table.is_landed else table.name]
            activities[holding.purpose, holding.legal_basis, holder].append(
                _record_row(table, tags, holding)
            )
    lines = [
        "# Record of processing",
        "",
        "Who holds what about people, why, and for how long. Made from the column tags by",
        "`python -m orchestration.column_tags`; edit `seeds/governance` or the YAML of a model,",
        "not this page.",
        "",
    ]
    for (purpose, basis, holder), rows in sorted(activities.items()):
        lines += [
            f"## {purpose.capitalize()} ({holder})",
            "",
            f"Legal basis: {basis}.",
            "",
            "| table | found by | names or reaches a person | other personal data | kept |"
            " on erasure |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    return "\n".join(lines + _steps(manifest, dictionary) + _recipients(manifest)) + "\n"


def _holders(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The owner of each model's group, by name of the model; of staging also by that name."""
    owners = {group["name"]: group["owner"]["name"] for group in manifest["groups"].values()}
    named = {node["name"]: owners[node["group"]] for node in _models(manifest) if node["group"]}
    return {**named, "staging": owners["staging"]}


def _record_row(table: Table, tags: Sequence[ColumnTag], holding: Holding) -> str:
    direct = [f"{tag.column} ({tag.pii})" for tag in tags if tag.pii in DIRECT]
    kinds = sorted({tag.pii for tag in tags} - DIRECT - {"none"})
    kept = [_kept(holding)]
    kept += [
        f"{tag.column} {tag.retention_days} days"
        for tag in tags
        if tag.retention_days != holding.retention_days
    ]
    return (
        f"| {table.name} | {tags[0].subject_key} | {', '.join(direct) or '-'} "
        f"| {', '.join(kinds) or '-'} | {'; '.join(kept)} | {_erased(tags, holding)} |"
    )


def _kept(holding: Holding) -> str:
    if holding.retention_days is None:
        return "for good"
    return f"{holding.retention_days} days from {holding.retention_from or 'last activity'}"


def _erased(tags: Sequence[ColumnTag], holding: Holding) -> str:
    if holding.erase_row == "delete":
        return "rows deleted"
    done = ["rows kept"]
    for rule, words in (("nullify", "cleared"), ("hmac", "digested")):
        columns = [tag.column for tag in tags if tag.erase == rule]
        if columns:
            done.append(f"{words}: {', '.join(columns)}")
    return "; ".join(done)


def _steps(manifest: Mapping[str, Any], dictionary: Dictionary) -> list[str]:
    lines = [
        "## Working steps",
        "",
        "Tables between those above. They hold parts of what is made from them and nothing else.",
        "",
        "| tables | held for | kept | on erasure |",
        "|---|---|---|---|",
    ]
    steps: dict[Holding, list[str]] = defaultdict(list)
    for node in _models(manifest):
        if node["name"].startswith("int_") and node["config"]["materialized"] != "view":
            holding = dictionary.holding_of(Table(node["name"], ()))
            if holding is not None:
                steps[holding].append(node["name"])
    for holding, names in sorted(steps.items(), key=lambda step: step[0].applies_to):
        erased = "rows deleted" if holding.erase_row == "delete" else "rows kept without the person"
        lines.append(
            f"| {', '.join(sorted(names))} | {holding.purpose} | {_kept(holding)} | {erased} |"
        )
    return [*lines, ""]


def _recipients(manifest: Mapping[str, Any]) -> list[str]:
    lines = [
        "## Recipients",
        "",
        "| recipient | gets | from |",
        "|---|---|---|",
    ]
    for node in sorted(_models(manifest), key=lambda node: str(node["name"])):
        activation = node["config"]["meta"].get("activation")
        if activation:
            sent = ", ".join(activation["file_header"])
            lines.append(f"| {activation['destination']} | {sent} | {node['name']} |")
    for exposure in sorted(manifest["exposures"].values(), key=lambda e: str(e["name"])):
        parents = ", ".join(sorted(p.rsplit(".", 1)[1] for p in exposure["depends_on"]["nodes"]))
        lines.append(
            f"| {exposure['label']} ({exposure['type']}) | pseudonymous rows | {parents} |"
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the record of processing, or with ``--check`` say whether it is current."""
    parser = argparse.ArgumentParser(description="The record of processing, from the column tags.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when not current")
    options = parser.parse_args(arguments)
    dbt_manifest.prepare()
    try:
        page = record_of_processing(dbt_manifest.load(), Dictionary.load())
    except UntaggedColumnsError as error:
        print(error, file=sys.stderr)
        return 1
    path = ROOT / RECORD
    if options.check:
        is_current = path.exists() and path.read_text(encoding="utf-8") == page
        print(f"{RECORD} is {'current' if is_current else 'not current: make it anew'}.")
        return 0 if is_current else 1
    path.write_text(page, encoding="utf-8")
    print(f"Wrote {RECORD}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
