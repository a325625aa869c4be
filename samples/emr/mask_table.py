"""EMR Serverless: masks a folder of Parquet files.

python3 -m venv env && env/bin/pip install phimask_spark-0.1.0-py3-none-any.whl venv-pack && env/bin/venv-pack -o env.tar.gz
aws emr-serverless start-job-run --application-id <id> --execution-role-arn <role> --job-driver '{"sparkSubmit": {
  "entryPoint": "s3://<bucket>/mask_table.py",
  "entryPointArguments": ["s3://<bucket>/rules.yaml", "phimask/key", "s3://clinic-raw/encounters/", "s3://research/encounters/"],
  "sparkSubmitParameters": "--conf spark.archives=s3://<bucket>/env.tar.gz#environment
    --conf spark.emr-serverless.driverEnv.PYSPARK_PYTHON=./environment/bin/python
    --conf spark.executorEnv.PYSPARK_PYTHON=./environment/bin/python"}}'
"""

import sys

from phimask_spark import mask_dataframe
from pyspark.sql import SparkSession

rules, secret, source, target = sys.argv[1:]
spark = SparkSession.builder.appName("phimask").getOrCreate()
spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "2000")

text = "\n".join(row.value for row in spark.read.text(rules).collect())
mask_dataframe(spark.read.parquet(source), text, secret=secret).write.mode("overwrite").parquet(target)
