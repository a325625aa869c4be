import json
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

KEY = "a-key-for-tests-only-0123456789abcdef"
#: Planted in cells: no log, XCom, event or exception may hold it.
PLANTED = "Zanzibar-Quillfeather"
REPOSITORY = Path(__file__).resolve().parents[3]
CLI = f"{os.environ.get('PHIMASK_NODE', 'node')} {REPOSITORY}/dist/src/cli.js"
HOME = tempfile.mkdtemp(prefix="phimask-airflow-")

DAGS = (REPOSITORY / "samples/airflow/dags", Path(__file__).parent / "dags")


def bundle(path):
    classpath = "airflow.dag_processing.bundles.local.LocalDagBundle"
    return {"name": path.parent.name, "classpath": classpath, "kwargs": {"path": str(path)}}


connection = {"conn_type": "phimask", "password": KEY, "extra": {"executable": CLI}}
os.environ.update(
    AIRFLOW_HOME=HOME,
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST=json.dumps([bundle(path) for path in DAGS]),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=f"{HOME}/logs",
    AIRFLOW_CONN_PHIMASK_DEFAULT=json.dumps(connection),
    AIRFLOW__OPENLINEAGE__TRANSPORT=json.dumps({"type": "file", "log_file_path": f"{HOME}/lineage", "append": True}),
)
os.environ.pop("PHIMASK_KEY", None)


@pytest.fixture(scope="session")
def airflow():
    """A migrated database; gives Airflow's home."""
    command = [str(Path(sys.executable).with_name("airflow")), "db", "migrate"]
    subprocess.run(command, check=True, timeout=240, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Path(HOME)


@pytest.fixture
def clinic(tmp_path):
    """A folder with a table whose every identifying cell has the planted word."""
    rows = [f"P{row},{PLANTED},Seen by Dr. {PLANTED} on 03/04/2024.,{row}" for row in range(50)]
    (tmp_path / "in.csv").write_text("\n".join(["id,name,note,age", *rows, ""]))
    return tmp_path


@pytest.fixture
def job(clinic, monkeypatch):
    monkeypatch.setenv("CLINIC", str(clinic))
    return dag_file("checks.py")["job"]


def dag_file(name):
    """What a Dag file defines, read anew."""
    (path,) = [folder / name for folder in DAGS if (folder / name).exists()]
    return runpy.run_path(str(path))
