"""Publication: ``python -m orchestration.publish`` (``--rollback`` goes back one version).

Belongs here: copying schema ``marts`` of the warehouse to what readers see, so that they see either
the old publication or the new one. Does not: deciding what may be published (quality/gate.py); this
module only refuses what was not audited.

    serving/cdp.duckdb            the published file, replaced by one rename
    serving/cdp.previous.duckdb   the one before
    serving/current               link to versions/<version>, changed by one rename:
        manifest.json, parquet/<table>.parquet, activation/<sync model>.csv
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration import manifest as dbt_manifest
from orchestration.lock import wait_until_writable, writer_lock
from orchestration.paths import Paths
from orchestration.whole_files import flush_folder, make_durable

# Most BI drivers still carry DuckDB 1.5; a newer storage version would shut them out.
STORAGE_VERSION = "v1.5.0"
VERSIONS_KEPT = 2
# A spreadsheet runs a cell that begins like this. A phone number (+ and digits) is only a number.
FORMULA_START = r"^[=+@\t\r\n-]"
PHONE = r"^\+[0-9]{6,15}$"


class PublicationRefusedError(RuntimeError):
    """What is in the warehouse may not be published; what readers see is unchanged."""


@dataclass(frozen=True)
class Build:
    """The build that is published. Times are UTC as text."""

    build_id: str
    as_of: str
    built_at: str
    rows: Mapping[str, int]  # by table of schema marts
    version: str  # of the publication: a build may be published more than once


def audited_build(connection: duckdb.DuckDBPyConnection, expected: str | None = None) -> Build:
    """The newest build, if it succeeded and its own audit passed; refuses everything else.

    connection: the warehouse, attached as ``warehouse``. expected: the build that the caller has
    just made, when it knows.
    """
    try:
        newest = connection.execute(
            """
            select build_id, status, cast(as_of as varchar), cast(finished_at as varchar)
            from warehouse.audit.builds
            order by started_at desc
            limit 1
            """
        ).fetchone()
        if newest is None:
            raise PublicationRefusedError("No build is recorded in audit.builds.")
        build_id, status, as_of, built_at = newest
        audit = connection.execute(
            """
            select is_passed, refusal_count
            from warehouse.audit.audits
            where gate = 'publication' and subject = ?
            order by checked_at desc
            limit 1
            """,
            [build_id],
        ).fetchone()
        audited = dict(
            connection.execute(
                "select table_name, row_count from warehouse.audit.audited_tables "
                "where build_id = ?",
                [build_id],
            ).fetchall()
        )
    except duckdb.CatalogException as error:
        raise PublicationRefusedError(
            "The warehouse has no audit record: build and audit it first."
        ) from error
    if status != "success":
        raise PublicationRefusedError(f"The newest build {build_id} is '{status}', not 'success'.")
    if expected is not None and build_id != expected:
        raise PublicationRefusedError(f"The newest build is {build_id}, not {expected}.")
    if audit is None:
        raise PublicationRefusedError(f"The newest build {build_id} has not been audited.")
    if not audit[0]:
        raise PublicationRefusedError(
            f"The audit of build {build_id} refused it: {audit[1]} expectations are not met."
        )
    present = tables_of(connection, "warehouse")
    if set(present) != set(audited):
        different = ", ".join(sorted(set(present) ^ set(audited)))
        raise PublicationRefusedError(f"Schema marts is not what was audited: {different}.")
    changed = [
        table for table in present if count_rows(connection, "warehouse", table) != audited[table]
    ]
    if changed:
        raise PublicationRefusedError(
            f"Changed since the audit of build {build_id}: {', '.join(changed)}."
        )
    published_at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    return Build(build_id, as_of, built_at, audited, f"{published_at}-{build_id}")


def tables_of(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """Tables and views of schema marts in an attached database, in order."""
    return [
        str(row[0])
        for row in connection.execute(
            """
            select table_name
            from information_schema.tables
            where table_catalog = ? and table_schema = 'marts'
            order by table_name
            """,
            [database],
        ).fetchall()
    ]


def count_rows(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> int:
    """Rows of a table of schema marts."""
    row = connection.execute(f'select count(*) from {database}.marts."{table}"').fetchone()
    assert row is not None
    return int(row[0])


def publish(paths: Paths, expected_build: str | None = None) -> Build:
    """Publish the audited build of the warehouse; returns it.

    Everything new is written beside what readers see and made durable before the renames. Raises
    PublicationRefusedError; any other error leaves readers with what they had, too.
    """
    clean_up(paths)
    paths.serving.parent.mkdir(parents=True, exist_ok=True)
    fresh = fresh_file(paths)
    with duckdb.connect(config=engine_config(paths)) as connection:
        connection.execute(f"attach {literal(paths.warehouse)} as warehouse (read_only)")
        build = audited_build(connection, expected_build)
        manifest = dbt_manifest.load()
        write_file(connection, fresh, build, manifest)
        version = write_version(connection, paths, build, manifest)
    make_durable(fresh)
    record(paths, build)
    keep_previous(paths)
    fresh.replace(paths.serving)
    point_to(paths, version)
    flush_folder(paths.serving.parent)
    forget_old_versions(paths)
    return build


def engine_config(paths: Paths) -> dict[str, Any]:
    """Settings of the copying engine."""
    return {
        "memory_limit": os.environ.get("CDP_MEMORY_LIMIT", "6GB"),
        "temp_directory": str(paths.temp),
        "threads": int(os.environ.get("CDP_THREADS", "2")),
    }


def fresh_file(paths: Paths) -> Path:
    """The serving file while it is written."""
    return paths.serving.with_name(paths.serving.name + ".next")


def clean_up(paths: Paths) -> None:
    """Remove what a killed publication left half-written."""
    fresh = fresh_file(paths)
    for leftover in (fresh, fresh.with_name(fresh.name + ".wal"), previous_link(paths)):
        leftover.unlink(missing_ok=True)
    if paths.versions.exists():
        for half in paths.versions.glob("*.next"):
            shutil.rmtree(half)
    current_link(paths).unlink(missing_ok=True)


def previous_link(paths: Paths) -> Path:
    """The second name of the serving file before it becomes the previous one."""
    return paths.previous.with_name(paths.previous.name + ".next")


def current_link(paths: Paths) -> Path:
    """The new link before it takes the place of the old one."""
    return paths.current.with_name(paths.current.name + ".next")


def write_file(
    connection: duckdb.DuckDBPyConnection, fresh: Path, build: Build, manifest: Mapping[str, Any]
) -> None:
    """Write schema marts and its publication record to a new database file."""
    connection.execute(
        f"attach {literal(fresh)} as published (storage_version '{STORAGE_VERSION}')"
    )
    connection.execute("create schema published.marts")
    for table in build.rows:
        connection.execute(
            f'create table published.marts."{table}" as from warehouse.marts."{table}"'
        )
    connection.execute(
        """
        create table published.marts.publication as
        select
            cast(? as varchar) as build_id,
            cast(? as varchar) as version,
            cast(? as timestamp) as as_of,
            cast(? as timestamp) as built_at
        """,
        [build.build_id, build.version, build.as_of, build.built_at],
    )
    describe(connection, build, manifest)
    copied = {table: count_rows(connection, "published", table) for table in build.rows}
    if copied != dict(build.rows):
        raise PublicationRefusedError("The copy does not have the rows that were audited.")
    connection.execute("checkpoint published")
    connection.execute("detach published")


def describe(
    connection: duckdb.DuckDBPyConnection, build: Build, manifest: Mapping[str, Any]
) -> None:
    """Put the descriptions of models and columns where BI tools show them."""
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model" or node["schema"] != "marts":
            continue
        if node["alias"] not in build.rows:
            continue
        table = f'published.marts."{node["alias"]}"'
        connection.execute(f"comment on table {table} is {literal(node['description'])}")
        for name, column in node["columns"].items():
            if column["description"]:
                connection.execute(
                    f'comment on column {table}."{name}" is {literal(column["description"])}'
                )


def write_version(
    connection: duckdb.DuckDBPyConnection, paths: Paths, build: Build, manifest: Mapping[str, Any]
) -> Path:
    """Write Parquet, activation files and the manifest of this version; returns its folder."""
    version = paths.versions / build.version
    half = version.with_name(version.name + ".next")
    (half / "parquet").mkdir(parents=True)
    (half / "activation").mkdir(mode=0o700)
    for table in build.rows:
        connection.execute(
            f'copy warehouse.marts."{table}" to {literal(half / "parquet" / f"{table}.parquet")} '
            "(format parquet, compression zstd)"
        )
    activation: dict[str, int] = {}
    for node in sync_models(manifest):
        table = node["alias"]
        if table in build.rows:
            file = half / "activation" / f"{table}.csv"
            connection.execute(activation_query(connection, node, file))
            activation[file.name] = build.rows[table]
    (half / "manifest.json").write_text(
        json.dumps(
            {
                "build_id": build.build_id,
                "version": build.version,
                "as_of": build.as_of,
                "built_at": build.built_at,
                "rows": dict(build.rows),
                "activation": activation,
            },
            indent=2,
        )
        + "\n"
    )
    for file in half.rglob("*"):
        if file.is_file():
            make_durable(file)
    half.replace(version)
    flush_folder(paths.versions)
    return version


def sync_models(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The models that leave the house as files, by name."""
    return sorted(
        (
            node
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model" and node["name"].startswith("sync_")
        ),
        key=lambda node: str(node["name"]),
    )


