"""The page of changes in a source names tests that exist, so that no case is only told."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_case_names_tests_that_exist() -> None:
    lines = (ROOT / "docs/changes-in-a-source.md").read_text(encoding="utf-8").splitlines()
    cases = [line for line in lines if line.startswith("| ")][1:]
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in [*ROOT.glob("tests/**/*.py"), *ROOT.glob("models/**/_*__unit_tests.yml")]
    )
    known = set(re.findall(r"^def (test_\w+)\(", code, re.MULTILINE))
    known |= set(re.findall(r"^  - name: (test__\w+)$", code, re.MULTILINE))
    known |= set(re.findall(r'^        name="(.+)",$', code, re.MULTILINE))
    assert len(cases) > 20
    for case in cases:
        named = re.findall(r"`([^`]+)`", case.rstrip(" |").rsplit(" | ", 1)[1])
        assert named, case
        assert set(named) <= known, case
