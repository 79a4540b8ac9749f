"""The harmonised contract: its pages are current, it is complete, and every source can fill it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.contract_docs import ANY_WORD, FOLDER, Contract, read_contract, stale_pages

ROOT = Path(__file__).resolve().parents[2]
ENTITIES = [
    "customers",
    "contact_points",
    "identifiers",
    "identity_labels",
    "events",
    "orders",
    "order_lines",
    "returns",
    "payments",
    "products",
    "variants",
    "stock",
    "messages",
    "consents",
    "service_contacts",
    "surveys",
    "store_visits",
    "social_actions",
    "downloads",
    "list_checks",
    "loyalty_events",
    "campaigns",
    "campaign_targets",
    "coupons",
    "finance_ledger",
    "ad_spend",
]
# What comes from elsewhere than a connector: plans, answers of list owners, judgements of people.
WITHOUT_CONNECTOR = {"campaigns", "identity_labels", "list_checks"}
KEYS = {"source_name", "source_record_id"}
MEASURED = ("bigint", "double", "decimal")
ACCOUNTING = {
    "source_table",
    "rejected_values",
    "batch_id",
    "landed_at",
    "landed_file",
    "landed_row",
} | {
    "reject_reason",
    "payload",
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return read_contract(ROOT)


def test_pages_are_what_the_yaml_gives() -> None:
    stale = list(stale_pages(ROOT))
    assert not stale, f"{stale}: run python -m orchestration.contract_docs"


def test_a_page_that_was_edited_or_is_left_over_is_stale(tmp_path: Path) -> None:
    for name in ("models", "dbt_project.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    for page in (ROOT / FOLDER).iterdir():
        (folder / page.name).write_bytes(page.read_bytes())
    (folder / "orders.md").write_text("# orders\n", encoding="utf-8")
    (folder / "gone.md").write_text("# gone\n", encoding="utf-8")
    (folder / "events.md").unlink()
    assert list(stale_pages(tmp_path)) == ["events.md", "gone.md", "orders.md"]


def test_every_entity_is_there_and_enforced(contract: Contract, manifest: dict[str, Any]) -> None:
    assert sorted(entity.name for entity in contract.entities) == sorted(ENTITIES)
    loose = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["fqn"][1] == "staging"
        and not node["contract"]["enforced"]
    ]
    assert not loose


def test_every_column_has_an_example_and_every_measure_a_unit(contract: Contract) -> None:
    columns = [(entity, column) for entity in contract.entities for column in entity.delivered]
    assert [f"{entity.name}.{c.name}" for entity, c in columns if not c.example] == []
    assert [
        f"{entity.name}.{c.name}"
        for entity, c in columns
        if c.data_type.startswith(MEASURED) and not c.unit
    ] == []


def test_files_of_the_contract_source_bring_every_column(contract: Contract) -> None:
    folder = ROOT / "models" / "staging" / "contract"
    source = yaml.safe_load((folder / "_contract__sources.yml").read_text())["sources"][0]
    tables = {table["name"]: table["columns"] for table in source["tables"]}
    staged = {
        model["name"]: model["columns"]
        for model in yaml.safe_load((folder / "_contract__models.yml").read_text())["models"]
    }
    assert set(tables) == set(ENTITIES)
    for entity in contract.entities:
        expected = {column.name: column.data_type for column in entity.delivered}
        landed = {column["name"]: column["data_type"] for column in tables[entity.name]}
        assert landed == expected, entity.name
        required = {c["name"] for c in tables[entity.name] if not c.get("config")}
        assert required == KEYS, entity.name
        given = {c["name"]: c["data_type"] for c in staged[f"stg_contract__{entity.name}"]}
        assert {k: v for k, v in given.items() if k not in ACCOUNTING} == expected, entity.name


def test_coverage_has_no_gap_and_names_real_columns(contract: Contract) -> None:
    columns = {
        entity.name: {column.name for column in entity.delivered} for entity in contract.entities
    }
    rows = [row for group in contract.coverage for row in group["rows"]]
    for row in rows:
        assert {*row["columns"], *row.get("when", {})} <= columns[row["entity"]], row["what"]
        assert contract.covering(row), f"{row['what']}: no connector fills it"
    uncovered = set(ENTITIES) - {row["entity"] for row in rows} - WITHOUT_CONNECTOR
    assert not uncovered


def test_every_connector_covers_something(contract: Contract) -> None:
    rows = [row for group in contract.coverage for row in group["rows"]]
    covering = {source for row in rows for source in contract.covering(row)}
    assert covering == set(contract.connectors)


def test_a_row_that_no_source_fills_is_a_gap(contract: Contract) -> None:
    assert contract.covering({"entity": "downloads", "columns": ["email"]}) == {}
    faxes = {"entity": "orders", "columns": ["order_id"], "when": {"channel": ["fax"]}}
    assert contract.covering(faxes) == {}


def test_words_of_the_staging_models_are_words_that_they_write(
    manifest: dict[str, Any],
) -> None:
    """meta: values promises words; each must stand in the SQL of the model or of its parents."""
    macros = " ".join(macro["macro_sql"] for macro in manifest["macros"].values())
    broken = []
    for node in manifest["nodes"].values():
        for column, words in node["config"].get("meta", {}).get("values", {}).items():
            assert column in node["columns"], f"{node['name']}.{column}"
            parents = [
                manifest["nodes"][parent]["raw_code"]
                for parent in node["depends_on"]["nodes"]
                if parent in manifest["nodes"]
            ]
            code = " ".join([node["raw_code"], *parents, macros])
            broken += [
                f"{node['name']}: {word}"
                for word in words
                if word != ANY_WORD
                and not re.search(rf"'{word}'|'{re.sub('^message_', '', word)}'", code)
            ]
    assert not broken
