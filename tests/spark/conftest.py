"""One Spark session for all tests: most of what they cost is a JVM that starts and warms up."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from orchestration import spark
from orchestration.paths import ROOT

sys.path.append(str(ROOT / "tests" / "unit"))  # the oracles and the macro renderer are there

# For queries that see a few thousand rows at most: no second partition, no plan that changes on the
# way, no compilation that takes longer than it saves. The first compiler alone needs the room of
# both.
SMALL = {
    "spark.master": "local[2]",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.maxPlanStringLength": "100",
    "spark.sql.shuffle.partitions": "1",
}
JAVA = "-XX:+UseSerialGC -Xmn1g -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"


@pytest.fixture(scope="session")
def spark_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of everything that Spark writes; the environment names it while tests run."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java 17; there is none on this machine.")
    folder = tmp_path_factory.mktemp("spark")
    settings = {**spark.default_settings(folder), **SMALL}
    settings["spark.driver.extraJavaOptions"] += f" {JAVA}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDP_SPARK", str(folder))
        patch.setenv("SPARK_CONF_DIR", str(spark.write_settings(folder, settings)))
        yield folder


@pytest.fixture(scope="session")
def session(spark_folder: Path) -> SparkSession:
    """The session that dbt uses, too."""
    return spark.open_session()
