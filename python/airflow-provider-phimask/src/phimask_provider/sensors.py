"""A sensor for masked datasets."""

from datetime import timedelta
from typing import Any, Optional, Sequence

from airflow.sdk import BaseSensorOperator
from airflow.sdk.exceptions import AirflowException

from phimask_provider.dataset import published


class MaskedDatasetSensor(BaseSensorOperator):
    """Waits until a masked dataset is whole: `_SUCCESS` is there, and the manifest is that of `run_id` where one is given.

    :param target: the dataset's folder, such as `s3://research/encounters/` or `/data/encounters`. (templated)
    :param run_id: the run to wait for; any where left out. (templated)
    :param conn_id: the connection that reaches the folder's store, such as an AWS connection; None for none.
    :param deferrable: whether to wait in the triggerer, which holds no worker.
    """

    template_fields: Sequence[str] = ("target", "run_id")
    ui_color = "#d7ecd9"

    def __init__(
        self,
        *,
        target: str,
        run_id: Optional[str] = None,
        conn_id: Optional[str] = None,
        deferrable: Optional[bool] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.target = target
        self.run_id = run_id
        self.conn_id = conn_id
        self.deferrable = _by_configuration() if deferrable is None else deferrable

    def poke(self, context: Any) -> bool:
        return published(self.target, self.run_id, self.conn_id)

    def execute(self, context: Any) -> Any:
        if not self.deferrable:
            return super().execute(context)
        if self.poke(context):
            return None
        from phimask_provider.triggers import MaskedDatasetTrigger

        trigger = MaskedDatasetTrigger(self.target, self.run_id, self.conn_id, float(self.poke_interval))
        self.defer(trigger=trigger, method_name="execute_complete", timeout=timedelta(seconds=self.timeout))

    def execute_complete(self, context: Any, event: Any = None) -> None:
        if not isinstance(event, dict) or event.get("status") != "success":
            raise AirflowException("The trigger ended without the dataset")


def _by_configuration() -> bool:
    from airflow.configuration import conf

    return conf.getboolean("operators", "default_deferrable", fallback=False)
