"""Draft a connector from a sample of a new source's files.

    make new-source NAME=acme FILES=/path/to/sample

FILES: a folder with a folder or a file for each table (Parquet, CSV, JSON lines), or one file.
Writes models/staging/<name>/ with typed sources, a view for each table, tests and CHECKLIST.md,
registers the source in dbt_project.yml, and brings the pages that are made of them up to date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestration import column_tags, contract_docs
from orchestration.column_tags import Dictionary
from orchestration.new_source.checklist import checklist
from orchestration.new_source.columns import make_views
from orchestration.new_source.derived import orders_name, orders_sql, orders_unit_test, orders_yaml
from orchestration.new_source.folder import FolderError, check_name, write_folder
from orchestration.new_source.proposal import propose
from orchestration.new_source.sample import SampleError, read_sample
from orchestration.new_source.view import View
from orchestration.new_source.view_sql import view_sql
from orchestration.new_source.yaml_texts import models_yaml, sources_yaml, unit_tests_yaml
from orchestration.paths import ROOT


def draft(name: str, files: Path, root: Path = ROOT) -> tuple[Path, list[View]]:
    """Write the folder of a source below root; returns it and its views.

    Raises FolderError or SampleError with nothing written.
    """
    check_name(name, root)
    dictionary = Dictionary.load(root)
    with read_sample(files) as sample:
        views = make_views(name, propose(sample, contract_docs.read_contract(root)), dictionary)
    of_lines = [view for view in views if view.order_columns]
    texts = {
        f"_{name}__sources.yml": sources_yaml(name, views, dictionary),
        f"_{name}__models.yml": models_yaml(views) + "".join(map(orders_yaml, of_lines)),
        f"_{name}__unit_tests.yml": unit_tests_yaml(views)
        + "".join(map(orders_unit_test, of_lines)),
        "CHECKLIST.md": checklist(name, views),
        **{f"{view.name}.sql": view_sql(view) for view in views},
        **{f"{orders_name(view)}.sql": orders_sql(view) for view in of_lines},
    }
    return write_folder(root, name, views, texts), views


def main(arguments: Sequence[str] | None = None) -> int:
    """Draft the source; 1 and one message on standard error when that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.new_source", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("name", help="of the source, such as acme_shop")
    parser.add_argument("files", type=Path, help="folder or file of the sample")
    options = parser.parse_args(arguments)
    try:
        folder, views = draft(options.name, options.files)
    except (FolderError, SampleError) as error:
        print(f"new-source: nothing was written.\n{error}", file=sys.stderr)
        return 1
    for view in views:
        shown = view.entity or "no entity"
        print(f"{view.table.name:<30} {view.table.rows:>9,} rows  {shown}")
    contract_docs.write_pages(ROOT)
    code = column_tags.main([])
    print(f"Read {folder.relative_to(ROOT) / 'CHECKLIST.md'} next.")
    return code


if __name__ == "__main__":
    sys.exit(main())
