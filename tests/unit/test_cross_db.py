"""What the engine macros write for each engine where the engines' own spelling differs."""

import duckdb
import pytest
from macro_renderer import macro_renderer


@pytest.mark.parametrize(("engine", "group"), [("duckdb", r"\1"), ("spark", "$1")])
def test_a_group_is_named_as_the_engine_names_it(engine, group):
    render = macro_renderer(engine=engine)
    sql = render(r"regex_replace('phone', '^0([0-9]+)', '+34\\1')")
    assert f"'+34{group}'" in sql


@pytest.mark.parametrize(
    ("one", "other", "is_one_edit"),
    [
        ("1980-02-03", "1980-02-03", True),
        ("1980-02-03", "1980-02-08", True),
        ("1980-02-03", "1980-02-30", True),  # neighbours swapped
        ("1980-02-13", "1980-02-31", True),
        ("1980-02-03", "1980-03-02", False),
        ("28001", "2801", True),
        ("28001", "280", False),
        ("", "a", True),
        ("", "ab", False),
        ("ab", "ba", True),
        ("abc", "acb", True),
        ("abc", "cba", False),  # not neighbours
        ("abcdef", "abfdec", False),
        ("abcdef", "badcef", False),
        ("noéa", "noaé", True),
        ("noé", "noe", True),
    ],
)
def test_one_edit_is_a_character_or_a_swap_of_neighbours(one, other, is_one_edit):
    render = macro_renderer()
    there, back = render("is_one_edit('one', 'other')"), render("is_one_edit('other', 'one')")
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select {there}, {back} from (select ? as one, ? as other)",
            [one, other],
        ).fetchone()
    assert found == (is_one_edit, is_one_edit)
