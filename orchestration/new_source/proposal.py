"""Guess what the tables of a sample are: entity, meaning of the columns, with a score for each.

Belongs here: comparing names with the vocabulary and values with the harmonised contract. Does not:
reading files (sample.py), writing drafts (view_sql.py, yaml_texts.py). A guess is never dropped in
silence: what did not become a mapping is kept with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.contract_docs import Column, Contract, Entity
from orchestration.new_source.sample import Sample, SampleColumn, SampleTable, plain_name
from orchestration.yaml_files import read_yaml

ACCEPTED = 0.5  # score from which a column is mapped
ENTITY_ACCEPTED = 0.5
NAME_OF_TABLE = 0.4  # what the name of a table weighs against its columns
# Words that say nothing at the end of a longer name.
GENERAL = frozenset(
    {
        *("id", "name", "type", "date", "time", "timestamp", "status", "state", "code", "value"),
        *("amount", "number", "category", "title", "text", "description", "total", "price"),
        *(
            "sector",
            "position",
            "land",
            "view",
            "mail",
            "page",
            "action",
            "event",
            "points",
            "cost",
        ),
    }
)
# Columns that stand for the row and are not mapped from a file.
OWN = ("source_name", "source_record_id", "attributes", "properties")


@dataclass(frozen=True)
class ColumnMapping:
    """A column of a table as a column of the harmonised entity. score: 0 to 1."""

    column: SampleColumn
    target: Column
    score: float
    why: str


@dataclass(frozen=True)
class Candidate:
    """One entity for a table, with the mapping that it would give.

    lacks: what the entity needs and the table does not give: a required column, or one row per
    record.
    left: columns without a place in the entity, with the nearest one and why it was not taken.
    """

    entity: Entity
    score: float
    mappings: tuple[ColumnMapping, ...]
    left: tuple[tuple[SampleColumn, str], ...]
    lacks: tuple[str, ...]

    def mapped(self, target: str) -> ColumnMapping | None:
        """The mapping of a column of the entity."""
        return next((m for m in self.mappings if m.target.name == target), None)


@dataclass(frozen=True)
class Proposal:
    """What a table is taken for. chosen: None when no entity fits well enough."""

    table: SampleTable
    chosen: Candidate | None
    others: tuple[Candidate, ...]
    customer_reference: str | None = None  # column that names a person record of this source


@cache
def vocabulary() -> Mapping[str, Any]:
    """The words of vocabulary.yml."""
    path = Path(__file__).with_name("vocabulary.yml")
    loaded: Mapping[str, Any] = read_yaml(path)
    return loaded


def propose(sample: Sample, contract: Contract) -> list[Proposal]:
    """One proposal for each table of the sample, in its order."""
    entities = {entity.name: entity for entity in contract.entities}
    proposals = [_propose(table, entities, frozenset()) for table in sample.tables]
    customers = next(
        (p.table for p in proposals if p.chosen and p.chosen.entity.name == "customers"), None
    )
    if customers is None or len(customers.key) != 1:
        return proposals
    # What the persons of this source are called is known now: look for it in the other tables.
    key = customers.key[0]
    references = {
        table.name: reference
        for table in sample.tables
        if table is not customers
        and (reference := _customer_reference(sample, table, customers, key)) is not None
    }
    return [
        replace(
            _propose(p.table, entities, frozenset({references[p.table.name]})),
            customer_reference=references[p.table.name],
        )
        if p.table.name in references
        else p
        for p in proposals
    ]


def _customer_reference(
    sample: Sample, table: SampleTable, customers: SampleTable, key: str
) -> str | None:
    """The column of a table that holds keys of the customers table."""
    known = set(vocabulary()["columns"]["customer_record_id"])
    for column in table.columns:
        name = plain_name(column.name)
        sounds = name in known or (name == plain_name(key) and name != "id")
        if sounds and sample.overlap(table.name, column.name, customers.name, key) > 0:
            return column.name
    return None


def _propose(
    table: SampleTable, entities: Mapping[str, Entity], persons: frozenset[str]
) -> Proposal:
    candidates = [
        _candidate(table, entities[name], words, persons)
        for name, words in vocabulary()["entities"].items()
    ]
    candidates.sort(key=lambda candidate: (bool(candidate.lacks), -candidate.score))
    best = candidates[0]
    chosen = best if not best.lacks and best.score >= ENTITY_ACCEPTED else None
    others = sorted(
        (c for c in candidates if c is not chosen and c.score >= 0.3), key=lambda c: -c.score
    )
    return Proposal(table, chosen, tuple(others[:3]))


def _candidate(
    table: SampleTable, entity: Entity, words: Mapping[str, Any], persons: frozenset[str]
) -> Candidate:
    mappings, left = map_columns(table, entity, words, persons)
    mapped = {mapping.target.name for mapping in mappings}
    told = len(mapped.intersection(words["tells"]))
    columns = min(1.0, told / words["enough"])
    named = _sounds_like(table.name, words["tables"])
    score = NAME_OF_TABLE * named + (1 - NAME_OF_TABLE) * columns
    lacks = tuple(
        column.name
        for column in entity.delivered
        if column.is_required and column.name not in OWN and column.name not in mapped
    ) + tuple(
        f"one row per {mapping.target.name} ({mapping.column.name} repeats)"
        for mapping in mappings
        if mapping.target.default == "source_record_id"
        and mapping.column.distinct < mapping.column.filled
        and "recorded_at" not in mapped
    )
    return Candidate(entity, round(score, 2), mappings, left, lacks)


def _sounds_like(table: str, words: Sequence[str]) -> float:
    """1 when the last word of a table's name is one of the words, less when it only holds one."""
    parts = [_singular(part) for part in table.split("_")]
    known = {_singular(word) for word in words}
    if parts[-1] in known:
        return 1.0
    return 0.5 if known.intersection(parts) else 0.0


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def map_columns(
    table: SampleTable, entity: Entity, words: Mapping[str, Any], persons: frozenset[str]
) -> tuple[tuple[ColumnMapping, ...], tuple[tuple[SampleColumn, str], ...]]:
    """Give each column of a table to at most one column of the entity, the best scores first."""
    found = [
        mapping
        for column in table.columns
        for target in entity.delivered
        if target.name not in OWN
        and (mapping := _map(table, column, target, words, persons)) is not None
    ]
    found += _only_time(table, entity, found) + _own_id(table, entity, found)
    # of two equal scores: the target whose first name it is, then the order of the file
    found.sort(key=lambda mapping: -mapping.score)
    taken: dict[str, ColumnMapping] = {}
    targets: set[str] = set()
    for mapping in found:
        if mapping.score < ACCEPTED:
            continue
        if mapping.column.name in taken or mapping.target.name in targets:
            continue
        taken[mapping.column.name] = mapping
        targets.add(mapping.target.name)
    order = [column.name for column in entity.delivered]
    mappings = sorted(taken.values(), key=lambda mapping: order.index(mapping.target.name))
    left = [
        (column, _why_left(column, found, targets))
        for column in table.columns
        if column.name not in taken and column.name not in table.key
    ]
    return tuple(mappings), tuple(left)


