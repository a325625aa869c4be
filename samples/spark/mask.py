"""Masks a table by a job's rules and writes it as Parquet:

spark-submit samples/spark/mask.py samples/first/visits.csv out/visits
"""

import sys
from pathlib import Path

from phimask_spark import mask_dataframe
from pyspark.sql import SparkSession

source, target = sys.argv[1:]
spark = SparkSession.builder.appName("phimask").getOrCreate()
# A batch holds whole notes, so fewer rows than Spark's 10,000 keep a worker small.
spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "2000")

visits = spark.read.csv(source, header=True)
masked = mask_dataframe(visits, Path(__file__).with_name("rules.yaml"))
masked.write.mode("overwrite").parquet(target)
