"""A phimask job as a function for `DataFrame.mapInArrow`."""

from itertools import chain
from typing import TYPE_CHECKING, Callable, Iterator, Optional

import pyarrow as pa

from phimask_spark.child import masked, masked_schema
from phimask_spark.job import Job, JobLike, open_job

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType


def mask_in_arrow(
    job: JobLike, *, key: Optional[str] = None, secret: Optional[str] = None
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The job's rules as a function for `mapInArrow`: one child process a partition, none for an empty one.

    `job` is the path of a job file, the job's text, or the job as a mapping. `key` defaults to the driver's PHIMASK_KEY
    and travels with the function. `secret` names a secret of AWS Secrets Manager that every task reads instead. Without
    any of them, tasks look for the key where `policy.key` says."""
    return _function(open_job(job, key, secret))


def mask_dataframe(
    df: "DataFrame", job: JobLike, *, key: Optional[str] = None, secret: Optional[str] = None
) -> "DataFrame":
    """`df` with every column masked as the job says, in a schema that the job's rules were checked against here: a
    column that the job does not name, or a rule without its column, is an error before any task starts."""
    opened = open_job(job, key, secret)
    return df.mapInArrow(_function(opened), _schema_after(df.schema, opened))


def _function(job: Job) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def mask_partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        batches = iter(batches)
        first = next(batches, None)
        if first is None:
            return
        yield from masked(chain([first], batches), first.schema, job)

    return mask_partition


def _schema_after(schema: "StructType", job: Job) -> "StructType":
    """Fields whose Arrow type masking keeps are kept as they are, so that nothing of Spark's own types is lost."""
    from pyspark.sql.pandas.types import from_arrow_type
    from pyspark.sql.types import StructField, StructType

    before = _arrow_schema(schema)
    fields = []
    for field in masked_schema(before, job):
        was = before.field(field.name)
        if field.type == was.type:
            kept = schema[field.name]
            fields.append(StructField(field.name, kept.dataType, kept.nullable or field.nullable, kept.metadata))
        else:
            fields.append(StructField(field.name, from_arrow_type(field.type), True))
    return StructType(fields)


def _arrow_schema(schema: "StructType") -> pa.Schema:
    """The schema that batches have, but for the zone of timestamps, which no rule depends on."""
    from pyspark.sql.pandas.types import to_arrow_schema

    try:
        return to_arrow_schema(schema, timezone="UTC")  # required from Spark 4.1
    except TypeError:
        return to_arrow_schema(schema)
