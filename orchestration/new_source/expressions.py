"""The SQL expression of each column of a drafted view.

Belongs here: reading a landed column as the type that its target has. Does not: which column fills
which target (proposal.py).
"""

from __future__ import annotations

from functools import cache

import duckdb

from orchestration.new_source.proposal import ColumnMapping
from orchestration.new_source.sample import SampleColumn
from orchestration.new_source.view import (
    LINE,
    PLAIN,
    WORDS,
    View,
)


def landed_reference(view: View, column: SampleColumn, *, in_jinja: bool) -> str:
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


def expression(view: View, mapping: ColumnMapping, country: ColumnMapping | None) -> str:
    """SQL of a mapped column, in the type of its target."""
    column, target = mapping.column, mapping.target
    argument = landed_reference(view, column, in_jinja=True)
    wanted = target.data_type.split("(")[0]
    if wanted == "string":
        return _text_expression(view, target.name, column, argument, country)
    if wanted in ("timestamp", "date"):
        return time_expression(view, column, wanted)
    plain = landed_reference(view, column, in_jinja=False)
    if column.reading.startswith("number"):
        return number_expression(argument, target.data_type, column.reading)
    if wanted == "boolean":
        return plain
    if column.data_type == target.data_type:
        return plain
    return f"cast({plain} as {target.data_type.replace(',', ', ')})"


def number_expression(argument: str, data_type: str, reading: str) -> str:
    """A text as a number. reading: how the column writes its numbers."""
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
            read_in = landed_reference(view, country.column, in_jinja=True)
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
    text = id_of(view, column) if target.endswith("_id") else text_of(view, column)
    if target == "currency":
        return f"upper({text})"
    return f"lower({text})" if target in WORDS else text


def text_of(view: View, column: SampleColumn) -> str:
    """A landed column as clean text."""
    return _cleaned("clean_text", view, column)


def id_of(view: View, column: SampleColumn) -> str:
    """A landed column as a clean id: words for nothing are none."""
    return _cleaned("clean_id", view, column)


def _cleaned(macro: str, view: View, column: SampleColumn) -> str:
    if column.data_type == "string":
        return f"{{{{ {macro}({landed_reference(view, column, in_jinja=True)}) }}}}"
    return f"cast({landed_reference(view, column, in_jinja=False)} as string)"


def text_argument(view: View, column: SampleColumn) -> str:
    """A landed column as text, as the argument of a macro."""
    reference = landed_reference(view, column, in_jinja=True)
    if column.data_type == "string":
        return f"clean_text({reference})"
    if "adapter" in reference:
        return f"'cast(' ~ {reference} ~ ' as string)'"
    return f"'cast({reference[1:-1]} as string)'"


def time_argument(view: View, column: SampleColumn) -> str:
    """A landed time as the argument of a macro."""
    reference = landed_reference(view, column, in_jinja=True)
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


def time_expression(view: View, column: SampleColumn, wanted: str) -> str:
    """A landed time as the type that is wanted."""
    given = "timestamp" if column.reading else column.data_type
    sql = (
        f"{{{{ {time_argument(view, column)} }}}}"
        if column.reading
        else landed_reference(view, column, in_jinja=False)
    )
    return sql if given == wanted else f"cast({sql} as {wanted})"


def own_expression(view: View, column: SampleColumn) -> tuple[str, str]:
    """Type and expression of a column that fills nothing of the entity."""
    if column.kind == "time":
        return "timestamp", time_expression(view, column, "timestamp")
    if column.reading.startswith("number"):
        return "decimal(18,4)", number_expression(
            landed_reference(view, column, in_jinja=True), "decimal(18,4)", column.reading
        )
    if column.data_type == "string":
        if column.shape == "email":
            argument = landed_reference(view, column, in_jinja=True)
            return "string", f"{{{{ normalize_email({argument}) }}}}"
        return "string", text_of(view, column)
    if column.name == view.proposal.customer_reference:
        return "string", text_of(view, column)
    return column.data_type, landed_reference(view, column, in_jinja=False)


def main_time(view: View) -> ColumnMapping | None:
    """The time without which a row says nothing."""
    chosen = view.proposal.chosen
    if chosen is None:
        return None
    required = (m for m in chosen.mappings if m.target.is_required)
    times = (m for m in required if m.target.data_type in ("timestamp", "date"))
    return next(times, chosen.mapped("ordered_at"))
