"""Where everything lives.

Belongs here: every path that more than one file needs, derived from environment variables
(CDP_LANDING, CDP_WAREHOUSE, CDP_SERVING; CDP_SPARK where Spark is used). Does not: opening or
creating anything.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Paths:
    """The places of one installation; all absolute."""

    landing: Path
    warehouse: Path
    serving: Path
    temp: Path
    target: Path
    spark: Path

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Paths:
        """Read the environment; unset variables give the folders of the repository."""
        environ = os.environ if environ is None else environ

        def place(variable: str, default: Path) -> Path:
            given = environ.get(variable) or default
            return (ROOT / given).absolute()

        warehouse = place("CDP_WAREHOUSE", ROOT / "warehouse" / "warehouse.duckdb")
        return cls(
            landing=place("CDP_LANDING", ROOT / "landing"),
            warehouse=warehouse,
            serving=place("CDP_SERVING", ROOT / "serving" / "cdp.duckdb"),
            temp=place("CDP_TEMP", warehouse.parent / "temp"),
            target=place("DBT_TARGET_PATH", ROOT / "target"),
            spark=place("CDP_SPARK", warehouse.parent / "spark"),
        )

    def as_env(self) -> dict[str, str]:
        """The same places as environment variables, absolute, for child processes."""
        return {
            "CDP_LANDING": str(self.landing),
            "CDP_WAREHOUSE": str(self.warehouse),
            "CDP_SERVING": str(self.serving),
            "CDP_TEMP": str(self.temp),
            "DBT_TARGET_PATH": str(self.target),
            "CDP_SPARK": str(self.spark),
        }

    @property
    def lock(self) -> Path:
        """Held by the one process that may write the warehouse."""
        return self.warehouse.with_name(self.warehouse.name + ".lock")

    @property
    def audit(self) -> Path:
        """Results of the quality gates: JSON and pages."""
        return self.warehouse.parent / "audit"

    @property
    def failures(self) -> Path:
        """One JSON file per failed run."""
        return self.warehouse.parent / "failures"

    @property
    def certificates(self) -> Path:
        """What is kept of people's requests and purges that are done; names nobody."""
        return self.warehouse.parent / "certificates"

    @property
    def run_logs(self) -> Path:
        """Everything that dbt and Dagster said, one file per run."""
        return self.warehouse.parent / "logs"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' own pages."""
        return self.audit / "data_docs"

    @property
    def versions(self) -> Path:
        """Published versions of everything that is not the serving file."""
        return self.serving.parent / "versions"

    @property
    def current(self) -> Path:
        """Link to the version that is published; changed by one rename."""
        return self.serving.parent / "current"

    @property
    def previous(self) -> Path:
        """The serving file before the last one, for rollback."""
        return self.serving.with_name(f"{self.serving.stem}.previous{self.serving.suffix}")

    @property
    def parquet(self) -> Path:
        """The published tables as Parquet files."""
        return self.current / "parquet"

    @property
    def activation(self) -> Path:
        """The published activation files."""
        return self.current / "activation"

    @property
    def dashboards(self) -> Path:
        """The static dashboards."""
        return self.serving.parent / "dashboards"
