"""The rules of the house, read from dbt's manifest, with an empty list of exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("staging", "identity_graph", "unified_customer", "marts")
GRAIN = re.compile(r"^One row per ")
EXCEPTIONS: frozenset[str] = (
    frozenset()
)  # names of models; a rule that needs one is changed instead

MAY_READ: dict[str, frozenset[str]] = {
    "sources": frozenset({"source", "staging/sources", "seeds/reference"}),
    "harmonized": frozenset(
        {"staging/sources", "staging/harmonized", "source", "ledger", "seeds/reference"}
    ),
    "identity_graph": frozenset(
        {"staging/harmonized", "identity_graph", "seeds/identity", "seeds/reference", "ledger"}
    ),
    "unified_customer": frozenset(
        {
            "staging/harmonized",
            "identity_graph",
            "unified_customer",
            "seeds/customer",
            "seeds/consent",
            "seeds/reference",
        }
    ),
    "marts": frozenset({"unified_customer", "marts", "seeds/marts", "seeds/reference", "ledger"}),
}
SHARED_SEEDS = ("identity", "customer", "consent", "reference")


def room(node: dict[str, Any]) -> str:
    """The room of a node as the rules name it."""
    if node["resource_type"] == "source":  # what landed, or what the platform notes of its work
        return "ledger" if node["source_name"] == "landing" else "source"
    parts = Path(node["original_file_path"]).parts
    if node["resource_type"] == "seed":
        return f"seeds/{parts[1]}" if parts[1] in SHARED_SEEDS else "seeds/marts"
    if parts[1] == "staging":
        return "staging/harmonized" if parts[2] == "harmonized" else "staging/sources"
    return parts[1]


def rule_key(node: dict[str, Any]) -> str:
    return {"staging/sources": "sources", "staging/harmonized": "harmonized"}.get(
        room(node), room(node)
    )


@pytest.fixture(scope="session")
def nodes(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {**manifest["nodes"], **manifest["sources"]}


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] not in EXCEPTIONS
    ]


def public(models: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (model for model in models if model["access"] == "public")


def report(broken: list[str]) -> None:
    assert not broken, "\n" + "\n".join(sorted(broken))


def test_the_list_of_exceptions_is_empty() -> None:
    assert not EXCEPTIONS


def test_every_model_lies_in_a_room(models: list[dict[str, Any]]) -> None:
    report([m["name"] for m in models if Path(m["original_file_path"]).parts[1] not in ROOMS])


def test_models_read_only_what_their_room_may(
    models: list[dict[str, Any]], nodes: dict[str, dict[str, Any]]
) -> None:
    broken = []
    for model in models:
        for parent_id in model["depends_on"]["nodes"]:
            parent = nodes[parent_id]
            if room(parent) not in MAY_READ[rule_key(model)]:
                broken.append(f"{model['name']} reads {parent['name']} ({room(parent)})")
    report(broken)


def test_a_source_folder_reads_only_its_own_source(
    models: list[dict[str, Any]], nodes: dict[str, dict[str, Any]]
) -> None:
    broken = []
    for model in models:
        if room(model) != "staging/sources":
            continue
        folder = Path(model["original_file_path"]).parts[2]
        for parent_id in model["depends_on"]["nodes"]:
            parent = nodes[parent_id]
            if parent["resource_type"] == "seed":
                continue
            parent_folder = (
                parent["source_name"]
                if parent["resource_type"] == "source"
                else Path(parent["original_file_path"]).parts[2]
            )
            if parent_folder != folder:
                broken.append(f"{model['name']} reads {parent['name']} of {parent_folder}")
    report(broken)


def test_staging_views_read_one_source_table_and_join_nothing(
    models: list[dict[str, Any]],
) -> None:
    broken = []
    for model in models:
        if not model["name"].startswith("stg_"):
            continue
        sources = [p for p in model["depends_on"]["nodes"] if p.startswith("source.")]
        others = [p for p in model["depends_on"]["nodes"] if p.startswith("model.")]
        joins = re.search(r"\b(join|group by)\b", model["raw_code"], flags=re.IGNORECASE)
        if len(sources) != 1 or others or joins:
            broken.append(model["name"])
    report(broken)


def test_working_steps_are_private_and_stay_in_their_room(
    models: list[dict[str, Any]], nodes: dict[str, dict[str, Any]]
) -> None:
    broken = []
    for model in models:
        if model["name"].startswith("int_") and model["access"] != "private":
            broken.append(f"{model['name']} is not private")
        for parent_id in model["depends_on"]["nodes"]:
            parent = nodes[parent_id]
            if parent["name"].startswith("int_") and room(parent) != room(model):
                if room(parent) == "staging/sources" and room(model) == "staging/harmonized":
                    continue  # an int_<source>__<entity> is what its source hands to the union
                broken.append(f"{model['name']} reads {parent['name']}, a step of another room")
    report(broken)


def test_activation_reads_only_public_marts(
    models: list[dict[str, Any]], nodes: dict[str, dict[str, Any]]
) -> None:
    broken = []
    for model in models:
        if not model["name"].startswith("sync_"):
            continue
        for parent_id in model["depends_on"]["nodes"]:
            parent = nodes[parent_id]
            if parent["resource_type"] == "seed":
                continue
            if not (room(parent) == "marts" or parent["name"].startswith("unified_")):
                broken.append(f"{model['name']} reads {parent['name']}")
    report(broken)


def test_every_model_states_its_grain(models: list[dict[str, Any]]) -> None:
    report([m["name"] for m in models if not GRAIN.match(m["description"])])


def test_every_model_belongs_to_the_group_of_its_room(models: list[dict[str, Any]]) -> None:
    broken = []
    for model in models:
        expected = Path(model["original_file_path"]).parts[1]
        if model["group"] != expected:
            broken.append(f"{model['name']}: group {model['group']}, expected {expected}")
    report(broken)


def test_public_models_have_a_contract_and_described_columns(
    models: list[dict[str, Any]],
) -> None:
    broken = []
    for model in public(models):
        if not model["contract"]["enforced"]:
            broken.append(f"{model['name']} has no contract")
        broken += [
            f"{model['name']}.{column['name']} is not described"
            for column in model["columns"].values()
            if not column["description"]
        ]
    report(broken)


def test_columns_of_shared_models_are_described(models: list[dict[str, Any]]) -> None:
    broken = []
    for model in models:
        if not model["name"].startswith(("harmonized_", "identity_", "unified_")):
            continue
        if not model["columns"]:
            broken.append(f"{model['name']} lists no columns")
        broken += [
            f"{model['name']}.{column['name']}"
            for column in model["columns"].values()
            if not column["description"]
        ]
    report(broken)


def test_only_marts_are_public_and_live_in_the_schema_that_is_published(
    models: list[dict[str, Any]],
) -> None:
    broken = []
    for model in models:
        in_marts = room(model) == "marts" and not model["name"].startswith("int_")
        if in_marts != (model["access"] == "public"):
            broken.append(f"{model['name']}: access {model['access']}")
        if in_marts != (model["schema"] == "marts"):
            broken.append(f"{model['name']}: schema {model['schema']}")
    report(broken)


PREFIXES = {
    "staging/sources": ("stg_", "int_"),
    "staging/harmonized": (
        *("harmonized_", "rejected_records", "row_accounting", "snapshot_files", "int_"),
    ),
    "identity_graph": ("identity_", "int_identity__"),
    "unified_customer": ("unified_", "int_customer__"),
    "marts": ("dim_", "fct_", "bridge_", "sync_", "live_", "int_"),
}


def test_models_carry_the_prefix_of_their_room(models: list[dict[str, Any]]) -> None:
    report([m["name"] for m in models if not m["name"].startswith(PREFIXES[room(m)])])


def test_every_public_model_has_a_tested_key(
    manifest: dict[str, Any], models: list[dict[str, Any]]
) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and node.get("test_metadata")
        and node["test_metadata"]["name"].startswith("unique")
    }
    report([m["name"] for m in public(models) if m["unique_id"] not in tested])


CLOCKS = re.compile(
    r"\b(now\(\)|current_timestamp|current_date|getdate\(\)|today\(\)|current_localtime)", re.I
)
HIDDEN = {
    "a match operator whose meaning differs between DuckDB versions": re.compile(r"\s!?~\s"),
    "an integer division operator": re.compile(r"[\w)\]] // [\w(]"),
    "an arrow lambda": re.compile(r"\b\w+ -> "),
    "select distinct": re.compile(r"\bselect\s+distinct\b", re.I),
    "qualify": re.compile(r"\bqualify\b", re.I),
}


def without_comments(code: str) -> str:
    code = re.sub(r"\{#.*?#\}", "", code, flags=re.S)
    return re.sub(r"--[^\n]*", "", code)


def sql_only(code: str) -> str:
    """The SQL of a model: no comments, and no Jinja, whose own ~ joins strings."""
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", without_comments(code), flags=re.S)


def test_no_model_has_a_clock_of_its_own(models: list[dict[str, Any]]) -> None:
    report([m["name"] for m in models if CLOCKS.search(without_comments(m["raw_code"]))])


@pytest.mark.parametrize("name", HIDDEN)
def test_no_model_uses(name: str, models: list[dict[str, Any]]) -> None:
    report([m["name"] for m in models if HIDDEN[name].search(sql_only(m["raw_code"]))])


def test_no_macro_has_a_clock_or_a_ref(manifest: dict[str, Any]) -> None:
    broken = []
    for macro in manifest["macros"].values():
        if macro["package_name"] != manifest["metadata"]["project_name"]:
            continue
        code = without_comments(macro["macro_sql"])
        if CLOCKS.search(code):
            broken.append(f"{macro['name']} has a clock")
        if re.search(r"\bref\(", code):
            broken.append(f"{macro['name']} has a ref()")
    report(broken)


def test_no_model_queries_the_warehouse_at_compile_time(models: list[dict[str, Any]]) -> None:
    queries = re.compile(
        r"run_query|statement\(|get_columns_in_relation|load_relation|get_relation"
    )
    report([m["name"] for m in models if queries.search(m["raw_code"])])


def test_dialect_lives_in_cross_db_only(manifest: dict[str, Any]) -> None:
    allowed = ("macros/cross_db/", "macros/materializations/", "macros/run_scope/")
    broken = []
    for macro in manifest["macros"].values():
        if macro["package_name"] != manifest["metadata"]["project_name"]:
            continue
        is_body = macro["name"].startswith(("duckdb__", "spark__"))
        asks = re.search(r"target\.type|adapter\.type\(\)", macro["macro_sql"])
        if (is_body or asks) and not macro["original_file_path"].startswith(allowed):
            broken.append(f"{macro['name']} in {macro['original_file_path']}")
    report(broken)


def test_every_dispatched_macro_refuses_an_unknown_engine(manifest: dict[str, Any]) -> None:
    names = {
        macro["name"]: macro
        for macro in manifest["macros"].values()
        if macro["package_name"] == manifest["metadata"]["project_name"]
    }
    broken = []
    for name in names:
        if name.startswith("duckdb__"):
            default = names.get(name.replace("duckdb__", "default__"))
            if default is None or "raise_unsupported_adapter" not in default["macro_sql"]:
                broken.append(name)
    report(broken)


def test_every_seed_explains_its_rows(manifest: dict[str, Any]) -> None:
    broken = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "seed":
            continue
        header = (ROOT / node["original_file_path"]).open(encoding="utf-8")
        with header:
            columns = header.readline().strip().split(",")
        if "comment" not in columns:
            broken.append(f"{node['name']} has no column comment")
        broken += [
            f"{node['name']}.{column} is not described"
            for column in columns
            if not node["columns"].get(column, {}).get("description")
        ]
    report(broken)


def test_every_source_table_has_one_primary_view(
    manifest: dict[str, Any], models: list[dict[str, Any]]
) -> None:
    primaries: dict[str, list[str]] = {}
    for model in models:
        meta = model["config"]["meta"]
        if room(model) == "staging/sources" and meta.get("primary"):
            primaries.setdefault(meta["source_table"], []).append(model["name"])
    broken = []
    for source in manifest["sources"].values():
        if source["source_name"] == "landing":
            continue
        table = f"{source['source_name']}.{source['name']}"
        if len(primaries.get(table, [])) != 1:
            broken.append(f"{table}: {primaries.get(table, [])}")
    report(broken)


def test_a_declared_key_is_made_of_columns_that_the_primary_view_reads(
    manifest: dict[str, Any], models: list[dict[str, Any]]
) -> None:
    """By it a row that the loader rejected is known again when it is accepted."""
    primaries = {
        model["config"]["meta"]["source_table"]: model
        for model in models
        if model["config"]["meta"].get("primary")
    }
    broken, declared = [], 0
    for source in manifest["sources"].values():
        pattern = source["config"]["meta"].get("record_id")
        if pattern is None:
            continue
        declared += 1
        table = f"{source['source_name']}.{source['name']}"
        names = [name for part in re.findall(r"{([^{}]*)}", pattern) for name in part.split("|")]
        code = primaries[table]["raw_code"]
        for name in names:
            if name not in source["columns"] or not re.search(rf"\b{name}\b", code):
                broken.append(f"{table}: {name} in {pattern}")
        if not names:
            broken.append(f"{table}: {pattern} names no column")
    report(broken)
    assert declared > 15


def test_registered_staging_models_exist(models: list[dict[str, Any]]) -> None:
    named = set(re.findall(r"\b(?:stg|int)_[a-z0-9]+__[a-z0-9_]+", registry()))
    report(sorted(named - {m["name"] for m in models}))


def registry() -> str:
    text = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    return text.split("source_entities:", 1)[1].split("\nmodels:", 1)[0]


def test_dashboards_are_declared_as_exposures_of_public_marts(manifest: dict[str, Any]) -> None:
    assert manifest["exposures"], "no exposure is declared"
    broken = []
    for exposure in manifest["exposures"].values():
        for parent_id in exposure["depends_on"]["nodes"]:
            parent = manifest["nodes"][parent_id]
            if parent.get("access") != "public":
                broken.append(f"{exposure['name']} reads {parent['name']}")
    report(broken)


PEOPLE = re.compile(
    r"(^|_)customer_id$|(^|_)(customer|person|member|people)_count$|^removed_count$"
)


def marts_of_people(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Public models with a row per person or thing of a person, or with counts of people."""
    return [m for m in public(models) if any(PEOPLE.search(column) for column in m["columns"])]


