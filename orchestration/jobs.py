"""The jobs.

Belongs here: which assets one run makes, and the job of people's requests. Does not: when
(schedules.py, sensors.py).
"""

import dagster as dg

from orchestration.children import ChildFailedError, run_module
from orchestration.paths import Paths
from orchestration.resources import WRITER_POOL

# One process per run: the writers wait for one another anyway, and a process per step would import
# Dagster and the project again each time.
build_and_publish = dg.define_asset_job(
    "build_and_publish",
    selection=dg.AssetSelection.all(),
    description="Load the landing folder, check it, build, check what is to be published, publish.",
    executor_def=dg.in_process_executor,
)


@dg.op(pool=WRITER_POOL)
def do_requests(context: dg.OpExecutionContext, paths: dg.ResourceParam[Paths]) -> None:
    """Erase, restrict and object as the files in the folder of requests ask."""
    try:
        run_module(
            "orchestration.data_requests", ["work"], say=context.log.info, environ=paths.as_env()
        )
    except ChildFailedError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None


@dg.job(executor_def=dg.in_process_executor)
def data_requests() -> None:
    """Do the requests that lie in the folder requests beside the warehouse."""
    do_requests()
