import datetime
import os
import time
from decimal import Decimal

import pyspark
import pytest
from conftest import PLANTED
from pyspark.sql import functions as F

from phimask_spark import MaskingFailed, mask_dataframe, mask_in_arrow

JOB = {"version": 1, "policy": {"subject": "mrn"}, "columns": {"id": "keep", "mrn": {"mask": "hash"}, "note": "label"}}


def notes(spark, rows, partitions=2):
    made = spark.range(0, rows, numPartitions=partitions)
    return made.select("id", F.format_string("M%08d", "id").alias("mrn"), F.lit(f"Seen: {PLANTED}").alias("note"))


def gone(pids, seconds=15):
    """Whether all processes end: Spark ends workers in its own time."""
    until = time.monotonic() + seconds
    while any(os.path.exists(f"/proc/{pid}") for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def test_a_million_rows_one_child_a_partition(spark, started):
    masked = mask_dataframe(notes(spark, 1_000_000), JOB)
    counted = masked.agg(F.count("*"), F.sum("id"), F.approx_count_distinct("mrn"), F.min("note"), F.max("note")).first()
    rows, total, hashes, *labels = counted
    assert (rows, total, labels) == (1_000_000, 499_999_500_000, ["[PHI]", "[PHI]"])
    assert hashes > 900_000
    assert len(started()) == 2 + 1  # and one for the schema
    assert gone(started())


def test_skew_and_empty_partitions(spark, started):
    one = notes(spark, 20_000, 1).union(notes(spark, 5, 1)).union(notes(spark, 0, 3))
    before = len(started())
    rows = mask_dataframe(one, JOB).select("mrn").collect()
    assert len(rows) == 20_005 and rows[0].mrn == rows[20_000].mrn != "M00000000"
    assert len(started()) - before == 2 + 1


@pytest.mark.parametrize("size", [1, 1_000, 10_000])
def test_answers_depend_on_no_batch_size(spark, size):
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", size)
    try:
        rows = mask_dataframe(notes(spark, 3_000), JOB).collect()
    finally:
        spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")
    assert [row.id for row in rows] == list(range(3_000))
    assert rows[17].mrn == mask_dataframe(notes(spark, 18, 1), JOB).collect()[17].mrn


def test_limit_leaves_no_child(spark, started):
    assert len(mask_dataframe(notes(spark, 400_000), JOB).limit(1).collect()) == 1
    assert len(started()) >= 2
    assert gone(started())


TYPES = {
    "b": ("boolean", True),
    "i8": ("tinyint", 1),
    "i16": ("smallint", 2),
    "i32": ("int", 3),
    "i64": ("bigint", 2**62),
    "f32": ("float", 0.5),
    "f64": ("double", 0.1),
    "dec": ("decimal(38,9)", Decimal("123456789012345678901234567.123456789")),
    "s": ("string", "ü" * 3),
    "bin": ("binary", bytearray(b"\x00\xff")),
    "d": ("date", datetime.date(2024, 2, 29)),
    "ts": ("timestamp", datetime.datetime(2024, 2, 29, 12, 30, 1, 123456)),
    "ntz": ("timestamp_ntz", datetime.datetime(1960, 2, 29, 12, 30, 1, 123456)),
    "dt": ("interval day to second", datetime.timedelta(days=3, microseconds=7)),
    "a": ("array<string>", ["x", None]),
    "m": ("map<string,int>", {"k": 1, "l": None}),
    "st": ("struct<x: string not null, y: array<struct<z: date>>>", ("p", [(datetime.date(1999, 1, 1),)])),
    "nothing": ("void", None),
}


def test_every_type_of_spark_comes_back_as_it_went(spark):
    schema = ", ".join(f"{name} {kind}" for name, (kind, _) in TYPES.items())
    rows = [tuple(value for _, value in TYPES.values()), (None,) * len(TYPES)]
    df = spark.createDataFrame(rows, schema)
    masked = mask_dataframe(df, {"version": 1, "policy": {"unlisted": "keep"}, "columns": {"s": "redact"}})
    assert masked.schema == df.schema
    was, is_ = df.drop("s").collect(), masked.drop("s").collect()
    assert is_ == was
    assert [row.s for row in masked.select("s").collect()] == ["", None]


def test_types_change_where_the_rule_says_so(spark):
    df = spark.createDataFrame([(1, "x", datetime.date(2024, 5, 6))], "id bigint, gone string, day date")
    job = {"version": 1, "columns": {"id": {"mask": "hash", "length": 8}, "gone": "drop", "day": "year"}}
    masked = mask_dataframe(df, job)
    fields = [(field.name, field.dataType.simpleString()) for field in masked.schema]
    assert fields == [("id", "string"), ("day", "date")]
    row = masked.first()
    assert len(row.id) == 8 and row.day == datetime.date(2024, 1, 1)


def test_a_job_that_does_not_fit_fails_before_any_task(spark):
    with pytest.raises(MaskingFailed, match="COLUMN_UNLISTED") as failed:
        mask_dataframe(notes(spark, 10), {"version": 1, "columns": {"id": "keep"}})
    assert failed.value.exit_code == 2


def test_a_failing_task_is_run_again(spark, children):
    masked = mask_dataframe(notes(spark, 1_000), JOB)
    (children / "fail-once").touch()
    assert masked.count() == 1_000
    assert not (children / "fail-once").exists()


def test_an_error_in_a_task_tells_a_code_and_no_cell(spark, started, capfd):
    day = F.when(F.col("id") == 700, PLANTED).otherwise("2024-01-05").alias("day")
    df = notes(spark, 1_000).select("id", day)
    masked = mask_dataframe(df, {"version": 1, "columns": {"id": "keep", "day": "year"}})
    with pytest.raises(Exception) as failed:
        masked.agg(F.max("day")).collect()
    said = "".join([str(failed.value), *capfd.readouterr()])
    assert "CELL_UNEXAMINED" in said and PLANTED not in said
    assert gone(started())


def test_the_function_alone(spark):
    df = notes(spark, 10)
    masked = df.mapInArrow(mask_in_arrow(JOB), df.schema)
    assert {row.note for row in masked.collect()} == {"[PHI]"}


def test_this_is_the_spark_that_was_asked_for():
    assert pyspark.__version__.startswith(os.environ.get("PHIMASK_SPARK", pyspark.__version__))
