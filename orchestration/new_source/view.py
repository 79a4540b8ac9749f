"""The staging view of a new source, as it will be written.

Belongs here: what a view is and the words that all drafts share. Does not: how its columns are
chosen (columns.py), computed (expressions.py) and written (view_sql.py, yaml_texts.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import duckdb

from orchestration.new_source.proposal import Proposal
from orchestration.new_source.sample import SampleColumn, SampleTable

LINE = 100
# Columns that hold a word of a vocabulary: lower case, and listed in the checklist.
WORDS = frozenset(
    {
        *("channel", "status", "event_type", "outcome", "purpose", "return_method", "legal_basis"),
        *("priority", "survey_type", "visit_type", "discount_type", "document_type", "platform"),
        *("campaign_type", "payment_brand", "direction"),
    }
)
PLAIN = re.compile(r"[a-z_][a-z0-9_]*")  # names that need no quotes
IDS = ("loyalty_number", "sku", "barcode", "coupon_code", "contact_point")
SECTIONS = ("ids", "strings", "numbers", "booleans", "dates", "timestamps")
COMMON = {
    "source_name": ("string", "Connector."),
    "source_table": ("string", "Landed table, as source.table."),
    "source_record_id": ("string", "Key of the record within the source and entity."),
}
METADATA = {
    "recorded_at": ("timestamp", "When the source last changed the row (UTC)."),
    "batch_id": ("bigint", "Landing batch."),
    "landed_at": ("timestamp", "When the row was landed (UTC)."),
    "landed_file": ("string", "File that brought the row."),
    "landed_row": ("bigint", "Row of the file."),
    "reject_reason": ("string", "First rule that the row breaks, NULL when it is accepted."),
    "payload": ("string", "The landed row as JSON."),
}
# What of an order may stand on each of its lines.
ORDER_COLUMNS = (
    *("customer_record_id", "email", "phone", "loyalty_number", "user_id", "anonymous_id"),
    *("store_id", "channel", "status", "currency", "coupon_codes", "payment_method"),
)
REST = {"customers": "attributes", "events": "properties"}  # where unmapped columns go


@dataclass(frozen=True)
class View:
    """One staging view to be written. columns: what it selects, in order.

    order_columns: those of them that a view of order lines carries for its orders, where no other
    table of the source has the orders.
    """

    source: str
    proposal: Proposal
    columns: tuple[ViewColumn, ...]
    order_columns: tuple[ViewColumn, ...] = ()

    @property
    def table(self) -> SampleTable:
        """The table that it reads."""
        return self.proposal.table

    @property
    def name(self) -> str:
        """Name of the model."""
        return f"stg_{self.source}__{self.table.name}"

    @property
    def entity(self) -> str | None:
        """The harmonised entity that it fills."""
        return self.proposal.chosen.entity.name if self.proposal.chosen else None

    @property
    def alias(self) -> str:
        """What the landed table is called in the query."""
        return f"{self.table.name}_rows" if self.table.name in keywords() else self.table.name


@dataclass(frozen=True)
class ViewColumn:
    """A column of a view. sql: its expression. tags: what it holds, if its name does not say."""

    name: str
    data_type: str
    description: str
    sql: str
    landed: SampleColumn | None = None
    tags: Mapping[str, object] | None = None

    @property
    def section(self) -> str:
        """The part of the select list that it stands in."""
        base = self.data_type.split("(")[0]
        if base == "string":
            is_id = self.name.endswith("_id") or self.name in IDS
            return "ids" if is_id else "strings"
        return {"boolean": "booleans", "date": "dates", "timestamp": "timestamps"}.get(
            base, "numbers"
        )


@cache
def keywords() -> frozenset[str]:
    """Words that mean something in SQL and make bad names."""
    rows = duckdb.execute("select keyword_name from duckdb_keywords()").fetchall()
    return frozenset(row[0] for row in rows)
