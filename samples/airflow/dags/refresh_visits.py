"""Refreshes a masked dataset every night, then one dataset a region side by side.

The key is the password of the connection `phimask_default`, whose type is phimask.
"""

from datetime import datetime, timedelta
from pathlib import Path

from airflow.sdk import DAG, Asset
from phimask_provider.operators import MaskDatasetOperator, MaskPlanOperator
from phimask_provider.sensors import MaskedDatasetSensor

HERE = Path(__file__).resolve().parents[1]
JOB = str(HERE / "visits.yaml")
MASKED = HERE / "out"

with DAG(
    dag_id="refresh_visits",
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["phimask"],
):
    plan = MaskPlanOperator(task_id="plan", job=JOB)
    mask = MaskDatasetOperator(
        task_id="mask",
        job=JOB,
        outlets=[Asset("masked_visits", uri=f"file://{MASKED}/visits/")],
        skip_on_exit_code=None,  # a night without news is a success, so that what follows runs
    )
    whole = MaskedDatasetSensor(task_id="whole", target=f"{MASKED}/visits/", poke_interval=30, timeout=600)

    regions = MaskDatasetOperator.partial(task_id="mask_region", job=JOB, skip_on_exit_code=None).expand(
        settings=[
            {"source.path": "../first/visits.csv", "target.path": f"out/region={region}/"} for region in ("north", "south")
        ]
    )

    plan >> mask >> whole >> regions
