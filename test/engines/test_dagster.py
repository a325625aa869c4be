import json
import os
import runpy
import shutil
from pathlib import Path

import pytest
from dagster import DagsterInstance, PipesSubprocessClient, asset, materialize

REPOSITORY = Path(__file__).resolve().parents[2]
PLANTED = "Zanzibar-Quillfeather"
os.environ["PHIMASK"] = f"{os.environ['PHIMASK_NODE']} {REPOSITORY}/dist/src/cli.js"
sample = runpy.run_path(str(REPOSITORY / "samples/dagster/definitions.py"))


@pytest.fixture
def instance(tmp_path):
    (tmp_path / "home").mkdir()
    with DagsterInstance.local_temp(str(tmp_path / "home")) as made:
        yield made


def run(assets, instance, fails=False):
    return materialize(assets, resources={"pipes": PipesSubprocessClient()}, instance=instance, raise_on_error=not fails)


def test_the_sample_runs_as_it_stands_and_again(instance, tmp_path, capfd):
    shutil.rmtree(REPOSITORY / "samples/dagster/out", ignore_errors=True)
    for status, masked in (("ok", 3), ("unchanged", 0)):
        result = run([sample["masked_visits"]], instance)
        assert result.success
        (told,) = result.asset_materializations_for_node("masked_visits")
        metadata = {name: value.value for name, value in told.metadata.items()}
        assert (metadata["status"], metadata["rows_masked"]) == (status, masked)
        assert metadata["dagster/row_count"] == 3 and metadata["columns"]["note"] == "text"
        checks = {each.check_name: each.passed for each in result.get_asset_check_evaluations()}
        assert checks == {"rows_equal": True, "nothing_withheld": True}
    kept = [path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()]
    said = "".join(capfd.readouterr()).encode()
    for cell in (b"Feeney", b"Lindqvist", b"48210337", b"899-12-3456"):
        assert kept and not any(cell in each for each in [said, *kept])


def test_a_failed_run_fails_the_asset_and_keeps_no_cell(instance, tmp_path):
    (tmp_path / "in.csv").write_text(f"id,day\n1,{PLANTED}\n")
    job = {"version": 1, "source": {"path": "in.csv"}, "target": {"path": "out/"}, "columns": {"id": "keep", "day": "year"}}
    (tmp_path / "job.json").write_text(json.dumps(job))

    @asset
    def broken(context, pipes: PipesSubprocessClient):
        command = [*sample["PHIMASK"], "run", str(tmp_path / "job.json")]
        return pipes.run(command=command, context=context).get_results()

    result = run([broken], instance, fails=True)
    assert not result.success
    said = " ".join(str(event) for event in result.all_events)
    logged = [record.user_message for record in instance.all_logs(result.run_id)]
    assert any("CELL_UNEXAMINED" in text or "could not be examined" in text for text in logged), logged
    kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert kept and PLANTED not in said
    assert [str(path) for path in kept if PLANTED.encode() in path.read_bytes()] == []
