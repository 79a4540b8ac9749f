"""What a public data set is to the platform, and the writing of its landing files.

Belongs here: running a data set's SQL and placing the files. Does not: any word about one data set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb


class MissingDataError(Exception):
    """The data set's files are not where the caller says."""


@dataclass(frozen=True)
class Example:
    """A data set: where its files are, the instant at which it ends, its rows as landing files.

    Attributes:
        name: folder of the data set below the data folder, and name of its landing files.
        as_of: UTC time just after its last row, the "now" of a run on it.
        files: SQL name -> file below the data set's folder; each becomes a view.
        tables: "source/table" of the landing folder -> the SELECT that fills it, over these views.
        prepare: statements run first (shared working tables).
    """

    name: str
    as_of: str
    files: Mapping[str, str]
    tables: Mapping[str, str]
    prepare: tuple[str, ...] = field(default=())


def write_landing(example: Example, data: Path, landing: Path) -> dict[str, int]:
    """Write the data set's landing files, one Parquet file per table.

    A file appears under its name only when it is complete. Writing it again gives the same bytes,
    so that the loader knows it and does not load it twice.

    Returns:
        Rows written by "source/table".

    Raises:
        MissingDataError: a file of the data set is absent.
    """
    folder = data / example.name
    absent = [name for name in example.files.values() if not (folder / name).exists()]
    if absent:
        raise MissingDataError(
            f"{folder} has no {', '.join(absent)}. Give the folder that holds {example.name}/ "
            "(see docs/real-data.md for where the data comes from)."
        )
    rows: dict[str, int] = {}
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, file in example.files.items():
            source = str(folder / file).replace("'", "''")
            connection.execute(
                f"create view {name} as "
                f"select * from read_parquet('{source}', file_row_number = true)"
            )
        for statement in example.prepare:
            connection.execute(statement)
        for table, select in example.tables.items():
            target = landing / table / f"{example.name}.parquet"
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name("." + target.name)
            place = str(unfinished).replace("'", "''")
            order = "order by source_record_id" if table.startswith("contract/") else ""
            written = connection.execute(
                f"copy (select * from ({select}) {order}) to '{place}' (format parquet)"
            )
            rows[table] = int((written.fetchone() or (0,))[0])
            unfinished.replace(target)
    return rows
