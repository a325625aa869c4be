"""One measurement for spark.ts: `spark.py <stream|adapter|spark|identity> <rule> <rows> <cores> <table.parquet>`, with the
wheel's sources on the path. Prints seconds and CPU seconds of all processes, the start of Spark and of Python not counted."""

import os
import subprocess
import sys
import tempfile
import time

import pyarrow as pa
import pyarrow.parquet as pq

mode, rule, rows, cores, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
os.environ["PHIMASK_KEY"] = "a key for the benchmark, nothing else"
NAMES = ["id", "mrn", "note"]
JOB = {"version": 1, "columns": {"id": "keep", "mrn": {"mask": "hash"}, "note": rule}}
#: What README advises where rows hold notes.
BATCH = 2_000


def taken():
    """Seconds of the clock, and of the processors by this process and all below it, those that have ended too."""
    below, found = {os.getpid()}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            found[int(name)] = open(f"/proc/{name}/stat").read().rsplit(")", 1)[1].split()
        except OSError:
            pass  # it has ended
    for _ in found:
        more = {pid for pid, fields in found.items() if int(fields[1]) in below} - below
        if not more:
            break
        below |= more
    ticks = sum(int(ticks) for pid in below for ticks in found[pid][11:15])
    return time.monotonic(), ticks / os.sysconf("SC_CLK_TCK")


def since(began):
    return [after - before for before, after in zip(began, taken())]


def table():
    return pq.read_table(path, columns=NAMES).slice(0, rows)


def stream():
    """The plain command, its input a file, its output read as the adapter reads it."""
    from phimask_spark.engine_files import ENGINE, environment, file_of, node
    from phimask_spark.job import open_job

    job = open_job(JOB, None, None)
    whole = table()
    with tempfile.TemporaryFile() as held:
        with pa.ipc.new_stream(held, whole.schema) as writer:
            writer.write_table(whole, max_chunksize=BATCH)
        held.seek(0)
        with file_of(job.text) as (job_path, descriptors):
            words = [node(), str(ENGINE), "stream", job_path, "--workers", "1", *job.settings]
            began = taken()
            child = subprocess.Popen(
                words, stdin=held, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=descriptors,
                env=environment(job.key),
            )  # fmt: skip
            with pa.ipc.open_stream(child.stdout) as reader:
                assert sum(batch.num_rows for batch in reader) == rows
            assert child.wait() == 0
            return since(began)


def adapter():
    """What the wheel does in a task, Spark left out."""
    from phimask_spark.child import masked
    from phimask_spark.job import open_job

    whole = table()
    batches = whole.to_batches(max_chunksize=BATCH)
    began = taken()
    assert sum(batch.num_rows for batch in masked(iter(batches), whole.schema, open_job(JOB, None, None))) == rows
    return since(began)


def spark():
    from phimask_spark import mask_dataframe
    from pyspark.sql import SparkSession

    os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    settings = {"spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH)}
    builder = SparkSession.builder.master(f"local[{cores}]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        frame = session.read.parquet(path).select(*NAMES).limit(rows).repartition(2).cache()
        assert frame.count() == rows

        given = mask_dataframe(frame, JOB) if mode == "spark" else frame.mapInArrow(lambda batches: batches, frame.schema)
        given.limit(2).write.format("noop").mode("overwrite").save()  # Python's workers are started
        began = taken()
        given.write.format("noop").mode("overwrite").save()
        return since(began)
    finally:
        session.stop()


seconds, cpu = {"stream": stream, "adapter": adapter}.get(mode, spark)()
print(f"\nseconds {seconds:.3f} {cpu:.3f}")
