"""Column tags: every column that may be a person's says what it holds, why and for how long."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from orchestration.column_tags import (
    DIRECT,
    ERASE_RULES,
    OVERRIDES,
    RECORD,
    Column,
    ColumnTag,
    Dictionary,
    Holding,
    Meaning,
    Table,
    UntaggedColumnsError,
    model_tables,
    record_of_processing,
    source_tables,
)
from orchestration.paths import ROOT


@pytest.fixture(scope="session")
def dictionary() -> Dictionary:
    return Dictionary.load()


@pytest.fixture(scope="session")
def tables(manifest: dict[str, Any]) -> list[Table]:
    return model_tables(manifest) + source_tables(manifest)


def tags_of(dictionary: Dictionary, tables: list[Table]) -> list[ColumnTag]:
    return [tag for table in tables for tag in dictionary.tags_of(table)]


def test_every_column_of_a_subject_bearing_table_has_a_tag(
    dictionary: Dictionary, tables: list[Table]
) -> None:
    problems, tagged = [], 0
    for table in tables:
        try:
            tags = dictionary.tags_of(table)
        except UntaggedColumnsError as error:
            problems.append(str(error))
            continue
        assert len(tags) in (0, len(table.columns)), table.name
        tagged += bool(tags)
        for tag in tags:
            assert tag.subject_key in {column.name for column in table.columns}
            assert tag.erase in ERASE_RULES, tag
            assert tag.pii, tag
            assert tag.purpose, tag
    assert not problems, "\n" + "\n".join(problems)
    assert tagged > 150


def test_nothing_is_tagged_that_does_not_exist(
    manifest: dict[str, Any], dictionary: Dictionary, tables: list[Table]
) -> None:
    names = {column.name for table in tables for column in table.columns}
    unmatched = [
        f"{meaning.tag}: {pattern}"
        for meaning in dictionary.meanings
        for pattern in meaning.patterns
        if not any(fnmatchcase(name, pattern) for name in names | steps_columns())
    ]
    models = {table.name for table in tables} | {
        node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "model"
    }
    entities = {table.entity for table in tables}
    for holding in dictionary.holdings:
        kind, pattern = holding.applies_to.split(":", 1)
        found = (
            pattern in entities
            if kind == "entity"
            else any(fnmatchcase(name, pattern) for name in models)
        )
        if not found:
            unmatched.append(holding.applies_to)
    assert not unmatched, "\n" + "\n".join(unmatched)


# A line of a select list: a column, or what it is called.
SELECTED = re.compile(r"^ +(?:.* as )?(?:\w+\.)?([a-z_0-9]+),?$", re.M)

LOOPED = re.compile(r"{{ \w+ }}")  # the part of a name that a loop fills in


def steps_columns() -> set[str]:
    """Names that working steps select, whose YAML declares none."""
    return {
        name
        for path in ROOT.glob("models/**/intermediate/*.sql")
        for name in SELECTED.findall(LOOPED.sub("x", path.read_text(encoding="utf-8")))
    }


def test_overrides_use_the_known_keys_and_rules(manifest: dict[str, Any]) -> None:
    broken = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model":
            continue
        for name, column in node["columns"].items():
            meta = {**column.get("meta", {}), **column.get("config", {}).get("meta", {})}
            unknown = set(meta) - {*OVERRIDES, *DOCUMENTED}
            if unknown or meta.get("erase", "keep") not in ERASE_RULES:
                broken.append(f"{node['name']}.{name}: {meta}")
    assert not broken, "\n" + "\n".join(broken)


# Keys of meta that the pages of the harmonised contract are made of.
DOCUMENTED = {"optional", "required", "default", "example", "unit", "values"}
# What published marts may hold of what points to a person, and why. Everything else is refused.
ALLOWED_IN_MARTS = {
    "account_id": "opaque ids, and ids by which a source finds its own record again",
    "network_id": "addresses of pages, without which a session says nothing",
    "location": "place of residence, no finer than the postal code, which one destination needs",
    "demographic": "year of birth, gender, language",
    "hash": "activation: digests in the form that the destination matches, of those who agreed; "
    "governance: the keys of identifiers that a link or a question is about",
}

HASHED = ("sync_", "fct_identity_links", "fct_identity_review_queue")


def test_published_marts_hold_no_direct_identifiers(
    manifest: dict[str, Any], dictionary: Dictionary
) -> None:
    published = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
    categories = {holding.category for holding in dictionary.holdings}
    broken = [
        f"{tag.table}.{tag.column} holds {tag.pii}"
        for tag in tags_of(dictionary, [t for t in model_tables(manifest) if t.name in published])
        if tag.pii in DIRECT
        or tag.pii not in {*ALLOWED_IN_MARTS, "none"} | (categories - DIRECT - {"identifier"})
        or (tag.pii == "hash" and not tag.table.startswith(HASHED))
    ]
    # A mart that leads from one id to another is about identifiers without holding any.
    broken = [line for line in broken if "holds identifier" not in line or "value" in line]
    assert not broken, "\n" + "\n".join(broken)


def test_the_record_of_processing_is_current(
    manifest: dict[str, Any], dictionary: Dictionary
) -> None:
    page = (ROOT / RECORD).read_text(encoding="utf-8")
    assert page == record_of_processing(manifest, dictionary), (
        "docs/record-of-processing.md is not current: python -m orchestration.column_tags"
    )


# ---- the resolver itself ---------------------------------------------------------------------

MEANINGS = [
    Meaning("customer", ("customer_id",), "account_id", "nullify", True),
    Meaning("email", ("email",), "email", "nullify", True),
    Meaning("text", ("note",), "free_text", "nullify", False),
    Meaning("time", ("*_at",), "row", "keep", False),
    Meaning("seen", ("last_*_at",), "none", "keep", False),
]
HOLDINGS = [
    Holding("entity:orders", "transaction", "keep", 2190, "ordered_at", "books", "contract", ""),
    Holding("model:dim_*", "profile", "delete", 730, None, "record", "contract", ""),
    Holding("entity:goods", "none", "keep", None, None, "goods", "contract", ""),
]


def table(name: str, *columns: str, **settings: Any) -> Table:
    return Table(name, tuple(Column(column) for column in columns), **settings)


def resolved(given: Table) -> dict[str, tuple[str, str]]:
    tags = Dictionary(MEANINGS, HOLDINGS).tags_of(given)
    return {tag.column: (tag.pii, tag.erase) for tag in tags}


def test_a_longer_pattern_counts_before_a_shorter_one_and_a_table_gives_its_kind() -> None:
    given = table("stg_orders", "email", "customer_id", "ordered_at", "last_seen_at")
    assert resolved(Table(given.name, given.columns, entity="orders")) == {
        "email": ("email", "nullify"),
        "customer_id": ("account_id", "nullify"),
        "ordered_at": ("transaction", "keep"),
        "last_seen_at": ("none", "keep"),
    }


def test_where_rows_are_deleted_every_column_is() -> None:
    assert resolved(table("dim_people", "customer_id", "seen_at")) == {
        "customer_id": ("account_id", "delete"),
        "seen_at": ("profile", "delete"),
    }


def test_the_models_own_word_counts_first() -> None:
    columns = (Column("customer_id"), Column("seen_at", overrides={"erase": "hmac"}))
    assert resolved(Table("x", columns, entity="orders"))["seen_at"] == ("transaction", "hmac")


def test_an_unknown_column_and_a_table_held_for_nothing_are_refused() -> None:
    with pytest.raises(UntaggedColumnsError, match=r"no row of column_tags has shoe_size"):
        resolved(table("dim_people", "customer_id", "shoe_size"))
    with pytest.raises(UntaggedColumnsError, match=r"no row of data_holdings"):
        resolved(table("elsewhere", "email"))
    with pytest.raises(UntaggedColumnsError, match=r"nothing about people, but has email"):
        resolved(table("stg_goods", "email", entity="goods"))


def test_tables_without_people_have_no_tags() -> None:
    assert resolved(table("stg_goods", "note", "seen_at", entity="goods")) == {}
    assert resolved(table("elsewhere", "seen_at")) == {}


def test_a_landed_text_that_nobody_knows_is_cleared_and_a_number_kept() -> None:
    columns = (Column("email", "string"), Column("line_2", "varchar"), Column("net", "decimal"))
    given = Table("landing_x.order", columns, entity="orders", is_landed=True)
    assert resolved(given) == {
        "email": ("email", "nullify"),
        "line_2": ("unclassified", "nullify"),
        "net": ("transaction", "keep"),
    }
