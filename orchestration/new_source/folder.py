"""Write the drafts of a new source: its folder below models/staging, its lines in dbt_project.yml.

Nothing is written before everything is made, and nothing that is there is overwritten.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from orchestration.new_source.view import (
    View,
)
from orchestration.yaml_files import read_yaml

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MAX_NAME = 40
TAKEN_NAMES = ("contract", "harmonized", "landing", "staging", "seeds", "marts")


class FolderError(Exception):
    """The folder cannot be written; the message says what to do."""


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