def _why_left(column: SampleColumn, found: Sequence[ColumnMapping], targets: set[str]) -> str:
    near = max(
        (m for m in found if m.column.name == column.name), key=lambda m: m.score, default=None
    )
    if near is None:
        return "no column of the entity has a name like it"
    if near.score >= ACCEPTED and near.target.name in targets:
        return f"{near.target.name} is filled from another column"
    return f"nearest: {near.target.name} ({near.score:.2f}: {near.why})"


def _map(
    table: SampleTable,
    column: SampleColumn,
    target: Column,
    words: Mapping[str, Any],
    persons: frozenset[str],
) -> ColumnMapping | None:
    if target.name == "customer_record_id" and column.name in persons:
        return ColumnMapping(column, target, 1.0, "holds keys of the persons of this source")
    score, why = _name_score(table, column, target.name, words)
    # A shape that only one meaning has counts where the name says nothing.
    if column.shape in ("email", "url") and score < 0.6:
        wanted = {"email": ("email", "contact_point"), "url": ("page_url", "content_url")}
        if target.name in wanted[column.shape]:
            score, why = 0.6, f"values are of the shape {column.shape}"
    if score == 0:
        return None
    misfit = _misfit(column, target)
    if misfit:
        return ColumnMapping(column, target, round(score - 0.6, 2), misfit)
    if target.default == "source_record_id" and table.key == (column.name,):
        score, why = min(1.0, score + 0.1), f"{why}; the key of the table"
    if not column.filled:
        return ColumnMapping(column, target, round(score - 0.3, 2), f"{why}; empty in the sample")
    if column.shape and column.shape in (target.name, target.name.removesuffix("_code")):
        score, why = min(1.0, score + 0.1), f"{why}; values fit"
    return ColumnMapping(column, target, round(score, 2), why)


