"""The YAML of a drafted folder: sources, models and unit tests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import yaml

from orchestration.column_tags import DIRECT, Column, Dictionary, Table
from orchestration.new_source.columns import is_of_things
from orchestration.new_source.expressions import (
    main_time,
)
from orchestration.new_source.sample import SampleColumn
from orchestration.new_source.view import (
    COMMON,
    METADATA,
    PLAIN,
    WORDS,
    View,
)


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


def _plain(text: str) -> str:
    """Text of the sample for a page or a description: nothing that a template would read."""
    return re.sub(r"[{}\"|`\n]", "", text)


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
    if is_of_things(view.entity, dictionary):
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
        main = main_time(view)
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