def activation_query(
    connection: duckdb.DuckDBPyConnection,
    node: Mapping[str, Any],
    file: Path,
    where: str = "true",
) -> str:
    """The copy statement of one activation file, or of its lines that meet a condition.

    ``meta.activation.file_header`` of the model names the columns that leave and the destination's
    names for them; without it all columns leave under their own names.
    """
    header: Mapping[str, str] = (
        node["config"].get("meta", {}).get("activation", {}).get("file_header", {})
    )
    columns = {
        str(name): str(kind)
        for name, kind in connection.execute(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = 'warehouse' and schema_name = 'marts' and table_name = ? "
            "order by column_index",
            [node["alias"]],
        ).fetchall()
    }
    selected = ", ".join(
        f'{harmless(name, columns[name])} as "{header.get(name, name)}"'
        for name in (header or columns)
    )
    return (
        f'copy (select {selected} from warehouse.marts."{node["alias"]}" '
        f"where {where} order by all) "
        f"to {literal(file)} (format csv, header true)"
    )


def harmless(column: str, kind: str) -> str:
    """The column so that a spreadsheet does not run it as a formula."""
    if kind != "VARCHAR":
        return f'"{column}"'
    return (
        f"case when regexp_matches(\"{column}\", '{FORMULA_START}') "
        f"and not regexp_matches(\"{column}\", '{PHONE}') "
        f"then '''' || \"{column}\" else \"{column}\" end"
    )


