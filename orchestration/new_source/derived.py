"""Orders of a source that delivers lines alone: the draft of int_<source>__orders.

Belongs here: the model that groups accepted lines by their order. Does not: the view of the lines
(view_sql.py). Till and export files of this shape are the commonest of all; without the orders
their lines would belong to nobody.
"""

from __future__ import annotations

from orchestration.new_source.view import COMMON, METADATA, SECTIONS, View, ViewColumn
from orchestration.new_source.yaml_texts import model_column

DESCRIPTION = "One row per order, made of the latest accepted version of each of its lines."
SUMS = ("discount", "tax", "total")


def orders_name(view: View) -> str:
    """Name of the model that groups the lines of a view."""
    return f"int_{view.source}__orders"


def _grouped(view: View) -> list[ViewColumn]:
    """The columns of the orders, each with how it is made of those of the lines."""
    made = []
    for column in view.columns:
        if column.name in SUMS:
            sql = f"cast(sum({column.name}) as decimal(18, 2))"
        elif column.name == "ordered_at":
            sql = "min(ordered_at)"
        elif column in view.order_columns:
            sql = f"max({column.name})"
        else:
            continue
        data_type = "decimal(18,2)" if column.name in SUMS else column.data_type
        made.append(ViewColumn(column.name, data_type, column.description, sql))
    description = next(c.description for c in view.columns if c.name == "order_id")
    made.append(ViewColumn("order_id", "string", description, "order_id"))
    return sorted(made, key=lambda column: SECTIONS.index(column.section))


def orders_sql(view: View) -> str:
    """The text of the model."""
    columns = _grouped(view)
    taken = [column.name for column in columns] + ["recorded_at", "landed_at"]
    lines = [
        f"{{# {DESCRIPTION} #}}",
        *("with", "", "lines as ("),
        f"    select * from {{{{ ref('{view.name}') }}}}",
        *("    where order_id is not null", "),", "", "latest_lines as ("),
        "    {{ latest_version('lines', 'source_record_id', [",
        *(f"        '{name}'," for name in taken),
        "    ]) }}",
        *("),", "", "final as (", "    select", "        ---------- ids"),
        f"        '{view.source}' as source_name,",
        f"        '{view.source}.{view.table.name}' as source_table,",
        "        order_id as source_record_id,",
    ]
    for section in SECTIONS:
        inside = [column for column in columns if column.section == section]
        if inside and section != "ids":
            lines += ["", f"        ---------- {section}"]
        for column in inside:
            named = column.sql if column.sql == column.name else f"{column.sql} as {column.name}"
            lines.append(f"        {named},")
    lines += [
        *("", "        ---------- metadata"),
        "        max(recorded_at) as recorded_at,",
        "        max(last_batch_id) as batch_id,",
        "        min(first_batch_id) as first_batch_id,",
        "        max(landed_at) as landed_at,",
        *(
            f"        cast(null as {METADATA[name][0]}) as {name}{comma}"
            for name, comma in (
                ("landed_file", ","),
                ("landed_row", ","),
                ("reject_reason", ","),
                ("payload", ""),
            )
        ),
        *("    from latest_lines", "    group by order_id", ")", "", "select * from final"),
    ]
    return "\n".join(lines) + "\n"


def orders_yaml(view: View) -> str:
    """The description and contract of the model."""
    common = [(name, *told) for name, told in COMMON.items()]
    own = [(column.name, column.data_type, column.description) for column in _grouped(view)]
    metadata = [(name, *told) for name, told in METADATA.items()]
    first = ("first_batch_id", "bigint", "First landing batch that brought a part of it.")
    lines = [
        f"  - name: {orders_name(view)}",
        f'    description: "{DESCRIPTION}"',
        *("    access: private", "    config:", "      meta:", "        entity: orders"),
        f"        source_table: {view.source}.{view.table.name}",
        *("        primary: false", "        derived: true", "    columns:"),
    ]
    for name, data_type, description in [*common, *own, *metadata[:2], first, *metadata[2:]]:
        lines += model_column(name, data_type, description)
    return "\n".join(lines) + "\n"


def orders_unit_test(view: View) -> str:
    """An order of two lines, one of them sent again, and a refused line of another order."""
    has_total = any(column.name == "total" for column in view.columns)
    sold = "ordered_at: 2026-03-01 10:00:00"

    def line(key: str, total: str, hour: int, batch: int, rest: str = "") -> str:
        amount = f", total: {total}" if has_total else ""
        return (
            f"          - {{source_record_id: {key}, order_id: {key[:2]}{amount}, {sold}, "
            f"recorded_at: 2026-03-01 {hour}:00:00, batch_id: {batch}{rest}}}"
        )

    expected = ", total: 15.00" if has_total else ""
    lines = [
        "",
        f"  - name: test__{orders_name(view)}__an_order_is_the_sum_of_its_latest_lines",
        f"    model: {orders_name(view)}",
        "    description: The latest version of each line counts; refused lines do not.",
        "    given:",
        f"      - input: ref('{view.name}')",
        "        rows:",
        line("R1-1", "10.00", 10, 1),
        line("R1-2", "4.00", 10, 1),
        line("R1-2", "5.00", 11, 2),
        line("R2-1", "5.00", 11, 2, ", reject_reason: bad time"),
        *("    expect:", "      rows:"),
        f"        - {{order_id: R1{expected}, {sold}, batch_id: 2, first_batch_id: 1}}",
    ]
    return "\n".join(lines) + "\n"
