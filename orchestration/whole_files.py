"""Files that are never seen in part: a kill or a power cut leaves the old one or the new one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_whole(file: Path, text: str, mode: int = 0o644) -> None:
    """Write a text file, in a folder that is there, with the permissions of mode less the umask."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=mode)
    part.write_text(text, encoding="utf-8", newline="")
    put_in_place(part, file)


def put_in_place(part: Path, file: Path) -> None:
    """Give a finished file, in the folder of the one that it replaces, the name of that one."""
    make_durable(part)
    part.replace(file)
    flush_folder(file.parent)


def make_durable(file: Path) -> None:
    """Return once the file's content is on the disk."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_folder(folder: Path) -> None:
    """Return once renames in the folder are on the disk, where the system can do that."""
    with suppress(OSError):
        make_durable(folder)
