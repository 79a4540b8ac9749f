"""Write the drafts of a new source: its folder below models/staging, its lines in dbt_project.yml.

Belongs here: SQL, YAML and the checklist, made of proposals. Does not: guessing (proposal.py).
Nothing is written before everything is made, and nothing that is there is overwritten.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import duckdb
import yaml

from orchestration.column_tags import DIRECT, Column, Dictionary, Table
from orchestration.new_source.proposal import Candidate, ColumnMapping, Proposal
from orchestration.new_source.sample import SampleColumn, SampleTable, plain_name
from orchestration.yaml_files import read_yaml

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MAX_NAME = 40
TAKEN_NAMES = ("contract", "harmonized", "landing", "staging", "seeds", "marts")
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


class FolderError(Exception):
    """The folder cannot be written; the message says what to do."""


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


# ---- checks ----------------------------------------------------------------------------------


def check_name(name: str, root: Path) -> None:
    """Raise FolderError when a source may not be called that."""
    if not NAME.fullmatch(name) or len(name) > MAX_NAME:
        raise FolderError(
            f'"{name}" is no name for a source. Take lower-case letters, digits and single '
            f"underscores, a letter first, at most {MAX_NAME} characters: acme_shop."
        )
    if name in TAKEN_NAMES:
        raise FolderError(f'"{name}" has a meaning of its own in the project. Take another name.')
    folder = root / "models" / "staging" / name
    if folder.exists():
        raise FolderError(
            f"{folder} is already there and stays as it is. Take another name, or take the folder "
            "away first."
        )
    project = read_yaml(root / "dbt_project.yml")["vars"]
    if name in project["source_entities"] or f"{name}_enabled" in project:
        raise FolderError(f'"{name}" is registered in dbt_project.yml already. Take another name.')


# ---- views -----------------------------------------------------------------------------------


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
            _expression(view, mapping, country),
            mapping.column,
        )
        for mapping in orders.mappings
        if mapping.target.name in ORDER_COLUMNS and mapping.target.name not in names
    )


def _without_people(proposal: Proposal, dictionary: Dictionary) -> Proposal:
    """An entity that holds nothing about people takes no table with contact points."""
    chosen = proposal.chosen
    if chosen is None or not _is_of_things(chosen.entity.name, dictionary):
        return proposal
    for column in proposal.table.columns:
        found = dictionary.meaning_of(column.name.lower())
        is_direct = found is not None and found[0].pii in DIRECT - {"free_text", "name"}
        if is_direct or column.shape == "email":
            refused = replace(chosen, lacks=(f"nothing about people ({column.name} reaches one)",))
            return replace(proposal, chosen=None, others=(refused, *proposal.others))
    return proposal


def _is_of_things(entity: str | None, dictionary: Dictionary) -> bool:
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
            _expression(view, mapping, country),
            mapping.column,
        )
    rest = REST.get(chosen.entity.name)
    if rest and chosen.left:
        description = next(c.description for c in chosen.entity.columns if c.name == rest)
        pairs = "".join(
            f"\n            ('{plain_name(column.name)}', {_text_argument(view, column)}),"
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
        data_type, sql = _own_expression(view, column)
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


# ---- expressions -----------------------------------------------------------------------------


def _reference(view: View, column: SampleColumn, *, in_jinja: bool) -> str:
    """A landed column in SQL, or as the argument of a macro."""
    name = column.name.lower()
    is_plain = PLAIN.fullmatch(name) and name not in _reserved()
    if is_plain:
        return f"'{view.alias}.{name}'" if in_jinja else f"{view.alias}.{name}"
    quoted = "adapter.quote('" + column.name.replace("'", "\\'") + "')"
    return f"'{view.alias}.' ~ {quoted}" if in_jinja else f"{view.alias}.{{{{ {quoted} }}}}"


@cache
def _reserved() -> frozenset[str]:
    rows = duckdb.execute(
        "select keyword_name from duckdb_keywords() where keyword_category <> 'unreserved'"
    ).fetchall()
    return frozenset(row[0] for row in rows)


def _expression(view: View, mapping: ColumnMapping, country: ColumnMapping | None) -> str:
    """SQL of a mapped column, in the type of its target."""
    column, target = mapping.column, mapping.target
    argument = _reference(view, column, in_jinja=True)
    wanted = target.data_type.split("(")[0]
    if wanted == "string":
        return _text_expression(view, target.name, column, argument, country)
    if wanted in ("timestamp", "date"):
        return _time_expression(view, column, wanted)
    plain = _reference(view, column, in_jinja=False)
    if column.reading.startswith("number"):
        return _number(argument, target.data_type, column.reading)
    if wanted == "boolean":
        return plain
    if column.data_type == target.data_type:
        return plain
    return f"cast({plain} as {target.data_type.replace(',', ', ')})"


def _number(argument: str, data_type: str, reading: str) -> str:
    mark = ", decimal_mark=','" if reading == "number_comma" else ""
    return f"{{{{ number_from_text({argument}, '{data_type}'{mark}) }}}}"


def _text_expression(
    view: View, target: str, column: SampleColumn, argument: str, country: ColumnMapping | None
) -> str:
    macros = {
        "email": "normalize_email",
        "given_name": "normalize_name",
        "family_name": "normalize_name",
        "second_family_name": "normalize_name",
        "full_name": "normalize_name",
        "country_code": "normalize_country_code",
        "language": "language_code",
        "gender": "gender_word",
    }
    if target in macros:
        return f"{{{{ {macros[target]}({argument}) }}}}"
    if target in ("phone", "postal_code"):
        arguments = [argument]
        if country is not None:
            read_in = _reference(view, country.column, in_jinja=True)
            arguments.append(f"normalize_country_code({read_in})")
        call = f"{{{{ normalize_{target}({', '.join(arguments)}) }}}}"
        if len(call) + len("        ") <= LINE:
            return call
        listed = ",\n".join(f"            {each}" for each in arguments)
        return f"{{{{ normalize_{target}(\n{listed}\n        ) }}}}"
    if target == "contact_point":
        return (
            f"coalesce(\n            {{{{ normalize_email({argument}) }}}},\n"
            f"            {{{{ normalize_phone({argument}) }}}},\n"
            f"            {{{{ clean_text({argument}) }}}}\n        )"
        )
    text = _text_of(view, column)
    if target == "currency":
        return f"upper({text})"
    return f"lower({text})" if target in WORDS else text


def _text_of(view: View, column: SampleColumn) -> str:
    """A landed column as clean text."""
    if column.data_type == "string":
        return f"{{{{ clean_text({_reference(view, column, in_jinja=True)}) }}}}"
    return f"cast({_reference(view, column, in_jinja=False)} as string)"


def _text_argument(view: View, column: SampleColumn) -> str:
    """A landed column as text, as the argument of a macro."""
    reference = _reference(view, column, in_jinja=True)
    if column.data_type == "string":
        return f"clean_text({reference})"
    if "adapter" in reference:
        return f"'cast(' ~ {reference} ~ ' as string)'"
    return f"'cast({reference[1:-1]} as string)'"


def _time_argument(view: View, column: SampleColumn) -> str:
    """A landed time as the argument of a macro."""
    reference = _reference(view, column, in_jinja=True)
    if column.reading.startswith("time"):
        return f"time_from_text({reference}, '{column.reading.removeprefix('time_')}')"
    if column.reading.startswith("epoch"):
        factor = "1000000" if column.reading == "epoch_seconds" else "1000"
        joined = (
            f"{reference} ~ ' * {factor}'"
            if "adapter" in reference
            else (f"{reference[:-1]} * {factor}'")
        )
        return f"timestamp_from_micros({joined})"
    return reference


def _time_expression(view: View, column: SampleColumn, wanted: str) -> str:
    given = "timestamp" if column.reading else column.data_type
    sql = (
        f"{{{{ {_time_argument(view, column)} }}}}"
        if column.reading
        else _reference(view, column, in_jinja=False)
    )
    return sql if given == wanted else f"cast({sql} as {wanted})"


def _own_expression(view: View, column: SampleColumn) -> tuple[str, str]:
    if column.kind == "time":
        return "timestamp", _time_expression(view, column, "timestamp")
    if column.reading.startswith("number"):
        return "decimal(18,4)", _number(
            _reference(view, column, in_jinja=True), "decimal(18,4)", column.reading
        )
    if column.data_type == "string":
        if column.shape == "email":
            argument = _reference(view, column, in_jinja=True)
            return "string", f"{{{{ normalize_email({argument}) }}}}"
        return "string", _text_of(view, column)
    if column.name == view.proposal.customer_reference:
        return "string", _text_of(view, column)
    return column.data_type, _reference(view, column, in_jinja=False)


# ---- SQL -------------------------------------------------------------------------------------


def view_sql(view: View) -> str:
    """The text of a staging view."""
    table, alias = view.table, view.alias
    what = f"as one of {view.entity}" if view.entity else "which fills no entity by itself"
    lines = [
        f"{{# One row per landed row of {view.source}.{table.name}, {what}.",
        "   A draft: CHECKLIST.md says what is to be decided. #}",
        *("with", "", f"{alias} as ("),
        f"    select * from {{{{ source('{view.source}', '{table.name}') }}}}",
        *("),", "", "final as (", "    select", "        ---------- ids"),
        f"        '{view.source}' as source_name,",
        f"        '{view.source}.{table.name}' as source_table,",
        *_select_item(_key_expression(view), "source_record_id"),
    ]
    for section in SECTIONS:
        columns = [column for column in view.columns if column.section == section]
        if columns and section != "ids":
            lines += ["", f"        ---------- {section}"]
        for column in columns:
            lines += _select_item(column.sql, column.name)
    lines += [
        *("", "        ---------- metadata"),
        *_select_item(_recorded_at(view), "recorded_at"),
        f"        {{{{ landing_columns('{alias}') }}}},",
        "        {{ reject_reason([",
        *(f"            ({condition}, '{reason}')," for condition, reason in _rules(view)),
        "        ]) }} as reject_reason,",
        f"        {{{{ row_as_json('{alias}') }}}} as payload",
        *(f"    from {alias}", ")", "", "select * from final"),
    ]
    return "\n".join(lines) + "\n"


def _select_item(sql: str, name: str) -> list[str]:
    """An item of the select list, on two lines where one is too long."""
    if sql.rsplit(".", 1)[-1] == name and "{" not in sql and "(" not in sql:
        return [f"        {sql},"]
    item = f"        {sql} as {name},"
    if max(len(line) for line in item.split("\n")) <= LINE:
        return [item]
    return [f"        {sql}", f"            as {name},"]


def _key_expression(view: View) -> str:
    parts = [_text_of(view, view.table.column(name)) for name in view.table.key]
    if not parts:
        return f"{view.alias}._file || '-' || cast({view.alias}._row as string)"
    return "\n        || '-' || ".join(parts)


def _rules(view: View) -> list[tuple[str, str]]:
    rules = []
    for name in view.table.key:
        column = view.table.column(name)
        reference = _reference(view, column, in_jinja=True)
        if column.data_type == "string":
            rules.append((f"clean_text({reference}) ~ ' is null'", "null key"))
        else:
            rules.append((f"{reference} ~ ' is null'".replace("' ~ ' ", " "), "null key"))
    main = _main_time(view)
    if main is not None:
        rules.append((f"is_bad_time({_time_argument(view, main.column)})", "bad time"))
    return rules or [("'false'", "no rule yet")]


def _main_time(view: View) -> ColumnMapping | None:
    """The time without which a row says nothing."""
    chosen = view.proposal.chosen
    if chosen is None:
        return None
    required = (m for m in chosen.mappings if m.target.is_required)
    times = (m for m in required if m.target.data_type in ("timestamp", "date"))
    return next(times, chosen.mapped("ordered_at"))


def _recorded_at(view: View) -> str:
    """When the source last changed the row: its own word, else the time of what it tells."""
    chosen = view.proposal.chosen
    times = []
    if chosen is not None:
        found = [chosen.mapped("recorded_at"), _main_time(view), chosen.mapped("created_at")]
        if found[0] is None and found[1] is not None:
            found = found[1:2]
        times = [_time_expression(view, m.column, "timestamp") for m in found if m is not None]
    times = list(dict.fromkeys(times)) or [f"{view.alias}._landed_at"]
    if len(times) == 1:
        return times[0]
    return "coalesce(\n" + ",\n".join(f"            {time}" for time in times) + "\n        )"


# ---- YAML ------------------------------------------------------------------------------------


def sources_yaml(source: str, views: Sequence[View], dictionary: Dictionary) -> str:
    """The declaration of the landed tables."""
    lines = [
        *("version: 2", "", "sources:", f"  - name: {source}"),
        '    description: "TO DESCRIBE: which system this is, and who delivers its files."',
        f"    database: \"{{{{ var('{source}_database', target.get('database', '')) }}}}\"",
        f"    schema: \"{{{{ var('{source}_schema', 'landing_{source}') }}}}\"",
        "    tables:",
    ]
    for view in views:
        table = view.table
        tags = _landed_tags(view, dictionary)
        lines += [
            f"      - name: {table.name}",
            f'        description: "One row per TO DESCRIBE ({_grain(view)})."',
            *("        config:", "          meta:", "            required: false"),
        ]
        if table.key and table.key != ("id",) and all(map(PLAIN.fullmatch, table.key)):
            pattern = "-".join(f"{{{name}}}" for name in table.key)
            lines.append(f"            record_id: {json.dumps(pattern)}")
        if table.format == "csv" and (table.delimiter, table.encoding) != (",", "utf-8"):
            lines += [
                f"            delimiter: {json.dumps(table.delimiter)}",
                f"            encoding: {table.encoding}",
            ]
        lines.append("        columns:")
        for column in table.columns:
            meta = dict(tags.get(column.name, {}))
            if column.filled == 0 or _is_extra(view, column):
                meta = {"optional": True, **meta}
            lines += [
                f"          - name: {_scalar(_declared_name(column))}",
                f"            data_type: {_type(column.data_type)}",
                f'            description: "{_landed_description(view, column)}"',
            ]
            if meta:
                lines.append(f"            config: {{meta: {_inline(meta)}}}")
    return "\n".join(lines) + "\n"


def _declared_name(column: SampleColumn) -> str:
    lower = column.name.lower()
    return lower if PLAIN.fullmatch(lower) else column.name


def _grain(view: View) -> str:
    key = " and ".join(view.table.key)
    return f"key: {_plain(key)}" if key else "no key was found"


def _is_extra(view: View, column: SampleColumn) -> bool:
    """Whether the view could do without the column."""
    chosen = view.proposal.chosen
    if column.name in view.table.key or chosen is None:
        return False
    if any(column == carried.landed for carried in view.order_columns):
        return False
    return any(left.name == column.name for left, _ in chosen.left)


def _landed_description(view: View, column: SampleColumn) -> str:
    chosen = view.proposal.chosen
    mapping = next(
        (m for m in (chosen.mappings if chosen else ()) if m.column.name == column.name), None
    )
    if mapping is not None:
        return f"TO DESCRIBE; taken for {mapping.target.name}."
    return "TO DESCRIBE."


def _landed_tags(view: View, dictionary: Dictionary) -> dict[str, dict[str, object]]:
    """What landed columns hold of a person, where their own names do not say it."""
    if _is_of_things(view.entity, dictionary):
        return {}
    tags: dict[str, dict[str, object]] = {}
    places = {meaning.tag: place for place, meaning in enumerate(dictionary.meanings)}
    keys = []
    for column in view.columns:
        landed = column.landed
        if landed is None:
            continue
        meant = dictionary.meaning_of(column.name)
        known = dictionary.meaning_of(_declared_name(landed))
        if meant is None:
            if landed.shape in ("email", "phone"):
                tags[landed.name] = {"pii": landed.shape, "erase": "nullify"}
            continue
        meaning = meant[0]
        if meaning.is_subject_key:
            keys.append((places[meaning.tag], landed.name))
        if meaning.pii not in ("row", "none") and (known is None or known[0].pii != meaning.pii):
            tags[landed.name] = {"pii": meaning.pii, "erase": meaning.erase}
    reference = view.proposal.customer_reference
    if reference is not None:
        meaning = next(m for m in dictionary.meanings if "customer_record_id" in m.patterns)
        tags[reference] = {"pii": meaning.pii, "erase": meaning.erase}
        keys.append((places[meaning.tag], reference))
    for landed in view.table.columns:
        if landed.shape in ("email", "phone") and landed.name not in tags:
            known = dictionary.meaning_of(_declared_name(landed))
            if known is None or known[0].pii not in DIRECT:
                tags[landed.name] = {"pii": landed.shape, "erase": "nullify"}
    landed_columns = tuple(Column(_declared_name(column)) for column in view.table.columns)
    natural = dictionary.subject_key(Table("", landed_columns))
    if keys:
        best = min(keys)[1]
        if natural != best:
            tags.setdefault(best, {})["subject_key"] = True
    elif natural is None and view.entity == "customers" and view.table.key:
        tags.setdefault(view.table.key[0], {})["subject_key"] = True
    return tags


def models_yaml(views: Sequence[View]) -> str:
    """The description and contract of the views."""
    lines = ["version: 2", "", "models:"]
    for view in views:
        what = f"as one of {view.entity}" if view.entity else "TO DESCRIBE"
        lines += [
            f"  - name: {view.name}",
            f"    description: One row per landed row of {view.source}.{view.table.name}, {what}.",
            *("    access: protected", "    config:", "      meta:"),
            f"        entity: {view.entity or 'null'}",
            f"        source_table: {view.source}.{view.table.name}",
            *("        primary: true", "    columns:"),
        ]
        for name, (data_type, description) in COMMON.items():
            lines += model_column(name, data_type, description)
        for column in view.columns:
            lines += model_column(column.name, column.data_type, column.description)
            if column.tags:
                lines.append(f"        config: {{meta: {_inline(column.tags)}}}")
        for name, (data_type, description) in METADATA.items():
            lines += model_column(name, data_type, description)
    return "\n".join(lines) + "\n"


def model_column(name: str, data_type: str, description: str) -> list[str]:
    """The lines of a column of a model in its YAML."""
    lines = [
        f"      - name: {name}",
        f"        data_type: {_type(data_type)}",
        f"        description: {json.dumps(description, ensure_ascii=False)}",
    ]
    if name in ("source_record_id", "recorded_at"):
        lines += [
            "        data_tests:",
            "          - not_null:",
            '              config: {where: "reject_reason is null"}',
        ]
    return lines


def _type(data_type: str) -> str:
    return f'"{data_type}"' if "(" in data_type else data_type


def _scalar(name: str) -> str:
    is_plain = PLAIN.fullmatch(name) and yaml.safe_load(name) == name
    return name if is_plain and name not in ("y", "n") else json.dumps(name, ensure_ascii=False)


def _inline(values: Mapping[str, object]) -> str:
    words = {True: "true", False: "false"}
    listed = (
        f"{key}: {words[value] if isinstance(value, bool) else value}"
        for key, value in values.items()
    )
    return "{" + ", ".join(listed) + "}"


# ---- unit tests ------------------------------------------------------------------------------


def unit_tests_yaml(views: Sequence[View]) -> str:
    """For each view: a whole row, one without its key, one without its time."""
    lines = ["version: 2", "", "unit_tests:"]
    for view in views:
        given, expected = _whole_row(view)
        rows = [(given, {**expected, "reject_reason": None})]
        if view.table.key:
            first = view.table.key[0]
            rows.append(
                (
                    {**given, _declared_name(view.table.column(first)): None},
                    {
                        **_without(view, expected, first),
                        "source_record_id": None,
                        "reject_reason": "null key",
                    },
                )
            )
        main = _main_time(view)
        if main is not None:
            name = main.column.name
            rows.append(
                (
                    {**given, _declared_name(main.column): None},
                    {**_without(view, expected, name), "reject_reason": "bad time"},
                )
            )
        lines += [
            f"  - name: test__{view.name}__reads_a_row_and_rejects_what_cannot_be_placed",
            f"    model: {view.name}",
            "    description: >",
            "      A draft with made-up values: a whole row, then the row without its key and",
            "      without its time, where it needs them. Put in what this source writes.",
            "    given:",
            f"      - input: source('{view.source}', '{view.table.name}')",
            "        rows:",
            *(f"          - {_flow(row)}" for row, _ in rows),
            *("    expect:", "      rows:"),
            *(f"        - {_flow(row)}" for _, row in rows),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _without(view: View, expected: Mapping[str, object], landed: str) -> dict[str, object]:
    """What is expected of a row in which a landed column is empty."""
    made_of_it = {c.name for c in view.columns if c.landed is not None and c.landed.name == landed}
    return {name: None if name in made_of_it else value for name, value in expected.items()}


def _whole_row(view: View) -> tuple[dict[str, object], dict[str, object]]:
    """Made-up values of the landed columns, and what the view makes of them."""
    given: dict[str, object] = {}
    expected: dict[str, object] = {}
    for column in view.columns:
        if column.landed is None or (column.name == "phone" and column.landed.kind == "integer"):
            continue
        value, made = _example(column.landed, column.name, column.data_type)
        given[_declared_name(column.landed)] = value
        expected[column.name] = made
    parts = []
    for name in view.table.key:
        key = view.table.column(name)
        declared = _declared_name(key)
        given.setdefault(declared, _example(key, "", "string")[0])
        parts.append(_key_text(key, given[declared]))
    if not parts:
        given |= {"_file": "a.csv", "_row": 1}
        parts = ["a.csv", "1"]
    return given, {"source_record_id": "-".join(parts), **expected}


def _key_text(column: SampleColumn, value: object) -> str:
    """How a made-up value of a column stands in the key of its row."""
    text = str(value).strip()
    return text.lower() if column.data_type == "boolean" else text


def _example(column: SampleColumn, target: str, data_type: str) -> tuple[object, object]:
    """A made-up value of a landed column, and what it becomes as the target."""
    if column.kind == "time":
        value, made = {
            "time_dmy": ("31/12/2025", "2025-12-31 00:00:00"),
            "time_mdy": ("12/31/2025", "2025-12-31 00:00:00"),
            "time_iso": ("2026-03-01", "2026-03-01 00:00:00"),
            "epoch_seconds": (1772359200, "2026-03-01 10:00:00"),
            "epoch_milliseconds": (1772359200000, "2026-03-01 10:00:00"),
        }.get(
            column.reading,
            ("2026-03-01", "2026-03-01 00:00:00")
            if column.data_type == "date"
            else ("2026-03-01 10:00:00", "2026-03-01 10:00:00"),
        )
        return value, made[:10] if data_type == "date" else made
    if column.kind == "boolean":
        return True, True
    if column.reading == "number_comma":
        return "1.234,50", 1234.5
    if column.reading == "number_point":
        return "1,234.50", 1234.5
    if column.kind in ("integer", "fraction"):
        number: object = 12.5
        if column.kind == "integer" or data_type == "bigint":
            number = 28013 if target == "postal_code" else 12
        return number, str(number) if data_type == "string" else number
    texts = {
        "email": ("Ana@Shop.Example", "ana@shop.example"),
        "phone": ("+34612345678", "+34612345678"),
        "country_code": ("es", "ES"),
        "postal_code": ("28013", "28013"),
        "language": ("es-ES", "es"),
        "gender": ("f", "female"),
        "currency": ("eur", "EUR"),
    }
    if target in texts:
        return texts[target]
    if column.shape == "email":
        is_own = target not in ("contact_point", "") and data_type == "string"
        return texts["email"] if target == "contact_point" or is_own else ("K1", "K1")
    word = f"A {target.replace('_', ' ')}" if target else "K1"
    return f"{word} " if target else word, word.lower() if target in WORDS else word


def _flow(row: Mapping[str, object]) -> str:
    return (
        "{"
        + ", ".join(
            f"{_scalar(name)}: {json.dumps(value, ensure_ascii=False)}"
            for name, value in row.items()
        )
        + "}"
    )


# ---- registry --------------------------------------------------------------------------------


def registered(project: str, source: str, views: Sequence[View]) -> str:
    """dbt_project.yml with the new source: switched on, its entities, its primary models.

    Lines are put before those of the contract source, everything else stays letter by letter.
    """
    entities: dict[str, list[str]] = {}
    for view in views:
        if view.entity:
            entities.setdefault(view.entity, []).append(view.name)
        if view.order_columns:
            entities.setdefault("orders", []).append(f"int_{source}__orders")
    lines = project.split("\n")
    _insert(
        lines,
        "  primary_models:",
        [f"    {source}:", *(f"      {view.table.name}: {view.name}" for view in views)],
    )
    listed = [f"      {entity}: [{', '.join(names)}]" for entity, names in entities.items()]
    _insert(
        lines,
        "  source_entities:",
        [f"    {source}:", *listed] if listed else [f"    {source}: {{}}"],
    )
    place = lines.index("  contract_enabled: true")
    lines.insert(place, f"  {source}_enabled: true")
    text = "\n".join(lines)
    made = yaml.safe_load(text)["vars"]
    expected = {view.table.name: view.name for view in views}
    if made["primary_models"][source] != expected or made["source_entities"][source] != entities:
        raise FolderError("dbt_project.yml has a shape that the generator does not know.")
    return text


def _insert(lines: list[str], section: str, new: Sequence[str]) -> None:
    try:
        start = lines.index(section)
        place = lines.index("    contract:", start)
    except ValueError as error:
        raise FolderError(
            f"dbt_project.yml has no {section.strip()} with an entry contract:, before which the "
            "new source would stand. Mend it first."
        ) from error
    lines[place:place] = new


# ---- writing ---------------------------------------------------------------------------------


def write_folder(root: Path, source: str, views: Sequence[View], texts: Mapping[str, str]) -> Path:
    """Write the folder whole and then register it; returns the folder."""
    project_file = root / "dbt_project.yml"
    project = registered(project_file.read_text(encoding="utf-8"), source, views)
    folder = root / "models" / "staging" / source
    unfinished = folder.with_name(f".{source}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name, text in texts.items():
        (unfinished / name).write_text(text, encoding="utf-8")
    unfinished.rename(folder)
    new_project = project_file.with_name(".dbt_project.yml.unfinished")
    new_project.write_text(project, encoding="utf-8")
    new_project.replace(project_file)
    return folder


def _plain(text: str) -> str:
    """Text of the sample for a page or a description: nothing that a template would read."""
    return re.sub(r"[{}\"|`\n]", "", text)
