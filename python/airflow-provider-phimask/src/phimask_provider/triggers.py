"""Waits in the triggerer."""

import asyncio
from typing import Any, AsyncIterator, Dict, Optional, Tuple

from airflow.triggers.base import BaseTrigger, TriggerEvent

from phimask_provider.dataset import published


class MaskedDatasetTrigger(BaseTrigger):
    """Looks for a masked dataset every `interval` seconds."""

    def __init__(self, target: str, run_id: Optional[str], conn_id: Optional[str], interval: float) -> None:
        super().__init__()
        self.target, self.run_id, self.conn_id, self.interval = target, run_id, conn_id, interval

    def serialize(self) -> Tuple[str, Dict[str, Any]]:
        told = {"target": self.target, "run_id": self.run_id, "conn_id": self.conn_id, "interval": self.interval}
        return "phimask_provider.triggers.MaskedDatasetTrigger", told

    async def run(self) -> AsyncIterator[TriggerEvent]:
        while not await asyncio.to_thread(published, self.target, self.run_id, self.conn_id):
            await asyncio.sleep(self.interval)
        yield TriggerEvent({"status": "success"})
