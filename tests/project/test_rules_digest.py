"""The digest of the rules: a changed variable must not pass for the clock."""

from __future__ import annotations

import re

import yaml

from orchestration.paths import ROOT

# The clock, and whether matching learns in this build: neither says what a build goes by.
OF_ONE_BUILD = {"as_of", "matching_learns"}


def test_every_other_variable_is_a_rule() -> None:
    variables = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    macro = (ROOT / "macros/run_scope/rules_digest.sql").read_text(encoding="utf-8")
    listed = macro.split("set names = [", 1)[1].split("]", 1)[0]
    named = set(re.findall(r"'(\w+)'", listed))
    named |= {f"{source}_enabled" for source in variables["source_entities"]}
    assert named == set(variables) - OF_ONE_BUILD
