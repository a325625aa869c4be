"""The samples for Glue and EMR run as they stand, with stand-ins for what only AWS has."""

import json
import re
import runpy
import sys
import types
from pathlib import Path

import phimask_spark
import pytest
from conftest import KEY, PLANTED
from phimask_spark.job import open_job

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
RULES = "version: 1\npolicy: {unlisted: keep}\ncolumns: {name: label}\n"


class DynamicFrame:
    """Glue's own, as far as a custom transform touches it."""

    def __init__(self, frame, glue_ctx):
        self.frame, self.glue_ctx = frame, glue_ctx

    def toDF(self):
        return self.frame

    @classmethod
    def fromDF(cls, frame, glue_ctx, name):
        assert isinstance(name, str)
        return cls(frame, glue_ctx)


@pytest.fixture
def aws(monkeypatch, spark):
    """The key comes from Secrets Manager there; here the secret's name is looked at and the tests' key is used."""
    real = phimask_spark.mask_dataframe
    asked = []

    def with_our_key(df, job, *, secret):
        asked.append(secret)
        return real(df, job, key=KEY)

    monkeypatch.setattr(phimask_spark, "mask_dataframe", with_our_key)
    context = types.SimpleNamespace(GlueContext=lambda _: types.SimpleNamespace(spark_session=spark))
    utils = types.SimpleNamespace(getResolvedOptions=resolved)
    for name, module in {"awsglue": types.SimpleNamespace(DynamicFrame=DynamicFrame), "awsglue.context": context, "awsglue.utils": utils}.items():
        monkeypatch.setitem(sys.modules, name, module)
    return asked


def resolved(argv, names):
    return {name: argv[argv.index(f"--{name}") + 1] for name in names}


@pytest.fixture
def table(spark, tmp_path):
    frame = spark.createDataFrame([(1, PLANTED), (2, None)], "id int, name string")
    frame.write.parquet(str(tmp_path / "raw"))
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path


def masked_rows(spark, path):
    return sorted((row.id, row.name) for row in spark.read.parquet(str(path)).collect())


def test_glue_studio_transform(spark, aws, table):
    runpy.run_path(str(SAMPLES / "glue-studio/phimask.py"))
    frame = DynamicFrame(spark.read.parquet(str(table / "raw")), "context")
    masked = frame.phimask(RULES.strip(), "phimask/key", batch_rows=500)
    assert isinstance(masked, DynamicFrame) and masked.glue_ctx == "context" and aws == ["phimask/key"]
    assert sorted((row.id, row.name) for row in masked.toDF().collect()) == [(1, "[PHI]"), (2, None)]


def test_glue_studio_description_is_what_glue_takes():
    told = json.loads((SAMPLES / "glue-studio/phimask.json").read_text())
    assert {"name", "displayName", "description", "functionName", "parameters"} == set(told)
    source = (SAMPLES / "glue-studio/phimask.py").read_text()
    (signature,) = re.findall(rf"^def {told['functionName']}\((.*)\):$", source, re.M)
    assert [each.split("=")[0].strip() for each in signature.split(",")] == ["self", *(each["name"] for each in told["parameters"])]
    assert f"DynamicFrame.{told['functionName']} = {told['functionName']}" in source
    known = {"name", "displayName", "type", "description", "isOptional", "validationType", "validationRule", "validationMessage"}
    for parameter in told["parameters"]:
        assert set(parameter) <= known and parameter["type"] in {"str", "int", "float", "list", "bool"}
        if "validationType" in parameter:
            assert parameter["validationType"] == "RegularExpression" and re.compile(parameter["validationRule"])


def test_glue_job(spark, aws, table, monkeypatch):
    spark.sql("CREATE DATABASE IF NOT EXISTS clinic_raw")
    spark.read.parquet(str(table / "raw")).createOrReplaceTempView("encounters")
    monkeypatch.setattr(type(spark), "table", lambda self, name: self.read.parquet(str(table / "raw")))
    words = {"rules": table / "rules.yaml", "secret": "phimask/key", "database": "clinic_raw", "table": "encounters", "target": table / "out"}
    monkeypatch.setattr(sys, "argv", ["job", *[word for name, value in words.items() for word in (f"--{name}", str(value))]])
    monkeypatch.setattr("pyspark.context.SparkContext.getOrCreate", lambda *_: spark.sparkContext)
    runpy.run_path(str(SAMPLES / "glue/mask_table.py"))
    assert masked_rows(spark, table / "out") == [(1, "[PHI]"), (2, None)] and aws == ["phimask/key"]


def test_emr_job(spark, aws, table, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["job", str(table / "rules.yaml"), "phimask/key", str(table / "raw"), str(table / "out")])
    runpy.run_path(str(SAMPLES / "emr/mask_table.py"))
    assert masked_rows(spark, table / "out") == [(1, "[PHI]"), (2, None)] and aws == ["phimask/key"]


def test_where_the_key_is(monkeypatch):
    monkeypatch.setenv("PHIMASK_KEY", "of the driver")
    assert open_job(RULES, None, None).settings == ["--set", "policy.key={env: PHIMASK_KEY}"]
    named = open_job(RULES, None, "a/secret")
    assert named.key is None and named.settings == ["--set", 'policy.key={"secrets_manager": "a/secret"}']
    monkeypatch.delenv("PHIMASK_KEY")
    assert open_job({"version": 1}, None, None).settings == []
    assert "of the driver" not in repr(open_job(RULES, "of the driver", None))
