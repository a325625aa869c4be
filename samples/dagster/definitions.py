"""A masked dataset as an asset: `dagster dev -f samples/dagster/definitions.py`, with PHIMASK_KEY set.

phimask speaks Dagster Pipes where Dagster starts it: counts become metadata, and the checks named here are reported.
"""

import os
from pathlib import Path

from dagster import AssetCheckSpec, AssetExecutionContext, Definitions, PipesSubprocessClient, asset

PHIMASK = os.environ.get("PHIMASK", "phimask").split()
JOB = Path(__file__).with_name("visits.yaml")
CHECKS = ["rows_equal", "nothing_withheld"]


@asset(check_specs=[AssetCheckSpec(name, asset="masked_visits") for name in CHECKS])
def masked_visits(context: AssetExecutionContext, pipes: PipesSubprocessClient):
    command = [*PHIMASK, "run", os.fspath(JOB), "--run-id", context.run_id]
    return pipes.run(command=command, context=context, extras={"phimask_checks": CHECKS}).get_results()


defs = Definitions(assets=[masked_visits], resources={"pipes": PipesSubprocessClient()})
