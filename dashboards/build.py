"""Build the dashboards from the published file.

    python -m dashboards.build [--serving serving/cdp.duckdb] [--out serving/dashboards]

Reads only the published file, writes one page per subject and an index, and replaces the folder at
the end, so that a reader never opens half of an old and half of a new set.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

import duckdb

from dashboards.page import render
from dashboards.subjects import SUBJECTS


def build(serving: Path, out: Path) -> list[Path]:
    """Write every page.

    Args:
        serving: the published DuckDB file, opened read-only.
        out: folder of the pages; an earlier one is replaced.

    Returns:
        The files written.

    Raises:
        FileNotFoundError: nothing was published yet.
    """
    if not serving.exists():
        raise FileNotFoundError(f"{serving} is not there: run `make run` first.")
    fresh = out.with_name(out.name + ".next")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with duckdb.connect(str(serving), read_only=True) as connection:
        row = connection.execute("select as_of from marts.publication").fetchone()
        as_of = row[0].strftime("%Y-%m-%d %H:%M") if row else "unknown"
        pages = [subject(connection) for subject in SUBJECTS]
    titles = [(page.slug, page.title) for page in pages]
    for page in pages:
        (fresh / f"{page.slug}.html").write_text(render(page, titles, as_of), encoding="utf-8")
    shutil.copyfile(fresh / f"{pages[0].slug}.html", fresh / "index.html")
    old = out.with_name(out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
    return sorted(out.glob("*.html"))


def main() -> int:
    """Entry point of the command."""
    serving_default = Path(os.environ.get("CDP_SERVING", "serving/cdp.duckdb"))
    parser = argparse.ArgumentParser(description="Build the dashboards from the published file.")
    parser.add_argument("--serving", type=Path, default=serving_default)
    parser.add_argument("--out", type=Path, help="default: dashboards/ beside the published file")
    arguments = parser.parse_args()
    out = arguments.out or arguments.serving.parent / "dashboards"
    try:
        files = build(arguments.serving, out)
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(files)} pages in {out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
