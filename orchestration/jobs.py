"""The jobs.

Belongs here: which assets one run makes, and the jobs of people's requests and of retention. Does
not: when (schedules.py, sensors.py).
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


def call_data_requests(context: dg.OpExecutionContext, paths: Paths, *arguments: str) -> None:
    """Run the command of people's requests; its failure is the step's, in its own words."""
    try:
        run_module(
            "orchestration.data_requests", arguments, say=context.log.info, environ=paths.as_env()
        )
    except ChildFailedError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None


@dg.op(pool=WRITER_POOL)
def do_requests(context: dg.OpExecutionContext, paths: dg.ResourceParam[Paths]) -> None:
    """Erase, restrict, object and lift as the files in the folder of requests ask."""
    call_data_requests(context, paths, "work")


@dg.job(executor_def=dg.in_process_executor)
def data_requests() -> None:
    """Do the requests that lie in the folder requests beside the warehouse."""
    do_requests()


@dg.op(pool=WRITER_POOL)
def purge(context: dg.OpExecutionContext, paths: dg.ResourceParam[Paths]) -> None:
    """Take out what is older than its retention period, and publish what is left."""
    call_data_requests(context, paths, "purge", "--apply")


@dg.job(executor_def=dg.in_process_executor)
def retention_purge() -> None:
    """Take out what has been kept for its time; legal holds and restrictions keep rows back."""
    purge()
