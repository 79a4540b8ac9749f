"""Similarity of texts on Spark, which lacks the functions, against those of DuckDB."""

from __future__ import annotations

import random

import duckdb
import pytest
from macro_renderer import macro_renderer
from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

COLUMNS = (
    "jaro_winkler('one', 'other')",
    "is_one_edit('one', 'other')",
    "begins_with('one', 'other')",
)


def random_pairs(count: int) -> list[tuple[str, str]]:
    """Texts of at most 12 letters, accents among them, with another text or some edits of it."""
    chance = random.Random(7)
    letters = "aabeñóst 'ü"

    def text() -> str:
        return "".join(chance.choices(letters, k=chance.randint(0, 12)))

    def edited(word: str) -> str:
        place = chance.randint(0, len(word))
        head, tail = word[:place], word[place:]
        swapped = f"{head}{tail[1:2]}{tail[:1]}{tail[2:]}"
        return chance.choice((swapped, head + tail[1:], head + chance.choice(letters) + tail))

    pairs = []
    for _ in range(count):
        one = other = text()
        for _ in range(chance.randint(0, 3)):
            other = edited(other)
        pairs.append((one, chance.choice((other, other, text()))))
    return pairs


def query(engine: str) -> str:
    render = macro_renderer(engine=engine)
    columns = ", ".join(render(column) for column in COLUMNS)
    return f"select one, other, {columns} from pairs order by 1, 2"


def test_texts_are_as_alike_as_on_the_other_engine(session: SparkSession) -> None:
    pairs = sorted(set(random_pairs(3000)))
    session.createDataFrame(pairs, "one string, other string").createOrReplaceTempView("pairs")
    on_spark = [tuple(row) for row in session.sql(query("spark")).collect()]
    with duckdb.connect() as connection:
        connection.execute("create table pairs (one text, other text)")
        connection.executemany("insert into pairs values (?, ?)", pairs)
        on_duckdb = connection.execute(query("duckdb")).fetchall()
    assert len(on_spark) == len(on_duckdb) > 2000
    assert {row[3:] for row in on_duckdb} >= {(True, True), (False, False), (True, False)}
    for spark_row, duckdb_row in zip(on_spark, on_duckdb, strict=True):
        assert spark_row[:2] == duckdb_row[:2]
        assert spark_row[2] == pytest.approx(duckdb_row[2], abs=1e-12), spark_row
        assert spark_row[3:] == duckdb_row[3:], spark_row