def test_marts_of_people_state_their_population(
    manifest: dict[str, Any], models: list[dict[str, Any]]
) -> None:
    """A list of populations, held by a test where rows name customers; or all, with the reason."""
    held = {
        (test["attached_node"], tuple(test["test_metadata"]["kwargs"]["populations"]))
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and (test.get("test_metadata") or {}).get("name") == "of_populations"
    }
    broken = []
    for model in marts_of_people(models):
        meta = model["config"]["meta"]
        stated = meta.get("population")
        if stated is None:
            broken.append(f"{model['name']} does not state its population (meta.population)")
        elif stated == "all":
            if not meta.get("population_reason"):
                broken.append(f"{model['name']} gives no population_reason for all")
        elif "customer_id" in model["columns"] and (model["unique_id"], tuple(stated)) not in held:
            broken.append(f"{model['name']}: no test of_populations holds {stated}")
    report(broken)
    assert len(marts_of_people(models)) > 20


def test_what_households_share_decides_nothing_personal(
    nodes: dict[str, dict[str, Any]], models: list[dict[str, Any]]
) -> None:
    """Consent, suppression, points and audiences never cross from one member to another."""
    households = {node["unique_id"] for node in models if "household" in node["name"]}
    personal = [
        node
        for node in models
        if node["name"].startswith(("unified_consent", "unified_contact", "unified_loyalty"))
        or Path(node["original_file_path"]).parts[1:3]
        in {("marts", room) for room in ("suppression", "loyalty", "activation", "journeys")}
    ]
    assert households and len({node["fqn"][2] for node in personal}) >= 5

    def ancestors(key: str) -> set[str]:
        found: set[str] = set()
        ahead = [key]
        while ahead:
            parents = nodes[ahead.pop()].get("depends_on", {}).get("nodes", [])
            new = [parent for parent in parents if parent in nodes and parent not in found]
            found.update(new)
            ahead += new
        return found

    assert not {node["name"] for node in personal if ancestors(node["unique_id"]) & households}
