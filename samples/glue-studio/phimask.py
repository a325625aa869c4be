"""Glue Studio's custom visual transform: put this file and phimask.json into the account's transforms folder,

s3://aws-glue-assets-<account>-<region>/transforms/

and give the job `--additional-python-modules s3://.../phimask_spark-0.1.0-py3-none-any.whl`. The key is read by every
task from Secrets Manager, so the job's role needs secretsmanager:GetSecretValue.
"""

from awsglue import DynamicFrame


def phimask(self, job, secret, batch_rows=2000):
    from phimask_spark import mask_dataframe

    frame = self.toDF()
    frame.sparkSession.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(batch_rows))
    masked = mask_dataframe(frame, job + "\n", secret=secret)  # text, not a path
    return DynamicFrame.fromDF(masked, self.glue_ctx, "phimask")


DynamicFrame.phimask = phimask
