"""What the engine macros write for each engine where the engines' own spelling differs."""

import pytest
from macro_renderer import macro_renderer


@pytest.mark.parametrize(("engine", "group"), [("duckdb", r"\1"), ("spark", "$1")])
def test_a_group_is_named_as_the_engine_names_it(engine, group):
    render = macro_renderer(engine=engine)
    sql = render(r"regex_replace('phone', '^0([0-9]+)', '+34\\1')")
    assert f"'+34{group}'" in sql
