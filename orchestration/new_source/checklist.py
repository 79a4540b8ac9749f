"""The page of what a person must decide about a drafted source.

Belongs here: laying out what was guessed, how surely, and what is left. Does not: guessing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from orchestration.new_source.proposal import Candidate
from orchestration.new_source.view import REST, WORDS, View

SURE = 0.8  # mappings below are asked about


def checklist(source: str, views: Sequence[View]) -> str:
    """The page CHECKLIST.md of a source."""
    lines = [
        f"# Checklist of {source}",
        "The folder was drafted from a sample. It parses, builds and passes the rules as it is;",
        "what it means has to be decided by somebody who knows the source. Take the page away when",
        "all of it is done.",
        "",
        "## Decide before the first run",
        *_or_none(question for view in views for question in _questions(view)),
        "",
        "## Finish",
        "- [ ] Descriptions: search the folder for TO DESCRIBE.",
        "- [ ] Unit tests: put in what this source writes (made up, nobody's own).",
        "- [ ] A row for the source in models/staging/README.md (What becomes of what).",
        f"- [ ] Land the files at landing/{source}/<table>/, then `make run`; read the row",
        "  accounting in the summary and `staging.rejected_records`.",
        '- [ ] `make test PARTS="sqlfluff-staging project"`',
    ]
    for view in views:
        lines += ["", *_table(view)]
    return re.sub(r"[{}]", "", "\n".join(lines)) + "\n"


def _questions(view: View) -> Iterator[str]:
    table, chosen = view.table, view.proposal.chosen
    name = table.name
    for doubt in table.doubts:
        yield f"- [ ] `{name}`: {doubt}"
    if not table.key:
        repeated = (
            f" {table.repeated_rows:,} rows equal another one in every column."
            if table.repeated_rows
            else ""
        )
        yield (
            f"- [ ] `{name}`: no column, and no two or three, are filled and unique. File and row "
            f"are the key, so a row that is sent again counts again. Name the true key.{repeated}"
        )
    elif len(table.key) > 1:
        yield f"- [ ] `{name}`: is {_listed(table.key)} together the key of a row?"
    if chosen is None:
        yield f"- [ ] `{name}`: fills no entity yet. {_near(view.proposal.others)}"
    else:
        for mapping in chosen.mappings:
            if mapping.score < SURE:
                yield (
                    f"- [ ] `{name}.{mapping.column.name}`: is it {mapping.target.name}? "
                    f"({mapping.score:.2f}: {mapping.why})"
                )
            if mapping.target.name in WORDS and mapping.column.words:
                words = ", ".join(mapping.column.words)
                yield (
                    f"- [ ] `{name}.{mapping.column.name}`: map its words ({words}) with "
                    f"map_values. {mapping.target.name} is: {mapping.target.description}"
                )
        yield from _money(view, chosen)
        if view.order_columns:
            carried = _listed([column.name for column in view.order_columns])
            yield (
                f"- [ ] `{name}`: no table holds the orders, so int_{view.source}__orders makes "
                f"them of the lines. Is {carried} the same on every line of an order? Is an order "
                "whole, with all its lines?"
            )
        if chosen.mapped("recorded_at") is None:
            yield (
                f"- [ ] `{name}`: no column says when a row was last changed; "
                f"{_stands_in(chosen)} stands in. Of two versions of a record the later one counts."
            )
    for column in table.columns:
        for doubt in column.doubts:
            yield f"- [ ] `{name}.{column.name}`: {doubt}."


def _money(view: View, chosen: Candidate) -> Iterator[str]:
    has_currency = any(column.name == "currency" for column in chosen.entity.columns)
    amounts = [m.column.name for m in chosen.mappings if m.target.data_type.startswith("decimal")]
    if amounts and has_currency and chosen.mapped("currency") is None:
        yield (
            f"- [ ] `{view.table.name}`: {_listed(amounts)} have no currency. Add a constant, such "
            "as 'EUR' as currency; without one no amount is converted."
        )


def _stands_in(chosen: Candidate) -> str:
    main = next((m for m in chosen.mappings if m.target.is_required), None)
    found = main or chosen.mapped("ordered_at") or chosen.mapped("created_at")
    return f"`{found.column.name}`" if found else "the time of landing"


def _near(others: Sequence[Candidate]) -> str:
    near = [
        f"{c.entity.name} ({c.score:.2f}" + (f", lacks {'; '.join(c.lacks)})" if c.lacks else ")")
        for c in others
    ]
    if not near:
        return "None comes near: say what it is, or leave it as accounted for only."
    return (
        f"Nearest: {', '.join(near)}. Complete it in an int_ model with this source's other "
        "tables, or leave it as accounted for only."
    )


def _table(view: View) -> Iterator[str]:
    table, chosen = view.table, view.proposal.chosen
    files = ", ".join(file.name for file in table.files[:5])
    more = f" and {len(table.files) - 5} more" if len(table.files) > 5 else ""
    yield f"## {table.name}"
    yield f"{table.rows:,} rows looked at, from {files}{more} ({_how(view)})."
    yield f"Key: {_listed(table.key) or 'none found'}. " + (
        f"Entity: **{chosen.entity.name}** ({chosen.score:.2f})." if chosen else "Entity: none."
    )
    if view.proposal.others:
        yield f"Other candidates: {_candidates(view.proposal.others)}."
    yield ""
    yield "| column | type | filled | becomes | score | why |"
    yield "|---|---|---|---|---|---|"
    mapped = {m.column.name: m for m in chosen.mappings} if chosen else {}
    left = {column.name: why for column, why in chosen.left} if chosen else {}
    carried = {c.landed.name: c.name for c in view.order_columns if c.landed is not None}
    for column in table.columns:
        share = f"{column.filled / max(table.rows, 1):.0%}"
        shown = column.data_type + (f", read as {column.reading}" if column.reading else "")
        if column.name in mapped:
            m = mapped[column.name]
            yield (
                f"| {_cell(column.name)} | {shown} | {share} | {m.target.name} | {m.score:.2f} "
                f"| {_cell(m.why)} |"
            )
        elif column.name in carried:
            place = f"{carried[column.name]} of the order"
            yield f"| {_cell(column.name)} | {shown} | {share} | {place} | | |"
        elif column.name in left:
            place = REST.get(view.entity or "", "payload only")
            yield (
                f"| {_cell(column.name)} | {shown} | {share} | **not mapped**: {place} | "
                f"| {_cell(left[column.name])} |"
            )
        else:
            part = "source_record_id" if column.name in table.key else "a column of its own"
            yield f"| {_cell(column.name)} | {shown} | {share} | {part} | | |"


def _how(view: View) -> str:
    table = view.table
    if table.format != "csv":
        return table.format
    delimiter = {"\t": "tab"}.get(table.delimiter, f"'{table.delimiter}'")
    return f"csv, delimiter {delimiter}, {table.encoding}"


def _candidates(others: Sequence[Candidate]) -> str:
    return ", ".join(
        f"{c.entity.name} {c.score:.2f}" + (f" (lacks {'; '.join(c.lacks)})" if c.lacks else "")
        for c in others
    )


def _or_none(questions: Iterator[str]) -> list[str]:
    return list(questions) or ["Nothing: every guess is sure."]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
