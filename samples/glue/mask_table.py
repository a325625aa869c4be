"""A Glue 5.x job: masks a table of the Data Catalog and writes it as Parquet.

aws glue create-job --name mask-encounters --glue-version 5.1 --role <role> --worker-type G.1X --number-of-workers 10 \
  --command Name=glueetl,ScriptLocation=s3://<bucket>/mask_table.py,PythonVersion=3 \
  --default-arguments '{"--additional-python-modules": "s3://<bucket>/phimask_spark-0.1.0-py3-none-any.whl",
    "--rules": "s3://<bucket>/rules.yaml", "--secret": "phimask/key",
    "--database": "clinic_raw", "--table": "encounters", "--target": "s3://research/encounters/"}'
"""

import sys

from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
from phimask_spark import mask_dataframe
from pyspark.context import SparkContext

names = ["rules", "secret", "database", "table", "target"]
options = getResolvedOptions(sys.argv, names)
spark = GlueContext(SparkContext.getOrCreate()).spark_session
spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "2000")

rules = "\n".join(row.value for row in spark.read.text(options["rules"]).collect())
table = spark.table(f"`{options['database']}`.`{options['table']}`")
masked = mask_dataframe(table, rules, secret=options["secret"])
masked.write.mode("overwrite").parquet(options["target"])
