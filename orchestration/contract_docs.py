"""The pages of the harmonised contract, made of the YAML that dbt enforces.

    python -m orchestration.contract_docs            write docs/contract/
    python -m orchestration.contract_docs --check    write nothing; exit code 1 for a stale page

One page per entity (columns, types, grain, keys, units, required or not, examples, which connectors
fill what), an index, and coverage.md: what a retailer knows of a person x the connectors that fill
it. What belongs here: reading the YAML and laying out Markdown. What does not: any fact about a
column; those stand in models/staging/**.yml, dbt_project.yml and docs/contract/coverage.yml.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path("docs/contract")
PREFIX = "harmonized_"
# Columns that the platform keeps itself, and that no file brings.
BOOKKEEPING = (
    *("source_table", "rejected_values", "landed_at"),
    *("batch_id", "first_batch_id", "times_landed"),
)
CONTRACT = "contract"
ANY_WORD = "*"
SURE, POSSIBLE = "●", "○"
GENERATED = "<!-- Written by `python -m orchestration.contract_docs`; edit the YAML instead. -->"


@dataclass(frozen=True)
class Column:
    """One column of an entity, as its YAML describes it."""

    name: str
    data_type: str
    description: str
    is_required: bool = False
    default: str = ""
    unit: str = ""
    example: str = ""


@dataclass(frozen=True)
class Entity:
    """One harmonised entity: its name, grain and columns in order."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def delivered(self) -> tuple[Column, ...]:
        """The columns that a file of the contract source may bring."""
        return tuple(column for column in self.columns if column.name not in BOOKKEEPING)


