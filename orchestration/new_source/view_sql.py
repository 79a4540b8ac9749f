"""The SQL text of a drafted view."""

from __future__ import annotations

from orchestration.new_source.expressions import (
    id_of,
    landed_reference,
    main_time,
    time_argument,
    time_expression,
)
from orchestration.new_source.view import (
    LINE,
    SECTIONS,
    View,
)


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
    parts = [id_of(view, view.table.column(name)) for name in view.table.key]
    if not parts:
        return f"{view.alias}._file || '-' || cast({view.alias}._row as string)"
    return "\n        || '-' || ".join(parts)


def _rules(view: View) -> list[tuple[str, str]]:
    rules = []
    for name in view.table.key:
        column = view.table.column(name)
        reference = landed_reference(view, column, in_jinja=True)
        if column.data_type == "string":
            rules.append((f"clean_id({reference}) ~ ' is null'", "null key"))
        else:
            rules.append((f"{reference} ~ ' is null'".replace("' ~ ' ", " "), "null key"))
    main = main_time(view)
    if main is not None:
        rules.append((f"is_bad_time({time_argument(view, main.column)})", "bad time"))
    return rules or [("'false'", "no rule yet")]


def _recorded_at(view: View) -> str:
    """When the source last changed the row: its own word, else the time of what it tells."""
    chosen = view.proposal.chosen
    times = []
    if chosen is not None:
        found = [chosen.mapped("recorded_at"), main_time(view), chosen.mapped("created_at")]
        if found[0] is None and found[1] is not None:
            found = found[1:2]
        times = [time_expression(view, m.column, "timestamp") for m in found if m is not None]
    times = list(dict.fromkeys(times)) or [f"{view.alias}._landed_at"]
    if len(times) == 1:
        return times[0]
    return "coalesce(\n" + ",\n".join(f"            {time}" for time in times) + "\n        )"
