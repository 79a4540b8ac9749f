"""Dagster's history: runs that name an erased person go, byte by byte, the others stay."""

import dagster as dg
import pytest

from orchestration.data_requests import run_history
from orchestration.data_requests.person import Person
from orchestration.data_requests.scan import count_in_files, files_below

EMAIL, OTHER = "ana@example.org", "juana@example.org"
ANA = Person(customer_ids=("c1",), identifiers=(("email", EMAIL),), keys=())


@dg.asset
def table(context: dg.AssetExecutionContext) -> None:
    if "fails" in context.run.tags:
        raise ValueError(f"Could not convert '{context.run.tags['fails']}'")


@dg.asset_check(asset=table)
def gate(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    said = context.run.tags.get("refused", "nothing")
    return dg.AssetCheckResult(passed=False, metadata={"reason": f"no date: {said}"})


@dg.op(config_schema=str)
def request(context: dg.OpExecutionContext) -> None:
    if "erases" in context.run.tags:
        assert run_history.forget(ANA.mentions) == 0


@dg.job
def requests() -> None:
    request()


def run_requests(instance, who, **tags):
    config = {"ops": {"request": {"config": who}}}
    return requests.execute_in_process(instance=instance, run_config=config, tags=tags)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A DAGSTER_HOME in which three finished runs name the person and two somebody else."""
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    build = dg.Definitions([table], asset_checks=[gate], jobs=[dg.define_asset_job("build")])
    with dg.DagsterInstance.get() as instance:
        for tags in ({"fails": EMAIL}, {"refused": EMAIL}, {"refused": OTHER}):
            build.resolve_job_def("build").execute_in_process(
                instance=instance, tags=tags, raise_on_error=False
            )
        for who in (EMAIL, OTHER):
            run_requests(instance, who)
    return tmp_path


def files_naming(home):
    return {path.name for path in count_in_files(files_below([home / "history"]), ANA.mentions)}


def test_runs_that_name_a_person_go_and_the_others_stay(home):
    before = {name.removesuffix("-wal") for name in files_naming(home)}
    assert {"runs.db", "index.db"} < before
    assert run_history.forget(ANA.mentions) == 3
    assert not files_naming(home)
    with dg.DagsterInstance.get() as instance:
        kept = {run.job_name: run for run in instance.get_runs()}
        assert set(kept) == {"build", "requests"}
        assert all(instance.all_logs(run.run_id) for run in kept.values())
        (check,) = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(dg.AssetKey("table"), "gate"), limit=9
        )
        assert check.run_id == kept["build"].run_id
    assert run_history.forget(ANA.mentions) == 0


def test_pages_of_runs_that_were_deleted_before_are_cleared(home):
    with dg.DagsterInstance.get() as instance:
        for run in instance.get_runs():
            instance.delete_run(run.run_id)
    assert files_naming(home)
    run_history.forget(ANA.mentions)
    assert not files_naming(home)


def test_a_run_that_is_under_way_stays_until_it_has_finished(home):
    run_history.forget(ANA.mentions)
    with dg.DagsterInstance.get() as instance:
        under_way = run_requests(instance, EMAIL, erases="yes")
        assert under_way.success
        assert instance.get_run_by_id(under_way.run_id)
    assert run_history.forget(ANA.mentions) == 1
    assert not files_naming(home)


def test_without_a_history_there_is_nothing_to_forget(monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    assert run_history.forget(ANA.mentions) == 0
