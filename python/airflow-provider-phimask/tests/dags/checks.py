"""Dags of the tests. CLINIC is the folder with the table; nothing is defined where it is not set."""

import os
from datetime import datetime, timezone

from airflow.sdk import DAG
from phimask_provider.operators import MaskDatasetOperator, MaskPlanOperator
from phimask_provider.sensors import MaskedDatasetSensor

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
clinic = os.environ.get("CLINIC")


def job_in(folder):
    return {
        "version": 1,
        "source": {"path": f"{folder}/in.csv"},
        "target": {"path": f"{folder}/out/"},
        "columns": {"id": {"mask": "hash"}, "name": "label", "note": {"mask": "text", "known": ["name"]}, "age": "keep"},
    }


if clinic:
    job = job_in(clinic)
    with DAG(dag_id="counts", start_date=START, schedule=None) as counts:
        MaskDatasetOperator(task_id="mask", job=job)

    with DAG(dag_id="plan", start_date=START, schedule=None) as plan:
        MaskPlanOperator(task_id="plan", job=job, settings={"target.path": f"{clinic}/{{{{ ds }}}}/"}, sample=5)

    with DAG(dag_id="mapped", start_date=START, schedule=None) as mapped:
        settings = [{"target.path": f"{clinic}/out-{part}/"} for part in "ab"]
        MaskDatasetOperator.partial(task_id="mask", job=job).expand(settings=settings)

    with DAG(dag_id="deferred", start_date=START, schedule=None) as deferred:
        late = f"{clinic}/late"
        MaskedDatasetSensor(task_id="whole", target=late, deferrable=True, poke_interval=0.2, timeout=60)

    with DAG(dag_id="leaks", start_date=START, schedule=None) as leaks:
        MaskDatasetOperator(task_id="fails", job={**job, "columns": {**job["columns"], "note": "year"}})

    parts = {**job, "source": {"path": f"{clinic}/parts/"}, "target": {"path": f"{clinic}/sharded/"}}
    with DAG(dag_id="shards", start_date=START, schedule=None) as shards:
        planned = MaskPlanOperator(task_id="plan", job=parts, shards=2)
        each = MaskDatasetOperator.partial(task_id="part", job=parts, emit_assets=False).expand(shard=["0/2", "1/2"])
        publish = MaskDatasetOperator(task_id="publish", job=parts, finish=True)
        planned >> each >> publish