def _name_score(
    table: SampleTable, column: SampleColumn, target: str, words: Mapping[str, Any]
) -> tuple[float, str]:
    """How much a column's name says that it is the target: 0 to 0.9."""
    own = [*words.get("columns", {}).get(target, [])]
    names = [*own, *vocabulary()["columns"].get(target, [target])]
    if target not in names:
        names.append(target)
    name = plain_name(column.name)
    if name == target:
        return 0.9, "same name"
    if name in names:
        # names earlier in a list are surer, so that of two candidates the better one is taken
        return round(0.88 - 0.002 * names.index(name), 3), "known name"
    prefixes = {table.name, *(_singular(part) for part in table.name.split("_")), *words["tables"]}
    together = name.replace("_", "")
    if together in {known.replace("_", "") for known in names}:
        return 0.8, "known name, written otherwise"
    for prefix in sorted(prefixes, key=len, reverse=True):
        rest = name.removeprefix(f"{prefix}_") if name.startswith(f"{prefix}_") else ""
        if rest and (rest in names):
            return 0.8, "known name after the table's own"
    for known in sorted(names, key=len, reverse=True):
        if known not in GENERAL and len(known) > 2 and name.endswith(f"_{known}"):
            return 0.6, f"ends with {known}"
        if known not in GENERAL and len(known) > 4 and name.startswith(f"{known}_"):
            return 0.45, f"begins with {known}"
    return 0.0, ""


def _misfit(column: SampleColumn, target: Column) -> str:
    """Why the values of a column cannot be those of the target; empty when they can."""
    kind, wanted = column.kind, target.data_type.split("(")[0]
    if not column.filled:
        return ""
    allowed = {
        "string": ("text", "integer"),
        "decimal": ("integer", "fraction"),
        "double": ("integer", "fraction"),
        "bigint": ("integer", "fraction") if column.is_whole else ("integer",),
        "timestamp": ("time",),
        "date": ("time",),
        "boolean": ("boolean",),
    }[wanted]
    if kind not in allowed:
        return f"values are {kind}, not {wanted}"
    shapes = {"email": ("email",), "phone": ("phone", ""), "currency": ("currency", "")}
    if target.name in ("email", "currency") and column.shape not in shapes[target.name]:
        return f"values are not of the shape {target.name}"
    if column.shape in ("email", "url", "json") and target.name not in (
        *("email", "contact_point", "user_id", "page_url", "referrer", "content_url"),
        *("interests", "items", "source_record_id"),
    ):
        return f"values are of the shape {column.shape}"
    if target.name == "country_code" and column.shape not in ("country", "") and column.filled:
        return "values are not countries"
    return ""


def _only_time(
    table: SampleTable, entity: Entity, found: Sequence[ColumnMapping]
) -> list[ColumnMapping]:
    """The main time of the entity, where the table has one time alone and nothing better."""
    times = [column for column in table.columns if column.kind == "time"]
    mapped = {m.target.name for m in found if m.score >= ACCEPTED}
    return [
        ColumnMapping(times[0], target, 0.5, "the only time of the table")
        for target in entity.delivered
        if len(times) == 1
        and target.is_required
        and target.data_type in ("timestamp", "date")
        and target.name not in mapped
    ]


def _own_id(
    table: SampleTable, entity: Entity, found: Sequence[ColumnMapping]
) -> list[ColumnMapping]:
    """The id that is the record itself, where the table has one key column and nothing better."""
    if len(table.key) != 1:
        return []
    mapped = {m.target.name for m in found if m.score >= ACCEPTED}
    key = table.column(table.key[0])
    return [
        ColumnMapping(key, target, 0.55, "the key of the table")
        for target in entity.delivered
        if target.default == "source_record_id"
        and target.name not in mapped
        and not re.search(r"^(email|phone)$", plain_name(key.name))
    ]
