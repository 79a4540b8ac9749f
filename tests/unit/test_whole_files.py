"""Files that are written whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from orchestration.whole_files import write_whole


def test_a_file_is_written_as_given_with_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "key"
    write_whole(file, "años\r\n", mode=0o600)
    assert file.read_bytes() == "años\r\n".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "journal.json"
    write_whole(file, "before")

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write_whole(file, "after")
    assert file.read_text() == "before"

    monkeypatch.undo()
    write_whole(file, "after")
    assert file.read_text() == "after"
    assert [path.name for path in tmp_path.iterdir()] == ["journal.json"]
