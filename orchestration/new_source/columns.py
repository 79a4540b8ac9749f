"""The columns of each drafted view: those of its entity first, then what the source has besides.

Belongs here: which columns a view selects, in which order. Does not: guessing what they mean
(proposal.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from orchestration.column_tags import DIRECT, Dictionary, Table
from orchestration.new_source.expressions import (
    expression,
    own_expression,
    text_argument,
)
from orchestration.new_source.proposal import Candidate, Proposal
from orchestration.new_source.sample import plain_name
from orchestration.new_source.view import (
    COMMON,
    METADATA,
    ORDER_COLUMNS,
    REST,
    SECTIONS,
    View,
    ViewColumn,
    keywords,
)


def make_views(name: str, proposals: Sequence[Proposal], dictionary: Dictionary) -> list[View]:
    """The views of a source, one for each table."""
    views = []
    has_orders = any(p.chosen and p.chosen.entity.name == "orders" for p in proposals)
    for proposal in proposals:
        proposal = _without_people(proposal, dictionary)
        view = View(name, proposal, ())
        columns = list(
            _entity_columns(view, proposal.chosen)
            if proposal.chosen
            else _own_columns(view, dictionary)
        )
        if not has_orders and view.entity == "order_lines":
            view = replace(view, order_columns=_order_columns(view, columns))
            has_orders = bool(view.order_columns)
            columns += view.order_columns
        views.append(
            replace(view, columns=tuple(sorted(columns, key=lambda c: SECTIONS.index(c.section))))
        )
    return views


def _order_columns(view: View, columns: Sequence[ViewColumn]) -> tuple[ViewColumn, ...]:
    """What the lines say of their order, if that is enough to make orders of them."""
    orders = next((c for c in view.proposal.others if c.entity.name == "orders"), None)
    names = {column.name for column in columns}
    if orders is None or not {"order_id", "ordered_at"} <= names:
        return ()
    country = orders.mapped("country_code")
    return tuple(
        ViewColumn(
            mapping.target.name,
            mapping.target.data_type,
            mapping.target.description,
            expression(view, mapping, country),
            mapping.column,
        )
        for mapping in orders.mappings
        if mapping.target.name in ORDER_COLUMNS and mapping.target.name not in names
    )


def _without_people(proposal: Proposal, dictionary: Dictionary) -> Proposal:
    """An entity that holds nothing about people takes no table with contact points."""
    chosen = proposal.chosen
    if chosen is None or not is_of_things(chosen.entity.name, dictionary):
        return proposal
    for column in proposal.table.columns:
        found = dictionary.meaning_of(column.name.lower())
        is_direct = found is not None and found[0].pii in DIRECT - {"free_text", "name"}
        if is_direct or column.shape == "email":
            refused = replace(chosen, lacks=(f"nothing about people ({column.name} reaches one)",))
            return replace(proposal, chosen=None, others=(refused, *proposal.others))
    return proposal


def is_of_things(entity: str | None, dictionary: Dictionary) -> bool:
    """Whether the rows of an entity are about things, not people."""
    holding = dictionary.holding_of(Table("", (), entity))
    return holding is not None and holding.category == "none"


def _entity_columns(view: View, chosen: Candidate) -> Iterator[ViewColumn]:
    country = chosen.mapped("country_code")
    for mapping in chosen.mappings:
        if mapping.target.name == "recorded_at":
            continue
        yield ViewColumn(
            mapping.target.name,
            mapping.target.data_type,
            mapping.target.description,
            expression(view, mapping, country),
            mapping.column,
        )
    rest = REST.get(chosen.entity.name)
    if rest and chosen.left:
        description = next(c.description for c in chosen.entity.columns if c.name == rest)
        pairs = "".join(
            f"\n            ('{plain_name(column.name)}', {text_argument(view, column)}),"
            for column, _ in chosen.left
        )
        yield ViewColumn(rest, "string", description, f"{{{{ json_object([{pairs}\n        ]) }}}}")


def _own_columns(view: View, dictionary: Dictionary) -> Iterator[ViewColumn]:
    """The columns of a table that fills no entity, under names of their own."""
    taken = {*COMMON, *METADATA}
    for column in view.table.columns:
        name = plain_name(column.name)
        if column.name == view.proposal.customer_reference:
            name = "customer_record_id"
        if name in taken or name in keywords() or name[0].isdigit():
            name = f"{view.table.name}_{name}"
        while name in taken:
            name += "_again"
        taken.add(name)
        data_type, sql = own_expression(view, column)
        tags = None
        if dictionary.meaning_of(name) is None:
            is_text = data_type == "string"
            tags = {
                "pii": column.shape if column.shape in ("email", "phone") else "unclassified",
                "erase": "nullify",
            }
            if not is_text:
                tags = {"pii": "none", "erase": "keep"}
        yield ViewColumn(
            name, data_type, f"TO DESCRIBE: {column.name} of the source.", sql, column, tags
        )