def record(paths: Paths, build: Build) -> None:
    """Say in the warehouse that the build is published: the restatement ledger goes on from here.

    Before the swap, not after: a publication that readers have seen and the ledger does not know
    would leave a change unexplained; one that only the ledger knows explains one step more.
    """
    wait_until_writable(paths.warehouse)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute(
            "insert into audit.publications values (?, ?, ?)",
            [build.build_id, build.version, datetime.now(UTC).replace(tzinfo=None)],
        )


def keep_previous(paths: Paths) -> None:
    """Give the file that readers see a second name, so that it survives the swap."""
    if paths.serving.exists():
        link = previous_link(paths)
        second_name(paths.serving, link)
        link.replace(paths.previous)


def second_name(file: Path, name: Path) -> None:
    """A hard link, or a copy where the file system has none."""
    try:
        os.link(file, name)
    except OSError:
        shutil.copy2(file, name)


def point_to(paths: Paths, version: Path) -> None:
    """Make ``current`` lead to a version."""
    link = current_link(paths)
    link.symlink_to(version.relative_to(paths.current.parent), target_is_directory=True)
    link.replace(paths.current)


def forget_old_versions(paths: Paths) -> None:
    """Keep the newest versions, and always the published one."""
    published = paths.current.resolve()
    for old in sorted(paths.versions.iterdir())[:-VERSIONS_KEPT]:
        if old.resolve() != published:
            shutil.rmtree(old)


def rollback(paths: Paths) -> str:
    """Publish the previous version again; returns its build id.

    Raises PublicationRefusedError when there is none. A second rollback goes forward again.
    """
    if not paths.previous.exists():
        raise PublicationRefusedError("There is no previous version to go back to.")
    with duckdb.connect(str(paths.previous), read_only=True) as connection:
        row = connection.execute("select build_id, version from marts.publication").fetchone()
    assert row is not None
    version = paths.versions / str(row[1])
    if not version.exists():
        raise PublicationRefusedError(f"The files of version {row[1]} are gone.")
    aside = previous_link(paths)
    aside.unlink(missing_ok=True)
    second_name(paths.serving, aside)
    paths.previous.replace(paths.serving)
    aside.replace(paths.previous)
    point_to(paths, version)
    flush_folder(paths.serving.parent)
    return str(row[0])


def literal(text: Path | str) -> str:
    """A path or a text as SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Publish or roll back from the command line."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.publish")
    parser.add_argument("--build", help="refuse any other build than this one")
    parser.add_argument("--rollback", action="store_true", help="go back to the previous version")
    options = parser.parse_args(arguments)
    paths = Paths.from_env()
    try:
        with writer_lock(paths.lock, "publication"):
            if options.rollback:
                print(f"Back to build {rollback(paths)}: {paths.serving}")
            else:
                build = publish(paths, options.build)
                total = sum(build.rows.values())
                print(f"Published {len(build.rows)} tables, {total:,} rows: {paths.serving}")
    except (PublicationRefusedError, duckdb.Error, OSError) as error:
        clean_up(paths)
        print(f"Not published: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