@dataclass(frozen=True)
class StagedModel:
    """A staging model: the columns that it gives, and the words that some of them hold.

    values: for a column of a vocabulary, the words that the model makes; ANY_WORD among them says
    that it passes on others as they come. A column without an entry holds any word.
    """

    columns: frozenset[str]
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Contract:
    """Everything that the pages are made of.

    fills: for each source (in the order of the registry) and entity, the models that fill it.
    """

    entities: tuple[Entity, ...]
    fills: Mapping[str, Mapping[str, Sequence[StagedModel]]]
    coverage: Sequence[Mapping[str, Any]]

    @property
    def connectors(self) -> tuple[str, ...]:
        """All sources but the one for files in the shape of the contract."""
        return tuple(source for source in self.fills if source != CONTRACT)

    def fillers(self, entity: str, column: str | None = None) -> tuple[str, ...]:
        """Connectors that fill an entity, or one of its columns."""
        return tuple(
            source
            for source in self.connectors
            if any(
                column is None or column in model.columns
                for model in self.fills[source].get(entity, ())
            )
        )

    def covering(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Mark of each connector that covers a row of coverage.yml: SURE, or POSSIBLE."""
        marks = {}
        for source in self.connectors:
            found = {_mark(model, row) for model in self.fills[source].get(row["entity"], ())}
            marks[source] = SURE if SURE in found else POSSIBLE if POSSIBLE in found else ""
        return {source: mark for source, mark in marks.items() if mark}


def _mark(model: StagedModel, row: Mapping[str, Any]) -> str:
    """How a model covers a row: SURE, POSSIBLE (if the source sends such words), or not at all."""
    if not model.columns.intersection(row["columns"]):
        return ""
    mark = SURE
    for column, words in row.get("when", {}).items():
        held = model.values.get(column, [ANY_WORD])
        if column not in model.columns or not {ANY_WORD, *words}.intersection(held):
            return ""
        if not set(words).intersection(held):
            mark = POSSIBLE
    return mark


# ---- reading ---------------------------------------------------------------------------------


def read_contract(root: Path = ROOT) -> Contract:
    """Read the entities, the registry and the staging models of the project at root."""
    staging = root / "models" / "staging"
    models = {
        model["name"]: model
        for path in sorted(staging.glob("*/_*__models.yml"))
        for model in read_yaml(path)["models"]
    }
    registry = read_yaml(root / "dbt_project.yml")["vars"]["source_entities"]
    return Contract(
        entities=tuple(_entity(m) for name, m in models.items() if name.startswith(PREFIX)),
        fills={
            source: {
                entity: tuple(_staged(models[name]) for name in names)
                for entity, names in entities.items()
            }
            for source, entities in registry.items()
        },
        coverage=read_yaml(root / FOLDER / "coverage.yml"),
    )


def _entity(model: Mapping[str, Any]) -> Entity:
    grain = str(model["description"]).split(", from every enabled source")[0] + "."
    return Entity(
        model["name"].removeprefix(PREFIX), grain, tuple(_column(c) for c in model["columns"])
    )


def _column(column: Mapping[str, Any]) -> Column:
    meta = column.get("config", {}).get("meta", {})
    return Column(
        name=column["name"],
        data_type=column["data_type"],
        description=column["description"],
        is_required=bool(meta.get("required", False)),
        default=str(meta.get("default", "")),
        unit=str(meta.get("unit", "")),
        example=str(meta.get("example", "")),
    )


def _staged(model: Mapping[str, Any]) -> StagedModel:
    return StagedModel(
        columns=frozenset(column["name"] for column in model["columns"]),
        values=model["config"]["meta"].get("values", {}),
    )


# ---- laying out ------------------------------------------------------------------------------


def pages(contract: Contract) -> dict[str, str]:
    """The text of every page, by file name."""
    return {
        **{f"{entity.name}.md": _entity_page(contract, entity) for entity in contract.entities},
        "README.md": _index_page(contract),
        "coverage.md": _coverage_page(contract),
    }


def _entity_page(contract: Contract, entity: Entity) -> str:
    fillers = contract.fillers(entity.name)
    lines = [
        *(GENERATED, f"# {entity.name}", f"{entity.grain[:-1]}; the latest version of each.", ""),
        "| | |",
        "|---|---|",
        "| key | `source_name`, `source_record_id` |",
        f"| files | `landing/contract/{entity.name}/*.{{parquet,csv,jsonl}}` |",
        f"| table | `staging.{PREFIX}{entity.name}` |",
        f"| connectors | {', '.join(fillers) or 'none: files of the contract source only'} |",
        "",
        "## Columns",
        "| column | type | required | meaning | unit | example | filled by |",
        "|---|---|---|---|---|---|---|",
        *(_column_line(contract, entity, column) for column in entity.delivered),
        "",
        "## Kept by the platform",
        "| column | type | meaning |",
        "|---|---|---|",
        *(
            f"| `{column.name}` | {column.data_type} | {_cell(column.description)} |"
            for column in entity.columns
            if column.name in BOOKKEEPING
        ),
    ]
    return "\n".join(lines) + "\n"


def _column_line(contract: Contract, entity: Entity, column: Column) -> str:
    required = "yes" if column.is_required else "no"
    if column.default:
        required = f"no: {column.default}"
    fillers = ", ".join(contract.fillers(entity.name, column.name))
    if column.name in ("source_name", "source_record_id", "recorded_at"):
        fillers = "all"
    example = f"`{_cell(column.example)}`" if column.example else ""
    return (
        f"| `{column.name}` | {column.data_type} | {required} | {_cell(column.description)} "
        f"| {_cell(column.unit)} | {example} | {fillers} |"
    )


def _index_page(contract: Contract) -> str:
    lines = [
        *(GENERATED, "# The harmonised contract"),
        "One table per entity, whatever the source. dbt enforces the columns and types of every",
        "table and of every view that feeds one; these pages say what they mean. Data from a tool",
        "without a connector come in as files of this shape: [add a source](../add-a-source.md).",
        "Which connector fills what: [coverage](coverage.md).",
        "",
        "| entity | grain | columns | connectors |",
        "|---|---|---|---|",
        *(
            f"| [{entity.name}]({entity.name}.md) | {_cell(entity.grain)} "
            f"| {len(entity.delivered)} | {', '.join(contract.fillers(entity.name))} |"
            for entity in contract.entities
        ),
        "",
        "## Rules for all of them",
        "- The key is `source_name` and `source_record_id`. The same key again is a newer version",
        "  of the record, or a repetition; the version with the latest `recorded_at` counts.",
        "- A row without a required column is rejected, with the reason and the row itself, in",
        "  `rejected_records`. Any other column may be absent from a file or empty in a row. A",
        "  default (`no: ...`) names the column that steps in.",
        "- Times are UTC. Days (`date`) are written 2026-03-01, times 2026-03-01 10:00:00.",
        "- Amounts are in major units (euros, not cents) of the row's `currency`.",
        "- E-mails, phones, names, countries, postal codes and words of a vocabulary are",
        "  normalised; one that cannot be right becomes NULL, and the row stays.",
        "- `customer_record_id` is a `source_record_id` of `customers` of the same source. An",
        "  e-mail, phone, card, login or cookie on a row ties it to a person as well.",
        "- Lists in one column are comma separated; JSON columns hold one object or array.",
    ]
    return "\n".join(lines) + "\n"


def _coverage_page(contract: Contract) -> str:
    names = contract.connectors
    lines = [
        *(GENERATED, "# Coverage: what is known of a person, and which connector fills it"),
        f"{SURE} the connector fills at least one of the columns; {POSSIBLE} it does where the",
        "source sends rows under that word, which the connector passes on as they come. Every row",
        "can also come in as files of the [contract source](README.md). The list of rows is",
        "`coverage.yml`.",
    ]
    for group in contract.coverage:
        lines += [
            "",
            f"## {group['group']}",
            f"| what | where | {' | '.join(names)} |",
            f"|---|---|{'---|' * len(names)}",
        ]
        for row in group["rows"]:
            covering = contract.covering(row)
            marks = " | ".join(covering.get(name, "") for name in names)
            lines.append(f"| {_cell(row['what'])} | {_where(row)} | {marks} |")
    return "\n".join(lines) + "\n"


def _where(row: Mapping[str, Any]) -> str:
    columns = ", ".join(f"`{column}`" for column in row["columns"])
    when = "; ".join(
        f"`{column}` {' or '.join(words)}" for column, words in row.get("when", {}).items()
    )
    page = f"[{row['entity']}]({row['entity']}.md)"
    return f"{page}: {columns}" + (f", where {when}" if when else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# ---- writing ---------------------------------------------------------------------------------


def stale_pages(root: Path = ROOT) -> Iterator[str]:
    """Names of the pages below docs/contract that are not what the YAML gives."""
    folder = root / FOLDER
    wanted = pages(read_contract(root))
    for name in sorted(wanted.keys() | {path.name for path in folder.glob("*.md")}):
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != wanted.get(name):
            yield name


def write_pages(root: Path = ROOT) -> int:
    """Write every page and remove those of entities that are gone; return their number."""
    folder = root / FOLDER
    wanted = pages(read_contract(root))
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(wanted)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages of the harmonised contract, or say which are stale."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.contract_docs", description=main.__doc__
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 1 when a page is stale"
    )
    if not parser.parse_args(arguments).check:
        print(f"{write_pages()} pages in {FOLDER}")
        return 0
    stale = list(stale_pages())
    for name in stale:
        print(f"{FOLDER / name} is not what the YAML gives")
    if stale:
        print("Write them anew: python -m orchestration.contract_docs")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
