import os
import stat
import sys

import pytest

KEY = "a-key-for-tests-only-0123456789abcdef"
#: Planted in cells: no exception, log or other output may hold it.
PLANTED = "Zanzibar-Quillfeather"

os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
os.environ["PHIMASK_KEY"] = KEY


@pytest.fixture(scope="session")
def children(tmp_path_factory):
    """Starts Node through a script that leaves each child's process id as a file's name, and fails once where told."""
    from phimask_spark.engine_files import node

    folder = tmp_path_factory.mktemp("children")
    script = folder / "node.sh"
    script.write_text(
        f"#!/bin/sh\n: > {folder}/pid-$$\n"
        f"if rm {folder}/fail-once 2>/dev/null; then\n"
        '  echo \'{"status":"failed","code":"STORE_FAILED","message":"The store failed; run again."}\' >&2; exit 75\nfi\n'
        f'exec {node()} "$@"\n'
    )
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    os.environ["PHIMASK_NODE"] = str(script)
    return folder


@pytest.fixture(scope="session")
def spark(children):
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2,3]")  # a task may fail twice
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.memory", "1g")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture
def started(children):
    """The process ids of the children that a test started."""
    before = set(children.glob("pid-*"))
    return lambda: [int(path.name[4:]) for path in set(children.glob("pid-*")) - before]
