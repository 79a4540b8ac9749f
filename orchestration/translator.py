"""How dbt nodes are named in Dagster.

Belongs here: asset keys and groups. Does not: what runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration.manifest import layer_of


def group_of(node: Mapping[str, Any]) -> str:
    """The Dagster group: the layer, and for marts also the subject."""
    layer = layer_of(node)
    if layer == "marts" and len(node["fqn"]) > 3:
        return f"marts_{node['fqn'][2]}"
    return layer


def key_of(node: Mapping[str, Any]) -> dg.AssetKey:
    """The asset key: landing/<source>/<table> for a source, else <layer>/<model>."""
    if node["resource_type"] == "source":
        return dg.AssetKey(["landing", node["source_name"], node["name"]])
    return dg.AssetKey([layer_of(node), node["name"]])


class LayerTranslator(DagsterDbtTranslator):
    """Keys and groups by layer; dbt tests, those of sources too, as asset checks."""

    def __init__(self) -> None:
        """Turn source tests into checks."""
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """See key_of."""
        return key_of(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """See group_of."""
        return group_of(dbt_resource_props)
