import json
import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone
from importlib.metadata import entry_points
from pathlib import Path

import jsonschema
import pytest
from conftest import CLI, KEY, PLANTED, REPOSITORY, dag_file

import airflow as airflow_package
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from phimask_provider.link import link_of
from phimask_provider.operators import MaskDatasetOperator
from phimask_provider.sensors import MaskedDatasetSensor

DAY = datetime(2026, 1, 2, tzinfo=timezone.utc)


def ran(dag):
    run = dag.test(logical_date=DAY)
    return run, {(ti.task_id, ti.map_index): str(ti.state) for ti in run.get_task_instances()}


def bytes_below(folder):
    files = (path for path in Path(folder).rglob("*") if path.is_file() and "_phimask" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_the_provider_is_found_and_described_as_airflow_wants():
    (entry,) = [each for each in entry_points(group="apache_airflow_provider") if each.name == "provider_info"
                and each.value.startswith("phimask")]  # fmt: skip
    schema = json.loads((Path(airflow_package.__file__).parent / "provider_info.schema.json").read_text())
    jsonschema.validate(entry.load()(), schema)


def test_the_sample_runs_as_it_stands(airflow):
    shutil.rmtree(REPOSITORY / "samples/airflow/out", ignore_errors=True)
    dag = dag_file("refresh_visits.py")["mask"].dag
    _, states = ran(dag)
    assert states == {
        ("plan", -1): "success", ("mask", -1): "success", ("whole", -1): "success",
        ("mask_region", 0): "success", ("mask_region", 1): "success",
    }  # fmt: skip
    out = REPOSITORY / "samples/airflow/out"
    first = bytes_below(out)
    assert b"Feeney" not in b"".join(first.values()) and len(first) == 6
    shutil.rmtree(out)  # as after a clear by somebody who wants all of it anew
    ran(dag)
    assert bytes_below(out) == first


def test_counts_report_and_asset_event(airflow, job, clinic):
    dag = dag_file("checks.py")["counts"]
    run, states = ran(dag)
    assert states == {("mask", -1): "success"}
    (ti,) = run.get_task_instances()
    summary = ti.xcom_pull(task_ids="mask")
    assert summary["rows"] == 50 and summary["withheld"] == 0 and summary["masked"]["NAME"] >= 50
    assert summary["run_id"].endswith("__mask__-1")
    assert ti.xcom_pull(task_ids="mask", key="_link_ReportLink") == f"file://{clinic}/out/_phimask/report.html"
    assert [outlet.uri for outlet in dag.get_task("mask").outlets] == [Asset(f"file://{clinic}/out/").uri]
    assert PLANTED.encode() not in b"".join(bytes_below(clinic / "out").values())


def test_settings_are_templated_and_the_plan_writes_nothing(airflow, job, clinic):
    run, states = ran(dag_file("checks.py")["plan"])
    (ti,) = run.get_task_instances()
    assert ti.xcom_pull(task_ids="plan")["files"] == 1
    assert states == {("plan", -1): "success"} and not (clinic / "2026-01-02").exists()


def test_mapped_tasks_have_run_ids_and_targets_of_their_own(airflow, job, clinic):
    _, states = ran(dag_file("checks.py")["mapped"])
    assert states == {("mask", 0): "success", ("mask", 1): "success"}
    ids = [json.loads((clinic / f"out-{part}/_phimask/manifest.json").read_text())["run_id"] for part in "ab"]
    assert [each.rsplit("__", 1)[1] for each in ids] == ["0", "1"]
    assert bytes_below(clinic / "out-a") == bytes_below(clinic / "out-b")


def test_shards_side_by_side_then_published(airflow, job, clinic):
    (clinic / "parts").mkdir()
    for part in range(3):
        shutil.copy(clinic / "in.csv", clinic / f"parts/{part}.csv")
    _, states = ran(dag_file("checks.py")["shards"])
    assert states == {("plan", -1): "success", ("part", 0): "success", ("part", 1): "success", ("publish", -1): "success"}
    assert sorted(bytes_below(clinic / "sharded")) == ["0.csv", "1.csv", "2.csv", "_SUCCESS"]


def executing(job, **options):
    operator = MaskDatasetOperator(task_id="mask", job=job, run_id="r1", emit_assets=False, **options)
    return lambda: operator.execute({})


def test_exit_codes(job, tmp_path):
    assert executing(job)()["status"] == "ok"
    with pytest.raises(AirflowSkipException):
        executing(job)()
    assert executing(job, skip_on_exit_code=None)()["status"] == "unchanged"
    with pytest.raises(AirflowFailException, match="COLUMN_UNLISTED"):
        executing({**job, "columns": {"id": "keep"}})()
    with pytest.raises(AirflowFailException, match="KEY_MISSING"):
        executing(job, phimask_conn_id=None, executable=CLI)()
    throttled = tmp_path / "throttled"
    throttled.write_text('#!/bin/sh\necho \'{"status":"failed","code":"STORE_FAILED","message":"Again."}\'\nexit 75\n')
    throttled.chmod(0o755)
    with pytest.raises(AirflowException, match="exit code 75: STORE_FAILED") as failed:
        executing(job, executable=str(throttled))()
    assert not isinstance(failed.value, AirflowFailException)


def test_the_key_is_in_no_argument_and_the_workers_environment_stays_away(job, tmp_path, monkeypatch):
    shown = tmp_path / "shown"
    shown.write_text('#!/bin/sh\necho "{\\"args\\": \\"$*\\", \\"key\\": \\"$PHIMASK_KEY\\", \\"other\\": \\"$OTHER\\"}"\n')
    shown.chmod(0o755)
    monkeypatch.setenv("OTHER", "worker")
    summary = executing(job, executable=str(shown))()
    assert summary["key"] == KEY and KEY not in summary["args"] and summary["other"] == ""
    assert executing(job, executable=str(shown), append_env=True)()["other"] == "worker"


def test_a_killed_task_ends_the_command_and_what_it_started(job, tmp_path):
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {tmp_path}/child\ntrap 'echo ended > {tmp_path}/trapped; exit 143' TERM\nwait\n")
    slow.chmod(0o755)
    operator = MaskDatasetOperator(task_id="mask", job=job, run_id="r1", executable=str(slow), emit_assets=False)
    said = []
    thread = threading.Thread(target=lambda: said.append(pytest.raises(AirflowException, operator.execute, {})))
    thread.start()
    while not (tmp_path / "child").exists():
        time.sleep(0.05)
    time.sleep(0.2)
    operator.on_kill()
    thread.join(30)
    assert "exit code 143" in str(said[0].value) and (tmp_path / "trapped").exists()
    pid = int((tmp_path / "child").read_text())
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.kill(pid, 0)
            time.sleep(0.1)


def test_lineage_is_what_the_command_tells(job, clinic):
    operator = MaskDatasetOperator(task_id="mask", job=job, run_id="r1", emit_assets=False)
    assert operator.get_openlineage_facets_on_complete(None) is None
    operator.execute({})
    lineage = operator.get_openlineage_facets_on_complete(None)
    (output,) = lineage.outputs
    assert (output.namespace, output.name) == ("file", f"{clinic}/out")
    fields = output.facets["columnLineage"].fields
    assert [fields[name].inputFields[0].transformations[0].masking for name in ("id", "note", "age")] == [True, True, False]
    assert output.outputFacets["outputStatistics"].rowCount == 50
    assert lineage.inputs[0].facets["schema"].fields[1].name == "name"
    assert lineage.run_facets["phimask_run"]["rows"] == 50


def test_the_sensor_waits_for_the_run(airflow, job, clinic):
    sensor = MaskedDatasetSensor(task_id="whole", target=f"{clinic}/out", run_id="r1")
    assert sensor.poke({}) is False
    executing(job)()
    assert sensor.poke({}) is True
    assert MaskedDatasetSensor(task_id="other", target=f"{clinic}/out", run_id="r2").poke({}) is False


def test_the_sensor_defers_to_a_trigger_that_fires(airflow, job, clinic):
    executing(job)()
    clock = threading.Timer(4, lambda: shutil.copytree(clinic / "out", clinic / "late"))
    clock.start()
    _, states = ran(dag_file("checks.py")["deferred"])
    assert states == {("whole", -1): "success"}


def test_links():
    assert link_of("s3://b/a b/_phimask/report.json") == (
        "https://s3.console.aws.amazon.com/s3/object/b?prefix=a%20b/_phimask/report.html"
    )
    assert link_of(None) == ""


def test_operators_import_nothing_heavy():
    code = (
        "import sys, airflow.sdk, airflow.sdk.exceptions; from airflow.sdk import BaseOperator, BaseOperatorLink, Asset\n"
        "before = set(sys.modules); import phimask_provider.operators\n"
        "print(sorted(set(sys.modules) - before))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    names = {name.split(".")[0] for name in eval(said.strip().splitlines()[-1])}
    assert "phimask_provider" in names and len(eval(said.strip().splitlines()[-1])) < 20


def test_nothing_that_airflow_keeps_holds_a_cell(airflow, job, clinic):
    """After all the runs above: logs, the database with its XComs and events, and lineage."""
    _, states = ran(dag_file("checks.py")["leaks"])
    assert states == {("fails", -1): "failed"}
    lines = [json.loads(line) for path in airflow.glob("lineage*") for line in path.read_text().splitlines()]
    named = [line for line in lines if line["job"]["name"] == "counts.mask" and line["eventType"] == "COMPLETE"]
    assert "columnLineage" in named[0]["outputs"][0]["facets"]
    kept = [path for path in airflow.rglob("*") if path.is_file()]
    assert any(path.name == "airflow.db" for path in kept)
    assert [str(path) for path in kept if PLANTED.encode() in path.read_bytes()] == []
