"""The tables that sources declare, read from the ``_<source>__sources.yml`` files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

STAGING = Path(__file__).resolve().parents[2] / "models" / "staging"


@dataclass(frozen=True)
class DeclaredTable:
    """One table of a source: its columns in order, each with the type that dbt is told."""

    source: str
    name: str
    columns: dict[str, str]

    @property
    def full_name(self) -> str:
        """``source.table``."""
        return f"{self.source}.{self.name}"


# Of the source ``contract``, which has a table for every entity, what no connector brings.
CONTRACT_TABLES = ("list_checks",)


def declared_tables(staging: Path = STAGING) -> list[DeclaredTable]:
    """Read every declared table of the connectors, and what the demo adds, ordered by name."""
    tables = []
    for path in sorted(staging.glob("*/_*__sources.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for source in document["sources"]:
            for table in source["tables"]:
                if source["name"] == "contract" and table["name"] not in CONTRACT_TABLES:
                    continue
                columns = {column["name"]: column["data_type"] for column in table["columns"]}
                tables.append(DeclaredTable(source["name"], table["name"], columns))
    return tables
