"""The connection that keeps the key."""

from typing import Any, ClassVar, Dict

from airflow.sdk import BaseHook


class PhimaskHook(BaseHook):
    """A connection of type `phimask`: its password is the key. Extra `executable` names the command on the worker."""

    conn_name_attr: ClassVar[str] = "phimask_conn_id"
    default_conn_name: ClassVar[str] = "phimask_default"
    conn_type: ClassVar[str] = "phimask"
    hook_name: ClassVar[str] = "phimask"

    def __init__(self, phimask_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.phimask_conn_id = phimask_conn_id

    @classmethod
    def get_ui_field_behaviour(cls) -> Dict[str, Any]:
        return {
            "hidden_fields": ["host", "schema", "login", "port"],
            "relabeling": {"password": "Key"},
            "placeholders": {"password": "what `phimask key` printed", "extra": '{"executable": "phimask"}'},
        }

    def environment(self) -> Dict[str, str]:
        """The key as the command finds it: in its environment, never among its arguments."""
        key = self.get_connection(self.phimask_conn_id).password
        return {"PHIMASK_KEY": key} if key else {}

    def executable(self) -> str:
        return self.get_connection(self.phimask_conn_id).extra_dejson.get("executable", "phimask")
