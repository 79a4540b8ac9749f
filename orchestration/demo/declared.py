"""The tables that sources declare, read from the ``_<source>__sources.yml`` files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestration.yaml_files import read_yaml

STAGING = Path(__file__).resolve().parents[2] / "models" / "staging"
# The retailer of the demo has other tools for what these do, and delivers no files itself.
OTHER_SOURCES = {"iterable", "salesforce_loyalty", "smile", "snowplow"}
# Of the source ``contract``, which has a table for every entity, what no connector brings.
CONTRACT_TABLES = ("identity_labels", "list_checks")
# Tables that its own tools do not fill: cards of an older integration, kinds of discount not used,
# organisations (its customers are private persons).
OTHER_TABLES = {
    "shopify.discount_code_app",
    "shopify.discount_code_bxgy",
    "stripe.card",
    "stripe.payment_intent",
    "zendesk.organization",
}


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


def declared_tables(staging: Path = STAGING) -> list[DeclaredTable]:
    """Read every declared table that the retailer of the demo delivers, ordered by name."""
    tables = []
    for path in sorted(staging.glob("*/_*__sources.yml")):
        document = read_yaml(path)
        for source in document["sources"]:
            if source["name"] in OTHER_SOURCES:
                continue
            for table in source["tables"]:
                if source["name"] == "contract" and table["name"] not in CONTRACT_TABLES:
                    continue
                columns = {column["name"]: column["data_type"] for column in table["columns"]}
                declared = DeclaredTable(source["name"], table["name"], columns)
                if declared.full_name not in OTHER_TABLES:
                    tables.append(declared)
    return tables
